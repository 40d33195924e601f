"""Queries on forecasts: an item's forecast, model versions, and known future effects."""

from __future__ import annotations

from statistics import median
from typing import Any

import msgspec

from edge.analytics.forecast import rules
from edge.analytics.forecast.commands import STEPS, ItemForecast
from edge.analytics.forecast.history.imported_days import count_imported_days
from edge.analytics.forecast.learning.intervals import MONTH, WEEK, ErrorRows, around, bounds, errors_of
from edge.analytics.forecast.places import part_of, share_of
from edge.analytics.forecast.rules import Period
from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import read_products
from edge.lib.units.dates import after

DEFAULT_LEVEL = 85.0
DEFAULT_HORIZON = 5
LIKE_IT = 100
"""Number of a category's best sellers from which a product without sales is estimated."""
tell_item = msgspec.json.Decoder(ItemForecast).decode
_quantiles = msgspec.json.Decoder(tuple[tuple[tuple[float, ...], ...], ...]).decode
_MODEL = "version, role, trained_us, trained_date, through, days, series, figures, models, decided_us"
HELD_SHOWN = 20
UNSOLD_DAYS = 28
"""Days after which an unsold product on the shelf no longer counts as new: it has no demand."""
_SINCE = """
    SELECT min(business_date), (SELECT count(*) FROM demand_open o WHERE o.business_date <= ?2
        AND o.business_date >= min(d.business_date))
    FROM demand_day d WHERE sku = ?1
"""
_HELD = """
    SELECT i.body FROM forecast_model m JOIN forecast_item i ON i.version = m.version
    WHERE m.role = 'champion' AND instr(i.body, CAST('"held":"' AS BLOB)) > 0
      AND instr(i.body, CAST('"held":""' AS BLOB)) = 0 ORDER BY i.item LIMIT ?
"""
_ALIKE = """
    SELECT i.body FROM forecast_model m JOIN forecast_item i ON i.version = m.version
    JOIN product p ON p.sku = i.item
    WHERE m.role = 'champion' AND (?1 IS NULL OR p.category = ?1) AND i.item <> ?2 LIMIT ?3
"""


_SILENT = """
    SELECT sku, count(*) AS days, max(business_date) AS last, julianday(?2) - julianday(max(business_date)) AS silent,
        julianday(max(business_date)) - julianday(min(business_date)) + 1 AS span
    FROM demand_day WHERE business_date BETWEEN ?1 AND ?2 AND sold + elsewhere > 0 GROUP BY sku
    HAVING days >= ?3 AND days * silent >= ?4 * span ORDER BY days * silent / span DESC, sku LIMIT ?5
"""


_HISTORY = "SELECT min(business_date) FROM demand_open WHERE business_date <= ?"


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


class DemandForecast(msgspec.Struct, frozen=True):
    """An item's forecast by period: complete periods after the history, in lists of equal length.

    `unit`: `thousandths` of the product's unit, or `minor` units of money. It's based on `days_usable` days, including
    `days_imported` from another system. `days_unknown` have no data, and `days_damped` count less as outliers (see
    `ItemForecast`). `shares`: the components of the first periods: `base`, `weekday`, `season`, `feast`, `weather`,
    `occasion`, `price` (with promotions) and `held` (capped); they add up to the value. `first_day`: the first day of
    the shop's history.
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
    created_us: int
    days_usable: int = 0
    days_unknown: int = 0
    days_damped: int = 0
    days_imported: int = 0
    shares: list[dict[str, int]] = []
    first_day: str = ""


def read_models(db: Connection) -> list[ModelInfo]:
    """The 50 newest versions, newest first."""
    return [_model(row) for row in db.execute(f"SELECT {_MODEL} FROM forecast_model ORDER BY trained_us DESC LIMIT 50")]


def read_model(db: Connection, version: str) -> ModelInfo | None:
    row = db.execute(f"SELECT {_MODEL} FROM forecast_model WHERE version = ?", (version,)).fetchone()
    return _model(row) if row else None


def champion(db: Connection) -> ModelInfo | None:
    """The champion version."""
    row = db.execute(f"SELECT {_MODEL} FROM forecast_model WHERE role = 'champion'").fetchone()
    return _model(row) if row else None


def read_item(db: Connection, item: str) -> ItemForecast | None:
    """The champion's forecast of an item."""
    row = db.execute(
        "SELECT i.body FROM forecast_model m JOIN forecast_item i ON i.version = m.version AND i.item = ?"
        " WHERE m.role = 'champion'",
        (item,),
    ).fetchone()
    return tell_item(row[0]) if row else None


