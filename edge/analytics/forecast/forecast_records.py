"""Forecasts as records, one per item and period: demand, inventory, supply, waste."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

import msgspec

from edge.analytics.forecast import rules
from edge.analytics.forecast.history.demand_days import read_demand_days
from edge.analytics.forecast.queries import DemandForecast, demand_before, demand_forecast
from edge.analytics.forecast.risks import stock_of
from edge.analytics.forecast.rules import Period
from edge.analytics.forecast.supply_terms import read_terms
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import find_by_ids, read_products
from edge.goods.stock.queries import items_of
from edge.lib.units.dates import after

ForecastType = Literal["demand", "inventory", "supply", "quality"]
WASTE_DAYS = 56
"""Number of days from which the wasted share is computed."""


class ForecastRecord(msgspec.Struct, frozen=True):
    """A forecast for a period of an item, by `forecast_type`: `demand`: expected demand; `inventory`: stock available
    at the period's end; `supply`: goods arriving in it, by open orders and supplier reliability (thousandths of the
    product's unit, or minor units); `quality`: the share wasted, in thousandths.

    `created_at`: time of the calculation, ISO 8601, UTC.
    """

    id: str
    forecast_type: ForecastType
    period: Period
    item: str
    location: str
    forecast_date: str
    predicted_demand: int
    confidence_lower: int
    confidence_upper: int
    confidence_level: float
    model_name: str
    model_version: str
    external_factors: dict[str, str]
    created_at: str


def records_of(found: DemandForecast, location: str, kind: ForecastType = "demand") -> list[ForecastRecord]:
    """A forecast as one record per period."""
    limits = found.confidence_intervals
    made = datetime.fromtimestamp(found.created_us / 1e6, tz=UTC).isoformat(timespec="seconds")
    return [
        ForecastRecord(
            *(f"{kind}/{found.entity_id}/{found.period}/{day}", kind, found.period, found.entity_id, location, day),
            *(value, limits["lower"][at], limits["upper"][at], found.confidence_level),
            *(found.model_name, found.model_version, found.external_factors.get(day, {}), made),
        )
        for at, (day, value) in enumerate(zip(found.forecast_dates, found.forecast_values, strict=True))
    ]


def forecast_of(
    db: Connection,
    kind: ForecastType,
    entity_id: str,
    period: Period,
    horizon: int,
    level: float,
    location: str = "",
) -> DemandForecast | None:
    """A forecast of any type, for the shop or a location.

    None without a forecast of the item, or, for types other than `demand`, if the item isn't a stocked product.
    """
    found = demand_forecast(db, entity_id, period, horizon, level, location)
    if found is None or kind == "demand":
        return found
    known = read_products(db, [entity_id])
    items = items_of(db, find_by_ids(db, [known[entity_id][0]]), location) if known else []
    if not items:
        return None
    if kind == "quality":
        return _quality(db, found)
    terms = read_terms(db, [entity_id], found.data_through)[entity_id]
    stock, spans = stock_of(items[0], terms), rules.periods(found.data_through, period, len(found.forecast_dates))
    if kind == "supply":
        due = [sum(quantity for day, quantity in stock.due if start < day <= stop) for _, start, stop in spans]
        kept = (terms.on_time_percent if terms.on_time_percent is not None else 100) / 100
        return _instead(found, [value * kept for value in due], [value * min(kept, 0.5) for value in due], due)
    stops = [spans[0][1], *(stop for _, _, stop in spans)] if spans else []
    received = [stock.receipts(stop) - stock.receipts(start) for start, stop in pairwise([0, *stops])]
    before = demand_before(db, entity_id, stops[0] if stops else 0, level, location)
    limits = found.confidence_intervals
    wanted = [found.forecast_values, limits["lower"], limits["upper"]]
    mean, most, least = (
        list(_remaining_stock(stock.available, received, [first, *values]))
        for first, values in zip(before, wanted, strict=True)
    )
    return _instead(found, mean, least, most)


def _remaining_stock(available: float, received: list[float], wanted: list[int]) -> Iterator[float]:
    """Yield the stock left at the end of each period, from the quantities `received` and `wanted`.

    The first element of both is for the time before the first period, for which nothing is yielded. Unmet demand isn't
    carried over.
    """
    left = available
    for at, (came, gone) in enumerate(zip(received, wanted, strict=True)):
        left = max(0.0, left + came - gone)
        if at:
            yield left


def _quality(db: Connection, found: DemandForecast) -> DemandForecast:
    """The recent share wasted, with bounds of zero and three times the share."""
    days = read_demand_days(db, found.entity_id, after(found.data_through, -WASTE_DAYS), found.data_through)
    sold, wasted = sum(max(0, row[1] - row[2] + row[5]) for row in days), sum(row[3] for row in days)
    share = 1000 * wasted / (sold + wasted) if sold + wasted else 0.0
    count = len(found.forecast_dates)
    return _instead(found, [share] * count, [0.0] * count, [min(1000.0, 3 * share)] * count)


def _instead(found: DemandForecast, values: list[float], lower: list[float], upper: list[float]) -> DemandForecast:
    told = [[round(value) for value in one] for one in (values, lower, upper)]
    return msgspec.structs.replace(
        found, forecast_values=told[0], confidence_intervals={"upper": told[2], "lower": told[1]}
    )
