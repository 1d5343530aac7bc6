"""What a stream is found to contain."""

import json
from dataclasses import dataclass


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
        line = {
            "type": "keyword",
            "label": self.label,
            "start": round(self.start, 3),
            "end": round(self.end, 3),
            "emitted": round(self.emitted, 3),
            "score": round(self.score, 3),
        }
        return json.dumps(line, ensure_ascii=False)