def read_held(db: Connection) -> list[tuple[str, str]]:
    """Items whose forecast was capped, with the reason (see `ItemForecast`); at most HELD_SHOWN."""
    found = (tell_item(body) for (body,) in db.execute(_HELD, (HELD_SHOWN,)))
    return [(item.item, item.held) for item in found]


def borrowed_item(db: Connection, sku: str) -> ItemForecast | None:
    """The forecast of a product without sales, with low confidence: the median of its category, or of all products if
    its category has no data.
    Zero for a product that has long been available without sales. None for an unknown product, or if there are no
    forecasts.
    """
    known, made = read_products(db, [sku]).get(sku), read_state(db)
    if known is None or made is None:
        return None
    first, days = db.execute(_SINCE, (sku, made.through)).fetchone()
    if first and first <= after(made.through, -UNSOLD_DAYS):
        return ItemForecast(sku, "dead", 2, (0,) * STEPS, 0, 0, 0, days, 0)
    for category in (known[1].category or "", None):  # its category, or all products if that has no forecasts
        rows = db.execute(_ALIKE, (category, sku, LIKE_IT))
        if alike := [tell_item(body) for (body,) in rows]:
            break
    else:
        return None
    mean = tuple(round(median(step)) for step in zip(*(one.mean for one in alike), strict=True))
    scale, week, month = (round(median(getattr(one, name) for one in alike)) for name in ("scale", "week", "month"))
    return ItemForecast(sku, "category" if category else "alike", 1, mean, scale, week, month, 0, 0, sure=False)


class ForecastState(msgspec.Struct, frozen=True):
    """The data of a version that applies to all its items."""

    version: str
    through: str
    made_us: int
    quantiles: tuple[tuple[tuple[float, ...], ...], ...]
    factors: dict[str, dict[str, str]]


def read_state(db: Connection) -> ForecastState | None:
    """The champion's state at its last update."""
    row = db.execute(
        "SELECT f.version, f.through, f.made_us, f.quantiles, f.factors FROM forecast_model m"
        " JOIN forecast_made f ON f.version = m.version WHERE m.role = 'champion'"
    ).fetchone()
    if row is None:
        return None
    return ForecastState(
        row[0], row[1], row[2], _quantiles(row[3]), msgspec.json.decode(row[4], type=dict[str, dict[str, str]])
    )


def demand_forecast(
    db: Connection,
    entity_id: str,
    period: Period = "weekly",
    horizon: Number = 0,
    confidence_level: float = DEFAULT_LEVEL,
    location: str = "",
) -> DemandForecast | None:
    """The forecast of an item, `horizon` periods ahead (0: default); with `location` that location's share. None
    without data."""
    made = read_state(db)
    item = _item_at(db, entity_id, location, made.through) if made else None
    if made is None or item is None:
        return None
    spans = rules.periods(made.through, period, min(horizon or DEFAULT_HORIZON, rules.HORIZONS[period]))
    quantiles = errors_of(made.quantiles, entity_id, item.kind)
    values, lower, upper = list[int](), list[int](), list[int]()
    width = [0.0, 0.0]
    for _, start, stop in spans:
        value = sum(item.mean[start:stop])
        low, high = _interval(item, quantiles, value, start, stop, confidence_level)
        width = [max(width[0], value - low), max(width[1], high - value)]  # uncertainty never shrinks further ahead
        values.append(value)
        lower.append(max(0, round(value - width[0])))
        upper.append(round(value + width[1]) if value else 0)
    dates = [day for day, *_ in spans]
    told = {
        day: {**made.factors.get(day, {}), **item.known.get(day, {})}
        for day in sorted({*made.factors, *item.known})
        if spans and day <= after(made.through, spans[-1][2])
    }
    unit = "minor" if entity_id == "store" or entity_id.startswith("category:") else "thousandths"
    return DemandForecast(
        *(entity_id, period, unit, values, dates, {"upper": upper, "lower": lower}, confidence_level),
        *(item.model, made.version, made.through, item.sure, told, made.made_us),
        *(item.days, item.unknown, item.damped),
        count_imported_days(db, {entity_id: item.days}, made.through)[entity_id],
        *(_shares(item, spans), _history_begins(db, made.through)),
    )


