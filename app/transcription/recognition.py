"""Pieces of speech read in batches.

Letters: B batch, S samples, T frames, C labels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.contract import SPEECH, Contract
from legato.app.engine.errors import ModelError
from legato.app.transcription.cutting import Piece
from legato.app.transcription.voice import RATE
from legato.app.transcription.words import Decoder, Floats, Word


class Reader(Protocol):
    """A model that reads whole pieces, as `Session` does."""

    @property
    def contract(self) -> Contract:
        """What it promises."""

    def whole(self, audio: Floats, lengths: NDArray[np.int64]) -> Floats:
        """Log-probabilities (B, T, C) of sound (B, S) that fills `lengths` (B,) samples of each row."""


@dataclass(frozen=True)
class Batching:
    """How many pieces are read at once."""

    most: float = 36.0
    """Seconds of a batch, with what fills its shorter rows"""
    ahead: float = 120.0
    """Seconds of speech that are gathered before the batches are made, so that their rows are of like length"""


class Recogniser:
    """A model with its decoder."""

    def __init__(self, reader: Reader, decoder: Decoder) -> None:
        self._reader = reader
        self._decoder = decoder
        self._hop = reader.contract.hop

    def words(self, pieces: Sequence[Piece]) -> list[list[Word]]:
        """The words of each piece, with times in its recording, from one batch."""
        lengths = np.array([len(piece.samples) for piece in pieces], np.int64)
        frames = -(-lengths // self._hop)
        audio = np.zeros((len(pieces), int(frames.max()) * self._hop), np.float32)
        for row, piece in zip(audio, pieces, strict=True):
            row[: len(piece.samples)] = piece.samples
        scores = self._reader.whole(audio, lengths)
        found = zip(pieces, scores, frames.tolist(), strict=True)
        return [list(_placed(self._decoder.decode(rows[:count]), piece)) for piece, rows, count in found]


def check_reader(contract: Contract, source: str) -> None:
    """Raise ModelError, naming the file `source`, where the model is not one for speech in whole pieces."""
    if contract.task != SPEECH:
        raise ModelError(f"{source}: contract field 'task' is {contract.task!r}; this needs a speech model")
    if "lengths" not in contract.inputs:
        raise ModelError(f"{source}: contract field 'inputs' lacks 'lengths': it is a model for live sound")
    if contract.sample_rate != RATE:
        raise ModelError(f"{source}: contract field 'sample_rate' is {contract.sample_rate}; this needs {RATE}")


def batches(pieces: Sequence[Piece], batching: Batching) -> Iterator[list[int]]:
    """Which pieces to read together: places in `pieces`, each once, those of like length with one another."""
    order = sorted(range(len(pieces)), key=lambda place: -len(pieces[place].samples))  # stable: alike runs are alike
    while order:
        count = max(1, int(batching.most * RATE) // len(pieces[order[0]].samples))
        yield order[:count]
        order = order[count:]


def _placed(words: Sequence[Word], piece: Piece) -> Iterator[Word]:
    """The words of a piece, none of which lasts beyond it, with the recording's times."""
    start, seconds = piece.start / RATE, len(piece.samples) / RATE
    for word in words:
        yield replace(word, start=start + min(word.start, seconds), end=start + min(word.end, seconds))
