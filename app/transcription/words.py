"""Words with their times, and what finds them in the scores of a speech model.

Letters: T frames, C labels.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Word:
    """A word that was heard."""

    word: str
    start: float
    """Seconds from the start of what was decoded"""
    end: float
    """Seconds from the same start"""
    confidence: float
    """Probability, 0..1, that it is this word"""


class Decoder(Protocol):
    """Finds words in scores; it remembers nothing from call to call."""

    def decode(self, scores: Floats) -> list[Word]:
        """The words in log-probabilities (T, C), in their order."""