def _shares(item: ItemForecast, spans: list[tuple[str, int, int]]) -> list[dict[str, int]]:
    steps = len(next(iter(item.shares.values()), ()))
    return [
        {name: total for name, share in item.shares.items() if (total := sum(share[start:stop])) or name == "base"}
        for _, start, stop in spans
        if stop <= steps
    ]


def _history_begins(db: Connection, through: str) -> str:
    """The first day of history; "" if there is none."""
    (first,) = db.execute(_HISTORY, (through,)).fetchone()
    return first or ""


def demand_before(
    db: Connection, entity_id: str, days: Number, confidence_level: float = DEFAULT_LEVEL, location: str = ""
) -> tuple[int, int, int]:
    """The total forecast of the next `days` (those before the first complete period) and its bounds; zeros without a
    forecast.
    """
    made = read_state(db)
    item = _item_at(db, entity_id, location, made.through) if made and days else None
    if made is None or item is None:
        return 0, 0, 0
    value = sum(item.mean[:days])
    quantiles = errors_of(made.quantiles, entity_id, item.kind)
    low, high = _interval(item, quantiles, value, 0, days, confidence_level)
    return value, max(0, round(low)), round(high)


def _item_at(db: Connection, entity_id: str, location: str, through: str) -> ItemForecast | None:
    """The forecast of an item, or a location's share of it."""
    item = read_item(db, entity_id) or borrowed_item(db, entity_id)
    return part_of(item, share_of(db, entity_id, location, through)) if item and location else item


def _interval(
    item: ItemForecast, quantiles: ErrorRows, value: float, start: int, stop: int, level: float
) -> tuple[float, float]:
    days = stop - start
    if not value and not any(item.mean[start:stop]):
        return 0.0, 0.0  # the shop is closed, or the product no longer sells
    if days == 1:
        return bounds(value, item.scale, quantiles, start, level)
    if days == 7:
        return around(value, item.week * max(1.0, ((start + 7) / 28) ** 0.25), quantiles[WEEK], level)
    return around(value, item.month * (days / 28) ** 0.7, quantiles[MONTH], level)


def expected_on(db: Connection, day: str) -> tuple[int, int, int] | None:
    """The store's forecast of a day, mean and bounds: the one made the day before, else the current one; None if
    there is neither.
    """
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


def read_silent(db: Connection, first: str, last: str, least_days: int, missed: float, limit: int) -> list[str]:
    """Products that sold on at least `least_days` days of a period but have missed `missed` or more expected sales days
    since; most missed days first.
    """
    return [sku for sku, *_ in db.execute(_SILENT, (first, last, least_days, missed, limit))]


def read_said(db: Connection, item: str, first: str, last: str) -> list[tuple[str, int]]:
    """The champion's day-ahead forecasts of an item.

    For a product, they are in thousandths of its unit, and exist only if it sells on most days.
    """
    rows = db.execute(
        "SELECT s.business_date, s.mean FROM forecast_said s JOIN forecast_model m ON m.version = s.version"
        " WHERE s.item = ? AND s.business_date BETWEEN ? AND ? AND m.role = 'champion' ORDER BY 1",
        (item, first, last),
    )
    return [(day, int(mean)) for day, mean in rows]


def _model(row: tuple[Any, ...]) -> ModelInfo:
    figures, models = (msgspec.json.decode(part, type=dict[str, int]) for part in row[7:9])
    version, role, at_us, day, through, days, series = row[:7]
    return ModelInfo(version, role, at_us, day, through, days, series, figures, models, row[9])
