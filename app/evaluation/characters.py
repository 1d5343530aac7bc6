"""How well a character model knows a text: bits a character, and how often the likeliest one is the next.

Letters: R rows that are read side by side, T characters of each, C characters that the model knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legato.app.characters.alphabet import Alphabet
from legato.app.engine.errors import SourceError
from legato.app.engine.session import Session
from legato.app.evaluation.intervals import ErrorRate
from legato.app.transcription.texts import normalise

_ROWS, _PIECE = 16, 200
"""Streams that read the text side by side, and characters of each at once"""


@dataclass(frozen=True)
class Known:
    """What was found of one kind of lines; a line's end counts as a character."""

    bits: float
    """A character"""
    wrong: ErrorRate
    """Characters that were not the likeliest, line by line"""

    @property
    def accuracy(self) -> float:
        """Share of characters that were the likeliest."""
        return 1 - self.wrong.value

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        low, high = self.wrong.interval
        return {
            "characters": sum(self.wrong.totals),
            "lines": len(self.wrong.totals),
            "bits": round(self.bits, 5),
            "accuracy": round(self.accuracy, 5),
            "interval": [round(1 - high, 5), round(1 - low, 5)],
        }


def read_text(path: Path) -> list[str]:
    """The lines of a text that hold anything; SourceError where there are none."""
    try:
        lines = [" ".join(line.split()) for line in path.read_text("utf-8", errors="replace").splitlines()]
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None
    if not any(lines):
        raise SourceError(f"{path} holds no text")
    return [line for line in lines if line]


def known(session: Session, lines: Sequence[str], *, plain: bool) -> Known:
    """How well a model knows lines as they are written, or plain. ModelError for a model without plain lines.

    What it has no character for is left out. The text is read as some streams side by side, line after line.
    """
    alphabet = Alphabet(session.contract)
    mark = alphabet.plain_mark if plain else alphabet.written
    kept = [line for line in map(normalise, lines) if line] if plain else list(lines)
    spelled = [np.append(alphabet.spell(line)[0], mark) for line in kept]
    rows = [spelled[begin::_ROWS] for begin in range(min(_ROWS, len(spelled)))]
    texts = [np.concatenate([[mark], *row]) for row in rows]
    longest = max(map(len, texts))
    padded = np.array([np.pad(text, (0, longest - len(text)), constant_values=mark) for text in texts], np.int64)
    nats, right = _read(session, alphabet, padded)
    wrong, totals, bits = [], [], 0.0
    for row, lengths in enumerate([[len(line) for line in one] for one in rows]):
        ends = np.cumsum(lengths)
        for begin, end in zip(ends - lengths, ends, strict=True):
            wrong.append(int(end - begin - right[row, begin:end].sum()))
            totals.append(int(end - begin))
            bits += float(nats[row, begin:end].sum()) / np.log(2)
    return Known(bits / sum(totals), ErrorRate(tuple(wrong), tuple(totals)))


def _read(
    session: Session, alphabet: Alphabet, padded: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """For each character (R, T - 1) after the first: what it costs in nats, and whether it was the likeliest."""
    stream, marks = session.stream(len(padded)), list(alphabet.marks)
    nats, right = [], []
    for begin in range(0, padded.shape[1] - 1, _PIECE):
        piece = padded[:, begin : begin + _PIECE + 1]
        scores = stream.step(piece[:, :-1]).astype(np.float64)
        following = np.where(np.isin(piece[:, 1:], marks), marks[0], piece[:, 1:])
        scores[..., marks[0]] = np.logaddexp.reduce(scores[..., marks], axis=-1)  # each of them ends a line
        scores[..., marks[1:]] = -np.inf
        nats.append(-np.take_along_axis(scores, following[..., None], axis=2)[..., 0])
        right.append(scores.argmax(axis=2) == following)
    return np.concatenate(nats, axis=1), np.concatenate(right, axis=1)
