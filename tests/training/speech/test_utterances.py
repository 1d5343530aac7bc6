"""Batches: of one length, complete, and the same for the same seed wherever a run goes on."""

from dataclasses import replace

import pytest
import torch

from legato.training.corpus import Shard
from legato.training.speech.utterances import Steps, UtteranceConfig, Utterances, repeated, usable

LABELS = ("<blank>", " ", "a", "b", "c")

CONFIG = UtteranceConfig(seconds=8.0, longest=3.0, join=0.5, gap=(0.1, 0.2), edge=(0.05, 0.1))


def utterances(shard: Shard, config: UtteranceConfig = CONFIG) -> Utterances:
    return Utterances(usable([shard], "train", LABELS, 3.0), LABELS, 480, config)


def test_an_epoch_holds_every_clip_once(shard: Shard) -> None:
    data = utterances(shard)
    batches = data.epoch(0, seed=1)
    places = sorted(place for batch in batches for one in batch for place in one.clips)
    assert places == list(range(34))
    assert any(len(one.clips) > 1 for batch in batches for one in batch)
    assert data.epoch(1, seed=1) != batches


def test_no_batch_is_longer_than_allowed(shard: Shard) -> None:
    data = utterances(shard)
    for batch in data.epoch(0, seed=1):
        longest = max(one.seconds for one in batch)
        assert longest * len(batch) <= CONFIG.seconds
        assert longest <= CONFIG.longest + 0.2 + 0.2 * max(len(one.clips) for one in batch)


def test_batches_have_no_more_rows_than_allowed(shard: Shard) -> None:
    data = utterances(shard, replace(CONFIG, seconds=1000.0, rows=3, join=0.0, pool=12))
    sizes = [len(batch) for batch in data.epoch(0, seed=1)]
    assert sorted(sizes, reverse=True) == [3] * 11 + [1]


def test_a_batch_is_what_its_utterances_say(shard: Shard) -> None:
    data = utterances(shard)
    chosen = next(batch for batch in data.epoch(0, seed=1) if any(len(one.clips) > 1 for one in batch))
    batch = data[chosen]
    assert batch.audio.shape[1] % 480 == 0
    at = 0
    for row, one in enumerate(chosen):
        text = " ".join(data.entries[place][1].text or "" for place in one.clips)
        size = int(batch.target_lengths[row])
        assert "".join(LABELS[place] for place in batch.targets[at : at + size].tolist()) == text
        at += size
        assert abs(int(batch.lengths[row]) / 16_000 - one.seconds) < 1e-3
        assert not batch.audio[row, int(batch.lengths[row]) :].any()
        start = int(one.pauses[0] * 16_000)
        shard_of, clip = data.entries[one.clips[0]]
        sound = torch.from_numpy(shard_of.samples(clip))
        assert torch.equal(batch.sound(torch.device("cpu"))[row, start : start + clip.samples], sound)
    assert at == len(batch.targets)


def test_steps_go_on_where_they_stopped_and_are_shared_out(shard: Shard) -> None:
    data = utterances(shard)
    every = list(Steps(data, 1, 0, 20))
    assert len(every) == 20
    assert list(Steps(data, 1, 13, 20)) == every[13:]
    first, second = (list(Steps(data, 1, 0, 10, rank=rank, world=2)) for rank in (0, 1))
    assert first == every[0::2]
    assert second == every[1::2]


def test_sets_can_come_more_than_once(shard: Shard) -> None:
    entries = usable([shard], "train", LABELS, 3.0)
    assert len(repeated(entries, ("tones:3",))) == 3 * len(entries)
    assert repeated(entries, ("others:3",)) == entries
    for wrong in ("tones", "tones:0", "tones:many"):
        with pytest.raises(ValueError, match="repeats must be SOURCE:TIMES"):
            repeated(entries, (wrong,))


def test_what_cannot_be_learned_from_is_left_out(shard: Shard) -> None:
    assert len(usable([shard], "train", LABELS, 3.0)) == 34
    assert len(usable([shard], "dev", LABELS, 3.0)) == 6
    assert usable([shard], "train", ("<blank>", "x"), 3.0) == []
    assert all(clip.seconds <= 0.5 for _, clip in usable([shard], "train", LABELS, 0.5))
    with pytest.raises(ValueError, match="no recordings with a text"):
        Utterances([], LABELS, 480, CONFIG)
