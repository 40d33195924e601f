"""Reads of forecasts: what is expected of an item, what is at risk, how right it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.shop.catalog.queries import find_by_ids, json_text, read_products
from edge.shop.forecast import rules
from edge.shop.forecast.commands import ItemForecast
from edge.shop.forecast.intervals import MONTH, WEEK, around, bounds
from edge.shop.forecast.rules import ExpectedDemand, Period, RiskStock
from edge.shop.stock.queries import StockItem, items_of

Days = Annotated[int, msgspec.Meta(ge=0, le=120)]
DEFAULT_LEVEL = 85.0
DEFAULT_HORIZON = 5
DRIFT_DAYS = 14
tell_item = msgspec.json.Decoder(ItemForecast).decode
_quantiles = msgspec.json.Decoder(tuple[tuple[tuple[float, ...], ...], ...]).decode
_MODEL = "version, role, trained_us, trained_date, through, days, series, figures, models, decided_us"
_ITEMS = """
    SELECT i.body FROM json_each(?2) j JOIN forecast_item i ON i.version = ?1 AND i.item = j.value
"""
_LIVE = """
    SELECT s.mean, s.lower, s.upper, CASE s.item
        WHEN 'store' THEN (SELECT sum(d.minor) FROM demand_day d WHERE d.business_date = s.business_date)
        ELSE CASE WHEN s.item LIKE 'category:%' THEN (
            SELECT sum(d.minor) FROM demand_day d JOIN product p ON p.sku = d.sku
            WHERE d.business_date = s.business_date AND p.category = substr(s.item, 10))
        ELSE (SELECT max(0, d.sold - d.returned) FROM demand_day d
              WHERE d.sku = s.item AND d.business_date = s.business_date) END END
    FROM forecast_said s JOIN demand_open o ON o.business_date = s.business_date
    WHERE s.version = ? AND s.business_date >= ? AND s.business_date < ? AND (s.item = ? OR s.item LIKE ?)
"""


WATCHED = 200
"""Products that are looked at: those of which most was sold in the last four weeks."""
SHOWN = 20
_BUSY = """
    SELECT d.sku FROM demand_day d JOIN demand_level l ON l.sku = d.sku JOIN product p ON p.sku = d.sku
    WHERE d.business_date >= ? AND p.retired_us IS NULL GROUP BY d.sku ORDER BY sum(d.minor) DESC, d.sku LIMIT ?
"""
_OPEN_DAYS = """
    SELECT business_date FROM demand_open
    WHERE business_date BETWEEN ? AND ? AND (papers > 0 OR NOT ?) ORDER BY 1
"""
_DEMAND_DAYS = """
    SELECT business_date, sold, returned, wasted, received FROM demand_day
    WHERE sku = ? AND business_date BETWEEN ? AND ? ORDER BY 1
"""
_BUSIEST = """
    SELECT sku FROM demand_day WHERE business_date BETWEEN ? AND ? GROUP BY sku ORDER BY sum(minor) DESC, sku LIMIT ?
"""
_GAPS = """
    SELECT total(max(0, julianday(min(coalesce(until_date, ?2), ?2)) - julianday(max(first_date, ?1)))), count(*)
    FROM demand_gap WHERE first_date <= ?2 AND coalesce(until_date, '9999') >= ?1
"""
_WATCHED = """
    SELECT total(max(0, julianday(?2) - julianday(max(since, ?1)) + 1)), count(*) FROM demand_level WHERE since <= ?2
