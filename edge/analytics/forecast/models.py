"""The models of demand, vectorised over all series at once. Pure: matrices in, matrices out.

A history is a matrix of float64, a row a series and a column a period, NaN where nothing is known: the shop was closed,
the goods were out of stock, the product did not exist yet. A model gives what comes next, a column a step; never NaN,
never below 0. `profile` is what a period of the calendar comes to beside the mean, by series and period: of the group
that a series belongs to, as by itself it knows too little (see `calendar_profile`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3)
"""How fast a level may follow what happens; of each series the one that erred least is taken."""
MEAN_PERIODS = 28
TSB_SIZE, TSB_CHANCE = 0.1, 0.05
"""Teunter, Syntetos and Babai (2011): how fast the size and the chance of a demand follow."""
PROFILE_DECAY = 0.97
"""How much of a weekday's weight is left a week later in the profile of weekdays: a half-life of 23 weeks."""
PROFILE_LIMITS = (0.05, 5.0)
EMPTY = 1e-9


class Past(NamedTuple):
    """What a model sees: the history, the profile of its periods and of those to come, and the length of a season;
    `known`: what of the profile to come is known by name (a feast, what is on), for models that borrow no profile;
    `before`: the same of the last periods."""

    values: Matrix
    profile: Matrix
    ahead: Matrix
    season: int
    known: Matrix | float = 1.0
    before: Matrix | float = 1.0

    @property
    def steps(self) -> int:
        return int(self.ahead.shape[1])


