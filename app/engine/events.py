"""What a stream is found to contain."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GestureEvent:
    """One gesture seen. Times are media time: seconds since the source's first frame."""

    label: str
    start: float
    """Seconds: where the motion begins, from its usual duration"""
    end: float
    """Seconds: where the motion ends, from the usual delay of its event"""
    emitted: float
    """Seconds: the newest frame that had been consumed when the event was produced"""
    score: float
    """Smoothed probability at that moment, 0..1"""
    hand: str
    """left or right: the person's own"""

    def to_json(self) -> str:
        """One line of JSON; times in seconds with three decimals."""
        return json.dumps({"type": "gesture", **_told(self), "hand": self.hand}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class KeywordEvent:
    """One keyword heard. Times are media time: seconds since the source's first sample."""

    label: str
    start: float
    """Seconds: where the word begins, from its usual duration"""
    end: float
    """Seconds: where the word ends, from the usual delay of its event"""
    emitted: float
    """Seconds: the newest sample that had been consumed when the event was produced"""
    score: float
    """Smoothed probability at that moment, 0..1"""

    def to_json(self) -> str:
        """One line of JSON; times in seconds with three decimals."""
        return json.dumps({"type": "keyword", **_told(self)}, ensure_ascii=False)


def _told(event: "KeywordEvent | GestureEvent") -> dict[str, str | float]:
    """What every event tells."""
    times = {name: round(getattr(event, name), 3) for name in ("start", "end", "emitted", "score")}
    return {"label": event.label, **times}
