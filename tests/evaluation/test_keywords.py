"""Scores whose figures are worked out by hand: one hop is 20 ms, thresholds are 0.5, an event's delay is 20 ms."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.app.engine.contract import Contract
from legato.app.engine.errors import UsageError
from legato.app.evaluation.intervals import Rate, Share
from legato.app.evaluation.keywords import Options, evaluate, scaled, thresholds, top_label
from legato.app.evaluation.listening import Span, Take
from legato.app.evaluation.manifest import Recording, Row

HOP = 0.02


def take(
    seconds: float, peaks: dict[tuple[float, int], float], *recordings: tuple[float, float, str, list[Row]]
) -> Take:
    """Scores that are zero but for a peak of one frame that ends at each time, of each column."""
    scores = np.zeros((round(seconds / HOP), 3), np.float32)
    for (time, column), value in peaks.items():
        scores[round(time / HOP) - 1, column] = value
    spans = tuple(
        Span(Recording(Path(f"{number}.wav"), number + 2, tuple(rows), {"speaker": speaker}), start, end)
        for number, (start, end, speaker, rows) in enumerate(recordings)
    )
    return Take(scores, HOP, spans, (0,))


@pytest.fixture
def evening() -> Take:
    """Two recordings of half an hour each; "low", "high" and the wake phrase "hey" are columns 0, 1 and 2."""
    said = [Row("low", 9.5, 10.0, {}), Row("high", 20.0, 20.4, {}), Row("hey", 30.0, 31.0, {})]
    more = [Row("low", 100.0, 100.5, {}), Row("unknown", 5.0, 6.0, {})]
    peaks = {
        (10.1, 0): 0.8,  # low, 0.1 s after its end
        (20.5, 1): 0.3,  # high, too weak for 0.5
        (31.2, 2): 0.9,  # hey, 0.2 s after its end
        (500.0, 1): 0.7,  # nothing was said
        (1900.3, 0): 0.6,  # low again, 0.2 s before its end
        (1850.0, 2): 0.2,  # nothing was said, and too weak for 0.5
    }
    return take(3600, peaks, (0.0, 1800.0, "ann", said), (1800.0, 3600.0, "bob", more))


def test_figures_at_the_models_own_thresholds(evening: Take, contract: Contract) -> None:
    report = evaluate(evening, contract)
    words, wake = report.groups["words"], report.groups["wake"]
    assert words.recall == Share(2, 3)
    assert words.alarms == Rate(1, 1.0)
    assert wake.recall == Share(1, 1)
    assert wake.alarms.count == 0
    assert {label: group.recall for label, group in report.labels.items()} == {
        "low": Share(2, 2),
        "high": Share(0, 1),
        "hey": Share(1, 1),
    }


def test_figures_of_each_speaker(evening: Take, contract: Contract) -> None:
    speakers = evaluate(evening, contract).breakdowns["speaker"]
    assert speakers["ann"]["words"].recall == Share(1, 2)
    assert speakers["bob"]["words"].recall == Share(1, 1)
    assert (speakers["ann"]["words"].alarms.count, speakers["bob"]["words"].alarms.count) == (1, 0)
    assert speakers["bob"]["wake"].recall == Share(0, 0)
    assert speakers["bob"]["words"].alarms.hours == pytest.approx(0.5)


def test_latency_and_errors_of_the_hits(evening: Take, contract: Contract) -> None:
    times = evaluate(evening, contract).times
    assert sorted(times.latency) == pytest.approx([-0.2, 0.1, 0.2])  # low, low, hey
    assert sorted(times.end) == pytest.approx([-0.22, 0.08, 0.18])  # events end 20 ms before they are emitted
    assert sorted(times.start) == pytest.approx([-0.02, 0.28, 0.88])  # and last 0.3 s
    figures = times.to_dict()
    assert figures["latency"] == {"median": 0.1, "p90": 0.18}
    assert figures["error"]["end"] == 0.18


def test_best_recall_within_a_budget(evening: Take, contract: Contract) -> None:
    report = evaluate(evening, contract, Options(word_budget=0.0, wake_budget=1.0))
    budget, quiet = report.budgets["words"]
    assert budget == 0.0
    assert quiet is not None
    # Without the false alarm at 0.7 only the peak of 0.8 is left.
    assert quiet.group.recall == Share(1, 3)
    assert 0.7 < quiet.thresholds["low"] <= 0.8
    _, loud = evaluate(evening, contract, Options(word_budget=1.0)).budgets["words"]
    assert loud is not None
    assert loud.group.recall == Share(3, 3)
    assert loud.thresholds["high"] <= 0.3
    _, wake = report.budgets["wake"]
    assert wake is not None
    assert wake.group.alarms.count == 0  # of settings that find as much, the quietest


def test_no_setting_may_be_quiet_enough(contract: Contract) -> None:
    loud = take(
        3600, {(second, 0): 1.0 for second in range(10, 3600, 60)}, (0.0, 3600.0, "ann", [Row("low", 1, 2, {})])
    )
    assert evaluate(loud, contract).budgets["words"] == (10.0, None)


def test_where_nothing_is_said_the_budget_tells_how_sensitive_one_may_be(contract: Contract) -> None:
    quiet = take(3600, {(10.0 * number, 0): number / 20 for number in range(1, 20)}, (0.0, 3600.0, "ann", []))
    _, point = evaluate(quiet, contract, Options(word_budget=3.0)).budgets["words"]
    assert point is not None
    assert point.group.alarms.count == 3  # the peaks of 0.85, 0.9 and 0.95
    assert 0.8 < point.thresholds["low"] <= 0.85


def test_the_sweep_goes_from_everything_to_nothing(evening: Take, contract: Contract) -> None:
    points = evaluate(evening, contract).curve["words"]
    alarms = [point.group.alarms.count for point in points]
    assert alarms == sorted(alarms, reverse=True)
    assert (points[0].group.recall, points[-1].group.recall) == (Share(3, 3), Share(0, 3))


def test_keywords_narrow_what_is_counted(evening: Take, contract: Contract) -> None:
    report = evaluate(evening, contract, Options(keywords=("low",)))
    assert set(report.labels) == {"low"}
    assert set(report.groups) == {"words"}
    assert report.groups["words"].alarms.count == 0


def test_an_unknown_keyword_is_named(contract: Contract) -> None:
    with pytest.raises(UsageError, match=r"'loud'.*low, high, hey"):
        thresholds(contract, Options(keywords=("loud",)))


def test_one_threshold_for_all(contract: Contract) -> None:
    assert thresholds(contract, Options(threshold=0.25)) == {"low": 0.25, "high": 0.25, "hey": 0.25}


@given(st.floats(0.001, 0.999), st.floats(1e-3, 1e3))
def test_scaling_multiplies_the_odds(value: float, scale: float) -> None:
    result = scaled({"low": value}, scale)["low"]
    assert 0 <= result <= 1
    assert result / (1 - result) == pytest.approx(scale * value / (1 - value), rel=1e-6)


def test_extreme_thresholds_stay() -> None:
    assert scaled({"low": 0.0, "high": 1.0}, 10.0) == {"low": 0.0, "high": 1.0}


def test_top_label_of_recordings_with_one(contract: Contract) -> None:
    peaks = {
        (1.0, 0): 0.6,
        (1.1, 2): 0.9,  # the wake phrase scores higher, but is no word
        (4.4, 0): 0.5,  # within half a second after the end of the second recording
        (4.3, 1): 0.4,
        (9.6, 1): 1.0,  # too late for the third
        (8.0, 0): 0.1,
    }
    low, high = [Row("low", 0, 1, {})], [Row("high", 0, 1, {})]
    heard = take(
        20,
        peaks,
        (0.0, 2.0, "ann", low),
        (3.0, 4.0, "ann", high),
        (7.0, 9.0, "ann", high),
        (10.0, 11.0, "ann", [*low, *high]),  # two labels: not counted
        (12.0, 13.0, "ann", [Row("hey", 0, 1, {})]),
    )
    words = top_label(heard, contract.labels, ("low", "high"))
    assert words.right == Share(1, 3)
    assert words.wrong == (("high", "low", 2),)
    everything = top_label(heard, contract.labels, contract.labels)
    assert everything.right.total == 4
    assert ("low", "hey", 1) in everything.wrong


def test_the_report_is_json_even_where_nothing_is_known(contract: Contract) -> None:
    empty = Take(np.zeros((0, 3), np.float32), HOP, (), (0,))
    text = json.dumps(evaluate(empty, contract).to_dict(), allow_nan=False)
    figures = json.loads(text)
    assert figures["groups"]["words"]["recall"]["value"] is None
    assert figures["times"]["latency"]["median"] is None
    assert figures["budgets"]["words"] == {"budget": 10.0, "best": None}
