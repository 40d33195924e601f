"""Estimate sales at another price from weeks with price changes, as an interval. Pure.

A product's weekly sales at a price are `level * (price / usual) ** slope`; `level` is the average of nearby weeks at
the usual price. Slopes are estimated per product and shrunk according to their uncertainty (empirical Bayes, Robbins
1956). The interval's width comes from errors on left-out weeks, so that 80 % contain the actual value (split conformal
prediction, Vovk et al. 2005). Without price changes, nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
MOVED = 0.03
"""The difference from the usual price, as a logarithm, at which a week's price counts as different."""
LEAST_MOVED, LEAST_USUAL = 4, 6
"""Minimum weeks at another price, and at the usual one, for a product's estimate."""
AROUND = 6
"""Number of weeks before and after a week from which its level is computed."""
BEYOND = 0.05
"""Maximum distance, as a logarithm, of a price outside the range of prices tried."""
SHARE = 0.8
"""The share of intervals that must cover the result."""
LEAST_SOLD = 3.0
"""Minimum units per week at the usual price for a product's estimate; with fewer, chance dominates."""
LEAST_SCORES = 40
"""Minimum weeks at another price, over all products, to know an interval's width."""
HALF = 0.5
_VARIANCE = 0.25


class Weeks(NamedTuple):
    """A row per product, a column per week: units `sold` (NaN: closed), and the unit price `paid` (NaN: none sold)."""

    skus: Sequence[str]
    sold: Matrix
    paid: Matrix


class Slope(NamedTuple):
    """A product's price effect: `slope` with its variance; the number of `weeks` at other prices; and the lowest and
    highest of those prices, as logarithms relative to the usual one.
    """

    slope: float
    variance: float
    weeks: int
    low: float
    high: float
    usual: float


class Learnt(NamedTuple):
    """The slopes by product; `noise`: the variance of weekly sales beyond counting noise; and the error quantiles."""

    slopes: Mapping[str, Slope]
    noise: float
    below: float
    above: float


class Expected(NamedTuple):
    """Expected units: an 80 % interval, and its median."""

    low: float
    middle: float
    high: float


def learn(weeks: Weeks) -> Learnt | None:
    """Learn price effects from all weeks; None if too few prices changed to know the uncertainty."""
    relative, level = _relative(weeks), _levels(weeks)
    rows = _usable(relative, level)
    if not len(rows):
        return None
    missed = np.log((weeks.sold + HALF) / (level + HALF))
    moved = np.abs(relative) >= MOVED
    noise = _noise(missed, level, np.isfinite(relative) & ~moved)
    sums = [_sums(relative[row], missed[row], level[row], moved[row], noise) for row in rows]
    mean, spread = _together(sums)
    scores = np.concatenate(
        [_leave_one_out_errors(relative[row], missed[row], level[row], moved[row], noise, mean, spread) for row in rows]
    )
    if len(scores) < LEAST_SCORES:
        return None
    edge = (1 - SHARE) / 2
    below, above = (float(one) for one in np.quantile(scores, (edge, 1 - edge)))
    usual = _usual(weeks.paid)
    slopes = {}
    for row, (weight, product) in zip(rows, sums, strict=True):
        slope, variance = _draw_towards(weight, product, mean, spread)
        tried = relative[row][moved[row]]
        slopes[weeks.skus[row]] = Slope(
            slope, variance, int(moved[row].sum()), float(tried.min()), float(tried.max()), float(usual[row])
        )
    return Learnt(slopes, noise, below, above)


def expect_units(learnt: Learnt, sku: str, was: float, units: float, ratio: float, weeks: float) -> Expected | None:
    """Expected units at `ratio` times the price `was`, given the `units` sold in `weeks`. None: unknown."""
    slope = learnt.slopes.get(sku)
    if slope is None or units <= 0 or ratio <= 0 or was <= 0:
        return None
    before = float(np.log(was / slope.usual))
    after = before + float(np.log(ratio))
    if not min(slope.low, 0.0) - BEYOND <= after <= max(slope.high, 0.0) + BEYOND:
        return None
    return _interval(learnt, units, slope, after - before, max(1.0, weeks))


def expected_weeks(learnt: Learnt, weeks: Weeks) -> dict[tuple[int, int], Expected]:
    """Predicted sales by product and week for weeks not at the usual price, from nearby weeks; unknown ones are
    omitted.
    """
    relative, level = _relative(weeks), _levels(weeks)
    found: dict[tuple[int, int], Expected] = {}
    for row, week in np.argwhere(np.abs(np.nan_to_num(relative)) >= MOVED).tolist():
        slope = learnt.slopes.get(weeks.skus[row])
        if slope is not None and np.isfinite(level[row, week]):
            found[row, week] = _interval(learnt, float(level[row, week]), slope, float(relative[row, week]), 1.0)
    return found


