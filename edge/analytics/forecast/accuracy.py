"""Queries on forecast accuracy: live errors, bias by group, and drift."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from edge.analytics.forecast import rules
from edge.analytics.forecast.commands import BacktestFold
from edge.analytics.forecast.history.place_days import ForecastOfDay, PlaceDays, read_place_days
from edge.analytics.forecast.queries import DEFAULT_LEVEL, ModelInfo, champion, tell_item
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.lib.units.dates import after

DRIFT_DAYS = 14
SEASON_DAYS = 7
BANDS = ("low", "middle", "high")
LEAST_IN_GROUP = 14
"""Number of item days from which a group's bias is reported."""
_SAID = """
    SELECT s.item, s.business_date, s.mean, s.lower, s.upper
    FROM forecast_said s JOIN demand_open o USING (business_date)
    WHERE s.version = ? AND s.business_date >= ? AND s.business_date < ? ORDER BY s.business_date, s.item
"""
_STORE = "SELECT business_date, sum(minor) FROM demand_day WHERE business_date >= ? AND business_date < ? GROUP BY 1"
_CATEGORIES = """
    SELECT p.category, d.business_date, sum(d.minor), count(*) FROM demand_day d JOIN product p ON p.sku = d.sku
    WHERE d.business_date >= ? AND d.business_date < ? GROUP BY 1, 2
"""
_PRODUCTS = """
    SELECT sku, business_date, max(0, sold - returned + used + elsewhere), minor FROM demand_day
    WHERE business_date >= ? AND business_date < ? AND sku IN (SELECT value FROM json_each(?))
"""


class ForecastAccuracy(msgspec.Struct, frozen=True):
    """Day-ahead forecasts compared with actual demand, over `count` item days from `since` up to `until`.

    By default the items are the store and its categories. `mae`, `rmse` and `pinball` are in the item's unit, all other
    measures in thousandths. `mase`: error relative to forecasting the same weekday's value of a week earlier; 1000 is
    equally good. None if there was nothing to compare.
    """

    count: int
    wape: int | None = None
    bias: int | None = None
    mae: int | None = None
    rmse: int | None = None
    coverage: int | None = None
    mase: int | None = None
    pinball: int | None = None
    since: str = ""
    until: str = ""


class Outcome(NamedTuple):
    """An item's forecast, actual value and, as `naive`, the actual value a week before (None: unknown), for a `day`."""

    item: str
    mean: int
    low: int
    high: int
    actual: int
    naive: int | None
    day: str = ""


def live_accuracy(
    db: Connection,
    version: str,
    since: str,
    until: str,
    category: str = "",
    whole: bool = True,
    place: PlaceDays | None = None,
) -> ForecastAccuracy:
    """A version's day-ahead forecasts compared with actual demand, on open days from `since` up to `until`.

    For one category or all, with or without the `whole` store; `place` (`days_of_place`) restricts it to sales from one
    location.
    """
    wanted = f"category:{category}" if category else "category:"
    found = [
        one
        for one in _outcomes(db, version, since, until, place)
        if (whole and one.item == "store") or (one.item == wanted if category else one.item.startswith(wanted))
    ]
    return msgspec.structs.replace(measure_accuracy(found), since=since, until=until)


_LAST_OPEN = "SELECT max(business_date) FROM demand_open WHERE papers > 0"


def errors_by_day(db: Connection, first: str, last: str) -> list[tuple[str, int, int, int]]:
    """Daily errors in a period: the champion's absolute error for the store and its categories, actual demand, and
    number of items, summed.

    The newest day is omitted, as it may not be over.
    """
    model = champion(db)
    newest = db.execute(_LAST_OPEN).fetchone()[0]
    if model is None or newest is None:
        return []
    days = errors_of_days(_of_shop(_outcomes(db, model.version, first, min(after(last, 1), newest))))
    return [(one.day, one.off, one.actual, one.items) for one in days]


class DayErrors(NamedTuple):
    """A day's forecast and actual demand over `items` items, summed; `off`: the sum of absolute errors."""

    day: str
    mean: int
    actual: int
    off: int
    items: int


def errors_of_days(outcomes: Iterable[Outcome]) -> list[DayErrors]:
    """Errors summed by day."""
    found: dict[str, DayErrors] = {}
    for one in outcomes:
        was = found.get(one.day, DayErrors(one.day, 0, 0, 0, 0))
        off = was.off + abs(one.mean - one.actual)
        found[one.day] = DayErrors(one.day, was.mean + one.mean, was.actual + one.actual, off, was.items + 1)
    return [errors for _, errors in sorted(found.items())]


