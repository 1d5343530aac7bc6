"""How well keywords are found: recall, false alarms, times, and the trade between them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from legato.app.engine.contract import Contract
from legato.app.engine.errors import UsageError
from legato.app.evaluation.intervals import Rate, Share
from legato.app.evaluation.listening import GAP, Span, Take
from legato.app.evaluation.matching import Matches, decode, match, utterances

SCALES = tuple(10.0 ** (step / 8) for step in range(-24, 25))
"""Factors on the odds of every threshold that the sweep goes through"""
BREAKDOWNS = ("speaker", "source")
"""Columns of a manifest whose values get figures of their own"""


@dataclass(frozen=True)
class Options:
    """What is asked of the decoder."""

    keywords: tuple[str, ...] = ()
    """What to listen for; empty for every label of the model"""
    threshold: float | None = None
    """For every label, instead of the model's own"""
    word_budget: float = 10.0
    """False alarms an hour that are allowed for all words together"""
    wake_budget: float = 2.0
    """The same for all wake phrases together"""


@dataclass(frozen=True)
class Group:
    """Figures of some labels over some recordings."""

    recall: Share
    alarms: Rate

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"recall": self.recall.to_dict(), "false_alarms": self.alarms.to_dict()}


@dataclass(frozen=True)
class Point:
    """One setting of the sweep."""

    scale: float
    """Factor on the odds of the thresholds"""
    thresholds: Mapping[str, float]
    group: Group

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        limits = {label: round(value, 6) for label, value in self.thresholds.items()}
        return {"scale": round(self.scale, 6), **self.group.to_dict(), "thresholds": limits}


@dataclass(frozen=True)
class Confusions:
    """Which label scored highest on recordings that hold exactly one."""

    right: Share
    wrong: tuple[tuple[str, str, int], ...]
    """What was said, what scored highest instead, how often; most often first"""

    def to_dict(self) -> dict[str, Any]:
        """For JSON, with the five most frequent confusions."""
        return {**self.right.to_dict(), "confusions": [list(one) for one in self.wrong[:5]]}


@dataclass(frozen=True)
class Times:
    """How late events come, and how far their ends are from the truth; seconds, of the hits."""

    latency: tuple[float, ...]
    start: tuple[float, ...]
    end: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """For JSON: median and 90th percentile of `emitted` − true end; median absolute errors of start and end."""
        return {
            "hits": len(self.latency),
            "latency": {"median": _quantile(self.latency, 0.5), "p90": _quantile(self.latency, 0.9)},
            "error": {
                "start": _quantile([abs(one) for one in self.start], 0.5),
                "end": _quantile([abs(one) for one in self.end], 0.5),
            },
        }


@dataclass(frozen=True)
class Report:
    """Everything that was measured. Groups are named "words" (all labels but the wake phrases) and "wake"."""

    groups: Mapping[str, Group]
    labels: Mapping[str, Group]
    breakdowns: Mapping[str, Mapping[str, Mapping[str, Group]]]
    """Column of the manifest → its value → group"""
    curve: Mapping[str, tuple[Point, ...]]
    """Group → the sweep, from low thresholds to high ones"""
    budgets: Mapping[str, tuple[float, Point | None]]
    """Group → allowed false alarms an hour, and the point of best recall within them"""
    times: Times
    top: Mapping[str, Confusions]
    """"words": the words among themselves; "all": every label among all"""

    def best_thresholds(self) -> dict[str, float]:
        """The thresholds of best recall within the budgets, of the groups of which anything was said."""
        points = [point for _, point in self.budgets.values() if point is not None and point.group.recall.total]
        return {label: round(value, 6) for point in points for label, value in point.thresholds.items()}

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "groups": _dicts(self.groups),
            "labels": _dicts(self.labels),
            "by": {
                column: {value: _dicts(groups) for value, groups in by.items()}
                for column, by in self.breakdowns.items()
            },
            "budgets": {
                name: {"budget": budget, "best": point.to_dict() if point else None}
                for name, (budget, point) in self.budgets.items()
            },
            "times": self.times.to_dict(),
            "top1": {name: top.to_dict() for name, top in self.top.items()},
            "curve": {
                name: [
                    [round(p.scale, 6), _number(p.group.alarms.value), _number(p.group.recall.value)] for p in points
                ]
                for name, points in self.curve.items()
            },
        }


def evaluate(take: Take, contract: Contract, options: Options | None = None) -> Report:
    """The figures of one take. UsageError for a keyword that the model does not have."""
    options = options or Options()
    base = thresholds(contract, options)
    said = utterances(take.spans, base)
    sweep = {scale: match(said, decode(take, contract, scaled(base, scale)), take.spans) for scale in SCALES}
    chosen = sweep[1.0]
    members = group_members(contract, base)
    curve = {
        name: tuple(_point(base, scale, sweep[scale], labels, take) for scale in SCALES)
        for name, labels in members.items()
    }
    allowed = {"words": options.word_budget, "wake": options.wake_budget}
    return Report(
        groups={name: _group(chosen, labels, take.spans) for name, labels in members.items()},
        labels={label: _group(chosen, (label,), take.spans) for label in base},
        breakdowns=_breakdowns(chosen, members, take.spans),
        curve=curve,
        budgets={name: (allowed[name], _best(points, allowed[name])) for name, points in curve.items()},
        times=_times(chosen),
        top={
            "words": top_label(take, contract.labels, _words(contract)),
            "all": top_label(take, contract.labels, contract.labels),
        },
    )


