"""What is shown of one frame: hands, their sides, and what the model makes of them.

Letters: C labels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.app.vision.gestures import Side
from legato.app.vision.sight import Sight

_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Seen:
    """One frame."""

    sight: Sight
    scores: NDArray[np.float32]
    """(2, C): for each of the tracker's slots"""
    sides: tuple[Side | None, Side | None]
    """Whose hand each slot holds; None where it holds none"""
    position: float
    """Seconds since the source's first frame"""
    rate: float
    """Frames a second, lately; 0 where that isn't known yet"""
    dropped: int
    """Frames passed over so far"""

    @property
    def places(self) -> tuple[Side, Side]:
        """Where each slot is shown, as in a mirror: a hand on its own side, and never both on the same."""
        first, second = self.sides
        if first is None:
            place: Side = _OTHER[second] if second else "left"
        else:
            place = first
        return place, _OTHER[place]
