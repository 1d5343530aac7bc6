"""A threshold for each label, from labelled recordings: as many words found as a budget of false alarms allows.

Labels differ in how easily they are confused. Each is decoded by itself at every threshold of the sweep; then the one
price of a false alarm, in words found, is sought at which all labels together stay within the budget (a Lagrange
multiplier: every label is then at the point of its own curve with that slope).
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from legato.app.engine.contract import Contract
from legato.app.evaluation.keywords import SCALES, Options, group_members, scaled, thresholds
from legato.app.evaluation.listening import Take
from legato.app.evaluation.matching import decode, match, utterances

PRICES = tuple(10.0 ** (step / 8) for step in range(-24, 25))
"""Words found that one false alarm may cost, from next to nothing up"""


@dataclass(frozen=True)
class Curve:
    """What one label does at each threshold of the sweep, from low ones to high ones."""

    thresholds: tuple[float, ...]
    hits: tuple[int, ...]
    alarms: tuple[int, ...]

    def at(self, price: float) -> int:
        """Index of the threshold with the most hits, less the price of the false alarms; the lowest of equals."""
        return int(np.argmax([hits - price * alarms for hits, alarms in zip(self.hits, self.alarms, strict=True)]))


def best_by_label(take: Take, contract: Contract, options: Options) -> dict[str, float]:
    """Thresholds of the labels that `options` listen for; words and wake phrases each within their own budget.

    A label that is never said gets the lowest threshold that gives no false alarm.
    """
    base = thresholds(contract, options)
    hours = sum(span.end - span.start for span in take.spans) / 3600
    budgets = {"words": options.word_budget, "wake": options.wake_budget}
    found: dict[str, float] = {}
    for name, labels in group_members(contract, base).items():
        curves = {label: label_curve(take, contract, label, base[label]) for label in labels}
        found |= _within(curves, budgets[name] * hours)
    return found


def label_curve(take: Take, contract: Contract, label: str, threshold: float) -> Curve:
    """The sweep of one label, the others being left out."""
    column = contract.labels.index(label)
    alone = dataclasses.replace(take, scores=np.ascontiguousarray(take.scores[:, column : column + 1]))
    decoder = dataclasses.replace(
        contract.decoder,
        thresholds={label: threshold},
        durations={label: contract.decoder.durations[label]},
        wake=(),
    )
    only = dataclasses.replace(contract, labels=(label,), settings=decoder)
    said = utterances(take.spans, (label,))
    limits = [scaled({label: threshold}, scale) for scale in SCALES]
    matches = [match(said, decode(alone, only, limit), take.spans) for limit in limits]
    return Curve(
        tuple(limit[label] for limit in limits),
        tuple(len(one.hits) for one in matches),
        tuple(len(one.false_alarms) for one in matches),
    )


def _within(curves: Mapping[str, Curve], allowed: float) -> dict[str, float]:
    """Thresholds at the lowest price at which the false alarms of all labels together are allowed."""
    for price in PRICES:
        chosen = {label: curve.at(price) for label, curve in curves.items()}
        if sum(curves[label].alarms[index] for label, index in chosen.items()) <= allowed:
            break
    return {label: curves[label].thresholds[index] for label, index in chosen.items()}
