"""Rotated squares of a picture: where a hand is looked at.

Letters: N points. Pixels have x to the right and y down, so that angles turn clockwise.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]
"""(height, width, 3) RGB"""


@dataclass(frozen=True)
class Region:
    """A square of a picture, turned about its centre."""

    x: float
    """Pixels of its centre"""
    y: float
    """Pixels of its centre"""
    size: float
    """Pixels of a side"""
    angle: float
    """Radians that it is turned, clockwise; at 0 its upper side is up"""

    def outwards(self, points: Floats) -> Floats:
        """Points (N, 2) of the square, from (0, 0) to (1, 1), in pixels of the picture."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        turn = np.array([[cos, sin], [-sin, cos]], np.float32)
        return np.asarray((points - np.float32(0.5)) * np.float32(self.size) @ turn, np.float32) + self.centre

    @property
    def centre(self) -> Floats:
        """(2,) pixels."""
        return np.array([self.x, self.y], np.float32)

    def cut(self, picture: Picture, side: int) -> Picture:
        """The square upright, as (side, side, 3); black where it reaches beyond the picture."""
        corners = self.outwards(np.array([[0, 0], [1, 0], [0, 1]], np.float32))
        target = np.array([[0, 0], [side, 0], [0, side]], np.float32)
        matrix = cv2.getAffineTransform(corners, target)
        return np.asarray(cv2.warpAffine(picture, matrix, (side, side), flags=cv2.INTER_LINEAR), np.uint8)

    def overlap(self, other: "Region") -> float:
        """Intersection over union of the two as if they stood upright, 0..1."""
        reach = (self.size + other.size) / 2
        width = max(0.0, min(self.size, other.size, reach - abs(self.x - other.x)))
        height = max(0.0, min(self.size, other.size, reach - abs(self.y - other.y)))
        both = width * height
        return both / (self.size**2 + other.size**2 - both)


def upright(start: Floats, end: Floats) -> float:
    """The angle of a region in which the way from one point (2,) to another leads straight up; -π..π."""
    across, down = (end - start).tolist()
    return math.remainder(math.pi / 2 - math.atan2(-down, across), 2 * math.pi)


def around(low: Floats, high: Floats, angle: float, scale: float, shift: float) -> Region:
    """A region about a box with the corners (2,): its longer side times `scale`, moved up by `shift` of its height.

    Up is the region's own, turned by `angle`.
    """
    middle, (width, height) = (low + high) / 2, (high - low).tolist()
    x = float(middle[0]) + height * shift * math.sin(angle)
    y = float(middle[1]) - height * shift * math.cos(angle)
    return Region(x, y, max(width, height) * scale, angle)


def enclosing(points: Floats, angle: float, scale: float, shift: float) -> Region:
    """The region about points (N, 2), turned by `angle`; scale and shift as in `around`."""
    cos, sin = math.cos(angle), math.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]], np.float32)  # into the region's own directions
    own = points @ turn
    low, high = own.min(axis=0), own.max(axis=0)
    middle, (width, height) = (low + high) / 2, (high - low).tolist()
    x, y = ((middle - np.array([0, height * shift], np.float32)) @ turn.T).tolist()
    return Region(x, y, max(width, height) * scale, angle)
