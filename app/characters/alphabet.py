"""The characters that a model knows, and texts as their places."""

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.contract import Contract
from legato.app.engine.errors import ModelError

Places = NDArray[np.int64]

_ALIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "…": "..."})


class Alphabet:
    """Characters and their places; the marks that stand before lines are among them."""

    def __init__(self, contract: Contract) -> None:
        """ModelError for a model that knows no text."""
        lines = contract.lines
        self.labels = contract.labels
        self._places = {label: place for place, label in enumerate(self.labels)}
        self.written = self._places[lines.written]
        self.plain = self._places[lines.plain] if lines.plain else None
        self.marks = tuple(place for place in (self.written, self.plain) if place is not None)

    @property
    def plain_mark(self) -> int:
        """The place of the mark before plain lines; ModelError where the model knows none."""
        if self.plain is None:
            raise ModelError("the model knows no plain lines: train it with text.plain above 0")
        return self.plain

    def spell(self, text: str) -> tuple[Places, tuple[str, ...]]:
        """The places (T,) of a text's characters, and those of them that the model does not know, each once.

        Those are left out, but for quotation marks, dashes and accents that have a plain form. A new line is the mark
        before a line as it is written.
        """
        places, unknown = [], dict[str, None]()
        for character in text.replace("\r\n", "\n").replace("\n", self.labels[self.written]):
            found = self._known(character)
            places += found
            if not found and not unicodedata.combining(character):
                unknown[character] = None
        return np.array(places, np.int64), tuple(unknown)

    def _known(self, character: str) -> list[int]:
        """The place of a character, or those of its plain form; none where the model does not know them."""
        for form in (character, unicodedata.normalize("NFKD", character.translate(_ALIKE))):
            bare = [one for one in form if not unicodedata.combining(one)]
            if bare and all(one in self._places for one in bare):
                return [self._places[one] for one in bare]
        return []


def line_ends(probabilities: NDArray[np.float32], marks: Sequence[int]) -> NDArray[np.float32]:
    """Probabilities (C,) with those of all marks at the first of them: each of them ends a line."""
    joined = probabilities.copy()
    joined[list(marks)] = 0.0
    joined[marks[0]] = probabilities[list(marks)].sum()
    return joined
