"""The one-euro filter: steady while a point rests, prompt while it moves.

Casiez, Roussel & Vogel 2012, "1 € filter: a simple speed-based low-pass filter for noisy input in interactive systems".
"""

import math
from dataclasses import dataclass

import numpy as np

from legato.app.vision.region import Floats


@dataclass(frozen=True)
class SmoothingConfig:
    """How steady and how prompt."""

    cutoff: float = 2.0
    """Hertz that pass at rest"""
    beta: float = 4.0
    """Hertz more for each size of the hand a second that a point moves"""
    speed_cutoff: float = 1.5
    """Hertz that pass in the speed"""


@dataclass(frozen=True)
class SmoothingState:
    """What a filter remembers."""

    value: Floats
    """(N, D), smoothed"""
    speed: Floats
    """(N, D), smoothed, a second"""
    time: float
    """Seconds"""


def smooth(
    value: Floats, scale: float, time: float, state: SmoothingState | None, config: SmoothingConfig
) -> tuple[Floats, SmoothingState]:
    """Points (N, D) at a time in seconds, smoothed, and the next state; None is a hand that has just appeared.

    `scale` is the hand's size, in the points' own unit.
    """
    if state is None or time <= state.time:
        return value, SmoothingState(value, np.zeros_like(value), time)
    seconds = time - state.time
    share = _share(config.speed_cutoff, seconds)
    speed = state.speed + share * ((value - state.value) / seconds - state.speed)
    moving = np.linalg.norm(speed, axis=1, keepdims=True) / scale
    following = state.value + _share(config.cutoff + config.beta * moving, seconds) * (value - state.value)
    following = np.asarray(following, np.float32)
    return following, SmoothingState(following, np.asarray(speed, np.float32), time)


def _share(cutoff: "float | Floats", seconds: float) -> "float | Floats":
    """By how much an exponential mean follows a new value."""
    step = 2 * math.pi * cutoff * seconds
    return step / (step + 1)
