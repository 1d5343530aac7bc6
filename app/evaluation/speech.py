"""How well recordings are written down: word and character error rates, times and confidences of words."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import jiwer
import numpy as np

from legato.app.evaluation.intervals import ErrorRate
from legato.app.evaluation.spoken import Spoken, Timed
from legato.app.transcription.texts import normalise
from legato.app.transcription.words import Word

BREAKDOWNS = ("speaker", "source")
"""Columns of a manifest that have figures of their own"""
_BINS = 10
"""Of the calibration error"""


def plain(words: Iterable[Word]) -> tuple[Word, ...]:
    """Words as `normalise` writes them, without those of which nothing is left."""
    found = ((word, normalise(word.word).replace(" ", "")) for word in words)
    return tuple(replace(word, word=text) for word, text in found if text)


@dataclass(frozen=True)
class Heard:
    """What was written down of a recording."""

    spoken: Spoken
    words: tuple[Word, ...]
    """As `plain` gives them; for a peer that tells no times, all 0"""
    seconds: float
    """Of sound"""

    @property
    def text(self) -> str:
        """The words as they are compared."""
        return " ".join(word.word for word in self.words)

    @cached_property
    def chunks(self) -> list[jiwer.AlignmentChunk]:
        """How the words that were said lie against those that were found."""
        return jiwer.process_words([self.spoken.text], [self.text]).alignments[0]

    def words_wrong(self) -> int:
        """Words replaced, left out or put in."""
        return _edits(self.chunks)

    def characters_wrong(self) -> int:
        """Characters likewise, spaces included."""
        return _edits(jiwer.process_characters([self.spoken.text], [self.text]).alignments[0])

    def pairs(self) -> list[tuple[int, int]]:
        """Places, among the words said and those found, of the words that are right."""
        return [
            (chunk.ref_start_idx + place, chunk.hyp_start_idx + place)
            for chunk in self.chunks
            if chunk.type == "equal"
            for place in range(chunk.ref_end_idx - chunk.ref_start_idx)
        ]


def _edits(chunks: Sequence[jiwer.AlignmentChunk]) -> int:
    return sum(
        max(chunk.ref_end_idx - chunk.ref_start_idx, chunk.hyp_end_idx - chunk.hyp_start_idx)
        for chunk in chunks
        if chunk.type != "equal"
    )


@dataclass(frozen=True)
class Rates:
    """Error rates of some recordings."""

    words: ErrorRate
    characters: ErrorRate

    @classmethod
    def of(cls, heard: Sequence[Heard]) -> "Rates":
        """The error rates of these."""
        said = [one.spoken.text for one in heard]
        words = ErrorRate(tuple(one.words_wrong() for one in heard), tuple(len(text.split()) for text in said))
        return cls(words, ErrorRate(tuple(one.characters_wrong() for one in heard), tuple(map(len, said))))

    def to_dict(self) -> dict[str, Any]:
        """For JSON: `wer` and `cer`."""
        return {"wer": self.words.to_dict(), "cer": self.characters.to_dict()}


def breakdowns(heard: Sequence[Heard]) -> dict[str, dict[str, Rates]]:
    """By each column of `BREAKDOWNS` that the manifest has: the rates of each of its values, by name."""
    found: dict[str, dict[str, Rates]] = {}
    for column in BREAKDOWNS:
        values = sorted({one.spoken.columns[column] for one in heard if one.spoken.columns.get(column)})
        if values:
            found[column] = {
                value: Rates.of([one for one in heard if one.spoken.columns[column] == value]) for value in values
            }
    return found


@dataclass(frozen=True)
class Calibration:
    """How far confidences can be believed."""

    confidences: tuple[float, ...]
    """0..1, of each word that was found"""
    right: tuple[bool, ...]

    @classmethod
    def of(cls, heard: Sequence[Heard]) -> "Calibration":
        """Of all words that were found in these."""
        confidences, right = list[float](), list[bool]()
        for one in heard:
            good = {found for _, found in one.pairs()}
            confidences += [word.confidence for word in one.words]
            right += [place in good for place in range(len(one.words))]
        return cls(tuple(confidences), tuple(right))

    @property
    def error(self) -> float | None:
        """The expected calibration error, in ten bins of equal width (Naeini et al. 2015); None without words."""
        if not self.confidences:
            return None
        sure, right = np.array(self.confidences), np.array(self.right, np.float64)
        bins = np.minimum((sure * _BINS).astype(np.intp), _BINS - 1)
        gaps = np.bincount(bins, weights=right - sure, minlength=_BINS)
        return float(np.abs(gaps).sum() / len(sure))

    def to_dict(self) -> dict[str, Any]:
        """For JSON: `words`, `right` and `confidence` (means) and `error`; null without words."""
        if self.error is None:
            return {"words": 0, "right": None, "confidence": None, "error": None}
        return {
            "words": len(self.right),
            "right": round(statistics.fmean(self.right), 4),
            "confidence": round(statistics.fmean(self.confidences), 4),
            "error": round(self.error, 4),
        }


@dataclass(frozen=True)
class TimeErrors:
    """How far the times of right words are off, in seconds; above 0 is late."""

    starts: tuple[float, ...]
    ends: tuple[float, ...]

    @classmethod
    def of(cls, heard: Sequence[Heard], times: Mapping[str, Sequence[Timed]]) -> "TimeErrors":
        """Of the recordings whose words' times are known, by their names."""
        starts, ends = list[float](), list[float]()
        for one in heard:
            known = times.get(one.spoken.name, ())
            if [word.word for word in known] != one.spoken.text.split():
                continue
            for said, found in one.pairs():
                starts.append(one.words[found].start - known[said].start)
                ends.append(one.words[found].end - known[said].end)
        return cls(tuple(starts), tuple(ends))

    def to_dict(self) -> dict[str, Any]:
        """For JSON: `words`; medians `start`, `end`, `both` of the errors, and `late` with their signs; or null."""
        if not self.starts:
            return {"words": 0, "start": None, "end": None, "both": None, "late": None}
        start, end = ([abs(error) for error in errors] for errors in (self.starts, self.ends))
        figures = {
            "start": statistics.median(start),
            "end": statistics.median(end),
            "both": statistics.median(start + end),
        }
        late = {"start": statistics.median(self.starts), "end": statistics.median(self.ends)}
        return {
            "words": len(start),
            **{name: round(value, 4) for name, value in figures.items()},
            "late": {name: round(value, 4) for name, value in late.items()},
        }
