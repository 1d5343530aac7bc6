"""How well gestures are found: which events are which gestures, and the figures that follow.

An event is matched by when it comes, as that is what its user sees: it finds a gesture of its label if it is emitted
between the gesture's start and SLACK after its end. Each event finds one gesture at most, and each gesture is found
once: the events, in their order, take the free gesture that ends first. All others are false positives.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from legato.app.engine.events import GestureEvent
from legato.app.evaluation.intervals import Rate, Share

SLACK = 0.5
"""Seconds after a gesture's end within which its event still counts"""
BREAKDOWNS = ("speaker", "source")
"""Columns of a manifest whose values get figures of their own"""
_EPSILON = 1e-6
"""Seconds by which sums of times may be off"""


@dataclass(frozen=True)
class Gesture:
    """One that was made; seconds from the recording's first frame."""

    label: str
    start: float
    end: float
    hand: str = ""
    """left or right; empty where that is not told"""


@dataclass(frozen=True)
class View:
    """One recording: what was made in it, and what was found."""

    gestures: tuple[Gesture, ...]
    events: tuple[GestureEvent, ...]
    """In the order in which they came"""
    seconds: float
    negative: bool = False
    """Whether it is there to show that nothing is found"""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Matches:
    """Who belongs to whom in one recording."""

    hits: tuple[tuple[Gesture, GestureEvent], ...]
    missed: tuple[Gesture, ...]
    false: tuple[GestureEvent, ...]


def match(view: View) -> Matches:
    """The events of a recording with the gestures that they find."""
    free = sorted(view.gestures, key=lambda one: one.end)
    hits, false = [], []
    for event in view.events:
        found = next((one for one in free if one.label == event.label and _meets(one, event)), None)
        if found is None:
            false.append(event)
        else:
            free.remove(found)
            hits.append((found, event))
    return Matches(tuple(hits), tuple(free), tuple(false))


def _meets(gesture: Gesture, event: GestureEvent) -> bool:
    """Whether an event comes while the gesture is made, or just after it."""
    return gesture.start - _EPSILON <= event.emitted <= gesture.end + SLACK + _EPSILON


def confusions(view: View, matches: Matches) -> Counter[tuple[str, str]]:
    """How often an event that finds nothing comes on a gesture of another label: (the gesture's, the event's).

    A false positive counts once, on a gesture that was missed if there is one, and on the one that ends first.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    for event in matches.false:
        others = [one for one in view.gestures if one.label != event.label and _meets(one, event)]
        if others:
            gesture = min(others, key=lambda one: (one not in matches.missed, one.end))
            pairs[gesture.label, event.label] += 1
    return pairs


def edit_distance(one: Sequence[str], other: Sequence[str]) -> int:
    """The fewest insertions, deletions and substitutions that turn one sequence into the other (Levenshtein 1966)."""
    row = list(range(len(other) + 1))
    for number, item in enumerate(one, 1):
        before, row[0] = row[0], number
        for index, another in enumerate(other, 1):
            before, row[index] = row[index], min(before + (item != another), row[index - 1] + 1, row[index] + 1)
    return row[-1]


@dataclass(frozen=True)
class Sequences:
    """The labels in the order in which they end, against those that were made."""

    distance: int
    """Edits, over all recordings"""
    total: int
    """Gestures made"""

    @classmethod
    def of(cls, views: Iterable[View]) -> "Sequences":
        """Those of each recording, negatives too, added up."""
        views = tuple(views)
        pairs = ((_by_end(view.gestures), _by_end(view.events)) for view in views)
        return cls(sum(edit_distance(*pair) for pair in pairs), sum(len(view.gestures) for view in views))

    @property
    def accuracy(self) -> float | None:
        """Levenshtein accuracy (IPN Hand, arXiv 2005.02134): 1 − edits / gestures; below 0 where edits outnumber them.

        None where no gesture was made.
        """
        return 1 - self.distance / self.total if self.total else None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"value": _rounded(self.accuracy), "distance": self.distance, "total": self.total}


def _by_end(things: Iterable[Gesture | GestureEvent]) -> list[str]:
    return [one.label for one in sorted(things, key=lambda one: one.end)]


def jaccard(views: Iterable[View], label: str) -> float | None:
    """Seconds in which `label` is both made and found, over seconds in which it is either; 0..1.

    Added up over all recordings. None where it is neither made nor found.
    """
    both = either = 0.0
    for view in views:
        made = _joined((one.start, one.end) for one in view.gestures if one.label == label)
        found = _joined((one.start, one.end) for one in view.events if one.label == label)
        overlap = sum(max(0.0, min(a[1], b[1]) - max(a[0], b[0])) for a in made for b in found)
        both += overlap
        either += sum(end - start for start, end in (*made, *found)) - overlap
    return both / either if either > 0 else None


def _joined(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same time as spans that do not overlap."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


@dataclass(frozen=True)
class Group:
    """Figures of some labels over some recordings."""

    detection: Share
    """Gestures that an event finds"""
    false: Rate
    latency: tuple[float, ...]
    """Seconds from each found gesture's end to its event; below 0 where it comes before the end"""

    def to_dict(self) -> dict[str, Any]:
        """For JSON; `latency` is null where nothing was found."""
        return {
            "detection": self.detection.to_dict(),
            "false_positives": self.false.by_minute(),
            "latency": {"median": _quantile(self.latency, 0.5), "p90": _quantile(self.latency, 0.9)},
        }


