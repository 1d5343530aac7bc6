"""Captions: text that grows while it is said, stays once it is final, and is the same however the sound comes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.app.engine.contract import Contract, TranscriptSettings
from legato.app.engine.errors import ModelError
from legato.app.transcription.captions import Caption, Captioner, CaptionSettings
from legato.app.transcription.decoding.greedy import GreedyDecoder
from legato.app.transcription.words import Floats, Word

LABELS = ("<blank>", " ", "a", "b", "c")
HOP, RATE = 480, 16_000
SETTINGS = TranscriptSettings(language_weight=0.0, word_bonus=0.0, beam=1, delay=0.0, confidence=(1.0, 2.0))


@dataclass
class Stand:
    """A session whose scores follow the level of the sound: 0.1 for the label 1, 0.2 for 2, and so on."""

    contract: Contract
    path: Path = Path("stand-in.onnx")

    def stream(self) -> "StandStream":
        return StandStream()


class StandStream:
    def __init__(self) -> None:
        self.consumed = 0

    def step(self, audio: Floats) -> Floats:
        self.consumed += audio.shape[1]
        levels = audio.reshape(1, -1, HOP).mean(axis=2)
        scores = np.full((1, levels.shape[1], len(LABELS)), -9.0, np.float32)
        for frame, level in enumerate(levels[0]):
            scores[0, frame, round(float(level) * 10)] = -0.001
        return scores


def contract(**changes: Any) -> Contract:
    values = {
        "version": 1, "task": "speech", "cell": "gru", "labels": LABELS, "sample_rate": RATE, "hop": HOP,
        "lookahead": 0.0, "inputs": ("audio",), "outputs": ("scores",), "states": (), "settings": SETTINGS,
        "provenance": {},
    }  # fmt: skip
    return Contract(**{**values, **changes})


def captioner(**settings: float) -> Captioner:
    own = contract()
    return Captioner(Stand(own), GreedyDecoder(own), CaptionSettings(**settings))  # type: ignore[arg-type]


def sound(text: str) -> Floats:
    """Three frames a character; `_` is 0.09 s of silence."""
    levels = [0.0 if letter == "_" else LABELS.index(letter) / 10 for letter in text]
    return np.repeat(np.array(levels, np.float32), 3 * HOP)


def heard(samples: Floats, size: int, **settings: float) -> list[Caption]:
    one = captioner(**settings)
    told = [caption for at in range(0, len(samples), size) for caption in one.feed(samples[at : at + size])]
    return [*told, *one.flush()]


PAUSE = "_" * 10


def test_text_is_only_added_to_until_it_is_final() -> None:
    told = heard(sound("ab ca" + PAUSE + "cb" + PAUSE), HOP)
    finals = [one for one in told if one.final]
    assert [one.text for one in finals] == ["ab ca", "cb"]
    before = ""
    for one in told:
        assert one.text.startswith(before)
        before = "" if one.final else one.text
    assert [one.text for one in told[:5]] == ["a", "ab", "ab c", "ab ca", "ab ca"]
    assert told[4].final


def test_times_are_those_of_the_sound() -> None:
    told = heard(sound("__ab" + PAUSE + "cb" + PAUSE), HOP)
    first, second = [one for one in told if one.final]
    assert first.start == pytest.approx(0.18)
    assert first.end == pytest.approx(0.36)
    assert second.start == pytest.approx(1.26)
    assert 0.36 + 0.6 <= first.emitted < 0.36 + 0.7
    drafts = [one for one in told if not one.final]
    assert drafts[0].emitted - drafts[0].start <= 0.04, "a letter is written with the frame that tells it"


@pytest.mark.parametrize("size", [7, 100, 4_000, 70_000])
def test_captions_do_not_depend_on_the_blocks(size: int) -> None:
    samples = sound("_ab cab" + PAUSE + "c a" + PAUSE * 3 + "bcab")[: 7 * RATE]
    samples = samples if size > 7 else samples[: RATE // 2]
    assert heard(samples, size) == heard(samples, HOP)


def test_a_caption_without_a_pause_ends_at_a_gap() -> None:
    told = heard(sound("ab_c_ab__ca_b" * 3), HOP, longest=2.0)
    finals = [one for one in told if one.final]
    assert len(finals) == 2
    assert "".join(one.text for one in finals) == "abcabcab" * 3
    assert all(one.end - one.start <= 2.0 for one in finals)
    assert finals[0].end <= finals[1].start


def test_silence_is_forgotten() -> None:
    one = captioner()
    for _ in range(100):
        assert list(one.feed(np.zeros(RATE, np.float32))) == []
    assert len(one._scores) * HOP <= 2 * RATE
    assert list(one.flush()) == []


def test_the_end_is_told_without_a_pause_and_lies_within_the_sound() -> None:
    (final,) = [one for one in heard(sound("ab")[:-10], HOP) if one.final]
    assert final.text == "ab"
    assert final.end <= final.emitted <= (len(sound("ab")) - 10) / RATE


def test_damage_is_counted_and_taken_as_silence() -> None:
    one = captioner()
    samples = sound("a")
    samples[5] = np.nan
    list(one.feed(samples))
    assert one.repaired == 1


def test_a_model_of_another_task_is_refused() -> None:
    with pytest.raises(ModelError, match="needs a speech model"):
        Captioner(Stand(contract(task="keywords")), GreedyDecoder(contract()))  # type: ignore[arg-type]


def test_json_tells_everything() -> None:
    import json

    one = Caption("ab c", 0.1, 0.51239, 0.6, final=True, words=(Word("ab", 0.1, 0.3, 0.987),))
    assert json.loads(one.to_json()) == {
        "type": "caption", "text": "ab c", "start": 0.1, "end": 0.512, "emitted": 0.6, "final": True,
        "words": [{"word": "ab", "start": 0.1, "end": 0.3, "confidence": 0.99}],
    }  # fmt: skip
