"""Demand models, vectorised over all series. Pure: matrices in, matrices out.

A history is a float64 matrix, a row per series and a column per period, NaN if unknown: the shop was closed, goods were
out of stock, or the product didn't exist yet. A model returns a column per future step; never NaN, never negative.
`profile`: the relative level of a calendar period by series, taken from the series' group, as a single series has too
little data (see `calendar_profile`).
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
"""Candidate smoothing factors; each series gets the one with the smallest error."""
MEAN_PERIODS = 28
TSB_SIZE, TSB_CHANCE = 0.1, 0.05
"""Smoothing factors of demand size and probability (Teunter, Syntetos and Babai, 2011)."""
PROFILE_DECAY = 0.97
"""Weekly decay factor of the weekday profile: a half-life of 23 weeks."""
PROFILE_LIMITS = (0.05, 5.0)
EMPTY = 1e-9


class Past(NamedTuple):
    """A model's input: the history, the profiles of past and future periods, and the season's length.

    `known`: future effects known by name (a holiday, an occasion), for models without a profile; `before`: known
    effects of the last periods.
    """

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
    """The value one season ago, or of an earlier season if that is unknown; without any, the mean."""
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
    # `newest` column 0 is the position in the season right after the history's end.
    repeats = -(-past.steps // season)
    return np.tile(newest, repeats)[:, : past.steps] * (past.ahead > 0) * past.known


def moving_average(past: Past) -> Matrix:
    """The mean of the last known periods."""
    values = _without_known(past)
    mean = _mean(values[:, -MEAN_PERIODS:], _mean(values))[:, None]
    return np.asarray(np.repeat(mean, past.steps, axis=1) * (past.ahead > 0) * past.known)


def profile_smoothing(past: Past) -> Matrix:
    """Simple exponential smoothing, adjusted by the group's seasonal profile."""
    return _level(past)[0][:, None] * past.ahead


def theta(past: Past) -> Matrix:
    """Theta model with the group's profile: level plus half the trend (Assimakopoulos and Nikolopoulos, 2000)."""
    level, alpha = _level(past)
    slope = _slope(_without_profile(past))
    steps = np.arange(past.steps)[None, :]
    line = level[:, None] + 0.5 * slope[:, None] * (steps + 1.0 / alpha[:, None])
    return np.clip(line, 0.25 * level[:, None], 4.0 * level[:, None]) * past.ahead


def mean_of_two(past: Past) -> Matrix:
    """The mean of smoothing and theta: best overall on five shops' histories, and never far from the best."""
    return 0.5 * (profile_smoothing(past) + theta(past))


def mean_of_three(past: Past) -> Matrix:
    """The mean of three models with different errors.

    A single product has too little data to choose one model (Bates and Granger, 1969).
    """
    return (mean_of_two(past) + tsb(past) + moving_average(past)) / 3


def tsb(past: Past) -> Matrix:
    """TSB for intermittent demand: size times probability, decaying once a product no longer sells."""
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
"""Models by name; each series gets the model that would have forecast its past best."""


def calendar_profile(totals: Matrix, slots: Places, count: int, per_cycle: int, shrink: float = 0.0) -> Matrix:
    """The relative level of each calendar slot (weekday, week of the year), a row per group.

    `slots`: the slot of each period; `per_cycle`: periods per cycle; older cycles weigh less. A slot without data is 0,
    such as a weekday on which the shop is closed. `shrink`: the number of average cycles added.
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
    """A cyclic profile smoothed over slots within `reach`; empty slots count as the mean."""
    filled = np.where(profile > 0, profile, 1.0)
    around = sum(np.roll(filled, shift, axis=1) for shift in range(-reach, reach + 1))
    return np.asarray(around / (2 * reach + 1))


def _without_known(past: Past) -> Matrix:
    """The history without recent known effects, as a past event such as a fair doesn't recur."""
    if not isinstance(past.before, np.ndarray):
        return past.values
    values = past.values.copy()
    values[:, values.shape[1] - past.before.shape[1] :] /= np.maximum(past.before, PROFILE_LIMITS[0])
    return values


def _without_profile(past: Past) -> Matrix:
    return np.where(past.profile > EMPTY, past.values / np.maximum(past.profile, EMPTY), np.nan)


def _level(past: Past) -> tuple[Matrix, Matrix]:
    """Each series' final level, and its smoothing parameter alpha."""
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
    """The slope of a least-squares line through the known values."""
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
    """The mean of the known values in each row; `otherwise`, or 0, if there are none."""
    known = ~np.isnan(values)
    seen = known.sum(axis=1)
    sums = np.nan_to_num(values).sum(axis=1)
    rest = np.zeros(len(values)) if otherwise is None else otherwise
    return np.where(seen > 0, sums / np.maximum(seen, 1), rest)
