"""Prediction intervals of forecasts.

Pure and without numpy, as the till's process reads them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

GRID = (*(place / 40 for place in range(1, 40)), 0.99)
"""Levels at which error quantiles are stored."""
BANDS = (7, 14, 28)
"""Upper bounds of ranges of daily steps with similar errors.

Each range has a row of quantiles, followed by one for weeks and one for months.
"""
WEEK, MONTH = len(BANDS), len(BANDS) + 1

ErrorRows = Sequence[Sequence[float]]
"""Error quantiles: a row for each of BANDS, then for a week and for a month."""
KINDS = 3
LEVELS = ("product", "store", "category")
"""Levels by which errors are measured, in this order, each with KINDS rows of quantiles by kind of series."""


def errors_of(quantiles: Sequence[ErrorRows], item: str, kind: int) -> ErrorRows:
    """The error quantiles of an item's level and kind; older versions store them by kind only."""
    level = item.partition(":")[0] if item == "store" or item.startswith("category:") else "product"
    place = LEVELS.index(level) * KINDS + kind
    return quantiles[place if place < len(quantiles) else kind]


def quantile(quantiles: Sequence[float], share: float) -> float:
    """The quantile at `share`, interpolated between stored ones."""
    if share <= GRID[0]:
        return float(quantiles[0])
    if share >= GRID[-1]:
        return float(quantiles[-1])
    place = bisect_right(GRID, share)
    low, high = GRID[place - 1], GRID[place]
    part = (share - low) / (high - low)
    return float(quantiles[place - 1] + part * (quantiles[place] - quantiles[place - 1]))


def row_of(step: int) -> int:
    """The row of quantiles for a step ahead (0: the next day)."""
    return min(sum(step >= until for until in BANDS), len(BANDS) - 1)


def growth(step: int, reach: int) -> float:
    """The factor by which intervals widen beyond the backtest's reach; growth is slow."""
    return 1.0 if step < reach else float((float(step + 1) / reach) ** 0.25)


def bounds(
    mean: float, scale: float, quantiles: Sequence[Sequence[float]], step: int, level: float
) -> tuple[float, float]:
    """The interval that contains a day's demand `level` percent of the time, including its mean."""
    return around(mean, scale * growth(step, BANDS[-1]), quantiles[row_of(step)], level)


def around(mean: float, scale: float, quantiles: Sequence[float], level: float) -> tuple[float, float]:
    """The interval from error quantiles and their scale."""
    tail = (1.0 - min(max(level, 0.0), 100.0) / 100.0) / 2.0
    lower = mean + scale * min(0.0, quantile(quantiles, tail))
    upper = mean + scale * max(0.0, quantile(quantiles, 1.0 - tail))
    return max(0.0, min(lower, mean)), max(upper, mean)


def chance_above(mean: float, scale: float, quantiles: Sequence[float], limit: float) -> float:
    """The probability that demand exceeds `limit`. A higher limit never has a higher probability."""
    if scale <= 0:
        return 1.0 if mean > limit else 0.0
    beside = (limit - mean) / scale
    if beside < quantiles[0]:
        return 1.0 - GRID[0] / 2
    if beside >= quantiles[-1]:
        # beyond the observed range the tail is assumed to be exponential
        return float((1.0 - GRID[-1]) * 0.5 ** (2.0 * (beside - quantiles[-1])))
    place = bisect_right(quantiles, beside)
    low, high = quantiles[place - 1], quantiles[place]
    part = (beside - low) / (high - low) if high > low else 1.0
    return 1.0 - (GRID[place - 1] + part * (GRID[place] - GRID[place - 1]))