def seasonal_naive(past: Past) -> Matrix:
    """The same as a season ago; where that is not known the season before, and so on; else the mean."""
    values, season = _without_known(past), past.season
    count = values.shape[0]
    newest = np.full((count, season), np.nan)
    for start in range(values.shape[1] - season, -season, -season):
        block = np.full((count, season), np.nan)
        block[:, max(0, -start) :] = values[:, max(0, start) : start + season]
        newest = np.where(np.isnan(newest), block, newest)
        if not np.isnan(newest).any():
            break
    newest = np.where(np.isnan(newest), _mean(values)[:, None], newest)
    # `newest` column 0 is the season's place right behind the history's end
    repeats = -(-past.steps // season)
    return np.tile(newest, repeats)[:, : past.steps] * (past.ahead > 0) * past.known


def moving_average(past: Past) -> Matrix:
    """The mean of the last periods that are known."""
    values = _without_known(past)
    mean = _mean(values[:, -MEAN_PERIODS:], _mean(values))[:, None]
    return np.asarray(np.repeat(mean, past.steps, axis=1) * (past.ahead > 0) * past.known)


def profile_smoothing(past: Past) -> Matrix:
    """Simple exponential smoothing beneath the group's seasonal profile."""
    return _level(past)[0][:, None] * past.ahead


def theta(past: Past) -> Matrix:
    """Theta beneath the group's profile: the level, and half of the trend (Assimakopoulos and Nikolopoulos, 2000)."""
    level, alpha = _level(past)
    slope = _slope(_without_profile(past))
    steps = np.arange(past.steps)[None, :]
    line = level[:, None] + 0.5 * slope[:, None] * (steps + 1.0 / alpha[:, None])
    return np.clip(line, 0.25 * level[:, None], 4.0 * level[:, None]) * past.ahead


def mean_of_two(past: Past) -> Matrix:
    """Half of each: what was best over all of five shops' histories, and never far from the best."""
    return 0.5 * (profile_smoothing(past) + theta(past))


def mean_of_three(past: Past) -> Matrix:
    """The mean of three that err in different ways: what a product alone knows is too little to choose by (Bates and
    Granger, 1969)."""
    return (mean_of_two(past) + tsb(past) + moving_average(past)) / 3


def tsb(past: Past) -> Matrix:
    """Of rare demand: how large it is, times how likely; what is no more sold fades away."""
    values = _without_profile(past)
    count = values.shape[0]
    known = ~np.isnan(values)
    positive = known & (values > 0)
    size = _mean(np.where(positive, values, np.nan))
    chance = positive.sum(axis=1) / np.maximum(1, known.sum(axis=1))
    for at in range(values.shape[1]):
        now, seen = positive[:, at], known[:, at]
        size = np.where(now, size + TSB_SIZE * (np.nan_to_num(values[:, at]) - size), size)
        chance = np.where(seen, chance + TSB_CHANCE * (now - chance), chance)
    return np.asarray((size * chance).reshape(count, 1) * past.ahead)


Model = Callable[[Past], Matrix]
MODELS: Mapping[str, Model] = MappingProxyType(
    {
        "seasonal_naive": seasonal_naive,
        "moving_average": moving_average,
        "profiled": profile_smoothing,
        "mixed": mean_of_two,
        "tsb": tsb,
        "combined": mean_of_three,
    }
)
"""By name; what a series is forecast with is chosen among them by what they would have said before."""


def calendar_profile(totals: Matrix, slots: Places, count: int, per_cycle: int, shrink: float = 0.0) -> Matrix:
    """What each slot of the calendar (a weekday, a week of the year) comes to beside the mean: a row a group.

    `slots` is each period's slot; `per_cycle` periods make a cycle, whose weight fades with its age. A slot of which
    nothing is known is 0: a weekday on which the shop is closed. `shrink`: so many made-up cycles of the mean.
    """
    length = totals.shape[1]
    ages = (length - 1 - np.arange(length)) // per_cycle
    weights = np.where(np.isnan(totals), 0.0, PROFILE_DECAY**ages)
    values = np.nan_to_num(totals)
    found = np.zeros((totals.shape[0], count))
    for slot in range(count):
        here = slots == slot
        weight = weights[:, here].sum(axis=1)
        found[:, slot] = ((values[:, here] * weights[:, here]).sum(axis=1)) / np.maximum(weight, EMPTY)
        found[weight < EMPTY, slot] = np.nan
    mean = _mean(found, np.ones(len(found)))[:, None]
    ratio = np.where(mean > EMPTY, found / np.maximum(mean, EMPTY), np.where(np.isnan(found), np.nan, 1.0))
    if shrink:
        cycles = max(1.0, length / per_cycle)
        ratio = (ratio * cycles + shrink) / (cycles + shrink)
    return np.where(np.isnan(ratio), 0.0, np.clip(ratio, *PROFILE_LIMITS))


def smooth_profile(profile: Matrix, reach: int) -> Matrix:
    """A cyclic profile with each slot the mean of those within `reach` of it; empty ones count as the mean."""
    filled = np.where(profile > 0, profile, 1.0)
    around = sum(np.roll(filled, shift, axis=1) for shift in range(-reach, reach + 1))
    return np.asarray(around / (2 * reach + 1))


def _without_known(past: Past) -> Matrix:
    """The history as the last periods had been without what was on in them: a fair that was does not come again."""
    if not isinstance(past.before, np.ndarray):
        return past.values
    values = past.values.copy()
    values[:, values.shape[1] - past.before.shape[1] :] /= np.maximum(past.before, PROFILE_LIMITS[0])
    return values


def _without_profile(past: Past) -> Matrix:
    return np.where(past.profile > EMPTY, past.values / np.maximum(past.profile, EMPTY), np.nan)


def _level(past: Past) -> tuple[Matrix, Matrix]:
    """Each series' level at the end of its history, and the alpha by which it was followed."""
    values = _without_profile(past)
    count, length = values.shape
    alphas = np.array(ALPHAS)[:, None]
    start = _mean(values[:, : max(MEAN_PERIODS, length // 4)], _mean(values))
    level = np.repeat(start[None, :], len(ALPHAS), axis=0)
    wrong = np.zeros_like(level)
    warm = length // 4
    for at in range(length):
        now = values[:, at]
        seen = ~np.isnan(now)
        error = np.where(seen, np.nan_to_num(now)[None, :] - level, 0.0)
        if at >= warm:
            wrong += error * error * past.profile[:, at]
        level += alphas * error
    best = np.argmin(wrong, axis=0)
    return np.maximum(level[best, np.arange(count)], 0.0), np.array(ALPHAS)[best]


def _slope(values: Matrix) -> Matrix:
    """The slope of a straight line through what is known, by least squares."""
    known = ~np.isnan(values)
    seen = np.maximum(known.sum(axis=1), 1)
    times = np.arange(values.shape[1], dtype=np.float64)[None, :]
    middle = (times * known).sum(axis=1) / seen
    mean = _mean(values)
    away = np.where(known, times - middle[:, None], 0.0)
    spread = (away * away).sum(axis=1)
    together = (away * np.where(known, np.nan_to_num(values) - mean[:, None], 0.0)).sum(axis=1)
    return np.where(spread > 0, together / np.maximum(spread, EMPTY), 0.0)


def _mean(values: Matrix, otherwise: Matrix | None = None) -> Matrix:
    """The mean of what is known in each row; `otherwise`, or 0, where nothing is."""
    known = ~np.isnan(values)
    seen = known.sum(axis=1)
    sums = np.nan_to_num(values).sum(axis=1)
    rest = np.zeros(len(values)) if otherwise is None else otherwise
    return np.where(seen > 0, sums / np.maximum(seen, 1), rest)
