"""Takes as what the gesture network learns from: frames as graphs take them, and what to say at each.

Letters: T frames, F = 133 numbers a frame, N gestures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from legato.app.engine.inputs import HANDS
from legato.app.vision.recording import Recording
from legato.training.hands.scenes import mirrored
from legato.training.takes import UNSURE, Take
from legato.training.targets import IGNORE, TargetConfig

Random = np.random.Generator
Floats = npt.NDArray[np.float32]

TARGETS = TargetConfig(early=0.06, rise=0.03, fall=0.25, late=0.1)
"""When after a gesture's end it is to be told"""
_PAUSE = 0.7
"""Seconds without hands between two takes in one stream: the network forgets the first"""


@dataclass(frozen=True)
class VaryConfig:
    """How takes are varied each time they are looked at."""

    turn: float = 0.2
    """Radians by which the picture may be turned either way."""
    tempo: tuple[float, float] = (0.8, 1.2)
    """Factors by which they may be stretched in time."""
    late: float = 0.0
    """Share of those that begin somewhere in their first half: a gesture may be the first thing that is seen."""
    thin: float = 0.25
    """Share of which every other picture is left out, if there were 24 a second or more."""
    mirror: float = 0.5
    """Share of those that are mirrored, left becoming right."""
    miss: float = 0.01
    """Share of pictures in which a hand is not found."""


@dataclass(frozen=True)
class Example:
    """A stream and what is to be said about it."""

    frames: torch.Tensor
    """(T, F)"""
    targets: torch.Tensor
    """(T, 2) classes for each hand; 0 nothing, `IGNORE` where it does not matter"""
    spans: torch.Tensor
    """(N, 4): slot, class, first and last frame of the time in which each gesture may be reported"""


def varied(take: Take, config: VaryConfig, chance: Random) -> Take:
    """A take seen by another camera, or in a mirror."""
    if chance.random() < config.mirror:
        take = mirror_image(take)
    recording, spans = take.recording, take.spans
    landmarks = recording.landmarks.copy()
    present = recording.presence > 0
    width, height = recording.size.tolist()
    angle = chance.uniform(-config.turn, config.turn)
    cos, sin = np.cos(angle), np.sin(angle)
    middle = np.array([width / 2, height / 2], np.float32)
    turn = np.array([[cos, sin], [-sin, cos]], np.float32)
    landmarks[present, :, :2] = (landmarks[present, :, :2] - middle) @ turn + middle
    tempo = chance.uniform(*config.tempo)
    spans = tuple(replace(span, start=span.start * tempo, end=span.end * tempo) for span in spans)
    presence = recording.presence * (chance.random(present.shape) >= config.miss)
    times = recording.time * np.float32(tempo)
    changed = Recording(landmarks, presence.astype(np.float32), recording.handedness, times, recording.size)
    if config.late and chance.random() < config.late:
        changed = cut(changed, slice(int(chance.integers(len(changed.time) // 2 + 1)), None))
    rate = (len(changed.time) - 1) / max(float(changed.time[-1] - changed.time[0]), 1e-3)
    if rate >= 24 and chance.random() < config.thin:
        changed = cut(changed, slice(int(chance.integers(2)), None, 2))
    return Take(take.name, changed, spans, take.split)


def mirror_image(take: Take) -> Take:
    """A take with left and right exchanged, in its gestures' names too."""
    recording = take.recording
    landmarks = recording.landmarks.copy()
    present = recording.presence > 0
    landmarks[present, :, 0] = recording.size[0] - landmarks[present, :, 0]
    right = np.where(present, 1 - recording.handedness, 0).astype(np.float32)
    spans = tuple(replace(span, label=mirrored(span.label)) for span in take.spans)
    return Take(take.name, replace(recording, landmarks=landmarks, handedness=right), spans, take.split)


def cut(recording: Recording, which: slice) -> Recording:
    """Some frames of a recording."""
    return Recording(
        recording.landmarks[which],
        recording.presence[which],
        recording.handedness[which],
        recording.time[which],
        recording.size,
    )


def frames_of(recording: Recording, first: float = 0.0) -> Floats:
    """A recording as graphs take it, (T, F); `first` is what its first frame says of the time since the one before."""
    count = len(recording.time)
    parts = (
        recording.landmarks.reshape(count, -1),
        recording.presence,
        recording.handedness,
        np.broadcast_to(recording.size, (count, 2)),
        np.diff(recording.time, prepend=recording.time[:1] - np.float32(first))[:, None],
    )
    return np.concatenate(parts, axis=1).astype(np.float32)


def example(
    takes: Sequence[Take], classes: Mapping[str, int], length: int, config: TargetConfig, chance: Random
) -> Example:
    """Takes one after another as a stream of `length` frames; a longer take is cut somewhere, a shorter one filled up.

    Gestures without a class are ignored, like those that nobody knows.
    """
    frames, targets, spans, at = [], [], [], 0
    for take in takes:
        if at >= length:
            break
        room = length - at
        spare = len(take.recording.time) - room
        begin = int(chance.integers(spare + 1)) if spare > 0 else 0
        piece = cut(take.recording, slice(begin, begin + room))
        said, found = targets_of(take, piece, classes, config)
        frames.append(frames_of(piece, _PAUSE if at else 0.0))
        targets.append(said)
        spans += [(slot, label, first + at, last + at) for slot, label, first, last in found]
        at += len(said)
    rest = max(0, length - at)
    empty = np.zeros((rest, frames[0].shape[1]), np.float32)
    return Example(
        torch.from_numpy(np.concatenate((*frames, empty))),
        torch.from_numpy(np.concatenate((*targets, np.full((rest, HANDS), IGNORE)))),
        torch.tensor(spans, dtype=torch.int64).reshape(-1, 4),
    )


def targets_of(
    take: Take, piece: Recording, classes: Mapping[str, int], config: TargetConfig
) -> tuple[npt.NDArray[np.int64], list[tuple[int, int, int, int]]]:
    """What to say at each frame (T, 2) of a piece of a take, and its gestures: slot, class, first and last frame."""
    times = piece.time
    targets, spans = np.zeros((len(times), HANDS), np.int64), []
    for span in take.spans:
        after = times - span.end
        if span.label == UNSURE or span.label not in classes:
            targets[(times >= span.start) & (after < config.fall + config.late), span.slot] = IGNORE
        else:
            targets[(after >= -config.early) & (after < config.fall + config.late), span.slot] = IGNORE
    for span in take.spans:
        label = classes.get(span.label)
        after = times - span.end
        now = np.flatnonzero((after >= config.rise) & (after < config.fall))
        # A gesture whose beginning was cut off cannot be known.
        if label is None or not len(now) or span.start < times[0]:
            targets[now, span.slot] = IGNORE
            continue
        targets[now, span.slot] = label
        allowed = np.flatnonzero((after >= -config.early) & (after < config.fall + config.late))
        spans.append((span.slot, label, int(allowed[0]), int(allowed[-1])))
    return targets, spans
