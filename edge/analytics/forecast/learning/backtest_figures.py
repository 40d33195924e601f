"""Backtest accuracy of a version, on days it wasn't trained on. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from edge.analytics.forecast.commands import BacktestFold
from edge.analytics.forecast.learning.intervals import BANDS, bounds
from edge.analytics.forecast.learning.training import Trained

COVERED_LEVEL = 85.0
WEEK_DAYS = 7


def backtest_figures(whole: Trained, categories: Trained, products: Trained) -> dict[str, int]:
    """Accuracy in thousandths for the store and its categories: WAPE (four weeks ahead, and one in `wape_week_`), bias
    and pinball loss relative to sales; MASE relative to seasonal naive; the share of actual values within the interval
    (`coverage_`). Also `days_` and `folds_`, and in the item's unit `mae_` and `rmse_`. For products: RMSE relative to
    seasonal naive, and the coverage of steady products.
    """
    found: dict[str, int] = {}
    for name, trained in (("store", whole), ("category", categories)):
        wrong = week = week_total = total = bias = 0.0
        for _, made, actual in trained.folds:
            off = np.where(np.isnan(actual), 0.0, made - np.nan_to_num(actual))
            wrong, bias = wrong + float(np.abs(off).sum()), bias + float(off.sum())
            week, week_total = (
                week + float(np.abs(off[:, :WEEK_DAYS]).sum()),
                week_total + _total_sold(actual[:, :WEEK_DAYS]),
            )
            total += _total_sold(actual)
        if total > 0:
            found |= {f"wape_{name}": round(1000 * wrong / total), f"bias_{name}": round(1000 * bias / total)}
            found[f"pinball_{name}"] = round(1000 * _pinball(trained) / total)
            found[f"coverage_{name}"] = round(1000 * _coverage(trained))
            found |= _error_figures(trained, name)
        if week_total > 0:
            found[f"wape_week_{name}"] = round(1000 * week / week_total)
        if trained.mase is not None:
            found[f"mase_{name}"] = round(1000 * trained.mase)
        if (naive := float(trained.naive_error.sum())) > 0:
            found[f"beside_naive_{name}"] = round(1000 * float(trained.error.sum()) / naive)
    good = products.naive_error > 0
    if good.any():
        found["beside_naive"] = round(1000 * float(np.mean(products.error[good] / products.naive_error[good])))
    steady = products._replace(folds=products.folds[-1:])
    if inside := [low <= came <= high for kind, low, _, high, came in _days(steady) if kind == 0]:
        found["coverage"] = round(1000 * sum(inside) / len(inside))
    return found


def series_figures(trained: Trained, row: int, began: date) -> tuple[dict[str, int], tuple[BacktestFold, ...]]:
    """Figures of one series whose history begins on a day, overall and for each origin.

    `wape`, `bias` and `coverage` are in thousandths, `mae` and `rmse` in its unit; also `beside_naive` and the number
    of `days`.
    """
    pairs = [(start, made[row], actual[row]) for start, made, actual in trained.folds]
    folds = tuple(_fold((began + timedelta(days=start)).isoformat(), made - came, came) for start, made, came in pairs)
    known = [~np.isnan(came) for _, _, came in pairs]
    if not any(mask.any() for mask in known):
        return {}, folds
    off = np.concatenate([(made - came)[mask] for (_, made, came), mask in zip(pairs, known, strict=True)])
    sold = sum(float(np.nansum(came)) for _, _, came in pairs)
    one = trained._replace(
        class_=trained.class_[row : row + 1],
        scale=trained.scale[row : row + 1],
        folds=[(start, made[None, :], came[None, :]) for start, made, came in pairs],
    )
    found = {"days": len(off), "mae": round(float(np.abs(off).mean())), "rmse": round(float(np.sqrt((off**2).mean())))}
    found["coverage"] = round(1000 * _coverage(one))
    if sold > 0:
        found |= {"wape": round(1000 * float(np.abs(off).sum()) / sold), "bias": round(1000 * float(off.sum()) / sold)}
    if trained.naive_error[row] > 0:
        found["beside_naive"] = round(1000 * float(trained.error[row] / trained.naive_error[row]))
    return found, folds


def _fold(first: str, off: np.typing.NDArray[np.float64], came: np.typing.NDArray[np.float64]) -> BacktestFold:
    days, sold = int((~np.isnan(off)).sum()), _total_sold(came)
    if sold <= 0:
        return BacktestFold(first, days, None, None)
    wape, bias = float(np.nansum(np.abs(off))) / sold, float(np.nansum(off)) / sold
    return BacktestFold(first, days, round(1000 * wape), round(1000 * bias))


def _error_figures(trained: Trained, name: str) -> dict[str, int]:
    """The numbers of days and folds tested, and the error in the item's unit."""
    off = np.concatenate([(made - actual).ravel() for _, made, actual in trained.folds])
    off = off[~np.isnan(off)]
    return {
        f"days_{name}": len(off),
        f"folds_{name}": len(trained.folds),
        f"mae_{name}": round(float(np.abs(off).mean())),
        f"rmse_{name}": round(float(np.sqrt((off * off).mean()))),
    }


def _total_sold(actual: np.typing.NDArray[np.float64]) -> float:
    return float(np.nansum(actual))


def _days(trained: Trained) -> Iterator[tuple[int, float, float, float, float]]:
    """Each day of each series in the backtest: kind, lower bound, mean, upper bound, actual value."""
    for _, made, actual in trained.folds:
        for row, step in np.argwhere(~np.isnan(actual[:, : BANDS[-1]])):
            kind, mean = int(trained.class_[row]), float(made[row, step])
            low, high = bounds(mean, trained.scale[row], trained.quantiles[kind], int(step), COVERED_LEVEL)
            yield kind, low, mean, high, float(actual[row, step])


def _coverage(trained: Trained) -> float:
    inside = [low <= came <= high for _, low, _, high, came in _days(trained)]
    return sum(inside) / len(inside) if inside else 0.0


def _pinball(trained: Trained) -> float:
    """Pinball losses of interval ends and means, summed over the backtest's days."""
    tail, loss = (1 - COVERED_LEVEL / 100) / 2, 0.0
    for _, low, mean, high, came in _days(trained):
        for value, share in ((low, tail), (mean, 0.5), (high, 1 - tail)):
            loss += max(share * (came - value), (share - 1) * (came - value)) / 3
    return float(loss)