"""


class ModelInfo(msgspec.Struct, frozen=True):
    """A version of the forecasts (see `ForecastTrained`)."""

    version: str
    role: str
    trained_us: int
    trained_date: str
    through: str
    days: int
    series: int
    figures: dict[str, int]
    models: dict[str, int]
    decided_us: int | None = None


class ForecastAccuracy(msgspec.Struct, frozen=True):
    """What was said the day before beside what came, of the store and its categories: in thousandths, over `count` days
    of items. None where nothing was to be compared."""

    count: int
    wape: int | None = None
    bias: int | None = None
    mae: int | None = None
    rmse: int | None = None
    coverage: int | None = None


class DemandForecast(msgspec.Struct, frozen=True):
    """What is expected of an item by period: whole periods behind the history, lists of one length.

    `unit`: what the numbers count, `thousandths` of the product's unit or `minor` units of money.
    """

    entity_id: str
    period: Period
    unit: str
    forecast_values: list[int]
    forecast_dates: list[str]
    confidence_intervals: dict[str, list[int]]
    confidence_level: float
    model_name: str
    model_version: str
    data_through: str
    sure: bool
    external_factors: dict[str, dict[str, str]]


class RiskReport(msgspec.Struct, frozen=True):
    """How near a product is to running out (see `rules`): quantities in thousandths."""

    entity_id: str
    risk_level: str
    stockout_probability: float
    days_until_critical: int
    recommended_reorder_qty: int
    risk_factors: list[str]
    available: int
    suggested_reorder_point: int
    daily_demand: int
    sure: bool


def read_models(db: Connection) -> list[ModelInfo]:
    """All versions, the newest first."""
    return [_model(row) for row in db.execute(f"SELECT {_MODEL} FROM forecast_model ORDER BY trained_us DESC LIMIT 50")]


def read_model(db: Connection, version: str) -> ModelInfo | None:
    row = db.execute(f"SELECT {_MODEL} FROM forecast_model WHERE version = ?", (version,)).fetchone()
    return _model(row) if row else None


def champion(db: Connection) -> ModelInfo | None:
    """The version that counts."""
    row = db.execute(f"SELECT {_MODEL} FROM forecast_model WHERE role = 'champion'").fetchone()
    return _model(row) if row else None


def read_item(db: Connection, item: str) -> ItemForecast | None:
    """What the champion says of an item."""
    row = db.execute(
        "SELECT i.body FROM forecast_model m JOIN forecast_item i ON i.version = m.version AND i.item = ?"
        " WHERE m.role = 'champion'",
        (item,),
    ).fetchone()
    return tell_item(row[0]) if row else None


class ForecastState(msgspec.Struct, frozen=True):
    """What belongs to a version as a whole."""

    version: str
    through: str
    quantiles: tuple[tuple[tuple[float, ...], ...], ...]
    factors: dict[str, dict[str, str]]


def read_state(db: Connection) -> ForecastState | None:
    """The champion's, as it was last brought up to date."""
    row = db.execute(
        "SELECT f.version, f.through, f.quantiles, f.factors FROM forecast_model m"
        " JOIN forecast_made f ON f.version = m.version WHERE m.role = 'champion'"
    ).fetchone()
    if row is None:
        return None
    return ForecastState(
        row[0], row[1], _quantiles(row[2]), msgspec.json.decode(row[3], type=dict[str, dict[str, str]])
    )


def demand_forecast(
    db: Connection,
    entity_id: str,
    period: Period = "weekly",
    horizon: Number = DEFAULT_HORIZON,
    confidence_level: float = DEFAULT_LEVEL,
) -> DemandForecast | None:
    """What is expected of an item; None where nothing is known of it yet."""
    made, item = read_state(db), read_item(db, entity_id)
    if made is None or item is None:
        return None
    spans = rules.periods(made.through, period, min(horizon, rules.HORIZONS[period]))
    quantiles = made.quantiles[item.kind]
    values, lower, upper = list[int](), list[int](), list[int]()
    width = [0.0, 0.0]
    for _, start, stop in spans:
        value = sum(item.mean[start:stop])
        low, high = _interval(item, quantiles, value, start, stop, confidence_level)
        width = [max(width[0], value - low), max(width[1], high - value)]  # nothing is surer further out
        values.append(value)
        lower.append(max(0, round(value - width[0])))
        upper.append(round(value + width[1]) if value else 0)
    dates = [day for day, *_ in spans]
    told = {day: made.factors[day] for day in made.factors if spans and day <= rules.after(made.through, spans[-1][2])}
    unit = "minor" if entity_id == "store" or entity_id.startswith("category:") else "thousandths"
    return DemandForecast(
        *(entity_id, period, unit, values, dates, {"upper": upper, "lower": lower}, confidence_level),
        *(item.model, made.version, made.through, item.sure, told),
    )


