"""What a second look is worth: false alarms with and without it, at equal recall."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.contract import Contract
from legato.app.engine.events import KeywordEvent
from legato.app.evaluation.intervals import Rate, Share
from legato.app.evaluation.keywords import SCALES, Options, scaled, thresholds
from legato.app.evaluation.listening import Take
from legato.app.evaluation.matching import decode, match, utterances

Floats = NDArray[np.float32]

LEASTS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75)
"""Scores that an event needs from the second look, of which the best is sought"""
MOST = 1500
"""Events at the lowest thresholds that are tried"""


class Scorer(Protocol):
    """A second look that says how sure it is."""

    @property
    def seconds(self) -> float:
        """Of sound before an event that are wanted at most."""

    def score(self, label: str, sound: Floats) -> float:
        """How well a label fits into the end of the sound (S,), 0..1."""


@dataclass(frozen=True)
class Gain:
    """The fewest false alarms with which so much is found, without the second look and with it."""

    recall: Share
    alone: Rate
    together: Rate
    scale: float
    """Factor on the odds of the thresholds with the second look"""
    least: float
    """Score that an event needs from it"""

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "recall": self.recall.to_dict(),
            "alone": self.alone.to_dict(),
            "together": self.together.to_dict(),
            "scale": round(self.scale, 6),
            "least": self.least,
        }


@dataclass(frozen=True)
class _Setting:
    """What one pair of thresholds gives."""

    scale: float
    least: float
    hits: int
    alarms: int


def gains(take: Take, contract: Contract, options: Options, second: Scorer) -> list[Gain]:
    """For each recall that is reached without a second look, from the highest to the lowest, what it is worth.

    Both sides have the best thresholds for these very recordings. Only thresholds with at most `MOST` events are tried.
    ValueError where the take's sound was not kept.
    """
    if take.sound is None:
        raise ValueError("a second look needs the sound that was played")
    trial = _Trial(take, take.sound, contract, thresholds(contract, options), second)
    alone = [one for one in map(trial, SCALES) if one.hits + one.alarms <= MOST]
    settings = alone + [trial(one.scale, least) for least in LEASTS for one in alone]
    hours = sum(span.end - span.start for span in take.spans) / 3600
    found = []
    for hits in sorted({one.hits for one in alone if one.hits}, reverse=True):
        fewest = min(one.alarms for one in alone if one.hits >= hits)
        best = min((one for one in settings if one.hits >= hits), key=lambda one: (one.alarms, -one.hits))
        recall = Share(hits, len(trial.said))
        found.append(Gain(recall, Rate(fewest, hours), Rate(best.alarms, hours), best.scale, best.least))
    return found


class _Trial:
    """The runtime's decoder over one take, with and without the second look, whose scores are worked out once each."""

    def __init__(
        self, take: Take, sound: Floats, contract: Contract, base: Mapping[str, float], second: Scorer
    ) -> None:
        self.said = utterances(take.spans, base)
        self._take, self._sound, self._contract, self._base, self._second = take, sound, contract, base, second
        self._known: dict[tuple[str, float], float] = {}

    def __call__(self, scale: float, least: float = 0.0) -> _Setting:
        confirm = (lambda event: self._score(event) >= least) if least else None
        events = decode(self._take, self._contract, scaled(self._base, scale), confirm)
        matches = match(self.said, events, self._take.spans)
        return _Setting(scale, least, len(matches.hits), len(matches.false_alarms))

    def _score(self, event: KeywordEvent) -> float:
        key = event.label, event.emitted
        if key not in self._known:
            rate = self._contract.sample_rate
            end = round(event.emitted * rate)
            first = max(0, end - round(self._second.seconds * rate))
            self._known[key] = self._second.score(event.label, self._sound[first:end])
        return self._known[key]
