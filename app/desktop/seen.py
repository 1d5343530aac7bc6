"""What is shown of one frame: hands, their sides, and what the model makes of them.

Letters: C labels.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from legato.app.vision.sight import Sight
from legato.app.vision.tracker import Hands

Side = Literal["left", "right"]
"""The person's own"""
_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}
_PATIENCE = 0.15
"""Share that a frame has in the mean of a hand's side: single frames take the left for the right"""


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


class Sides:
    """Tells, for the eye, which hand each slot holds."""

    def __init__(self) -> None:
        """No hand yet."""
        self._right: list[float | None] = [None, None]
        """How likely each is a right hand, 0..1"""

    def add(self, hands: Hands) -> tuple[Side | None, Side | None]:
        """The sides in the next frame."""
        for slot, (presence, right) in enumerate(zip(hands.presence.tolist(), hands.handedness.tolist(), strict=True)):
            before = self._right[slot]
            if presence <= 0:
                self._right[slot] = None
            else:
                self._right[slot] = right if before is None else before + _PATIENCE * (right - before)
        first, second = (_side(right) for right in self._right)
        return first, second


def _side(right: float | None) -> Side | None:
    if right is None:
        return None
    return "right" if right >= 0.5 else "left"