def _interval(
    item: ItemForecast, quantiles: tuple[tuple[float, ...], ...], value: float, start: int, stop: int, level: float
) -> tuple[float, float]:
    days = stop - start
    if not value and not any(item.mean[start:stop]):
        return 0.0, 0.0  # the shop is closed then, or nobody buys it any more
    if days == 1:
        return bounds(value, item.scale, quantiles, start, level)
    if days == 7:
        return around(value, item.week * max(1.0, ((start + 7) / 28) ** 0.25), quantiles[WEEK], level)
    return around(value, item.month * (days / 28) ** 0.7, quantiles[MONTH], level)


def inventory_risk(
    db: Connection, sku: str, lead_days: Days = rules.LEAD_DAYS, review_days: Days = rules.REVIEW_DAYS
) -> RiskReport | None:
    """How near a product is to running out; None where nothing is expected of it yet."""
    return inventory_risks(db, [sku], lead_days, review_days).get(sku)


def inventory_risks(
    db: Connection, skus: Sequence[str], lead_days: int = rules.LEAD_DAYS, review_days: int = rules.REVIEW_DAYS
) -> dict[str, RiskReport]:
    """The same of several products."""
    made = read_state(db)
    if made is None:
        return {}
    known = read_products(db, skus)
    rows = db.execute(_ITEMS, (made.version, json_text(known)))
    items = {item.item: item for item in (tell_item(body) for (body,) in rows)}
    there = items_of(db, find_by_ids(db, [known[sku][0] for sku in items]))
    days = (lead_days, review_days)
    return {one.sku: _risk(one, items[one.sku], made, days) for one in there}


def _risk(there: StockItem, item: ItemForecast, made: ForecastState, days: tuple[int, int]) -> RiskReport:
    """Of what is there and neither promised nor put aside; what is on order comes within a lead."""
    pack = float(max(1, there.box) * 1000) if there.unit == "piece" else float(there.box * 1000)
    point = sum(level.reorder for level in there.levels) or there.minimum
    stock = RiskStock(
        float(there.available),
        due=((days[0], float(there.on_order)),) if there.on_order else (),
        reorder_point=float(point),
        par=float(sum(level.par for level in there.levels)),
        pack=pack,
        lead_days=days[0],
        review_days=days[1],
    )
    expected = ExpectedDemand(item.mean, item.week, item.month, made.quantiles[item.kind])
    found = rules.risk(expected, stock)
    soon = rules.after(made.through, sum(days))
    occasions = any("occasion" in said for day, said in made.factors.items() if day <= soon)
    in_force = stock.reorder_point or found.order_point
    why = list(rules.factors(stock.available, in_force, item.recent, item.usual, item.sure, occasions))
    if there.next_expiry and there.next_expiry <= soon:
        why.append("expires")
    return RiskReport(
        *(there.sku, found.level, round(found.probability, 4), found.days_until_critical, round(found.recommended)),
        *(why, there.available, round(found.order_point), item.mean[0] if item.mean else 0, item.sure),
    )


class SkuRisk(msgspec.Struct, frozen=True):
    """A product at risk, by name."""

    sku: str
    names: dict[str, str]
    level: str
    days: int
    probability: float
    recommended: int


def at_risk(db: Connection, business_date: str, limit: int = SHOWN) -> list[SkuRisk]:
    """The products that sell most and are about to run out, the worst first."""
    skus = [sku for (sku,) in db.execute(_BUSY, (rules.after(business_date, -28), WATCHED))]
    risks = inventory_risks(db, skus)
    found = [(sku, one) for sku, one in risks.items() if one.risk_level in ("critical", "high") and one.sure]
    order = {"critical": 0, "high": 1}
    found.sort(key=lambda one: (order[one[1].risk_level], one[1].days_until_critical, -one[1].stockout_probability))
    shown = found[:limit]
    known = read_products(db, [sku for sku, _ in shown])
    return [
        SkuRisk(
            *(sku, (known[sku][1].names if sku in known else None) or {"en": sku}, report.risk_level),
            *(report.days_until_critical, report.stockout_probability, report.recommended_reorder_qty),
        )
        for sku, report in shown
    ]


