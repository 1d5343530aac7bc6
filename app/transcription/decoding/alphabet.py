"""The labels of a model that writes characters: how words are spelled in them, and what a path through frames reads.

Letters: T frames, C labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.errors import ModelError
from legato.app.transcription.words import Floats

BLANK = 0
"""The label of a frame that writes nothing"""

Path = NDArray[np.intp]
"""(T,) one label a frame"""


@dataclass(frozen=True)
class Written:
    """A word in the frames that write it."""

    word: str
    start: int
    """The first frame of its first letter"""
    end: int
    """The frame after its last letter's last"""


@dataclass(frozen=True, eq=False)
class Reading:
    """One way to read scores."""

    words: tuple[Written, ...]
    path: Path

    def logs(self, scores: Floats) -> Floats:
        """The log-probability of each frame's label (T,), of those of all labels (T, C)."""
        return np.take_along_axis(scores, self.path[:, None], axis=1)[:, 0]


class Alphabet:
    """The labels of a model, the first of which writes nothing."""

    def __init__(self, labels: Sequence[str]) -> None:
        """ModelError where they are not single characters with a space among them."""
        if " " not in labels[1:] or any(len(label) != 1 for label in labels[1:]):
            raise ModelError("contract field 'labels' must be a blank and single characters, a space among them")
        self._labels = tuple(labels)
        self._places = {label: place for place, label in enumerate(labels) if place != BLANK}
        self.space = self._places[" "]

    def __len__(self) -> int:
        """How many labels there are."""
        return len(self._labels)

    def spell(self, text: str) -> list[int] | None:
        """The labels of the text's characters; None where one of them cannot be written."""
        try:
            return [self._places[character] for character in text]
        except KeyError:
            return None

    def read(self, path: Path) -> Reading:
        """What a path writes: repeats and blanks fall out, spaces part words."""
        words: list[Written] = []
        letters, start, end = "", 0, 0
        for label, begin, stop in _runs(path):
            if label == self.space:
                if letters:
                    words.append(Written(letters, start, end))
                letters = ""
            elif label != BLANK:
                start = start if letters else begin
                letters, end = letters + self._labels[label], stop
        if letters:
            words.append(Written(letters, start, end))
        return Reading(tuple(words), path)


def _runs(path: Path) -> list[tuple[int, int, int]]:
    """Label, first frame and frame after the last of each stretch of one label."""
    if not len(path):
        return []
    starts = np.concatenate(([0], np.flatnonzero(np.diff(path)) + 1))
    stops = np.append(starts[1:], len(path))
    return list(zip(path[starts].tolist(), starts.tolist(), stops.tolist(), strict=True))