def group_errors(
    db: Connection, version: str, since: str, until: str, group: str = "", place: PlaceDays | None = None
) -> list[DayErrors]:
    """Errors by day for a group (`GroupAccuracy.item`), or for the store and its categories if `group` is ""."""
    found = _outcomes(db, version, since, until, place)
    return errors_of_days(_groups(db, found, since, until).get(group, []) if group else _of_shop(found))


def _of_shop(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The series of the store and its categories."""
    return [one for one in outcomes if one.item == "store" or one.item.startswith("category:")]


def measure_accuracy(outcomes: Sequence[Outcome]) -> ForecastAccuracy:
    """The error measures of these days."""
    total = sum(one.actual for one in outcomes)
    if not outcomes or total <= 0:
        return ForecastAccuracy(len(outcomes))
    count, errors = len(outcomes), [one.mean - one.actual for one in outcomes]
    inside = sum(one.low <= one.actual <= one.high for one in outcomes)
    pairs = [(abs(one.mean - one.actual), abs(one.naive - one.actual)) for one in outcomes if one.naive is not None]
    naive = sum(naive for _, naive in pairs)
    return ForecastAccuracy(
        count,
        round(1000 * sum(map(abs, errors)) / total),
        round(1000 * sum(errors) / total),
        round(sum(map(abs, errors)) / count),
        round((sum(error * error for error in errors) / count) ** 0.5),
        round(1000 * inside / count),
        round(1000 * sum(ours for ours, _ in pairs) / naive) if naive else None,
        round(sum(map(_pinball, outcomes)) / count),
    )


def _pinball(one: Outcome) -> float:
    """The mean pinball loss of the interval's ends and the mean (Koenker and Bassett, 1978)."""
    tail = (1 - DEFAULT_LEVEL / 100) / 2
    said = ((one.low, tail), (one.mean, 0.5), (one.high, 1 - tail))
    return sum(max(at * (one.actual - value), (at - 1) * (one.actual - value)) for value, at in said) / len(said)


class GroupAccuracy(msgspec.Struct, frozen=True):
    """The accuracy of a category (`category:ID`), or of a group of products by price or volume.

    These groups (`price:low`, `volume:high` ...) are thirds of the products that sell on most days. `biased`: its bias
    is more than twice that of all products together (for a category: of the store), and above `BIASED`.
    """

    item: str
    live: ForecastAccuracy
    biased: bool


_TRIED = "SELECT body FROM forecast_item WHERE version = ? AND item = ?"
BIASED = 50
"""Bias in thousandths below which a group counts as unbiased."""


def read_groups_accuracy(
    db: Connection, version: str, since: str, until: str, place: PlaceDays | None = None
) -> list[GroupAccuracy]:
    """The errors of each group, so that good groups don't hide a bad one; with `place`, for sales from
    that location.
    """
    found = _outcomes(db, version, since, until, place)
    whole = measure_accuracy([one for one in found if one.item == "store"])
    of_products = measure_accuracy(_of_products(found))
    told = []
    for item, outcomes in sorted(_groups(db, found, since, until).items()):
        live = measure_accuracy(outcomes)
        overall = whole if item.startswith("category:") else of_products
        if live.bias is not None:
            limit = max(2 * abs(overall.bias or 0), BIASED)
            told.append(GroupAccuracy(item, live, len(outcomes) >= LEAST_IN_GROUP and abs(live.bias) > limit))
    return told


def _of_products(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [one for one in outcomes if one.item != "store" and not one.item.startswith("category:")]


def _groups(db: Connection, outcomes: Sequence[Outcome], since: str, until: str) -> dict[str, list[Outcome]]:
    """Group products by category, and in thirds by price and by volume."""
    groups: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.item.startswith("category:"):
            groups.setdefault(one.item, []).append(one)
    products = _of_products(outcomes)
    sold, taken = dict[str, int](), dict[str, int]()
    skus = json_text(sorted({one.item for one in products}))
    for sku, _, quantity, minor in db.execute(_PRODUCTS, (after(since, -28), until, skus)):
        sold[sku], taken[sku] = sold.get(sku, 0) + quantity, taken.get(sku, 0) + minor
    price = {sku: taken[sku] / sold[sku] for sku in sold if sold[sku] > 0}
    for name, values in (("price", price), ("volume", {sku: float(value) for sku, value in sold.items()})):
        band = _thirds(values)
        for one in products:
            if one.item in band:
                groups.setdefault(f"{name}:{band[one.item]}", []).append(one)
    return groups


def read_backtest(db: Connection, model: ModelInfo, category: str = "") -> tuple[dict[str, int], list[BacktestFold]]:
    """A version's backtest results, overall or for one category, and its origins.

    Results per item are stored as long as the version.
    """
    body = db.execute(_TRIED, (model.version, f"category:{category}" if category else "store")).fetchone()
    item = tell_item(body[0]) if body else None
    folds = list(item.folds) if item else []
    if not category:
        return model.figures, folds
    return ({f"{name}_category": value for name, value in item.tried.items()} if item else {}), folds


def _thirds(values: dict[str, float]) -> dict[str, str]:
    ranked = sorted(values.values())
    edges = [ranked[len(ranked) * part // 3] for part in (1, 2)] if ranked else []
    return {key: BANDS[bisect_right(edges, value)] for key, value in values.items()}


def days_of_place(db: Connection, place: str, since: str, until: str) -> PlaceDays | None:
    """Actual and forecast demand of a location from `since` up to `until`; None for the whole shop. It sums six weeks
    of movements, so read it once and share it."""
    return read_place_days(db, place, after(since, -SEASON_DAYS), until) if place else None


def _outcomes(db: Connection, version: str, since: str, until: str, place: PlaceDays | None = None) -> list[Outcome]:
    said = [ForecastOfDay(*row) for row in db.execute(_SAID, (version, since, until))]
    if not said:
        return []
    first = after(since, -SEASON_DAYS)
    if place:
        said, came = place.parts_of(said), place.came
    else:
        came = _actual(db, first, until, {one.item for one in said})
    return [
        Outcome(item, mean, low, high, came.get((item, day), 0), came.get((item, after(day, -SEASON_DAYS))), day)
        for item, day, mean, low, high in said
    ]


def _actual(db: Connection, first: str, until: str, items: Iterable[str]) -> dict[tuple[str, str], int]:
    came: dict[tuple[str, str], int] = {}
    for day, minor in db.execute(_STORE, (first, until)):
        came["store", day] = minor
    for category, day, minor, _ in db.execute(_CATEGORIES, (first, until)):
        came[f"category:{category}", day] = minor
    for sku, day, quantity, _ in db.execute(_PRODUCTS, (first, until, json_text(sorted(items)))):
        came[sku, day] = quantity
    return came


class Drift(msgspec.Struct, frozen=True):
    """The champion's recent forecasts are worse than in the backtest; figures in thousandths.

    `tried`: the backtest's WAPE. `psi`: the shift in demand, as a population stability index.
    """

    version: str
    wape: int
    tried: int
    bias: int
    psi: int = 0


def drift(db: Connection, today: str) -> Drift | None:
    """Return the drift of the champion's forecasts in the last two weeks; None if their errors may be chance.

    They have drifted if they're clearly worse than in the backtest or biased, or if the product mix differs from that
    before training.
    """
    model = champion(db)
    lately = _lately(db, model, today) if model else None
    if model is None or lately is None:
        return None
    live, tried = lately
    before = _mix(db, after(model.through, -rules.MIX_DAYS), after(model.through, 1))
    now = _mix(db, after(today, -DRIFT_DAYS), today)
    psi, limit = rules.stability_index(before, now), rules.stability_limit(before, now)
    if _is_off(live, tried) or psi > limit:
        return Drift(model.version, live.wape or 0, tried, live.bias or 0, round(1000 * psi))
    return None


def errs_more(db: Connection, model: ModelInfo, today: str) -> bool:
    """Whether a version's error or bias in the last two weeks exceeds what chance explains, given its backtests."""
    lately = _lately(db, model, today)
    return lately is not None and _is_off(*lately)


def _is_off(live: ForecastAccuracy, tried: int) -> bool:
    return rules.is_off(live.wape or 0, live.bias or 0, tried, live.count)


def _lately(db: Connection, model: ModelInfo, today: str) -> tuple[ForecastAccuracy, int] | None:
    """A version's accuracy in the last two weeks, and its backtest WAPE; None with too little data."""
    live = live_accuracy(db, model.version, after(today, -DRIFT_DAYS), today)
    tried = model.figures.get("wape_category", model.figures.get("wape_store", 0))
    return (live, tried) if live.wape is not None and tried and live.count >= DRIFT_DAYS else None


def _mix(db: Connection, first: str, until: str) -> dict[str, int]:
    """The number of product days with purchases, by category."""
    found: dict[str, int] = {}
    for category, _, _, count in db.execute(_CATEGORIES, (first, until)):
        found[category or ""] = found.get(category or "", 0) + count
    return found
