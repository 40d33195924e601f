"""Train forecasts from histories: calendar profiles, a model per series chosen by backtest, and intervals.

Pure and deterministic: matrices in, matrices out. Backtests use rolling origins, and no origin sees later data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from edge.analytics.forecast.learning.intervals import BANDS, GRID
from edge.analytics.forecast.learning.models import (
    EMPTY,
    MEAN_PERIODS,
    MODELS,
    Matrix,
    Model,
    Past,
    Places,
    calendar_profile,
    smooth_profile,
)

FOLDS = 3
ORIGIN_SPACING = 7
"""Minimum periods between origins: nearer ones add no information."""
BLOCK = 500
"""Series per call of a model."""
USUAL, USUAL_OF_PRODUCTS = "mixed", "combined"
OF_ALL = 6.0
"""Weight, in folds, of all series together when a model is chosen for one series.

Its own few folds are mostly noise, and choosing by them alone costs accuracy.
"""
BETTER = 0.9
"""Ratio of expected errors below which another model replaces the default."""


FEW = 200
"""Number of series up to which weekly errors are tested from further origins: MORE_FOLDS, MORE_APART periods apart."""
MORE_FOLDS, MORE_APART = 16, 14
YEAR_PERIODS = 53


SHARE_STEPS = 42
"""Forecast steps stored with their factors."""
OUTLIER_MADS = 8.0
STEADY, RARE = 0.5, 0.85
"""The shares of empty periods up to which a series is steady, and from which it is rare."""


class DemandCalendar(NamedTuple):
    """Known properties of past and future periods: weekday (0 if not daily), week of the year, and known multipliers (a
    holiday, an occasion)."""

    weekdays: Places
    weeks: Places
    factors: Matrix
    season: int
    known: Mapping[str, Matrix] = MappingProxyType({})
    """Input of `factors` for future periods: the multipliers, by kind of knowledge."""


class Trained(NamedTuple):
    """Forecasts of all series: `mean` has a column per step; also the model's name, and errors.

    `scale`: the typical error of one step, `scale_week` and `scale_month`: of seven and 28 steps. `quantiles`: error
    quantiles of its class relative to these, at GRID: of steps by band, then a week and a month. `mase`: mean absolute
    errors relative to seasonal naive; None if that had none. `error` and `naive_error`: root mean squared errors of the
    backtest; `class_`: 0 steady, 1 intermittent, 2 rare.
    """

    mean: Matrix
    model: list[str]
    scale: Matrix
    scale_week: Matrix
    scale_month: Matrix
    class_: Places
    quantiles: Matrix
    error: Matrix
    naive_error: Matrix
    folds: list[tuple[int, Matrix, Matrix]]
    mase: float | None
    layers: tuple[tuple[str, Matrix], ...] = ()
    """The same models' forecasts of the first SHARE_STEPS with partial knowledge; the last layer uses all of it.

    Each layer adds its share to the one before. The first is `base`.
    """


def damp_outliers(values: Matrix) -> tuple[Matrix, npt.NDArray[np.bool_]]:
    """Clip negative values to zero, and outliers (8 MAD above the median of sales); returns the histories, and which
    values were outliers.
    """
    clean = np.where(values < 0, 0.0, values)
    sold = np.where(clean > 0, clean, np.nan)
    limit = np.full(len(clean), np.inf)
    enough = (sold > 0).sum(axis=1) >= 10
    if enough.any():
        middle = np.nanmedian(sold[enough], axis=1)
        spread = 1.4826 * np.nanmedian(np.abs(sold[enough] - middle[:, None]), axis=1)
        limit[enough] = middle + OUTLIER_MADS * np.maximum(spread, 0.25 * middle)
    above = clean > limit[:, None]
    return np.where(above, np.broadcast_to(limit[:, None], clean.shape), clean), above


def profiles(totals: Matrix, calendar: DemandCalendar, through: int, ahead: int) -> Matrix:
    """The relative level of each period, one row per group: the history up to `through`, and `ahead` more."""
    span = slice(0, through + ahead)
    week, year = _calendar_parts(totals, calendar, through, ahead)
    return week * year * calendar.factors[:, span]


def _calendar_parts(totals: Matrix, calendar: DemandCalendar, through: int, ahead: int) -> tuple[Matrix, Matrix]:
    """The weekday and week-of-year components of these periods."""
    span = slice(0, through + ahead)
    seen = totals[:, :through]
    factors = calendar.factors[:, span]
    plain = seen / np.maximum(factors[:, :through], 0.05)
    found = year_found = np.ones((len(totals), through + ahead))
    if calendar.season == 7:
        week = calendar_profile(plain, calendar.weekdays[:through], 7, 7)
        found = week[:, calendar.weekdays[span]]
        plain = np.where(found[:, :through] > 0, plain / np.maximum(found[:, :through], EMPTY), np.nan)
    per_year = 365 if calendar.season == 7 else 52
    if through >= 1.5 * per_year:
        year = smooth_profile(calendar_profile(plain, calendar.weeks[:through], YEAR_PERIODS, per_year, 4.0), 3)
        year_found = year[:, calendar.weeks[span]]
    return found, year_found


def train(
    values: Matrix,
    groups: Places,
    totals: Matrix,
    calendar: DemandCalendar,
    steps: int,
    test: int,
    fixed: Sequence[str] = (),
    usual: str = USUAL,
    rest: Callable[[], None] = lambda: None,
) -> Trained:
    """Train forecasts of `steps` for all series. `groups`: each series' row in `totals`; `test`: steps per backtest
    fold. `fixed`: models to keep, "" to choose; `usual`: the default model to beat; `rest` is called between pieces of
    work."""
    length = values.shape[1]
    class_ = _classes(values)
    folds, errors = _backtest(values, groups, totals, calendar, test, rest)
    names = list(MODELS)
    scores = np.stack([errors[name] for name in names])
    chosen = _choose_models(names, scores, _spread(values), class_, usual)
    for row, name in enumerate(fixed):
        if name in MODELS:
            chosen[row] = names.index(name)
    past = _past(values, groups, totals, calendar, length, steps)
    mean = np.zeros((len(values), steps))
    for place, name in enumerate(names):
        rows = np.flatnonzero(chosen == place)
        if len(rows):
            mean[rows] = _run_model(MODELS[name], _rows(past, rows))
            rest()
    picked = [
        (start, np.choose(chosen[:, None], [made[name] for name in names]), actual) for start, made, actual in folds
    ]
    more = _more_folds(values, groups, totals, calendar, test, chosen, rest) if len(values) <= FEW else []
    scale, week, month, quantiles = _intervals(values, picked, more, class_)
    layers = _layers(past, groups, totals, calendar, length, [names[place] for place in chosen], mean, rest)
    best = scores[chosen, np.arange(len(values))] if len(values) else np.zeros(0)
    naive = scores[names.index("seasonal_naive")]
    return Trained(
        np.nan_to_num(np.maximum(mean, 0.0)),
        [names[place] for place in chosen],
        *(scale, week, month, class_, quantiles, np.sqrt(best), np.sqrt(naive), picked),
        _beside_naive(folds, picked),
        layers,
    )


def _layers(
    past: Past,
    groups: Places,
    totals: Matrix,
    calendar: DemandCalendar,
    length: int,
    chosen: list[str],
    mean: Matrix,
    rest: Callable[[], None],
) -> tuple[tuple[str, Matrix], ...]:
    """The chosen models' forecasts by layer (see `Trained`), without layers that have no effect."""
    steps = min(SHARE_STEPS, past.steps)
    week, year = (one[:, length : length + steps] for one in _calendar_parts(totals, calendar, length, steps))
    kinds = {"weekday": week, "season": year, **{kind: of[:, :steps] for kind, of in calendar.known.items()}}
    kinds = {kind: of for kind, of in kinds.items() if kind == "weekday" or (np.abs(of - 1.0) > EMPTY).any()}
    ahead, known = np.ones((len(totals), steps)), np.ones((len(totals), steps))
    found, last = list[tuple[str, Matrix]](), ("base", *kinds)[-1]
    for name in ("base", *kinds):
        if name != "base":
            ahead = ahead * kinds[name]
            known = known if name in ("weekday", "season") else known * kinds[name]
        if name == last:
            found.append((name, np.nan_to_num(np.maximum(mean[:, :steps], 0.0))))
            break
        less = past._replace(ahead=ahead[groups], known=known[groups])
        made = np.zeros((len(past.values), steps))
        for model in dict.fromkeys(chosen):
            rows = np.array([row for row, one in enumerate(chosen) if one == model], dtype=np.int64)
            made[rows] = _run_model(MODELS[model], _rows(less, rows))
            if name == "base" and model == "seasonal_naive":  # it repeats last week's days: use their mean as the base
                made[rows] = made[rows][:, : calendar.season].mean(axis=1)[:, None]
            rest()
        found.append((name, np.nan_to_num(np.maximum(made, 0.0))))
    return tuple(found)