def expected_on(db: Connection, day: str) -> tuple[int, int, int] | None:
    """What was expected of the store on a day: the mean, and between which bounds; None where nothing was."""
    said = db.execute(
        "SELECT s.mean, s.lower, s.upper FROM forecast_said s JOIN forecast_model m ON m.version = s.version"
        " WHERE s.item = 'store' AND s.business_date = ? AND m.role = 'champion'",
        (day,),
    ).fetchone()
    if said:
        return int(said[0]), int(said[1]), int(said[2])
    found = demand_forecast(db, "store", "daily", rules.HORIZONS["daily"])
    if found is None or day not in found.forecast_dates:
        return None
    at, bounds_ = found.forecast_dates.index(day), found.confidence_intervals
    return found.forecast_values[at], bounds_["lower"][at], bounds_["upper"][at]


def live_accuracy(
    db: Connection, version: str, since: str, until: str, category: str = "", whole: bool = True
) -> ForecastAccuracy:
    """What a version said the day before beside what came, on open days from `since` to before `until`: of a category,
    or all; with the `whole` store, or without."""
    pattern = f"category:{category}" if category else "category:%"
    rows = db.execute(_LIVE, (version, since, until, "store" if whole else "", pattern)).fetchall()
    pairs = [(mean, low, high, actual or 0) for mean, low, high, actual in rows]
    total = sum(actual for *_, actual in pairs)
    if not pairs or total <= 0:
        return ForecastAccuracy(len(pairs))
    errors = [mean - actual for mean, _, _, actual in pairs]
    inside = sum(low <= actual <= high for _, low, high, actual in pairs)
    return ForecastAccuracy(
        len(pairs),
        round(1000 * sum(map(abs, errors)) / total),
        round(1000 * sum(errors) / total),
        round(sum(map(abs, errors)) / len(pairs)),
        round((sum(error * error for error in errors) / len(pairs)) ** 0.5),
        round(1000 * inside / len(pairs)),
    )


class Drift(msgspec.Struct, frozen=True):
    """Forecasts of the last days are worse than they were when they were tried: in thousandths."""

    version: str
    wape: int
    tried: int
    bias: int


def drift(db: Connection, today: str) -> Drift | None:
    """Whether the champion is off by more than chance: of two weeks, a quarter worse than tried, or to one side."""
    model = champion(db)
    if model is None:
        return None
    live = live_accuracy(db, model.version, rules.after(today, -DRIFT_DAYS), today)
    tried = model.figures.get("wape_category", model.figures.get("wape_store", 0))
    if live.wape is None or not tried or live.count < DRIFT_DAYS:
        return None
    if rules.is_off(live.wape, live.bias or 0, tried, live.count):
        return Drift(model.version, live.wape, tried, live.bias or 0)
    return None


def _model(row: tuple[Any, ...]) -> ModelInfo:
    figures, models = (msgspec.json.decode(part, type=dict[str, int]) for part in row[7:9])
    version, role, at_us, day, through, days, series = row[:7]
    return ModelInfo(version, role, at_us, day, through, days, series, figures, models, row[9])


def open_days(db: Connection, first: str, last: str, sold: bool = False) -> list[str]:
    """The days of a period on which the shop was open; `sold`: only those with papers."""
    rows = db.execute(_OPEN_DAYS, (first, last, sold))
    return [day for (day,) in rows]


def read_demand_days(db: Connection, sku: str, first: str, last: str) -> list[tuple[str, int, int, int, int]]:
    """A product's days of a period: sold, returned, wasted and received, in thousandths."""
    return list(db.execute(_DEMAND_DAYS, (sku, first, last)))


def busiest_products(db: Connection, first: str, last: str, limit: int) -> list[str]:
    """What took most in a period."""
    return [sku for (sku,) in db.execute(_BUSIEST, (first, last, limit))]


def days_without_goods(db: Connection, first: str, last: str) -> tuple[float, int, float, int]:
    """Of a period: days without goods and in how many gaps, and days of how many products that are watched."""
    return (*db.execute(_GAPS, (first, last)).fetchone(), *db.execute(_WATCHED, (first, last)).fetchone())
