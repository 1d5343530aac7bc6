"""The gestures as motions of a hand, each a little different every time.

Directions are the person's own, as in a mirror: `swipe_right` moves to the picture's left, and a circle that is
clockwise in the mirror is counter-clockwise in the picture.
"""

import functools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from legato.training.hands import poses
from legato.training.hands.motions import ANGLES, PLACE, Motion, between, smooth, state

Doubles = npt.NDArray[np.float64]
Random = np.random.Generator
Make = Callable[[Doubles, Random], tuple[float, Callable[[Doubles], Doubles]]]
"""From a place (3,) where it is done: seconds, and states (T, 26) at phases (T,)"""

_AWAY = {"left": (1.0, 0.0), "right": (-1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}
"""Where the person's directions lead in the picture"""
_SWIFT = 0.3
"""Metres a second: slower hands only go somewhere"""
_THUMB_UP, _THUMB_DOWN = (-1.7, -0.5), (0.9, 2.3)
"""Rolls at which people's outstretched thumbs point up and down"""


def gesture(label: str, place: Doubles, chance: Random) -> Motion:
    """One performance of a gesture, about a place (3,) in metres."""
    seconds, path = _GESTURES[label](place, chance)
    return Motion(label, seconds, path)


def _turned(chance: Random, pitch: float = 0.0, roll: float = 0.0) -> Doubles:
    """Angles (3,) of a hand held as people hold it."""
    return np.array([pitch, 0.0, roll]) + chance.normal(0.0, (0.15, 0.2, 0.12))


def _swipe(place: Doubles, chance: Random, towards: str) -> tuple[float, Callable[[Doubles], Doubles]]:
    """An open hand goes across and stops, in a slight arc, and turns a little on its way."""
    along = np.array([*_AWAY[towards], 0.0]) + chance.normal(0.0, (0.08, 0.08, 0.15))
    aside = np.array([along[1], -along[0], 0.0]) * chance.normal(0.0, 0.02)
    length, angles = chance.uniform(0.12, 0.32), _turned(chance)
    turn = np.array([0.5 * along[1], -0.5 * along[0], 0.3 * along[0]]) * chance.uniform(-0.2, 1.2)
    begin = state(place - along * length / 2, angles - turn / 2, poses.OPEN)
    end = state(place + along * length / 2, angles + turn / 2, poses.OPEN)

    def path(phase: Doubles) -> Doubles:
        states = between(begin, end)(phase)
        states[:, PLACE] += np.sin(np.pi * smooth(phase))[:, None] * aside
        return states

    return min(chance.uniform(0.22, 0.8), length / _SWIFT), path


def _circle(place: Doubles, chance: Random, sense: float) -> tuple[float, Callable[[Doubles], Doubles]]:
    """The index finger draws one full circle; `sense` is 1 where it is clockwise in the picture."""
    radius, squeeze = chance.uniform(0.03, 0.1), chance.uniform(0.75, 1.25)
    begin, turn = chance.normal(-np.pi / 2, 0.5), sense * 2 * np.pi * chance.uniform(0.95, 1.12)
    rest = state(place, _turned(chance, pitch=chance.uniform(-0.9, 0.1)), poses.point())

    def path(phase: Doubles) -> Doubles:
        angle = begin + turn * (0.6 * smooth(phase) + 0.4 * phase)
        states = np.repeat(rest[None], len(phase), axis=0)
        states[:, 0] += radius * np.cos(angle)
        states[:, 1] += radius * squeeze * np.sin(angle)
        return states

    return chance.uniform(0.6, 1.5), path


def _wave(place: Doubles, chance: Random) -> tuple[float, Callable[[Doubles], Doubles]]:
    """An open hand rocks from side to side, two to four times, from the elbow or from the wrist."""
    times, rate = chance.uniform(2.0, 4.2), chance.uniform(1.6, 3.2)
    rock, sway, side = chance.uniform(0.2, 0.55), chance.uniform(0.0, 0.07), chance.choice([-1.0, 1.0])
    rest = state(place, _turned(chance), poses.OPEN)

    def path(phase: Doubles) -> Doubles:
        swing = side * np.sin(2 * np.pi * times * phase) * np.minimum(1.0, 6 * np.minimum(phase, 1 - phase) + 0.3)
        states = np.repeat(rest[None], len(phase), axis=0)
        states[:, ANGLES.start + 2] += rock * swing
        states[:, 0] += sway * swing
        return states

    return times / rate, path


def _push(place: Doubles, chance: Random) -> tuple[float, Callable[[Doubles], Doubles]]:
    """An open hand moves towards the camera."""
    way = np.array([*chance.normal(0.0, 0.02, 2), -min(chance.uniform(0.2, 0.45) * place[2], 0.3)])
    begin, end = _turned(chance), _turned(chance, pitch=chance.uniform(-0.2, 0.1))
    path = between(state(place, begin, poses.OPEN), state(place + way, 0.5 * (begin + end), poses.OPEN))
    return chance.uniform(0.25, 0.75), path


def _reshape(
    place: Doubles, chance: Random, shapes: Callable[[], tuple[poses.Shape, poses.Shape]], longest: float = 0.7
) -> tuple[float, Callable[[Doubles], Doubles]]:
    """One shape becomes another while the hand stays about where it is."""
    first, last = shapes()
    angles, drift = _turned(chance), chance.normal(0.0, 0.01, 3)
    turned = angles + chance.normal(0.0, 0.06, 3)
    path = between(state(place, angles, first), state(place + drift, turned, last))
    return chance.uniform(0.22, longest), path


def _thumb(place: Doubles, chance: Random, rolls: tuple[float, float]) -> tuple[float, Callable[[Doubles], Doubles]]:
    """An open hand becomes a fist, its thumb out, and turns so that the thumb points up or down."""
    roll = chance.uniform(*rolls)
    begin = state(place, _turned(chance, roll=roll * chance.uniform(0.0, 0.6)), poses.OPEN)
    end = state(place + chance.normal(0.0, 0.02, 3), _turned(chance, roll=roll), poses.THUMB_OUT)
    return chance.uniform(0.3, 0.9), between(begin, end)


def _rotate(place: Doubles, chance: Random) -> tuple[float, Callable[[Doubles], Doubles]]:
    """An open hand turns by a right angle or more about the line to the camera, either way."""
    turn = chance.choice([-1.0, 1.0]) * chance.uniform(1.5, 2.5)
    middle = chance.normal(0.0, 0.25)
    begin, end = _turned(chance, roll=middle - turn / 2), _turned(chance, roll=middle + turn / 2)
    path = between(state(place, begin, poses.OPEN), state(place + chance.normal(0.0, 0.015, 3), end, poses.OPEN))
    return chance.uniform(0.4, 1.0), path


_GESTURES: dict[str, Make] = {
    **{f"swipe_{towards}": functools.partial(_swipe, towards=towards) for towards in _AWAY},
    "circle_cw": functools.partial(_circle, sense=-1.0),
    "circle_ccw": functools.partial(_circle, sense=1.0),
    "wave": _wave,
    "push": _push,
    "zoom_in": functools.partial(_reshape, shapes=lambda: (poses.together(), poses.APART), longest=0.7),
    "zoom_out": functools.partial(_reshape, shapes=lambda: (poses.APART, poses.together()), longest=0.7),
    "pinch": functools.partial(_reshape, shapes=lambda: (poses.OPEN, poses.pinch())),
    "grab": functools.partial(_reshape, shapes=lambda: (poses.OPEN, poses.fist())),
    "release": functools.partial(_reshape, shapes=lambda: (poses.fist(), poses.OPEN)),
    "thumbs_up": functools.partial(_thumb, rolls=_THUMB_UP),
    "thumbs_down": functools.partial(_thumb, rolls=_THUMB_DOWN),
    "rotate": _rotate,
}
GESTURES = tuple(_GESTURES)
"""Their names"""
