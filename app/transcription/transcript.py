"""A transcript as a whole: what was said in a recording, in segments that are shown one after the other."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from legato.app.transcription.lines import Lines
from legato.app.transcription.words import Word


@dataclass(frozen=True)
class Segment:
    """Words that are shown together."""

    start: float
    """Seconds since the recording's start"""
    end: float
    """Seconds since the recording's start"""
    lines: tuple[str, ...]
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """All of it in one line."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class Transcript:
    """What was said in a recording."""

    source: str
    """The recording's name"""
    duration: float
    """Seconds"""
    model: str
    """The model's name"""
    segments: Sequence[Segment]

    @property
    def text(self) -> str:
        """All of it in one line."""
        return " ".join(segment.text for segment in self.segments)

    def to_json(self) -> str:
        """One object; times in steps of 10 ms."""
        return json.dumps(
            {
                "source": _readable(self.source),
                "duration": round(self.duration, 2),
                "text": self.text,
                "model": _readable(self.model),
                "segments": [_segment(segment) for segment in self.segments],
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` has written; ValueError, KeyError or TypeError for anything else."""
        told = json.loads(text)
        found = [_read_segment(segment) for segment in told["segments"]]
        return cls(str(told["source"]), float(told["duration"]), str(told["model"]), found)


def _read_segment(told: Mapping[str, Any]) -> Segment:
    words = tuple(
        Word(str(word["word"]), float(word["start"]), float(word["end"]), float(word["confidence"]))
        for word in told["words"]
    )
    return Segment(float(told["start"]), float(told["end"]), Lines().set(words), words)


def _segment(segment: Segment) -> dict[str, object]:
    words = [
        {
            "word": word.word,
            "start": round(word.start, 2),
            "end": round(word.end, 2),
            "confidence": round(word.confidence, 2),
        }
        for word in segment.words
    ]
    return {"start": round(segment.start, 2), "end": round(segment.end, 2), "text": segment.text, "words": words}


def _readable(name: str) -> str:
    """The name of a file, with what is no UTF-8 in it written out."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
