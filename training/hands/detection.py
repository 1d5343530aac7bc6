"""What a tracker makes of the hands of a scene: landmarks that are a little off, late, and missing at times.

The size of the errors is that of `app/vision`'s own tracker on rendered videos and of other people's on real ones:
0.4 to 5 hundredths of a palm of noise, and as much again that stays the same for a while or for ever.

Letters: T frames, P = 21 points.
"""

import functools

import numpy as np
import numpy.typing as npt
import scipy.signal

from legato.app.engine.inputs import HANDS, POINTS
from legato.app.vision.recording import Recording
from legato.app.vision.region import enclosing
from legato.app.vision.smoothing import SmoothingConfig, SmoothingState, smooth
from legato.training.hands.hand import Rig
from legato.training.hands.motions import PLACE, skeletons
from legato.training.hands.scenes import Scene
from legato.training.takes import UNSURE, GestureSpan, Take

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Random = np.random.Generator

_PALM = 0.075
"""Metres"""
_KNUCKLES = (1, 5, 9, 13, 17)
_STEADY = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)
"""The points that a region is laid about, as in `app/vision/landmarks.py`"""
_OUT = 0.25
"""Share of a hand's points beyond the picture's edge from which it is not found"""
_ENOUGH = 0.7
"""Share of a gesture's time in which its hand has to be found"""


def observe(scene: Scene, chance: Random, name: str = "") -> Take:
    """The scene as a take, its slots in a random order."""
    frames = len(scene.times)
    landmarks = np.zeros((frames, HANDS, POINTS, 3), np.float32)
    presence, right = np.zeros((frames, HANDS), np.float32), np.zeros((frames, HANDS), np.float32)
    spans = []
    slots = chance.permutation(HANDS)
    for hand, ((side, states), slot) in enumerate(zip(scene.states(), slots.tolist(), strict=False)):
        points, found = _seen(scene, side, states, chance)
        landmarks[:, slot], presence[:, slot] = points, found
        flipped = chance.random(frames) < 0.02
        right[:, slot] = np.where((side == "right") ^ flipped, 0.95, 0.05) * found
        for mark in scene.marks(hand):
            if mark.start >= scene.times[-1]:
                continue
            during = (scene.times >= mark.start) & (scene.times <= mark.end)
            clear = during.any() and found[during].mean() >= _ENOUGH
            spans.append(GestureSpan(mark.label if clear else UNSURE, mark.start, mark.end, slot))
    size = np.array(scene.stage.size, np.float32)
    recording = Recording(landmarks, presence, right, scene.times.astype(np.float32), size)
    return Take(name, recording, tuple(sorted(spans, key=lambda span: span.end)))


def _seen(scene: Scene, side: str, states: Doubles, chance: Random) -> tuple[npt.NDArray[np.float32], Flags]:
    """Landmarks (T, 21, 3) of one hand, and where it is found (T,)."""
    there = np.isfinite(states[:, 0])
    landmarks = np.zeros((len(states), POINTS, 3), np.float32)
    if not there.any():
        return landmarks, there
    body = _body(skeletons(_rig(), states[there]), chance)
    if side == "left":
        body[..., 0] *= -1
    scale = scene.stage.focal / np.maximum(body[..., 2:], 0.05)
    flat = body[..., :2] * scale + np.array(scene.stage.size) / 2
    palm = scene.stage.focal * _PALM / np.maximum(states[there][:, PLACE][:, 2], 0.05)
    rate = (len(scene.times) - 1) / max(float(scene.times[-1]), 1e-3)
    noisy = flat + palm[:, None, None] * _errors(flat / palm[:, None, None], rate, chance)
    found = there.copy()
    found[there] = _found(flat, scene.stage.size, rate, chance)
    places = np.zeros((len(states), POINTS, 2))
    places[there] = noisy
    return _tracked(places, scene.times, found), found


@functools.cache
def _rig() -> Rig:
    return Rig.load("right")


def _body(points: Doubles, chance: Random) -> Doubles:
    """(T, 21, 3) of a hand with other proportions, metres."""
    wrist = points[:, :1]
    points = wrist + (points - wrist) * np.exp(chance.normal(0.0, 0.1))
    for knuckle in _KNUCKLES:
        finger = points[:, knuckle : knuckle + 4]
        points[:, knuckle : knuckle + 4] = finger[:, :1] + (finger - finger[:, :1]) * np.exp(chance.normal(0.0, 0.07))
    return np.asarray(points)


def _errors(points: Doubles, rate: float, chance: Random) -> Doubles:
    """Errors (T, 21, 2) in palms, for points in palms at so many frames a second."""
    shape = points.shape
    white = float(np.clip(np.exp(chance.normal(np.log(0.012), 0.9)), 0.002, 0.08))
    speed = np.linalg.norm(np.diff(points.mean(axis=1), axis=0, prepend=points.mean(axis=1)[:1]), axis=1) * rate
    noise = chance.normal(0.0, 1.0, shape) * white * (1 + 0.25 * speed)[:, None, None]
    slow = float(np.exp(-1 / (rate * chance.uniform(0.15, 1.5))))
    drift = scipy.signal.lfilter([np.sqrt(1 - slow**2)], [1, -slow], chance.normal(0.0, 1.0, shape), axis=0)
    fixed = chance.normal(0.0, chance.uniform(0.01, 0.08), shape[1:])
    errors = noise + chance.uniform(0.01, 0.07) * drift + fixed
    for frame in np.flatnonzero(chance.random(len(points)) < 0.15 / rate):
        errors[frame : frame + chance.integers(1, 4)] += chance.normal(0.0, 0.3, shape[1:])
    return np.asarray(errors)


def _found(points: Doubles, size: tuple[int, int], rate: float, chance: Random) -> Flags:
    """(T,) where a hand with points (T, 21, 2) in pixels is found."""
    outside = ((points < 0) | (points > np.array(size))).any(axis=2).mean(axis=1)
    found = outside < _OUT
    gaps = chance.choice([0.0, 0.1, 0.5], p=[0.5, 0.3, 0.2])
    for frame in np.flatnonzero(chance.random(len(points)) < gaps / rate):
        found[frame : frame + chance.integers(1, max(2, round(0.25 * rate)))] = False
    return np.asarray(found)


def _tracked(places: Doubles, times: Doubles, found: Flags) -> npt.NDArray[np.float32]:
    """Landmarks (T, 21, 3), smoothed as the tracker does; zeros where nothing is found."""
    landmarks = np.zeros((len(places), POINTS, 3), np.float32)
    state: SmoothingState | None = None
    config = SmoothingConfig()
    for frame, (points, time) in enumerate(zip(places.astype(np.float32), times.tolist(), strict=True)):
        if not found[frame]:
            state = None
            continue
        scale = enclosing(points[list(_STEADY)], 0.0, scale=2.0, shift=0.1).size
        smoothed, state = smooth(points, scale, time, state, config)
        landmarks[frame, :, :2] = smoothed
    return landmarks
