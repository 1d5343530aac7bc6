"""Hands over time, and the gestures in them: what gestures are learned from, whatever it was read from."""

from dataclasses import dataclass

from legato.app.vision.recording import Recording


@dataclass(frozen=True)
class GestureSpan:
    """A gesture and where it lies."""

    label: str
    """One of ours, one of another set's own, or `UNSURE`"""
    start: float
    """Seconds"""
    end: float
    """Seconds: when the motion ends"""
    slot: int
    """Which of the recording's two hands makes it"""


UNSURE = "?"
"""Label of a span that may or may not hold a gesture of ours: nothing is learned there"""


@dataclass(frozen=True)
class Take:
    """One recording with what is known about it. All time outside the spans holds no gesture."""

    name: str
    """Which of its set it is"""
    recording: Recording
    spans: tuple[GestureSpan, ...]
    """In order of their ends"""
    split: str = "train"
    """train or dev"""
