"""The process that makes forecasts: `python -m edge.shop.forecast.trainer`. What it needs of memory and time, the till
does not notice.

Takes a `TrainRequest` as JSON from standard input, reads the ledger beside its writer, and answers with lines of JSON:
`ItemForecast` by the hundred, and last a `FinishForecasts`; or a `TrainingFailed`.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import msgspec
import numpy as np

from edge.core.process import child
from edge.core.storage.database import open_reader
from edge.lib.errors import EdgeError
from edge.shop.forecast.commands import STEPS, FinishForecasts, ItemForecast
from edge.shop.forecast.demand_history import STORE, DemandHistory, read_history
from edge.shop.forecast.intervals import BANDS, bounds
from edge.shop.forecast.models import Matrix
from edge.shop.forecast.public_holidays import country_of
from edge.shop.forecast.training import USUAL_OF_PRODUCTS, Trained, damped, train

MEMORY_BYTES = 2 * 1024**3
"""Of address space, most of which is libraries and their threads' stacks; it holds less than 350 MB."""
NICENESS = 15
CPU_S = 900
BATCH = 20
"""Items that are saved at once: while they are, no scan is."""
TEST_DAYS = 28
SHORTEST_DAYS = 14
"""A store with fewer days behind it is told so, and gets no numbers."""
COVERED_LEVEL = 85.0


class TrainRequest(msgspec.Struct, frozen=True):
    """`models`: the model of each item, where they are not to be chosen anew (of version `version`)."""

    ledger: str
    today: str
    zone: str
    country: str
    version: str = ""
    models: dict[str, str] = {}


class TrainingFailed(msgspec.Struct, frozen=True, tag=True):
    """Why there is no forecast: a key of section `forecast`."""

    why: str
    values: dict[str, str | int] = {}


class ItemBatch(msgspec.Struct, frozen=True, tag=True):
    """Some items, or the end."""

    items: tuple[ItemForecast, ...] = ()
    end: FinishForecasts | None = None


Answer = ItemBatch | TrainingFailed


def main() -> int:
    """Answer one request."""
    child.be_bounded(MEMORY_BYTES, CPU_S)
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


def _answers(ask: TrainRequest) -> list[Answer]:
    db = open_reader(Path(ask.ledger))
    try:
        history = read_history(db, ask.today, ask.country or country_of(ask.zone), STEPS)
    finally:
        db.close()
    if history is None or history.days < SHORTEST_DAYS:
        return [TrainingFailed("too_short", {"days": history.days if history else 0, "needed": SHORTEST_DAYS})]
    return forecast(history, ask)


def forecast(history: DemandHistory, ask: TrainRequest) -> list[Answer]:
    """Forecasts of the store, its categories and its products."""
    one = np.zeros(1, dtype=np.int64)
    store = history.totals[:1]
    fixed = ask.models
    whole = train(store, one, store, history.calendar(one), STEPS, TEST_DAYS, _names(fixed, [STORE]))
    kinds = np.zeros(len(history.categories), dtype=np.int64)
    of_categories = train(
        history.totals[1:],
        *(kinds, store, history.calendar(one), STEPS, TEST_DAYS),
        _names(fixed, history.categories),
    )
    clean, outliers = damped(history.values)
    groups = history.groups
    products = train(
        clean,
        *(groups, history.totals, history.calendar(history.group_rows), STEPS, TEST_DAYS),
        _names(fixed, history.skus),
        USUAL_OF_PRODUCTS,
    )
    items = [
        *_items([STORE], whole, store),
        *_items(history.categories, of_categories, history.totals[1:]),
        *_items(history.skus, products, history.values, history),
    ]
    models: dict[str, int] = {}
    for item in items:
        models[item.model] = models.get(item.model, 0) + 1
    figures = _figures(whole, of_categories, products) | {"outliers": int(outliers.sum())}
    version = ask.version or _version(history, items)
    end = FinishForecasts(
        version,
        history.through,
        history.days,
        len(items),
        not ask.version,
        figures,
        models,
        tuple(tuple(tuple(round(float(q), 5) for q in row) for row in rows) for rows in _quantiles(whole, products)),
        history.factors,
    )
    batches = [ItemBatch(tuple(items[at : at + BATCH])) for at in range(0, len(items), BATCH)]
    return [*batches, ItemBatch(end=end)]


