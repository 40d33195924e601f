"""Queries on prices and sales by product and day, and on data needed for suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from edge.analytics.forecast.history.demand_days import open_days
from edge.analytics.pricing.price_model import PriceDays
from edge.analytics.pricing.priceable_products import PriceableProduct, priceable_products
from edge.analytics.pricing.queries import asked_elsewhere
from edge.analytics.pricing.rules import SEEN_DAYS
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import places_of
from edge.goods.stock.queries import expiring
from edge.lib.units.dates import after

HISTORY_DAYS = 182
PRODUCTS = 2_000
"""Number of products examined, those with the highest revenue."""
EXPIRING_DAYS = 14
_BUSY = """
    SELECT key FROM figure_day WHERE kind = 'product' AND business_date >= ? AND business_date < ?
    GROUP BY key HAVING sum(minor) > 0 ORDER BY sum(minor) DESC, key LIMIT ?
"""
_DAYS = """
    SELECT key, business_date, quantity, minor FROM figure_day
    WHERE kind = 'product' AND business_date >= ? AND business_date < ?
"""
_BASKETS = """
    SELECT total(count) FROM figure_day WHERE kind = 'sales' AND business_date >= ? AND business_date < ?
"""


def read_price_days(db: Connection, today: str) -> PriceDays:
    """Read prices and sales of the half year before `today`, for the products with the most revenue."""
    since = after(today, -HISTORY_DAYS)
    opened = open_days(db, since, after(today, -1), sold=True)
    first = date.fromisoformat(opened[0] if opened else today)
    length = (date.fromisoformat(today) - first).days
    skus = [sku for (sku,) in db.execute(_BUSY, (first.isoformat(), today, PRODUCTS))]
    rows, places = {sku: row for row, sku in enumerate(skus)}, places_of(db, skus)
    sold, paid = np.zeros((len(skus), length)), np.full((len(skus), length), np.nan)
    closed = np.ones(length, dtype=bool)
    closed[[(date.fromisoformat(day) - first).days for day in opened]] = False
    sold[:, closed] = np.nan
    for sku, day, quantity, minor in db.execute(_DAYS, (first.isoformat(), today)):
        row, at = rows.get(sku), (date.fromisoformat(day) - first).days
        if row is not None and quantity > 0 and not closed[at]:
            sold[row, at] = quantity / 1000
            paid[row, at] = 1000 * minor / quantity if minor > 0 else np.nan
    categories = [places[sku].categories[0] if sku in places and places[sku].categories else "" for sku in skus]
    weekdays = np.array([(first + timedelta(days=at)).weekday() for at in range(length)], dtype=np.int64)
    return PriceDays(skus, categories, sold, paid, weekdays)


def count_baskets(db: Connection, today: str) -> int:
    """The number of sales in the half year before `today`."""
    return int(db.execute(_BASKETS, (after(today, -HISTORY_DAYS), today)).fetchone()[0])


def read_priced(
    db: Connection, skus: Sequence[str], today: str, now_us: int, held: Sequence[str]
) -> dict[str, PriceableProduct]:
    """Products whose price can be suggested, with competitors' prices and expiring stock."""
    others = asked_elsewhere(db, after(today, -SEEN_DAYS))
    to_go = _to_be_gone(db, today)
    return {
        sku: PriceableProduct(*product[:3], *others.get(sku, (0, 0)), *to_go.get(sku, (0.0, 0)))
        for sku, product in priceable_products(db, skus, today, now_us, held).items()
    }


def _to_be_gone(db: Connection, today: str) -> dict[str, tuple[float, int]]:
    """By product, the units to sell and the days left until the last expiry date among lots that expire soon."""
    found: dict[str, tuple[float, int]] = {}
    for one in expiring(db, today, EXPIRING_DAYS):
        if one.days > 0:
            units, days = found.get(one.sku, (0.0, 0))
            found[one.sku] = (units + one.total / 1000, max(days, one.days))
    return found
