"""Hands over time in, gesture events out: the one pipeline for cameras, files, evaluation and the window.

Letters: T frames, C labels.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.decoder import Decoder
from legato.app.engine.ears import Scores
from legato.app.engine.errors import ModelError, UsageError
from legato.app.engine.events import GestureEvent, KeywordEvent
from legato.app.engine.inputs import HANDS
from legato.app.engine.session import Session
from legato.app.vision.sight import Sight
from legato.app.vision.tracker import Hands

Floats = NDArray[np.float32]
Side = Literal["left", "right"]
"""The person's own"""

TICK = 1 / 120
"""Seconds of a decoder's frame: cameras give frames at any rate, and each counts for as long as it lasted"""
_LONGEST = 1.0
"""Most seconds that a frame counts for; what lies between two frames further apart was not seen"""
_STILL, _RATE = 0.2, 30
"""Seconds for which, and frames a second at which, hands stay as they are behind a source's end"""
_SIDE_MEMORY = 0.5
"""Seconds over which a hand's side is averaged: single frames take the left for the right"""


def packed(hands: Hands, size: tuple[int, int], seconds: float) -> Floats:
    """One frame (F,) as graphs take it; `seconds` since the frame before."""
    parts = (hands.landmarks.ravel(), hands.presence, hands.handedness, size, (seconds,))
    return np.concatenate(parts).astype(np.float32)


@dataclass
class _Side:
    """Whether a slot holds a right hand."""

    right: float = 0.5
    """Mean likelihood, 0..1, weighted by time, since the hand came; kept when it has gone"""
    present: bool = False

    def add(self, right: float, seconds: float, *, present: bool) -> None:
        """A frame that lasted `seconds`."""
        if present:
            share = 1 - math.exp(-seconds / _SIDE_MEMORY) if self.present else 1.0
            self.right += share * (right - self.right)
        self.present = present

    @property
    def name(self) -> Side:
        """The person's own."""
        return "right" if self.right >= 0.5 else "left"


class GestureSpotter:
    """One stream of hands, from landmarks to events."""

    def __init__(self, session: Session, threshold: float | None = None) -> None:
        """`threshold`, 0..1, replaces the model's own.

        UsageError for a threshold out of range, ModelError for a model of another task.
        """
        contract = session.contract
        if contract.task != "gestures":
            raise ModelError(f"{session.path}: contract field 'task' is {contract.task!r}; this needs a gesture model")
        if threshold is not None and not 0.0 <= threshold <= 1.0:
            raise UsageError(f"the threshold must be between 0 and 1, not {threshold:g}")
        self.session = session
        self._decoders = [Decoder(contract.labels, contract.decoder, TICK, None, threshold) for _ in range(HANDS)]
        self.reset()

    def reset(self) -> None:
        """Start a new stream at media time 0."""
        self._stream: Scores = self.session.stream()
        for decoder in self._decoders:
            decoder.reset()
        self._sides = [_Side() for _ in range(HANDS)]
        self._time: float | None = None
        self._last: Floats | None = None
        """The newest frame, packed"""
        self.last_scores = np.zeros((HANDS, len(self.session.contract.labels)), np.float32)
        """Probabilities (2, C) at the newest frame"""

    @property
    def position(self) -> float:
        """Seconds: the time of the newest frame."""
        return self._time or 0.0

    @property
    def sides(self) -> tuple[Side | None, Side | None]:
        """Whose hand each slot holds; None where it holds none."""
        first, second = (side.name if side.present else None for side in self._sides)
        return first, second

    def feed(self, sight: Sight) -> list[GestureEvent]:
        """Events that the next frame brings to light."""
        seconds = 0.0 if self._time is None else max(0.0, sight.time - self._time)
        frame = self._last = packed(sight.hands, sight.size, seconds)
        self.last_scores = self._stream.step(frame[None, None])[0, 0]
        for side, right, presence in zip(
            self._sides, sight.hands.handedness.tolist(), sight.hands.presence.tolist(), strict=True
        ):
            side.add(right, max(seconds, TICK), present=presence > 0)
        self._time = max(sight.time, self.position)
        return self._decode(min(seconds, _LONGEST))

    def flush(self) -> list[GestureEvent]:
        """Events of gestures at the very end, seen by letting the hands stay as they are for a moment."""
        if self._last is None:
            return []
        self._last[-1] = 1 / _RATE
        events = []
        for _ in range(round(_STILL * _RATE)):
            self.last_scores = self._stream.step(self._last[None, None])[0, 0]
            events += self._decode(1 / _RATE)
        return events

    def go_on_with(self, following: Callable[[Scores], Scores]) -> None:
        """Let another stream go on where the present one is, until the next reset."""
        self._stream = following(self._stream)

    def _decode(self, seconds: float) -> list[GestureEvent]:
        """The newest scores through the decoders, for as long as their frame lasted."""
        ticks = max(1, round(seconds / TICK))
        return [
            self._gesture(event, side.name)
            for decoder, side, scores in zip(self._decoders, self._sides, self.last_scores, strict=True)
            for event in decoder.step(np.repeat(scores[None], ticks, axis=0), self.position)
        ]

    def _gesture(self, event: KeywordEvent, hand: str) -> GestureEvent:
        """The decoder counts in ticks; whatever it finds in those of a frame was seen with that frame."""
        end = max(0.0, self.position - self.session.contract.decoder.delay)
        start = max(0.0, end - (event.end - event.start))
        return GestureEvent(event.label, round(start, 6), round(end, 6), round(self.position, 6), event.score, hand)