def _names(fixed: dict[str, str], items: list[str]) -> list[str]:
    return [fixed.get(item, "") for item in items]


def _items(
    names: list[str], trained: Trained, values: Matrix, history: DemandHistory | None = None
) -> list[ItemForecast]:
    known = (~np.isnan(values)).sum(axis=1)
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
        held = np.minimum(mean, limit)  # nobody believes more than three times the most that ever was
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
            )
        )
    return made


def _mean(values: Matrix) -> Matrix:
    known = np.maximum((~np.isnan(values)).sum(axis=1), 1)
    return np.asarray(np.nansum(values, axis=1) / known)


def _quantiles(whole: Trained, products: Trained) -> Matrix:
    """By kind of series; those of products, and of steady ones (0) the wider of theirs and the store's."""
    rows = products.quantiles if len(products.mean) else whole.quantiles
    return np.asarray(rows)


def _figures(whole: Trained, categories: Trained, products: Trained) -> dict[str, int]:
    """The backtest in thousandths: WAPE, bias and pinball loss of the store and of categories, beside what was sold;
    RMSE beside seasonal naive, also of products; how often a steady one's demand lay within its interval."""
    found: dict[str, int] = {}
    for name, trained in (("store", whole), ("category", categories)):
        wrong = total = bias = 0.0
        for _, made, actual in trained.folds:
            known = ~np.isnan(actual)
            off = np.where(known, made - np.nan_to_num(actual), 0.0)
            wrong, bias = wrong + float(np.abs(off).sum()), bias + float(off.sum())
            total += float(np.nansum(actual))
        if total > 0:
            found |= {f"wape_{name}": round(1000 * wrong / total), f"bias_{name}": round(1000 * bias / total)}
            found[f"pinball_{name}"] = round(1000 * _pinball(trained) / total)
        if (naive := float(trained.naive_error.sum())) > 0:
            found[f"beside_naive_{name}"] = round(1000 * float(trained.error.sum()) / naive)
    good = products.naive_error > 0
    if good.any():
        found["beside_naive"] = round(1000 * float(np.mean(products.error[good] / products.naive_error[good])))
    inside = count = 0
    for row in np.flatnonzero(products.class_ == 0):
        for _, made, actual in products.folds[-1:]:
            for step in range(min(BANDS[-1], actual.shape[1])):
                if not np.isnan(actual[row, step]):
                    low, high = bounds(made[row, step], products.scale[row], products.quantiles[0], step, COVERED_LEVEL)
                    inside, count = inside + int(low <= actual[row, step] <= high), count + 1
    if count:
        found["coverage"] = round(1000 * inside / count)
    return found


def _pinball(trained: Trained) -> float:
    """The pinball losses of intervals' ends and of what lies in the middle, summed over the backtest's days."""
    tail, loss = (1 - COVERED_LEVEL / 100) / 2, 0.0
    for _, made, actual in trained.folds:
        for row, step in np.argwhere(~np.isnan(actual)):
            quantiles = trained.quantiles[trained.class_[row]]
            low, high = bounds(made[row, step], trained.scale[row], quantiles, int(step), COVERED_LEVEL)
            came = actual[row, step]
            for value, share in ((low, tail), (made[row, step], 0.5), (high, 1 - tail)):
                loss += max(share * (came - value), (share - 1) * (came - value)) / 3
    return float(loss)


def _version(history: DemandHistory, items: list[ItemForecast]) -> str:
    """Name, through when, and a hash of what it chose and was made from."""
    digest = hashlib.sha256(history.digest())
    digest.update(msgspec.json.encode([(item.item, item.model) for item in items]))
    return f"mixed-{history.through}-{digest.hexdigest()[:8]}"


if __name__ == "__main__":
    sys.exit(main())
