"""Recordings of a gesture as others might have made them: from a few, many.

What differs from one hand and one performance to the next is drawn for the whole recording: how far the hand goes,
turns and opens, from where it is seen, where the tracker puts each of its points, how time passes.

Letters: T frames, P = 21 points.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy.signal

from legato.app.vision.recording import Recording
from legato.models.hands import MIDDLE_KNUCKLE, PALM, WRIST
from legato.training.takes import Take

Doubles = npt.NDArray[np.float64]
Random = np.random.Generator

_FEWEST = 3
"""Frames of a hand below which it stays as it is"""
_KEPT = 0.95
"""Of a drift from one frame to the next"""


@dataclass(frozen=True)
class LoosenConfig:
    """How far recordings may be from the one that they are made of. Deviations of logarithms are those of factors."""

    way: float = 0.2
    """Deviation of the logarithm of how far the hand goes."""
    turn: float = 0.15
    """Deviation of the logarithm of how far it turns."""
    shape: float = 0.12
    """Deviation of the logarithm of how far its fingers move."""
    view: float = 0.1
    """Deviation of the logarithm by which one direction of the picture is longer, and the other shorter."""
    points: float = 0.06
    """Palm sizes: most deviation of each point's place, the same in all frames."""
    drift: float = 0.04
    """Palm sizes: most deviation of what changes slowly."""
    noise: float = 0.02
    """Palm sizes: most deviation of what differs from frame to frame."""
    pace: float = 0.25
    """Most by which time passes quicker or slower in a part of it, as a share."""


def loosened(take: Take, config: LoosenConfig, chance: Random) -> Take:
    """A take as someone else might have made it."""
    recording = take.recording
    landmarks = recording.landmarks.copy()
    for slot in range(landmarks.shape[1]):
        there = recording.presence[:, slot] > 0
        if there.sum() >= _FEWEST:
            landmarks[there, slot, :, :2] = _moved(landmarks[there, slot, :, :2].astype(np.float64), config, chance)
    pace = _Pace.drawn(recording.time.astype(np.float64), config.pace, chance)
    spans = tuple(replace(span, start=pace.of(span.start), end=pace.of(span.end)) for span in take.spans)
    times = np.array([pace.of(time) for time in recording.time.tolist()], np.float32)
    changed = Recording(landmarks, recording.presence, recording.handedness, times, recording.size)
    return Take(take.name, changed, spans, take.split)


def _moved(points: Doubles, config: LoosenConfig, chance: Random) -> Doubles:
    """The points (T, P, 2) of one hand, pixels."""
    centre = points[:, list(PALM)].mean(axis=1, keepdims=True)
    palm = float(np.sqrt(((points[:, list(PALM)] - centre) ** 2).sum(axis=2).mean()))
    middle = centre.mean(axis=0, keepdims=True)
    ahead = points[:, MIDDLE_KNUCKLE] - points[:, WRIST]
    angles = np.unwrap(np.arctan2(ahead[:, 1], ahead[:, 0]))
    own = _turned(points - centre, -angles)  # the hand upright
    rest = own.mean(axis=0, keepdims=True)
    own = rest + _factor(config.shape, chance) * (own - rest)
    own += palm * chance.normal(0.0, chance.uniform(0.0, config.points), own.shape[1:])
    angles = angles.mean() + _factor(config.turn, chance) * (angles - angles.mean())
    placed = _turned(own, angles) + _factor(config.way, chance) * (centre - middle)
    slow = scipy.signal.lfilter([np.sqrt(1 - _KEPT**2)], [1, -_KEPT], chance.normal(0.0, 1.0, placed.shape), axis=0)
    errors = chance.uniform(0.0, config.drift) * slow
    errors += chance.uniform(0.0, config.noise) * chance.normal(0.0, 1.0, placed.shape)
    return np.asarray(placed @ _view(config.view, chance) + middle + palm * errors)


def _factor(deviation: float, chance: Random) -> float:
    return float(np.exp(chance.normal(0.0, deviation)))


def _turned(points: Doubles, angles: Doubles) -> Doubles:
    """Points (T, P, 2) about their origin by angles (T,)."""
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    x, y = points[..., 0], points[..., 1]
    return np.stack((cos * x - sin * y, sin * x + cos * y), axis=-1)


def _view(deviation: float, chance: Random) -> Doubles:
    """(2, 2): longer in some direction, shorter across it."""
    stretch, angle = chance.normal(0.0, deviation), chance.uniform(0.0, np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(turn @ np.diag([np.exp(stretch), np.exp(-stretch)]) @ turn.T)


@dataclass(frozen=True)
class _Pace:
    """How time passes: a wave about the even course, which ends when that ends."""

    first: float
    """Seconds at which it begins"""
    seconds: float
    """How long it lasts"""
    share: float
    """By which it is quicker or slower at most"""
    phase: float
    """Radians at its beginning"""

    @classmethod
    def drawn(cls, times: Doubles, most: float, chance: Random) -> "_Pace":
        """For frames at some times (T,)."""
        seconds = max(float(times[-1] - times[0]), 1e-3) if len(times) else 1e-3
        first = float(times[0]) if len(times) else 0.0
        return cls(first, seconds, chance.uniform(-most, most), chance.uniform(0.0, 2 * np.pi))

    def of(self, time: float) -> float:
        """When that happens which happened at a time."""
        turns = 2 * np.pi / self.seconds
        wave = np.sin(turns * (time - self.first) + self.phase) - np.sin(self.phase)
        return float(time + self.share * wave / turns)
