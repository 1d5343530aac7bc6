"""What hands do when they make no gesture: rest, wander, point, type, scratch, talk, come and go.

A network that has only seen gestures takes all of these for some (HaGRIDv2, arXiv 2412.01508).
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from legato.training.hands import poses
from legato.training.hands.motions import ANGLES, BEND, PLACE, SPREAD, Motion, Path, between, state

Doubles = npt.NDArray[np.float64]
Random = np.random.Generator

_TREMBLE = 0.0015
"""Metres that a hand at rest drifts about"""


def rest(start: Doubles, seconds: float, chance: Random) -> Motion:
    """A hand (26,) that stays where it is, as far as hands do."""
    sway = _wander(chance, seconds, slowest=0.2, fastest=2.0)
    reach = np.zeros(len(start))
    reach[PLACE], reach[ANGLES], reach[BEND] = _TREMBLE * chance.uniform(0.5, 4.0), 0.02, 0.02
    return Motion("", seconds, lambda phase: start + reach * (sway(phase) - sway(np.zeros(1))))


def reach(start: Doubles, end: Doubles, chance: Random, speed: tuple[float, float] = (0.25, 1.0)) -> Motion:
    """From one state (26,) to another, at some mean speed in metres a second; returns after swipes are such."""
    way = float(np.linalg.norm(end[PLACE] - start[PLACE]))
    turn = float(np.abs(end[ANGLES] - start[ANGLES]).max())
    seconds = max(0.15, way / chance.uniform(*speed), turn / chance.uniform(2.0, 6.0)) + chance.uniform(0.1, 0.3)
    straight, aside = between(start, end), chance.normal(0.0, 0.15 * way, 3)

    def path(phase: Doubles) -> Doubles:
        states = straight(phase)
        states[:, PLACE] += np.sin(np.pi * phase)[:, None] ** 2 * aside
        return states

    return Motion("", seconds, path)


def pastime(place: Doubles, chance: Random) -> Motion:
    """Some occupation that is no gesture, about a place (3,) in metres."""
    return _PASTIMES[chance.integers(len(_PASTIMES))](place, chance)


def _talk(place: Doubles, chance: Random) -> Motion:
    """A hand that accompanies speech: it wanders, turns, opens and closes."""
    seconds = chance.uniform(1.5, 4.0)
    loose = state(place, chance.normal(0.0, 0.3, 3), poses.RELAXED)
    size = np.zeros(len(loose))
    size[PLACE], size[ANGLES] = chance.uniform(0.01, 0.06), chance.uniform(0.1, 0.5)
    size[BEND], size[SPREAD] = chance.uniform(0.05, 0.3), 0.05
    return Motion("", seconds, _about(loose, size, _wander(chance, seconds, slowest=0.3, fastest=1.6)))


def _type(place: Doubles, chance: Random) -> Motion:
    """Fingers that drum on keys, the hand nearly level."""
    seconds = chance.uniform(1.0, 3.0)
    level = state(
        place + np.array([0.0, 0.1, 0.0]), np.array([-1.2, 0.0, 0.0]) + chance.normal(0.0, 0.15, 3), poses.RELAXED
    )
    size = np.zeros(len(level))
    size[PLACE], size[BEND] = (0.015, 0.004, 0.01), chance.uniform(0.1, 0.3)
    return Motion("", seconds, _about(level, size, _wander(chance, seconds, slowest=1.0, fastest=5.0)))


def _scratch(place: Doubles, chance: Random) -> Motion:
    """Half-closed fingers that go to and fro on something, a few millimetres, quickly."""
    seconds, rate = chance.uniform(0.6, 2.0), chance.uniform(2.5, 5.5)
    bent = state(place - np.array([0.0, 0.08, 0.0]), chance.normal(0.0, (0.3, 0.5, 0.6)), poses.RELAXED)
    along = chance.normal(0.0, 1.0, 3) * chance.uniform(0.004, 0.015)

    def path(phase: Doubles) -> Doubles:
        states = np.repeat(bent[None], len(phase), axis=0)
        swing = np.sin(2 * np.pi * rate * seconds * phase)[:, None]
        states[:, PLACE] += swing * along
        states[:, BEND.start + 3 : BEND.stop] += 0.15 * swing
        return states

    return Motion("", seconds, path)


def _point(place: Doubles, chance: Random) -> Motion:
    """An outstretched index finger that shows something, and not a circle."""
    seconds = chance.uniform(0.8, 2.5)
    shown = state(place, np.array([chance.uniform(-1.0, 0.2), *chance.normal(0.0, 0.4, 2)]), poses.point())
    size = np.zeros(len(shown))
    size[PLACE], size[ANGLES] = chance.uniform(0.002, 0.03), 0.1
    return Motion("", seconds, _about(shown, size, _wander(chance, seconds, slowest=0.2, fastest=0.8)))


def _hold(place: Doubles, chance: Random) -> Motion:
    """Any shape that a gesture begins or ends with, simply held."""
    shapes = (poses.OPEN, poses.FLAT, poses.fist(), poses.THUMB_OUT, poses.pinch(), poses.together(), poses.APART)
    shape = shapes[chance.integers(len(shapes))]
    held = state(place, chance.normal(0.0, (0.2, 0.3, 0.5)), shape)
    return rest(held, chance.uniform(0.5, 2.0), chance)


_PASTIMES: tuple[Callable[[Doubles, Random], Motion], ...] = (_talk, _talk, _type, _scratch, _point, _hold)


def _about(middle: Doubles, size: Doubles, wander: Path) -> Path:
    return lambda phase: middle + size * wander(phase)


def _wander(chance: Random, seconds: float, slowest: float, fastest: float) -> Path:
    """Smooth noise of size 1 for all 26 numbers of a state: four sines each, of random rates in hertz and phases."""
    rates = np.exp(chance.uniform(np.log(slowest), np.log(fastest), (4, 26)))
    starts = chance.uniform(0, 2 * np.pi, (4, 26))

    def path(phase: Doubles) -> Doubles:
        turns = 2 * np.pi * rates * (seconds * phase)[:, None, None] + starts
        return np.asarray(np.sin(turns).sum(axis=1) / 2)

    return path
