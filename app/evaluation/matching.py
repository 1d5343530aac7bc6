"""Which events are what was said, and which are false alarms."""

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.contract import Contract
from legato.app.engine.decoder import Decoder
from legato.app.engine.events import KeywordEvent
from legato.app.evaluation.listening import Span, Take

SLACK = 0.75
"""Seconds after a word's end within which its event still counts"""
_BLOCK = 8192
"""Frames that a decoder gets at once"""
_EPSILON = 1e-6
"""Seconds by which sums of times may be off"""


@dataclass(frozen=True)
class Utterance:
    """A word that was said; seconds on the take's own clock."""

    label: str
    start: float
    end: float
    span: int
    """Which recording it is in"""
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Matches:
    """Who belongs to whom."""

    hits: tuple[tuple[Utterance, KeywordEvent], ...]
    missed: tuple[Utterance, ...]
    false_alarms: tuple[tuple[int, KeywordEvent], ...]
    """Each with the recording during which, or in the silence after which, it was heard"""


def utterances(spans: Sequence[Span], labels: Iterable[str]) -> list[Utterance]:
    """Everything of `labels` that was said."""
    wanted = frozenset(labels)
    return [
        Utterance(row.label, span.start + row.start, _end(span, row.end), index, row.columns)
        for index, span in enumerate(spans)
        for row in span.recording.rows
        if row.label in wanted
    ]


def _end(span: Span, end: float | None) -> float:
    return span.end if end is None else span.start + end


def decode(
    take: Take,
    contract: Contract,
    thresholds: Mapping[str, float],
    confirm: Callable[[KeywordEvent], bool] | None = None,
) -> list[KeywordEvent]:
    """What the runtime's own decoder reports of the labels in `thresholds`, all of them always listened for.

    `confirm` may veto events.
    """
    limits = {label: thresholds.get(label, 1.0) for label in contract.labels}
    settings = dataclasses.replace(contract.decoder, thresholds=limits)
    decoder = Decoder(contract.labels, settings, take.hop, tuple(thresholds), confirm=confirm)
    events: list[KeywordEvent] = []
    bounds = (*take.restarts, len(take.scores))
    for first, last in itertools.pairwise(bounds):
        decoder.reset()
        for start in range(first, last, _BLOCK):
            end = min(start + _BLOCK, last)
            events += decoder.step(take.scores[start:end], end * take.hop)
    return events


def match(said: Sequence[Utterance], events: Iterable[KeywordEvent], spans: Sequence[Span]) -> Matches:
    """Each event, in order, takes the first free utterance of its label that is going on or has just ended.

    An event with none is a false alarm.
    """
    free = {label: _Waiting([one for one in said if one.label == label]) for label in {one.label for one in said}}
    starts = np.array([span.start for span in spans])
    hits, false_alarms = [], []
    for event in events:
        found = free[event.label].take(event.emitted) if event.label in free else None
        if found is not None:
            hits.append((found, event))
        else:
            span = int(np.searchsorted(starts, event.emitted, side="right")) - 1
            false_alarms.append((max(0, span), event))
    missed = tuple(one for waiting in free.values() for one in waiting.left())
    return Matches(tuple(hits), missed, tuple(false_alarms))


class _Waiting:
    """Utterances of one label that no event has taken yet."""

    def __init__(self, said: Sequence[Utterance]) -> None:
        self._said = sorted(said, key=lambda one: one.end)
        self._starts = np.array([one.start for one in self._said])
        self._ends = np.array([one.end for one in self._said]) + SLACK
        self._free: NDArray[np.bool_] = np.ones(len(self._said), np.bool_)

    def take(self, time: float) -> Utterance | None:
        found = np.flatnonzero(self._free & (self._starts <= time + _EPSILON) & (time - _EPSILON <= self._ends))
        if not len(found):
            return None
        first = int(found[0])
        self._free[first] = False
        return self._said[first]

    def left(self) -> list[Utterance]:
        return [self._said[index] for index in np.flatnonzero(self._free)]
