"""The effect of a trial: days with the change compared with the same weekdays without it. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from datetime import date

import msgspec

LEAST_DAYS = 7
"""Minimum days with and without the change."""
LEAST_TO_STOP = 3
"""Minimum days before a trial can be stopped because of its cost."""
LEAST_FREE = 6
_Z = 1.2815515655446004
"""Standard deviations each way of an interval that covers 80 % of cases."""


class TrialEffect(msgspec.Struct, frozen=True):
    """A day's result with and without the tried change, and the difference between the same weekdays.

    `low` and `high` enclose the difference in 80 % of cases; None: too few days. `lost`: the shortfall of the days with
    the change against expectations; None: too few days.
    """

    on_days: int
    off_days: int
    on_mean: float
    off_mean: float
    difference: float = 0.0
    low: float | None = None
    high: float | None = None
    lost: int | None = None


def measure_effect(days: Mapping[str, float], on: Collection[str]) -> TrialEffect:
    """The effect on a figure by day; `on`: the days with the tried change.

    Weekdays have their own levels, and the effect is the same on each (least squares, with Student's t).
    """
    tried = [value for day, value in days.items() if day in on]
    usual = [value for day, value in days.items() if day not in on]
    means = (_mean(tried), _mean(usual))
    by_weekday: dict[int, list[tuple[float, float]]] = {}
    for day, value in days.items():
        by_weekday.setdefault(date.fromisoformat(day).weekday(), []).append((float(day in on), value))
    rows = list[tuple[float, float]]()
    for cells in by_weekday.values():
        level_x, level_y = _mean([x for x, _ in cells]), _mean([y for _, y in cells])
        rows += [(x - level_x, y - level_y) for x, y in cells]
    spread = sum(x * x for x, _ in rows)
    if len(tried) < LEAST_TO_STOP or len(usual) < LEAST_DAYS or spread < 1e-9:
        return TrialEffect(len(tried), len(usual), *means)
    difference = sum(x * y for x, y in rows) / spread
    lost = -round(difference * len(tried))
    free = len(rows) - len(by_weekday) - 1
    if len(tried) < LEAST_DAYS or free < LEAST_FREE:
        return TrialEffect(len(tried), len(usual), *means, difference, lost=lost)
    variance = sum((y - difference * x) ** 2 for x, y in rows) / free
    half = _student(free) * math.sqrt(variance / spread)
    return TrialEffect(len(tried), len(usual), *means, difference, difference - half, difference + half, lost)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _student(free: int) -> float:
    """The quantile of Student's t for an interval of 80 % (Abramowitz and Stegun 26.7.5)."""
    z = _Z
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / free + second / free**2 + third / free**3