@dataclass(frozen=True)
class Report:
    """Everything that was measured."""

    all: Group
    labels: Mapping[str, Group]
    jaccards: Mapping[str, float | None]
    """Of each label; None for one that is neither made nor found"""
    made: frozenset[str]
    """Labels of the gestures that were made"""
    sequences: Sequences
    hands: Share
    """Found gestures whose hand is told, and that are reported of that hand"""
    confusions: tuple[tuple[str, str, int], ...]
    """What was made, what was found on it, how often; most often first"""
    negatives: tuple[int, Rate]
    """Recordings in which nothing is to be found, and what was found in them"""
    breakdowns: Mapping[str, Mapping[str, Group]]
    """Column of the manifest → its value → group"""

    @property
    def jaccard(self) -> float | None:
        """The mean of the Jaccard indices of the labels that are made; None where none is."""
        return statistics.fmean(self.jaccards[label] or 0.0 for label in self.made) if self.made else None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        recordings, false = self.negatives
        return {
            **self.all.to_dict(),
            "levenshtein": self.sequences.to_dict(),
            "jaccard": _rounded(self.jaccard),
            "hand": self.hands.to_dict(),
            "labels": {
                label: {**group.to_dict(), "jaccard": _rounded(self.jaccards[label])}
                for label, group in self.labels.items()
            },
            "confusions": [list(one) for one in self.confusions],
            "negatives": {"recordings": recordings, **false.by_minute()},
            "by": {
                column: {value: group.to_dict() for value, group in values.items()}
                for column, values in self.breakdowns.items()
            },
        }


def evaluate(views: Sequence[View], labels: Sequence[str]) -> Report:
    """The figures of recordings, for a model of these labels, which are the only ones in the views."""
    matched = [(view, match(view)) for view in views]
    pairs = sum((confusions(view, matches) for view, matches in matched), Counter[tuple[str, str]]())
    told = [(made, event) for _, matches in matched for made, event in matches.hits if made.hand]
    negatives = [pair for pair in matched if pair[0].negative]
    return Report(
        all=_group(matched, labels),
        labels={label: _group(matched, (label,)) for label in labels},
        jaccards={label: jaccard(views, label) for label in labels},
        made=frozenset(one.label for view in views for one in view.gestures),
        sequences=Sequences.of(views),
        hands=Share(sum(made.hand == event.hand for made, event in told), len(told)),
        confusions=tuple((made, found, count) for (made, found), count in pairs.most_common()),
        negatives=(len(negatives), _group(negatives, labels).false),
        breakdowns=_breakdowns(matched, labels),
    )


def _group(matched: Sequence[tuple[View, Matches]], labels: Iterable[str]) -> Group:
    wanted = frozenset(labels)
    hits = [hit for _, matches in matched for hit in matches.hits if hit[0].label in wanted]
    missed = sum(one.label in wanted for _, matches in matched for one in matches.missed)
    false = sum(event.label in wanted for _, matches in matched for event in matches.false)
    hours = sum(view.seconds for view, _ in matched) / 3600
    latency = tuple(event.emitted - made.end for made, event in hits)
    return Group(Share(len(hits), len(hits) + missed), Rate(false, hours), latency)


def _breakdowns(matched: Sequence[tuple[View, Matches]], labels: Iterable[str]) -> dict[str, dict[str, Group]]:
    """By each column that the manifest has: a recording belongs to the value in its first line."""
    wanted = tuple(labels)
    result: dict[str, dict[str, Group]] = {}
    for column in BREAKDOWNS:
        for value in sorted({view.columns.get(column, "") for view, _ in matched} - {""}):
            some = [pair for pair in matched if pair[0].columns.get(column) == value]
            result.setdefault(column, {})[value] = _group(some, wanted)
    return result


def _quantile(values: Sequence[float], share: float) -> float | None:
    return round(float(np.quantile(values, share)), 4) if len(values) else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