def _beside_naive(
    folds: list[tuple[int, dict[str, Matrix], Matrix]], picked: list[tuple[int, Matrix, Matrix]]
) -> float | None:
    """The chosen models' errors relative to seasonal naive (MASE; Hyndman and Koehler, 2006); None if that had none."""
    naive = sum(float(np.nansum(np.abs(made["seasonal_naive"] - actual))) for _, made, actual in folds)
    ours = sum(float(np.nansum(np.abs(made - actual))) for _, made, actual in picked)
    return ours / naive if naive > 0 else None


def _classes(values: Matrix) -> Places:
    known = np.maximum((~np.isnan(values)).sum(axis=1), 1)
    empty = 1.0 - (np.nan_to_num(values) > 0).sum(axis=1) / known
    return np.where(empty <= STEADY, 0, np.where(empty <= RARE, 1, 2)).astype(np.int64)


def _past(values: Matrix, groups: Places, totals: Matrix, calendar: DemandCalendar, through: int, ahead: int) -> Past:
    found = profiles(totals, calendar, through, ahead)[groups]
    known = calendar.factors[:, through : through + ahead][groups]
    before = calendar.factors[:, max(0, through - MEAN_PERIODS) : through][groups]
    return Past(values[:, :through], found[:, :through], found[:, through:], calendar.season, known, before)


