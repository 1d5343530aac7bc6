"""Beginnings of texts, and how likely a character model finds what comes next in each.

Letters: C labels of the speech model, L layers, H hidden units of the character model.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.contract import CHARACTERS
from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session
from legato.app.engine.states import Array

_STRANGE = -20.0
"""Log-probability of a character that the character model does not know"""


class Prefix:
    """The beginning of a text: its last character behind another prefix."""

    __slots__ = ("children", "following", "label", "language", "length", "parent", "state")

    def __init__(self, parent: "Prefix | None", label: int, language: float) -> None:
        self.parent = parent
        self.label = label
        """Of the speech model; 0 for the empty text"""
        self.language = language
        """Log-probability of the text, as far as it goes, by the character model"""
        self.length: int = parent.length + 1 if parent else 0
        """In characters"""
        self.children: dict[int, Prefix] = {}
        self.following: list[float] | None = None
        """Log-probabilities of what comes next, C of them and that of an end; None until it is asked for"""
        self.state: tuple[Array, ...] = ()

    def labels(self) -> list[int]:
        """Those of the whole text."""
        found, one = [], self
        while one.parent is not None:
            found.append(one.label)
            one = one.parent
        return found[::-1]

    def child(self, label: int) -> "Prefix":
        """The text with another character behind it; always the same object."""
        found = self.children.get(label)
        if found is None:
            if self.following is None:
                raise ValueError("the prefix was not read")
            found = self.children[label] = Prefix(self, label, self.language + self.following[label])
        return found


class CharacterLanguage:
    """A character model, asked about many beginnings at once. Immutable."""

    def __init__(self, session: Session, labels: Sequence[str]) -> None:
        """`labels` are the speech model's; ModelError where the session's model knows no text or not its letters."""
        contract = session.contract
        if contract.task != CHARACTERS:
            raise ModelError(
                f"{session.path}: contract field 'task' is {contract.task!r}; this needs a character model"
            )
        places = {label: place for place, label in enumerate(contract.labels)}
        lines = contract.lines
        if not any(label in places for label in labels[1:] if label != " "):
            raise ModelError(f"{session.path}: knows none of the letters that the speech model writes")
        self._places: list[int | None] = [None, *(places.get(label) for label in labels[1:])]
        self._marks = [places[mark] for mark in (lines.plain, lines.written) if mark]
        self._session = session
        self._axes = [spec.batch_axis for spec in contract.states]

    def empty(self) -> Prefix:
        """The empty text, read."""
        found = Prefix(None, 0, 0.0)
        self._take([found], np.array([[self._marks[0]]], np.int64), self._session.initial_state())
        return found

    def read(self, prefixes: Sequence[Prefix]) -> None:
        """Find what comes next for all of them that were not read; their parents were."""
        new = [prefix for prefix in prefixes if prefix.following is None]
        if not new:
            return
        chunk = np.array([[self._place(prefix.label)] for prefix in new], np.int64)
        states = [self._before(prefix) for prefix in new]
        joined = [
            np.concatenate(parts, axis) for parts, axis in zip(zip(*states, strict=True), self._axes, strict=True)
        ]
        self._take(new, chunk, joined)

    def _take(self, prefixes: Sequence[Prefix], chunk: NDArray[np.int64], states: Sequence[Array]) -> None:
        scores, following = self._session.run(chunk, states)
        last = scores[:, -1]
        end = np.logaddexp.reduce(last[:, self._marks], axis=1)
        picked = [last[:, place] if place is not None else np.full(len(last), _STRANGE) for place in self._places]
        table = np.stack([*picked, end], axis=1).tolist()
        for row, prefix in enumerate(prefixes):
            prefix.following = table[row]
            prefix.state = tuple(np.take(part, [row], axis) for part, axis in zip(following, self._axes, strict=True))

    def _place(self, label: int) -> int:
        place = self._places[label]
        return self._marks[0] if place is None else place

    def _before(self, prefix: Prefix) -> tuple[Array, ...]:
        if prefix.parent is None or not prefix.parent.state:
            raise ValueError("a prefix is read after its parent")
        return prefix.parent.state