def at_thresholds(take: Take, contract: Contract, limits: Mapping[str, float]) -> dict[str, Group]:
    """What is found, and falsely heard, with a threshold for each label of `limits`, all of them listened for."""
    matches = match(utterances(take.spans, limits), decode(take, contract, limits), take.spans)
    return {name: _group(matches, labels, take.spans) for name, labels in group_members(contract, limits).items()}


def thresholds(contract: Contract, options: Options) -> dict[str, float]:
    """The threshold of all that is listened for. UsageError for an unknown keyword or a threshold beyond 0..1."""
    if options.threshold is not None and not 0 <= options.threshold <= 1:
        raise UsageError(f"the threshold must be between 0 and 1, not {options.threshold:g}")
    for keyword in options.keywords:
        if keyword not in contract.labels:
            raise UsageError(f"no keyword {keyword!r} in this model; it knows {', '.join(contract.labels)}")
    labels = options.keywords or contract.labels
    own = contract.decoder.thresholds
    return {label: own[label] if options.threshold is None else options.threshold for label in labels}


def scaled(values: Mapping[str, float], scale: float) -> dict[str, float]:
    """Thresholds with their odds times `scale`: 0.5 becomes 0.091 for a tenth, 0.909 for ten."""
    return {label: scale * value / (1 - value + scale * value) for label, value in values.items()}


def top_label(take: Take, labels: Sequence[str], candidates: Sequence[str]) -> Confusions:
    """Which of the candidates has the highest score during each recording that holds exactly one label, one of them.

    A recording counts to half a second after its end.
    """
    columns = [labels.index(label) for label in candidates]
    pairs: Counter[tuple[str, str]] = Counter()
    for span in take.spans:
        rows = span.recording.rows
        if len(rows) != 1 or rows[0].label not in candidates:
            continue
        first, last = (round(second / take.hop) for second in (span.start, span.end + GAP))
        peaks = take.scores[first:last, columns].max(axis=0, initial=0.0)
        pairs[rows[0].label, candidates[int(np.argmax(peaks))]] += 1
    right = sum(count for (said, heard), count in pairs.items() if said == heard)
    wrong = tuple((said, heard, count) for (said, heard), count in pairs.most_common() if said != heard)
    return Confusions(Share(right, pairs.total()), wrong)


def _words(contract: Contract) -> tuple[str, ...]:
    return tuple(label for label in contract.labels if label not in contract.decoder.wake)


def group_members(contract: Contract, labels: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The labels of each group that has any."""
    wake = tuple(label for label in labels if label in contract.decoder.wake)
    words = tuple(label for label in labels if label not in contract.decoder.wake)
    return {name: members for name, members in (("words", words), ("wake", wake)) if members}


def _group(
    matches: Matches, labels: Iterable[str], spans: Sequence[Span], among: frozenset[int] | None = None
) -> Group:
    """Figures of some labels, over all recordings or only those at the indices `among`."""
    wanted = frozenset(labels)
    inside = frozenset(range(len(spans))) if among is None else among
    hits = sum(one.label in wanted and one.span in inside for one, _ in matches.hits)
    missed = sum(one.label in wanted and one.span in inside for one in matches.missed)
    alarms = sum(event.label in wanted and span in inside for span, event in matches.false_alarms)
    return Group(Share(hits, hits + missed), Rate(alarms, sum(spans[i].end - spans[i].start for i in inside) / 3600))


def _point(base: Mapping[str, float], scale: float, matches: Matches, labels: tuple[str, ...], take: Take) -> Point:
    limits = scaled({label: base[label] for label in labels}, scale)
    return Point(scale, limits, _group(matches, labels, take.spans))


def _best(points: Sequence[Point], budget: float) -> Point | None:
    """The point of highest recall within the budget of false alarms an hour; the quietest of equals.

    Where nothing was said it is the most sensitive one above which all points are within the budget.
    """
    within = [point for point in points if point.group.alarms.value <= budget]
    if points and not points[0].group.recall.total:
        loud = [point.scale for point in points if point not in within]
        within = [point for point in within if point.scale > max(loud, default=0.0)]
        return min(within, key=lambda point: point.scale, default=None)
    return max(within, key=lambda point: (point.group.recall.count, -point.group.alarms.count), default=None)


def _breakdowns(
    matches: Matches, members: Mapping[str, tuple[str, ...]], spans: Sequence[Span]
) -> dict[str, dict[str, dict[str, Group]]]:
    """By each column that the manifest has: a recording belongs to the value in its first line."""
    result: dict[str, dict[str, dict[str, Group]]] = {}
    for column in BREAKDOWNS:
        values = [span.recording.columns.get(column, "") for span in spans]
        for value in sorted(set(values) - {""}):
            among = frozenset(index for index, one in enumerate(values) if one == value)
            groups = {name: _group(matches, labels, spans, among) for name, labels in members.items()}
            result.setdefault(column, {})[value] = groups
    return result


def _times(matches: Matches) -> Times:
    return Times(
        latency=tuple(event.emitted - said.end for said, event in matches.hits),
        start=tuple(event.start - said.start for said, event in matches.hits),
        end=tuple(event.end - said.end for said, event in matches.hits),
    )


def _quantile(values: Sequence[float], share: float) -> float | None:
    return round(float(np.quantile(values, share)), 4) if len(values) else None


def _number(value: float) -> float | None:
    """What JSON can hold: null for what is undefined."""
    return round(value, 6) if np.isfinite(value) else None


def _dicts(groups: Mapping[str, Group]) -> dict[str, Any]:
    return {name: group.to_dict() for name, group in groups.items()}
