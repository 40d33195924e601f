"""A location's share of each day's sales and forecast."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import NamedTuple

from edge.analytics.forecast.places import SOLD_DAYS
from edge.core.storage.database import Connection
from edge.goods.stock.location import MAIN
from edge.lib.units.dates import after

_MOVED = """
    SELECT sku, business_date, -sum(delta), -sum(CASE WHEN location = ?3 THEN delta ELSE 0 END) FROM stock_movement
    WHERE business_date >= ?1 AND business_date < ?2 AND reason IN ('sale', 'void', 'refund', 'used') GROUP BY 1, 2
"""
_DAYS = """
    SELECT d.sku, coalesce(p.category, ''), d.business_date, max(0, d.sold - d.returned + d.used + d.elsewhere),
        max(0, d.minor)
    FROM demand_day d LEFT JOIN product p ON p.sku = d.sku WHERE d.business_date >= ? AND d.business_date < ?
"""


class ForecastOfDay(NamedTuple):
    """The forecast of an item's day: mean and bounds, in the item's unit."""

    item: str
    day: str
    mean: int
    low: int
    high: int


class _Sold(NamedTuple):
    """An item's day: total revenue or sales, and the location's part."""

    whole: float
    part: float


class PlaceDays(NamedTuple):
    """Sales at a location by item (product, `category:ID`, `store`) and day; `sold`: the location's sales and the
    total.
    """

    place: str
    came: dict[tuple[str, str], int]
    sold: dict[str, dict[str, _Sold]]

    def parts_of(self, said: Iterable[ForecastOfDay]) -> list[ForecastOfDay]:
        """The location's part of forecasts, by its share of sales in the previous four weeks."""
        return [_part(one, self._share(one.item, one.day)) for one in said]

    def _share(self, item: str, day: str) -> float:
        since, days = after(day, -SOLD_DAYS), self.sold.get(item, {})
        known = [sold for at, sold in days.items() if since <= at < day]
        whole = sum(sold.whole for sold in known)
        return sum(sold.part for sold in known) / whole if whole > 0 else float(self.place == MAIN)


def read_place_days(db: Connection, place: str, first: str, until: str) -> PlaceDays:
    """Read days from `first` up to `until`, and the four weeks before, which determine the location's share."""
    since = after(first, -SOLD_DAYS)
    moved = {(sku, day): (gone, here) for sku, day, gone, here in db.execute(_MOVED, (since, until, place))}
    sold: dict[str, dict[str, _Sold]] = {}
    for sku, category, day, quantity, minor in db.execute(_DAYS, (since, until)):
        gone, here = moved.get((sku, day), (0, 0))
        share = min(1.0, max(0.0, here / gone)) if gone > 0 else float(place == MAIN)
        for item, amount in ((sku, quantity), (f"category:{category}", minor), ("store", minor)):
            days = sold.setdefault(item, {})
            had = days.get(day, _Sold(0.0, 0.0))
            days[day] = _Sold(had.whole + amount, had.part + amount * share)
    came = {(item, day): round(one.part) for item, days in sold.items() for day, one in days.items() if day >= first}
    return PlaceDays(place, came, sold)


def _part(one: ForecastOfDay, share: float) -> ForecastOfDay:
    """A location's part of a forecast (`places.part_of`). Its relative error is larger than that of the whole."""
    mean, wide = one.mean * share, sqrt(share)
    low, high = mean - (one.mean - one.low) * wide, mean + (one.high - one.mean) * wide
    return ForecastOfDay(one.item, one.day, round(mean), round(max(0.0, low)), round(high))
