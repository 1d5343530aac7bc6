import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from legato.app.evaluation.intervals import Rate, Share, poisson_interval


def test_wilson_of_nine_in_ten() -> None:
    share = Share(9, 10)
    assert share.value == 0.9
    assert share.interval == pytest.approx((0.5958499, 0.9821237), abs=1e-6)


def test_garwood_of_ten_in_two_hours() -> None:
    rate = Rate(10, 2.0)
    assert rate.value == 5.0
    assert rate.interval == pytest.approx((4.795389 / 2, 18.390356 / 2), abs=1e-5)


def test_nothing_heard_is_not_nothing_possible() -> None:
    low, high = poisson_interval(0)
    assert low == 0.0
    assert high == pytest.approx(3.688879, abs=1e-5)


def test_nothing_to_measure_is_undefined() -> None:
    assert math.isnan(Share(0, 0).value)
    assert Share(0, 0).to_dict() == {"count": 0, "total": 0, "value": None, "interval": [0.0, 1.0]}
    assert Rate(0, 0.0).to_dict() == {"count": 0, "hours": 0.0, "per_hour": None, "interval": None}


@given(st.integers(0, 3000))
def test_poisson_agrees_with_scipy(count: int) -> None:
    expected = (stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0.0, stats.chi2.ppf(0.975, 2 * count + 2) / 2)
    assert poisson_interval(count) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_agrees_with_scipy(count: int, total: int) -> None:
    count = min(count, total)
    expected = stats.binomtest(count, total).proportion_ci(method="wilson")
    assert Share(count, total).interval == pytest.approx((expected.low, expected.high), abs=1e-9)
