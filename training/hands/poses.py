"""The shapes that a hand takes in gestures, as joint angles of the rig.

Where finger tips have to meet, the angles are found by minimising the distance between them, near a plausible guess.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.optimize

from legato.training.hands.hand import Pose, Rig

Doubles = npt.NDArray[np.float64]

_THUMB_TIP, _INDEX_TIP, _MIDDLE_MIDDLE = 4, 8, 10
"""Among MediaPipe's points; the last is the middle finger's first joint after the knuckle"""
_CURLED = (1.35, 1.65, 1.0)
_STRAIGHT = (0.05, 0.10, 0.08)


@dataclass(frozen=True)
class Shape:
    """Joint angles at one time, radians; signs as in `Pose`."""

    bend: tuple[tuple[float, float, float], ...]
    """Of thumb, index, middle, ring and little finger, three joints each"""
    spread: tuple[float, float, float, float, float]

    @property
    def angles(self) -> Doubles:
        """(20,): bends, then spreads."""
        return np.array([*np.ravel(self.bend), *self.spread])


OPEN = Shape(((0.0, 0.05, 0.05), *(_STRAIGHT,) * 4), (0.25, 0.06, 0.0, -0.05, -0.12))
RELAXED = Shape(
    ((0.10, 0.20, 0.15), (0.35, 0.50, 0.30), (0.40, 0.55, 0.35), (0.45, 0.60, 0.35), (0.50, 0.60, 0.35)),
    (0.10, 0.0, 0.0, 0.0, 0.0),
)
FLAT = Shape(((0.1, 0.15, 0.1), *((0.02, 0.05, 0.03),) * 4), (0.0, 0.02, 0.0, -0.02, -0.04))
THUMB_OUT = Shape(((-0.1, -0.1, -0.2), *(_CURLED,) * 4), (0.45, 0.0, 0.0, 0.0, 0.0))
APART = Shape(((0.0, 0.05, 0.1), (0.15, 0.35, 0.2), *(_CURLED,) * 3), (0.35, 0.1, 0.0, 0.0, 0.0))
"""Thumb and index apart, the other fingers curled"""


@functools.cache
def fist() -> Shape:
    """All fingers closed, the thumb across them."""
    return _thumb_at(Shape(((0.35, 0.55, 0.6), *(_CURLED,) * 4), (-0.1, 0.0, 0.0, 0.0, 0.0)), _MIDDLE_MIDDLE, 0.022)


@functools.cache
def point() -> Shape:
    """The index finger straight, the others closed, the thumb across them."""
    curled = Shape(((0.35, 0.55, 0.6), _STRAIGHT, *(_CURLED,) * 3), (-0.1, 0.0, 0.0, 0.0, 0.0))
    return _thumb_at(curled, _MIDDLE_MIDDLE, 0.022)


@functools.cache
def pinch() -> Shape:
    """The tips of thumb and index together, the other fingers open."""
    others = ((0.15, 0.2, 0.1), (0.1, 0.15, 0.1), (0.1, 0.15, 0.1))
    return _tips_together(Shape(((0.3, 0.35, 0.3), (0.75, 0.75, 0.35), *others), (-0.12, 0.0, 0.0, -0.05, -0.1)))


@functools.cache
def together() -> Shape:
    """The tips of thumb and index together, the other fingers curled."""
    return _tips_together(Shape(((0.3, 0.35, 0.3), (0.75, 0.75, 0.35), *(_CURLED,) * 3), (-0.12, 0.0, 0.0, 0.0, 0.0)))


def _tips_together(guess: Shape, gap: float = 0.012) -> Shape:
    """The shape near a guess in which the tips of thumb and index are `gap` metres apart."""
    return _solved(guess, (0, 1), lambda points: _distance(points[_THUMB_TIP], points[_INDEX_TIP]) - gap)


def _thumb_at(guess: Shape, point: int, gap: float) -> Shape:
    """The shape near a guess whose thumb's tip is `gap` metres before a point, on the palm's side."""
    before = np.array([0.0, -gap, 0.0])
    return _solved(guess, (0,), lambda points: _distance(points[_THUMB_TIP], points[point] + before))


def _distance(first: Doubles, second: Doubles) -> float:
    return float(np.linalg.norm(first - second))


def _solved(guess: Shape, digits: tuple[int, ...], miss: Callable[[Doubles], float]) -> Shape:
    """A guess with the angles of some digits changed so that `miss`, metres, of the 21 points comes to nothing."""
    rig, start = Rig.load("right"), guess.angles
    free = np.array([*(3 * digit + joint for digit in digits for joint in range(3)), *(15 + digit for digit in digits)])

    def cost(values: Doubles) -> float:
        angles = start.copy()
        angles[free] = values
        points = rig.pose(Pose(angles[None, :15].reshape(1, 5, 3), angles[None, 15:])).points[0]
        return float((100 * miss(points)) ** 2 + 0.02 * np.sum((values - start[free]) ** 2))

    low, high = [-0.3] * len(free), [1.7] * (len(free) - len(digits)) + [0.6] * len(digits)
    low[-len(digits) :] = [-0.9] * len(digits)
    found = scipy.optimize.minimize(cost, start[free], bounds=list(zip(low, high, strict=True)))
    angles = start.copy()
    angles[free] = found.x
    bend = tuple((float(a), float(b), float(c)) for a, b, c in angles[:15].reshape(5, 3))
    first, second, third, fourth, fifth = (float(value) for value in angles[15:])
    return Shape(bend, (first, second, third, fourth, fifth))
