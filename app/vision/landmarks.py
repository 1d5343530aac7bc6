"""The 21 points of a hand, from a region of a picture: MediaPipe's hand-landmark network.

The points are wrist, then four from base to tip of thumb, index, middle, ring and little finger.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from legato.app.engine import providers
from legato.app.engine.graph import open_graph
from legato.app.engine.inputs import POINTS
from legato.app.vision.region import Floats, Picture, Region, enclosing, upright

SIDE = 224
"""Pixels of the network's picture"""
_WRIST, _INDEX, _MIDDLE, _RING = 0, 5, 9, 13
"""Wrist and knuckles"""
_PALM = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)
"""What moves little when fingers do, so that the region stays with the hand"""


@dataclass(frozen=True)
class Hand:
    """A hand as it was seen."""

    points: Floats
    """(21, 3) pixels; z is the depth from the wrist, smaller being nearer to the camera"""
    presence: float
    """How likely there is a hand in the region at all, 0..1"""
    right: float
    """How likely it is a right hand, 0..1, in a picture that is not mirrored"""

    @property
    def region(self) -> Region:
        """Where to look for it in the next picture."""
        flat = self.points[:, :2]
        knuckles = ((flat[_INDEX] + flat[_RING]) / 2 + flat[_MIDDLE]) / 2
        return enclosing(flat[list(_PALM)], upright(flat[_WRIST], knuckles), scale=2.0, shift=0.1)


class LandmarkNet:
    """Finds the points. It remembers nothing."""

    def __init__(self, graph: Path, device: str = "auto") -> None:
        """The network in the file `graph`. ModelError or DeviceError where it cannot be run."""
        self._session = open_graph(graph, device)
        self.provider = providers.in_use(self._session)
        self._input = self._session.get_inputs()[0].name
        self._outputs = [one.name for one in self._session.get_outputs()[:3]]

    def look(self, picture: Picture, region: Region) -> Hand:
        """The hand in a region of a picture (height, width, 3), if there is one."""
        cut = region.cut(picture, SIDE)[None] / np.float32(255)
        points, presence, right = self._session.run(self._outputs, {self._input: cut})
        own = points.reshape(POINTS, 3) / np.float32(SIDE)
        placed = np.concatenate((region.outwards(own[:, :2]), own[:, 2:] * np.float32(region.size)), axis=1)
        return Hand(placed.astype(np.float32), float(presence.item()), float(right.item()))
