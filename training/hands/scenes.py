"""Scenes: a camera, up to two hands in front of it, and the times at which it takes pictures.

From a scene come a video (`rendering`), or at once the landmarks that a tracker might have found in it (`detection`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from legato.training.hands.motions import ANGLES, SIZE
from legato.training.hands.performances import Mark, Performance, Stage, perform, show

Doubles = npt.NDArray[np.float64]
Random = np.random.Generator

_MIRRORED = {
    "swipe_left": "swipe_right",
    "swipe_right": "swipe_left",
    "circle_cw": "circle_ccw",
    "circle_ccw": "circle_cw",
}


def mirrored(label: str) -> str:
    """The gesture that one looks like in a mirror."""
    return _MIRRORED.get(label, label)


@dataclass(frozen=True)
class SceneConfig:
    """What happens in a scene."""

    labels: tuple[str, ...]
    alone: bool = False
    """Whether one hand makes one of the gestures and nothing else."""
    seconds: float = 10.0
    frames: int = 0
    """Pictures, instead of seconds; 0 for none."""
    sizes: tuple[tuple[int, int], ...] = (
        *((640, 480),) * 3,
        *((1280, 720),) * 2,
        (480, 640),
        (320, 240),
        (1920, 1080),
    )
    """Width and height of pictures, one as likely as the other."""
    rate: tuple[float, float] = (12.0, 40.0)
    """Pictures a second, where they are not the usual 30."""
    usual: float = 0.45
    """Share of scenes with 30 pictures a second."""
    second: float = 0.3
    """Share of scenes with a second hand that gestures as well; half of the rest have one that does not."""
    busy: float = 0.8
    """Share of gestures in what a hand does."""


@dataclass(frozen=True)
class Scene:
    """Hands in front of a camera."""

    stage: Stage
    times: Doubles
    """(T,) seconds of the pictures, from 0"""
    hands: tuple[tuple[str, Performance], ...]
    """Side, `left` or `right`, and what that hand does; a left hand is the mirror image of what its states say"""

    def states(self) -> list[tuple[str, Doubles]]:
        """Side and states (T, 26) of each hand; NaN where it is away."""
        return [(side, performance.states(self.times)) for side, performance in self.hands]

    def marks(self, hand: int) -> tuple[Mark, ...]:
        """What one of the hands does, under the names that it has for the person who does it."""
        side, performance = self.hands[hand]
        if side == "right":
            return performance.marks
        return tuple(Mark(mirrored(mark.label), mark.start, mark.end) for mark in performance.marks)


def draw_scene(config: SceneConfig, chance: Random) -> Scene:
    """Some scene."""
    rate = 30.0 if chance.random() < config.usual else chance.uniform(*config.rate)
    frames = config.frames or round(config.seconds * rate)
    times = _times(frames, rate, chance)
    stage = Stage.drawn(chance, config.sizes)
    if config.alone:
        label = config.labels[int(chance.integers(len(config.labels)))]
        performance = _aside(show(label, float(times[-1]), stage, chance), 1, chance)
        return Scene(stage, times, ((str(chance.choice(("left", "right"))), performance),))
    count = 1 + int(chance.random() < config.second + 0.5 * (1 - config.second))
    sides = ("left", "right") if chance.random() < 0.5 else ("right", "left")
    hands = []
    for number, side in enumerate(sides[:count]):
        lively = number == 0 or chance.random() < config.second / (config.second + 0.5 * (1 - config.second))
        labels: Sequence[str] = config.labels if lively else ()
        busy = config.busy if lively else 0.0
        hands.append((side, _aside(perform(float(times[-1]), labels, stage, chance, busy), count, chance)))
    return Scene(stage, times, tuple(hands))


def _times(frames: int, rate: float, chance: Random) -> Doubles:
    """(T,) seconds: cameras jitter, and drop a picture now and then."""
    steps = np.full(frames, 1 / rate) * (1 + chance.uniform(0.0, 0.12) * chance.uniform(-1.0, 1.0, frames))
    steps[chance.random(frames) < chance.choice([0.0, 0.01])] *= 2
    return np.concatenate(((0.0,), np.cumsum(steps)[:-1]))


def _aside(performance: Performance, count: int, chance: Random) -> Performance:
    """The same, held a little differently, and in a right hand's half of the picture if there are two hands."""
    shift = np.zeros(SIZE)
    shift[0] = -chance.uniform(0.08, 0.16) if count > 1 else 0.0
    shift[ANGLES] = chance.normal(0.0, (0.06, 0.08, 0.08))
    return Performance(
        tuple((start, motion.shifted(shift)) for start, motion in performance.motions), performance.marks
    )