def _run_model(model: Model, past: Past) -> Matrix:
    """Run a model on blocks of series, as it needs several times the memory of its input."""
    starts = range(0, max(1, len(past.values)), BLOCK)
    return np.concatenate([model(_rows(past, slice(start, start + BLOCK))) for start in starts])


def _rows(past: Past, rows: Places | slice) -> Past:
    known, before = (one[rows] if isinstance(one, np.ndarray) else one for one in (past.known, past.before))
    return Past(past.values[rows], past.profile[rows], past.ahead[rows], past.season, known, before)


def _backtest(
    values: Matrix, groups: Places, totals: Matrix, calendar: DemandCalendar, test: int, rest: Callable[[], None]
) -> tuple[list[tuple[int, dict[str, Matrix], Matrix]], dict[str, Matrix]]:
    """Every model's forecasts from each origin with the actual values, and mean squared errors by model and series."""
    length = values.shape[1]
    shortest = 2 * calendar.season if calendar.season == 7 else test
    step = min(test, max(ORIGIN_SPACING, (length - test - shortest) // (FOLDS - 1)))  # a young shop's folds overlap
    origins = [start for fold in range(FOLDS - 1, -1, -1) if (start := length - test - fold * step) >= shortest]
    sums = {name: np.zeros(len(values)) for name in MODELS}
    seen = np.zeros(len(values))
    folds = []
    for start in origins:
        past = _past(values, groups, totals, calendar, start, test)
        actual = values[:, start : start + test]
        known = ~np.isnan(actual)
        made = dict[str, Matrix]()
        for name, model in MODELS.items():
            made[name] = forecast = np.nan_to_num(np.maximum(_run_model(model, past), 0.0))
            rest()
            wrong = np.where(known, forecast - np.nan_to_num(actual), 0.0)
            sums[name] += (wrong * wrong).sum(axis=1)
        seen += known.sum(axis=1)
        folds.append((start, made, actual))
    return folds, {name: total / np.maximum(seen, 1) for name, total in sums.items()}


def _more_folds(
    values: Matrix,
    groups: Places,
    totals: Matrix,
    calendar: DemandCalendar,
    test: int,
    chosen: Places,
    rest: Callable[[], None],
) -> list[tuple[int, Matrix, Matrix]]:
    """The chosen models' forecasts from further origins. The store and its categories are few series: three origins
    give only a dozen weeks of one season, too few to estimate weekly errors."""
    length, names, folds = values.shape[1], list(MODELS), list[tuple[int, Matrix, Matrix]]()
    shortest = 2 * calendar.season if calendar.season == 7 else test
    for back in range(1, MORE_FOLDS + 1):
        start = length - test - back * MORE_APART
        if start < shortest:
            break
        past, made = _past(values, groups, totals, calendar, start, test), np.zeros((len(values), test))
        for place in np.unique(chosen):
            rows = np.flatnonzero(chosen == place)
            made[rows] = np.nan_to_num(np.maximum(_run_model(MODELS[names[place]], _rows(past, rows)), 0.0))
        rest()
        folds.append((start, made, values[:, start : start + test]))
    return folds


def _choose_models(names: list[str], scores: Matrix, spread: Matrix, class_: Places, usual_name: str) -> Places:
    """Choose the default model, or one with a clearly lower expected error; seasonal naive if it beats that choice.

    `scores`: mean squared errors by model and series; `spread`: each series' mean squared change between periods over
    its full history (as in RMSSE: Hyndman and Koehler, 2006). A series' own folds count, as do those of all series in
    its class. Both are ratios of sums, with one period of the usual error added to each. Folds without sales then carry
    no weight, whereas plain ratios would favour a model that always predicts zero.
    """
    usual, naive = names.index(usual_name), names.index("seasonal_naive")
    scaled = scores / np.maximum(spread, EMPTY)
    expected = np.ones_like(scaled)
    for one in range(3):
        rows = class_ == one
        if rows.any():
            mine = scaled[:, rows]
            typical = max(float(mine[usual].mean()), EMPTY)
            of_all = (mine.mean(axis=1) / typical)[:, None]
            own = (mine + typical * of_all) / (mine[usual] + typical)  # shrink towards all series if it says little
            expected[:, rows] = (own * FOLDS + of_all * OF_ALL) / (FOLDS + OF_ALL)
    best, place = np.argmin(expected, axis=0), np.arange(scores.shape[1])
    chosen = np.where(expected[best, place] < BETTER**2, best, usual)
    return np.where(expected[chosen, place] <= expected[naive, place], chosen, naive).astype(np.int64)


def _spread(values: Matrix) -> Matrix:
    """Each series' mean squared change between known periods; its mean square if it never changes."""
    steps = np.diff(values, axis=1)
    known = ~np.isnan(steps)
    square = np.where(known, np.nan_to_num(steps) ** 2, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    size: Matrix = np.nan_to_num(values).mean(axis=1) ** 2
    return np.asarray(np.where(square > 0, square, np.maximum(size, EMPTY)))


def _intervals(
    values: Matrix,
    folds: list[tuple[int, Matrix, Matrix]],
    more: list[tuple[int, Matrix, Matrix]],
    class_: Places,
) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Forecast errors: scales per series for steps, weeks and months, and relative quantiles by class. `more`: further
    folds for weeks and months."""
    spread = np.maximum(np.std(np.nan_to_num(values), axis=1), EMPTY)
    widths = (1, 7, 28)
    scales, kept = [], []
    for width in widths:
        errors = [_sum_errors(actual - made, width) for _, made, actual in (folds if width == 1 else [*folds, *more])]
        errors = [one for one in errors if one.shape[1]]
        all_ = np.concatenate(errors, axis=1) if errors else np.full((len(values), 1), np.nan)
        known = ~np.isnan(all_)
        count = known.sum(axis=1)
        own = np.sqrt(np.nansum(np.where(known, all_, 0.0) ** 2, axis=1) / np.maximum(count, 1))
        usual = spread * width**0.6
        pooled = float(np.median(own[count > 0] / usual[count > 0])) if (count > 0).any() else 1.0
        prior = 4.0  # number of assumed errors of the usual size, because a few real ones aren't reliable
        scales.append(np.sqrt((own**2 * count + (pooled * usual) ** 2 * prior) / (count + prior)) + EMPTY)
        kept.append(errors)
    rows = []
    for band, until in enumerate(BANDS):
        since = BANDS[band - 1] if band else 0
        near = [(actual - made)[:, since:until] for _, made, actual in folds]
        rows.append(_quantiles([one for one in near if one.shape[1]] or kept[0], scales[0], class_))
    rows.append(_quantiles(kept[1] or kept[0], scales[1] if kept[1] else scales[0], class_))
    rows.append(_quantiles(kept[2] or kept[0], scales[2] if kept[2] else scales[0], class_))
    quantiles = np.stack(rows, axis=1)
    for band in range(1, len(BANDS)):  # uncertainty never shrinks further ahead
        low = np.array(GRID) < 0.5
        before = quantiles[:, band - 1]
        quantiles[:, band] = np.where(
            low, np.minimum(quantiles[:, band], before), np.maximum(quantiles[:, band], before)
        )
    return scales[0], scales[1], scales[2], quantiles


def _sum_errors(errors: Matrix, width: int) -> Matrix:
    """Errors summed over `width` steps, ignoring unknown days; NaN if most days are unknown."""
    whole = errors.shape[1] // width * width
    parts = errors[:, :whole].reshape(len(errors), whole // width, width)
    known = (~np.isnan(parts)).sum(axis=2)
    return np.where(known * 2 >= width, np.nansum(parts, axis=2), np.nan)


def _quantiles(errors: list[Matrix], scale: Matrix, class_: Places) -> Matrix:
    """Quantiles of errors relative to their scale at GRID, by class; a class without enough data uses those of all."""
    if not errors:
        return np.tile(np.array([_normal(place) for place in GRID]), (3, 1))
    ratios = np.concatenate(errors, axis=1) / scale[:, None]
    everything = ratios[~np.isnan(ratios)]
    rows = []
    for one in range(3):
        mine = ratios[class_ == one]
        mine = mine[~np.isnan(mine)]
        taken = mine if len(mine) >= 20 else everything
        if len(taken) < 20:
            rows.append(np.array([_normal(place) for place in GRID]))
        else:
            rows.append(np.quantile(taken, GRID))
    return np.stack(rows)


def _normal(place: float) -> float:
    """A quantile of the normal distribution (Abramowitz and Stegun 26.2.23)."""
    tail = min(place, 1 - place)
    t = np.sqrt(-2 * np.log(tail))
    value = t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t**3)
    return float(value if place > 0.5 else -value)
