"""A location's share of sales. Forecasts cover the whole shop, as a single location has too little data; a location
gets its share of the last four weeks' sales."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import msgspec

from edge.analytics.forecast.commands import ItemForecast
from edge.analytics.forecast.rules import cut_shares
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.goods.stock.location import MAIN
from edge.lib.units.dates import after

SOLD_DAYS = 28
LOOKED_AT = 200
"""Number of products that determine a location's share of the store or a category, those with the highest revenue."""
_SOLD_AT = """
    SELECT m.sku, m.location, -sum(m.delta) FROM json_each(?) j JOIN stock_movement m ON m.sku = j.value
    WHERE m.business_date > ? AND m.reason IN ('sale', 'void', 'refund', 'used') GROUP BY 1, 2
"""
_TAKEN = """
    SELECT d.sku, sum(d.minor) FROM demand_day d JOIN product p ON p.sku = d.sku
    WHERE d.business_date > ?1 AND ?2 IN ('store', d.sku, 'category:' || p.category)
    GROUP BY d.sku ORDER BY 2 DESC, 1 LIMIT ?3
"""


def sold_shares(db: Connection, skus: Sequence[str], through: str) -> dict[str, dict[str, float]]:
    """The share of each location in each product's sales in the last four weeks."""
    sold: dict[str, dict[str, float]] = {}
    for sku, location, quantity in db.execute(_SOLD_AT, (json_text(skus), after(through, -SOLD_DAYS))):
        sold.setdefault(sku, {})[location] = max(0.0, float(quantity))
    return {
        sku: {place: quantity / total for place, quantity in places.items()}
        for sku, places in sold.items()
        if (total := sum(places.values())) > 0
    }


def share_of(db: Connection, item: str, place: str, through: str) -> float:
    """A location's share of a product, a category or the store; several products are weighted by revenue.

    Without recent sales, everything belongs to the default location.
    """
    taken = {sku: max(0, minor) for sku, minor in db.execute(_TAKEN, (after(through, -SOLD_DAYS), item, LOOKED_AT))}
    shares = sold_shares(db, list(taken), through)
    whole = sum(taken[sku] for sku in shares)
    if not whole:
        return float(place == MAIN)
    part = sum(taken[sku] * places.get(place, 0.0) for sku, places in shares.items())
    return float(part / whole)


def part_of(item: ItemForecast, share: float) -> ItemForecast:
    """A share of a forecast. The relative error of a part is larger than that of the whole."""
    wide, mean = sqrt(share), tuple(round(value * share) for value in item.mean)
    return msgspec.structs.replace(
        item,
        mean=mean,
        shares=cut_shares(item.shares, mean),
        **{name: round(getattr(item, name) * wide) for name in ("scale", "week", "month")},
        **{name: round(getattr(item, name) * share) for name in ("largest", "recent", "usual")},
    )