def _interval(learnt: Learnt, units: float, slope: Slope, by: float, weeks: float) -> Expected:
    middle = units * np.exp(slope.slope * by)
    deviation = np.sqrt(by**2 * slope.variance + 1 / (middle + HALF) + learnt.noise / weeks)
    low, high = (
        max(0.0, float((middle + HALF) * np.exp(score * deviation)) - HALF) for score in (learnt.below, learnt.above)
    )
    return Expected(min(low, float(middle)), float(middle), max(high, float(middle)))


def _usual(paid: Matrix) -> Matrix:
    with np.errstate(all="ignore"):
        return np.array([np.nanmedian(row) if np.isfinite(row).any() else np.nan for row in paid])


def _relative(weeks: Weeks) -> Matrix:
    """The logarithm of each week's price relative to the usual one; NaN for weeks without sales or with the shop
    closed.
    """
    with np.errstate(all="ignore"):
        return np.where(np.isfinite(weeks.sold), np.log(weeks.paid / _usual(weeks.paid)[:, None]), np.nan)


def _levels(weeks: Weeks) -> Matrix:
    """The average of nearby weeks at the usual price, by week; NaN: none."""
    relative = _relative(weeks)
    usual = np.where(np.abs(np.nan_to_num(relative)) < MOVED, weeks.sold, np.nan)
    length, level = usual.shape[1], np.full(usual.shape, np.nan)
    for at in range(length):
        around = np.delete(usual[:, max(0, at - AROUND) : at + AROUND + 1], min(at, AROUND), axis=1)
        there = np.isfinite(around)
        count = there.sum(axis=1)
        with np.errstate(all="ignore"):
            level[:, at] = np.where(count > 1, np.where(there, around, 0).sum(axis=1) / count, np.nan)
    return level


def _usable(relative: Matrix, level: Matrix) -> npt.NDArray[np.int64]:
    moved = (np.abs(np.nan_to_num(relative)) >= MOVED).sum(axis=1)
    usual = (np.isfinite(relative) & (np.abs(np.nan_to_num(relative)) < MOVED)).sum(axis=1)
    known = np.isfinite(level)
    sold = np.where(known, level, 0).sum(axis=1) / np.maximum(1, known.sum(axis=1))
    return np.flatnonzero((moved >= LEAST_MOVED) & (usual >= LEAST_USUAL) & (sold >= LEAST_SOLD))


def _noise(missed: Matrix, level: Matrix, there: npt.NDArray[np.bool_]) -> float:
    """The variance of weeks at the usual price, beyond counting noise."""
    known = there & np.isfinite(missed)
    if not known.any():
        return _VARIANCE
    return max(0.0, float(np.mean(missed[known] ** 2 - 1 / (level[known] + HALF))))


def _sums(
    relative: Matrix, missed: Matrix, level: Matrix, moved: npt.NDArray[np.bool_], noise: float
) -> tuple[float, float]:
    """The weight of a product's own slope (inverse variance), and the weight times the slope."""
    there = moved & np.isfinite(missed)
    if not there.any():
        return 0.0, 0.0
    weight = 1 / (noise + 1 / (level[there] + HALF))
    x, y = relative[there], missed[there]
    return float((weight * x * x).sum()), float((weight * x * y).sum())


def _together(sums: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The mean of all slopes, and the variance between them (DerSimonian and Laird 1986)."""
    known = [(weight, product / weight) for weight, product in sums if weight > 0]
    if not known:
        return 0.0, _VARIANCE
    weights, slopes = (np.array(one) for one in zip(*known, strict=True))
    mean = float((weights * slopes).sum() / weights.sum())
    off = float((weights * (slopes - mean) ** 2).sum())
    scale = float(weights.sum() - (weights**2).sum() / weights.sum()) if len(known) > 1 else 0.0
    spread = max(0.05, (off - (len(known) - 1)) / scale) if scale > 0 else _VARIANCE
    drawn = 1 / (1 / weights + spread)
    return float((drawn * slopes).sum() / drawn.sum()), spread


def _draw_towards(weight: float, product: float, mean: float, spread: float) -> tuple[float, float]:
    """A slope shrunk towards the mean, and its variance."""
    whole = weight + 1 / spread
    return (product + mean / spread) / whole, 1 / whole


def _leave_one_out_errors(
    relative: Matrix,
    missed: Matrix,
    level: Matrix,
    moved: npt.NDArray[np.bool_],
    noise: float,
    mean: float,
    spread: float,
) -> Matrix:
    """Each price-change week's error when predicted from the others, in standard deviations."""
    scores = []
    for week in np.flatnonzero(moved & np.isfinite(missed)):
        others = moved.copy()
        others[week] = False
        slope, variance = _draw_towards(*_sums(relative, missed, level, others, noise), mean, spread)
        x = relative[week]
        middle = level[week] * np.exp(slope * x)
        off = missed[week] + np.log((level[week] + HALF) / (middle + HALF))
        scores.append(off / np.sqrt(x**2 * variance + 1 / (middle + HALF) + noise))
    return np.array(scores)
