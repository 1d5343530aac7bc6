"""Thresholds for each label by itself, from scores whose best answer is known."""

from pathlib import Path

import numpy as np
import pytest

from legato.app.engine.contract import Contract
from legato.app.evaluation.keywords import Options, at_thresholds
from legato.app.evaluation.listening import Span, Take
from legato.app.evaluation.manifest import Recording, Row
from legato.app.evaluation.tuning import Curve, best_by_label, label_curve

HOP = 0.02


@pytest.fixture
def hour() -> Take:
    """An hour in which "low" is quiet but never wrong, and "high" is often wrong up to 0.8; "hey" is never said."""
    scores = np.zeros((180_000, 3), np.float32)
    rows = []
    for number in range(10):
        at = 100.0 + 100 * number
        rows += [Row("low", at, at + 0.5, {}), Row("high", at + 10, at + 10.5, {})]
        scores[round((at + 0.6) / HOP), 0] = 0.1
        scores[round((at + 10.6) / HOP), 1] = 0.95
    for number in range(40):
        scores[round((1500 + 20 * number) / HOP), 1] = 0.8
        scores[round((1505 + 20 * number) / HOP), 2] = 0.3
    return Take(scores, HOP, (Span(Recording(Path("a.wav"), 2, tuple(rows), {}), 0.0, 3600.0),), (0,))


def test_each_label_gets_what_suits_it(hour: Take, contract: Contract) -> None:
    best = best_by_label(hour, contract, Options(word_budget=5, wake_budget=5))
    assert best["low"] <= 0.1
    assert 0.8 < best["high"] <= 0.95
    assert 0.3 < best["hey"] < 0.5
    found = at_thresholds(hour, contract, best)
    assert (found["words"].recall.count, found["words"].recall.total) == (20, 20)
    assert found["words"].alarms.count == 0
    assert at_thresholds(hour, contract, {"high": 0.5})["words"].alarms.count == 40


def test_one_factor_for_all_would_find_fewer(hour: Take, contract: Contract) -> None:
    curve = label_curve(hour, contract, "low", 0.5)
    alone = label_curve(hour, contract, "high", 0.5)
    quiet = [index for index, alarms in enumerate(alone.alarms) if alarms <= 5]
    assert max(curve.hits[index] + alone.hits[index] for index in quiet) == 10


def test_a_large_budget_is_spent_where_it_finds_most() -> None:
    curve = Curve((0.1, 0.5, 0.9), hits=(10, 8, 2), alarms=(100, 3, 0))
    assert curve.at(0.01) == 0
    assert curve.at(0.5) == 1
    assert curve.at(100.0) == 2
