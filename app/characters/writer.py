"""A text that goes on: a character model's state after all that was read, and what is likely to come next.

Letters: T characters read, C characters that the model knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.app.characters.alphabet import Alphabet, Places, line_ends
from legato.app.engine.session import Session


@dataclass(frozen=True)
class Guess:
    """A character that may come next."""

    character: str
    probability: float
    """0..1"""


@dataclass(frozen=True)
class Taste:
    """How the next character is chosen."""

    temperature: float = 0.7
    """Logarithms are divided by this: 0 takes the likeliest always, 1 as often as the model thinks"""
    top_p: float = 0.95
    """Only the likeliest characters that have this share, 0..1, are chosen from: Holtzman et al. 2020"""

    def __post_init__(self) -> None:
        if self.temperature < 0 or not 0 < self.top_p <= 1:
            raise ValueError("temperature must be 0 or more, top_p above 0 and at most 1")


class Writer:
    """One text, at the beginning of a line as people write it. It belongs to one thread at a time."""

    def __init__(self, session: Session) -> None:
        """ModelError for a model that knows no text."""
        self.alphabet = Alphabet(session.contract)
        self._stream = session.stream()
        self._next = np.zeros(0, np.float32)
        self._read(np.array([self.alphabet.written], np.int64))

    def read(self, text: str) -> tuple[str, ...]:
        """Take in what the text goes on with; what of it the model does not know is left out and given back."""
        places, unknown = self.alphabet.spell(text)
        self._read(places)
        return unknown

    def guesses(self, count: int) -> list[Guess]:
        """The `count` likeliest characters, best first; a line break is the end of a line."""
        best = np.argsort(-self._next, kind="stable")[:count]
        return [Guess(self._character(place), float(self._next[place])) for place in best.tolist()]

    def write(self, length: int, taste: Taste, chance: np.random.Generator) -> Iterator[str]:
        """Go on by `length` characters, each given out as it is chosen."""
        for _ in range(length):
            place = chosen(self._next, taste, chance)
            yield self._character(place)
            self._read(np.array([place], np.int64))

    def _character(self, place: int) -> str:
        return "\n" if place == self.alphabet.written else self.alphabet.labels[place]

    def _read(self, places: Places) -> None:
        if len(places):
            scores = self._stream.step(places[None])
            self._next = line_ends(np.exp(scores[0, -1]), self.alphabet.marks)


def chosen(probabilities: NDArray[np.float32], taste: Taste, chance: np.random.Generator) -> int:
    """The place of a character drawn from probabilities (C,)."""
    if taste.temperature == 0:
        return int(probabilities.argmax())
    logs = np.log(np.maximum(probabilities.astype(np.float64), 1e-30)) / taste.temperature
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    order = np.argsort(-shares, kind="stable")
    before = np.cumsum(shares[order]) - shares[order]
    kept = order[before < taste.top_p]
    return int(chance.choice(kept, p=shares[kept] / shares[kept].sum()))
