"""Process that trains forecasts: `python -m edge.analytics.forecast.learning.trainer`. Its memory and CPU use doesn't
affect the till.

It reads a `TrainRequest` as JSON from standard input, reads the ledger while its writer runs, and answers with
`TrainAnswer`s: results in batches of twenty items, then the end.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np

from edge.analytics.forecast.calendar.public_holidays import country_of
from edge.analytics.forecast.commands import STEPS, FinishForecasts, ItemForecast
from edge.analytics.forecast.history.demand_history import STORE, DemandHistory, read_history
from edge.analytics.forecast.learning.backtest_figures import backtest_figures, series_figures
from edge.analytics.forecast.learning.models import Matrix, Places
from edge.analytics.forecast.learning.saved_items import cap_forecast, save_command
from edge.analytics.forecast.learning.train_protocol import (
    ItemsTrained,
    TrainAnswer,
    TrainingFailed,
    TrainRequest,
    VersionTrained,
)
from edge.analytics.forecast.learning.training import SHARE_STEPS, USUAL_OF_PRODUCTS, Trained, damp_outliers, train
from edge.analytics.forecast.queries import read_item
from edge.analytics.forecast.rules import shares_of
from edge.core.process import child
from edge.core.storage.database import open_reader
from edge.core.till_first import TillFirstElsewhere
from edge.lib.errors import EdgeError

MEMORY_BYTES = 2 * 1024**3
"""Limit of address space, mostly for libraries and thread stacks; less than 350 MB of memory is used."""
CPU_S = 900
BATCH = 20
"""Number of items saved per command, as scans at the till wait during it."""
TEST_DAYS = 28
SHORTEST_DAYS = 14
"""Minimum days of history; with fewer, the store gets a notice instead of a forecast."""


def main() -> int:
    """Answer one request."""
    child.be_bounded(MEMORY_BYTES, CPU_S)
    child.give_way()
    out = sys.stdout.buffer
    ask = msgspec.json.decode(sys.stdin.buffer.read(), type=TrainRequest)
    try:
        for answer in _answers(ask):
            out.write(msgspec.json.encode(answer) + b"\n")
    except MemoryError:
        out.write(msgspec.json.encode(TrainingFailed("no_memory")) + b"\n")
    except EdgeError as error:
        out.write(msgspec.json.encode(TrainingFailed("unreadable", {"why": str(error)})) + b"\n")
    return 0


def _answers(ask: TrainRequest) -> Iterator[TrainAnswer]:
    with closing(open_reader(Path(ask.ledger))) as db:
        country = ask.country or country_of(ask.zone)
        history = read_history(db, ask.today, country, STEPS, ask.zone, ask.currency)
        if history is None or history.days < SHORTEST_DAYS:
            yield TrainingFailed("too_short", {"days": history.days if history else 0, "needed": SHORTEST_DAYS})
            return
        end, items = forecast(history, ask, TillFirstElsewhere(db).rest)
        for at in range(0, len(items), BATCH):
            batch = [cap_forecast(item, read_item(db, item.item)) for item in items[at : at + BATCH]]
            yield ItemsTrained(save_command(end, batch))
        yield VersionTrained(end)


def forecast(
    history: DemandHistory, ask: TrainRequest, rest: Callable[[], None]
) -> tuple[FinishForecasts, list[ItemForecast]]:
    """Forecasts of the store, its categories and products, with the final command."""
    one = np.zeros(1, dtype=np.int64)
    store = history.totals[:1]
    fixed = ask.models
    rest()
    whole = train(store, one, store, history.calendar(one), STEPS, TEST_DAYS, _names(fixed, [STORE]), rest=rest)
    own = np.arange(len(history.categories))  # the store's weekdays, with each category's calendar
    of_categories = train(
        history.totals[1:],
        *(own, np.repeat(store, len(own), axis=0), history.calendar(own + 1), STEPS, TEST_DAYS),
        _names(fixed, history.categories),
        rest=rest,
    )
    clean, outliers = damp_outliers(history.prices.plain(history.values))
    groups = history.groups
    products = train(
        clean,
        *(groups, history.totals, history.calendar(history.group_rows), STEPS, TEST_DAYS),
        _names(fixed, history.skus),
        USUAL_OF_PRODUCTS,
        rest,
    )
    history.prices.foreseen(products.mean)
    whole.mean[:] *= history.prices.groups[:1]
    of_categories.mean[:] *= history.prices.groups[1:]
    items = [
        *_with_folds(_items([STORE], whole, store), whole, history),
        *_with_folds(_items(history.categories, of_categories, history.totals[1:]), of_categories, history),
        *_items(history.skus, products, history.values, history, outliers.sum(axis=1)),
    ]
    models: dict[str, int] = {}
    for item in items:
        models[item.model] = models.get(item.model, 0) + 1
    figures = backtest_figures(whole, of_categories, products) | {
        "outliers": int(outliers.sum()),
        "elasticity": round(1000 * history.prices.elasticity),
    }
    version = ask.version or _version(history, items)
    quantiles = _quantiles(products, whole, of_categories)
    end = FinishForecasts(
        version,
        history.through,
        history.days,
        len(items),
        not ask.version,
        figures,
        models,
        tuple(tuple(tuple(round(float(q), 5) for q in row) for row in rows) for rows in quantiles),
        history.factors,
    )
    return end, items


def _names(fixed: dict[str, str], items: list[str]) -> list[str]:
    return [fixed.get(item, "") for item in items]


def _items(
    names: list[str],
    trained: Trained,
    values: Matrix,
    history: DemandHistory | None = None,
    outliers: Places | None = None,
) -> list[ItemForecast]:
    known = (~np.isnan(values)).sum(axis=1)
    begun = np.argmax(~np.isnan(values), axis=1)
    made = []
    recent, usual = (_mean(values[:, -days:]) for days in (7, 28))
    for row, name in enumerate(names):
        mean, sure = trained.mean[row], bool(known[row] >= SHORTEST_DAYS)
        model = trained.model[row] if sure else "category"
        if history is not None and history.dead[row]:
            mean, model = np.zeros(STEPS), "dead"
        elif history is not None and not sure:
            mean = history.typical(row) * np.ones(STEPS)
        largest = float(np.nanmax(values[row])) if known[row] else 0.0
        limit = 3 * largest if largest > 0 else np.inf
        held = np.minimum(mean, limit)  # cap implausible forecasts at three times the largest day
        made.append(
            ItemForecast(
                item=name,
                model=model,
                kind=int(trained.class_[row]),
                mean=tuple(int(value) for value in np.rint(held)),
                scale=round(float(trained.scale[row])),
                week=round(float(trained.scale_week[row])),
                month=round(float(trained.scale_month[row])),
                days=int(known[row]),
                largest=round(largest),
                sure=sure,
                recent=round(float(recent[row])),
                usual=round(float(usual[row])),
                held="largest" if (mean > held).any() else "",
                unknown=int(values.shape[1] - begun[row] - known[row]) if known[row] else 0,
                damped=int(outliers[row]) if outliers is not None else 0,
                known=history.prices.known.get(name, {}) if history is not None else {},
                shares=_shares(trained, row, mean, np.rint(held), model != "dead" and sure),
            )
        )
    return made


def _shares(trained: Trained, row: int, mean: Matrix, shown: Matrix, opens: bool) -> dict[str, tuple[int, ...]]:
    """The components of a forecast; a substituted forecast (`opens` False) is all base."""
    steps = min(SHARE_STEPS, len(shown))
    layers = [(name, layer[row]) for name, layer in trained.layers] if opens else []
    layers = [*layers, ("price", mean[:steps])] if layers else [("base", mean[:steps])]
    rounded = [(name, [int(value) for value in np.rint(layer)]) for name, layer in layers]
    return shares_of([*rounded, ("held", [int(value) for value in shown[:steps]])])


def _with_folds(items: list[ItemForecast], trained: Trained, history: DemandHistory) -> list[ItemForecast]:
    """The items with their backtest results, overall and per origin."""
    figures = (series_figures(trained, row, history.first) for row in range(len(items)))
    return [
        msgspec.structs.replace(item, tried=tried, folds=folds)
        for item, (tried, folds) in zip(items, figures, strict=True)
    ]


def _mean(values: Matrix) -> Matrix:
    known = np.maximum((~np.isnan(values)).sum(axis=1), 1)
    return np.asarray(np.nansum(values, axis=1) / known)


def _quantiles(products: Trained, store: Trained, categories: Trained) -> Matrix:
    """Error quantiles by level and kind of series (see `intervals.errors_of`); levels without quantiles use the
    store's.
    """
    return np.concatenate(
        [one.quantiles if len(one.mean) else store.quantiles for one in (products, store, categories)]
    )


def _version(history: DemandHistory, items: list[ItemForecast]) -> str:
    """A version's name: its last day, and a hash of its models and data."""
    digest = hashlib.sha256(history.digest())
    digest.update(msgspec.json.encode([(item.item, item.model) for item in items]))
    return f"mixed-{history.through}-{digest.hexdigest()[:8]}"


if __name__ == "__main__":
    sys.exit(main())
