"""Training streams: pure functions of seed and number, with targets where the words really are."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from legato.training.augment import AugmentConfig
from legato.training.corpus import Shard
from legato.training.streams import StreamConfig, Streams
from legato.training.targets import IGNORE

TONES = {"yes": 400.0, "no": 900.0, "hey you": 2000.0}
LABELS = tuple(TONES)
CLEAN = StreamConfig(
    seconds=3.0,
    empty=0.0,
    augment=AugmentConfig(tempo=0.0, room=0.0, noise=0.0, band=0.0, coarse=0.0, codec=0.0, clip=0.0, speed=(1.0, 1.0)),
)


def streams(shard: Shard, config: StreamConfig = CLEAN, seed: int = 1, split: str = "train") -> Streams:
    return Streams([shard], split, LABELS, rooms=[], config=config, seed=seed, count=100)


def test_the_same_number_gives_the_same_stream(tone_shard: Shard) -> None:
    one, other = streams(tone_shard, StreamConfig(seconds=3.0)), streams(tone_shard, StreamConfig(seconds=3.0))
    other[7]  # what was made before must not matter
    assert torch.equal(one[3].audio, other[3].audio)
    assert torch.equal(one[3].words, other[3].words)
    assert not torch.equal(one[3].audio, one[4].audio)
    assert not torch.equal(one[3].audio, streams(tone_shard, StreamConfig(seconds=3.0), seed=2)[3].audio)


def test_a_stream_has_a_frame_a_hop(tone_shard: Shard) -> None:
    example = streams(tone_shard)[0]
    assert len(example.audio) == 48_000
    assert len(example.words) == len(example.phones) == 150


def test_each_word_is_asked_for_just_after_its_tone(tone_shard: Shard) -> None:
    checked = 0
    for number in range(10):
        example = streams(tone_shard)[number]
        for label, first, last in example.spans.tolist():
            asked = [frame for frame in range(first, last + 1) if example.words[frame] == label]
            if not asked:
                continue  # the start of a stream does not count
            end = (asked[0] + 1) * 320 - int(CLEAN.targets.rise * 16_000)
            tone = example.audio[end - 3_200 : end].numpy()
            heard = np.argmax(np.abs(np.fft.rfft(tone * np.hanning(len(tone))))) * 16_000 / len(tone)
            assert heard == pytest.approx(TONES[LABELS[label - 1]], abs=15)
            checked += 1
    assert checked > 10


def test_speed_moves_the_targets_with_the_sound(tone_shard: Shard) -> None:
    fast = replace(CLEAN, augment=replace(CLEAN.augment, speed=(1.25, 1.25)), gap=(0.5, 0.7))
    example = streams(tone_shard, fast)[1]
    loud = example.audio.unfold(0, 320, 320).square().mean(dim=1) > 1e-6
    ends = [frame for frame in range(1, len(loud)) if loud[frame - 1] and not loud[frame]]
    asked = [frame for frame in range(1, len(loud)) if example.words[frame] > 0 and example.words[frame - 1] <= 0]
    for frame in asked:
        assert min(abs(frame - end - 2) for end in ends) <= 2


def test_the_start_of_a_stream_does_not_count(tone_shard: Shard) -> None:
    words = streams(tone_shard)[2].words
    assert set(words[:15].tolist()) == {IGNORE}


def test_dev_streams_come_from_dev_clips_only(tone_shard: Shard) -> None:
    drawn = streams(tone_shard, split="dev")
    assert {clip.split for pool in drawn.single.values() for _, clip in pool} == {"dev"}


def test_a_split_without_clips_is_refused(tone_shard: Shard) -> None:
    with pytest.raises(ValueError, match="no recordings of the split 'test'"):
        streams(tone_shard, split="test")


def test_lines_that_could_not_be_aligned_are_ignored_where_they_may_hold_a_label(tone_shard: Shard) -> None:
    unknown = tuple(replace(clip, text="say yes my friend now", words=None, phones=()) for clip in tone_shard.clips[:2])
    harmless = tuple(
        replace(clip, text="what a fine day it is", words=None, phones=()) for clip in tone_shard.clips[:2]
    )
    masked = streams(Shard(unknown, tone_shard.audio))[0]
    plain = streams(Shard(harmless, tone_shard.audio))[0]
    assert (masked.words == IGNORE).sum() > (plain.words == IGNORE).sum() + 50
    assert (plain.words == 0).sum() > 100
    assert (masked.phones == IGNORE).all()
