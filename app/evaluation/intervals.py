"""Counts and how sure one can be of them: shares, rates and errors, each with the interval that holds 95 %."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

_Z = 1.959963984540054
"""Standard deviations that hold 95 % of a normal distribution"""
_TAIL = 0.025
_DRAWS = 2000
"""Of the bootstrap"""


@dataclass(frozen=True)
class Share:
    """`count` of `total`."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """0..1; not a number where there is nothing to have a share of."""
        return self.count / self.total if self.total else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval (Wilson 1927)."""
        if not self.total:
            return 0.0, 1.0
        square = _Z**2 / self.total
        middle = self.value + square / 2
        reach = _Z * math.sqrt(self.value * (1 - self.value) / self.total + square / (4 * self.total))
        return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))

    def to_dict(self) -> dict[str, Any]:
        """For JSON: `count`, `total`, `value` (null where undefined) and `interval`."""
        value = round(self.value, 6) if self.total else None
        return {"count": self.count, "total": self.total, "value": value, "interval": _rounded(self.interval)}


@dataclass(frozen=True)
class Rate:
    """`count` in `hours`."""

    count: int
    hours: float

    @property
    def value(self) -> float:
        """An hour; not a number where no time was spent."""
        return self.count / self.hours if self.hours else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The exact interval of a Poisson rate (Garwood 1936), an hour."""
        if not self.hours:
            return 0.0, math.inf
        low, high = poisson_interval(self.count)
        return low / self.hours, high / self.hours

    def to_dict(self) -> dict[str, Any]:
        """For JSON: `count`, `hours`, `per_hour` (null where undefined) and `interval`."""
        value = round(self.value, 6) if self.hours else None
        interval = _rounded(self.interval) if self.hours else None
        return {"count": self.count, "hours": round(self.hours, 6), "per_hour": value, "interval": interval}

    def by_minute(self) -> dict[str, Any]:
        """For JSON where things happen often: `count`, `minutes`, `per_minute` (null where undefined), `interval`."""
        value = round(self.value / 60, 6) if self.hours else None
        low, high = self.interval
        interval = _rounded((low / 60, high / 60)) if self.hours else None
        return {"count": self.count, "minutes": round(self.hours * 60, 6), "per_minute": value, "interval": interval}


@dataclass(frozen=True)
class ErrorRate:
    """Errors in what was said, recording by recording."""

    errors: tuple[int, ...]
    totals: tuple[int, ...]

    @property
    def value(self) -> float:
        """Errors for each thing said; not a number where nothing was."""
        return sum(self.errors) / sum(self.totals) if sum(self.totals) else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """From recordings drawn again and again, as many as there are (the percentile bootstrap, Efron 1979)."""
        if not sum(self.totals):
            return 0.0, math.inf
        count = len(self.totals)
        drawn = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), size=_DRAWS)
        rates = (drawn @ np.array(self.errors)) / np.maximum(drawn @ np.array(self.totals), 1)
        low, high = np.quantile(rates, (_TAIL, 1 - _TAIL))
        return float(low), float(high)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: `errors`, `total`, `value` (null where undefined) and `interval`."""
        total = sum(self.totals)
        value, interval = (round(self.value, 6), _rounded(self.interval)) if total else (None, None)
        return {"errors": sum(self.errors), "total": total, "value": value, "interval": interval}


def poisson_interval(count: int) -> tuple[float, float]:
    """The means that a Poisson count is compatible with: the two-sided exact 95 % interval."""
    factorials = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, count + 1)))))

    def at_most(mean: float, limit: int) -> float:
        """The chance of `limit` or fewer."""
        terms = np.arange(limit + 1) * math.log(mean) - mean - factorials[: limit + 1]
        return float(np.exp(terms).sum())

    top = count + 10 * math.sqrt(count + 1) + 10
    high = _where_falls_to(lambda mean: at_most(mean, count), _TAIL, top)
    low = _where_falls_to(lambda mean: at_most(mean, count - 1), 1 - _TAIL, top) if count else 0.0
    return low, high


def _where_falls_to(function: Callable[[float], float], level: float, top: float) -> float:
    """Where a function that falls on (0, top) comes down to `level`, by bisection."""
    low, high = 1e-12, top
    for _ in range(80):
        middle = (low + high) / 2
        if function(middle) > level:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _rounded(interval: tuple[float, float]) -> list[float]:
    return [round(bound, 6) for bound in interval]
