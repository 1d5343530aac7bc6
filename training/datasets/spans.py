"""Where in a recording a gesture lies, and which of the two hands makes it.

Letters: T frames.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from legato.app.vision.recording import Recording
from legato.training.takes import UNSURE, GestureSpan

_ENOUGH = 0.5
"""Share of a gesture's frames, 0..1, in which its hand has to be seen"""


def between(recording: Recording, label: str, first: int, last: int, right: float | None = None) -> GestureSpan:
    """A gesture between two frames, counted from 0; it is made by the hand that `maker` finds."""
    start, end = float(recording.time[first]), float(recording.time[last])
    return GestureSpan(label, start, end, maker(recording, start, end, right))


def visible(recording: Recording, span: GestureSpan) -> GestureSpan:
    """A span as it is, or unsure where its hand is hardly seen, so that nobody could tell what it does."""
    within = (recording.time >= span.start) & (recording.time <= span.end)
    seen = (recording.presence[within, span.slot] > 0).mean() if within.any() else 0.0
    return span if seen >= _ENOUGH else replace(span, label=UNSURE)


def maker(recording: Recording, start: float, end: float, right: float | None = None) -> int:
    """The slot of the hand that makes a gesture between two times in seconds.

    It is the one that is seen; of two, the likelier right (`right` = 1) or left (0) one, or, where nobody knows which
    it is, the one that moves more.
    """
    within = (recording.time >= start) & (recording.time <= end)
    seen = recording.presence[within] > 0  # (T, 2)
    often = seen.sum(axis=0)
    if not often.any() or often.min() < _ENOUGH * often.max():
        return int(often.argmax())
    if right is None:
        places = recording.landmarks[within].mean(axis=2)  # (T, 2, 3)
        steps = np.linalg.norm(np.diff(places[..., :2], axis=0), axis=-1)
        return int((steps * (seen[1:] & seen[:-1])).sum(axis=0).argmax())
    likely = (recording.handedness[within] * seen).sum(axis=0) / np.maximum(often, 1)
    return int(np.abs(likely - right).argmin())


def in_order(spans: Iterable[GestureSpan]) -> tuple[GestureSpan, ...]:
    """Spans in order of their ends."""
    return tuple(sorted(spans, key=lambda span: (span.end, span.start)))
