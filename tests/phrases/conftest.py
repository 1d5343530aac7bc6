"""A model whose scores follow the level of the sound: 0.1 for the label 1, 0.2 for 2, and so on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.app.engine.contract import Contract, TranscriptSettings
from legato.app.transcription.words import Floats

LABELS = ("<blank>", " ", "a", "b", "c", "d", "e")
HOP, RATE = 480, 16_000


@dataclass
class StandIn:
    """A session of such a model."""

    contract: Contract
    path: Path = Path("stand-in.onnx")
    provider: str = "CPU"

    def stream(self) -> "StandInStream":
        return StandInStream()


class StandInStream:
    def __init__(self) -> None:
        self.resets = 0

    def step(self, audio: Floats) -> Floats:
        levels = audio.reshape(1, -1, HOP).mean(axis=2)
        scores = np.full((1, levels.shape[1], len(LABELS)), -9.0, np.float32)
        for frame, level in enumerate(levels[0]):
            scores[0, frame, round(float(level) * 10)] = -0.001
        return scores

    def reset(self) -> None:
        self.resets += 1


@pytest.fixture
def stand_in() -> Callable[..., StandIn]:
    """Makes one; the contract's fields may be given."""
    transcript = TranscriptSettings(
        language_weight=0.0, word_bonus=0.0, beam=1, delay=0.06, confidence=(1.0, 2.0), ending=0.03
    )
    usual = Contract(
        version=1, task="speech", cell="gru", labels=LABELS, sample_rate=RATE, hop=HOP, lookahead=0.0,
        inputs=("audio",), outputs=("scores",), states=(), settings=transcript, provenance={},
    )  # fmt: skip

    def make(**changes: Any) -> StandIn:
        return StandIn(replace(usual, **changes))

    return make


@pytest.fixture
def sound() -> Callable[[str], Floats]:
    """Three frames a character; `_` is 0.09 s of silence."""

    def make(text: str) -> Floats:
        levels = [0.0 if letter == "_" else LABELS.index(letter) / 10 for letter in text]
        return np.repeat(np.array(levels, np.float32), 3 * HOP)

    return make
