"""Products whose price may be changed, and their lowest price above cost. Checked for a suggestion, and again on
approval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from edge.analytics.pricing.queries import priced_by_head_office
from edge.analytics.pricing.rules import REJECTED_DAYS, SETTLED_DAYS
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import places_of
from edge.goods.catalog.prices import prices_ahead
from edge.goods.catalog.queries import json_text
from edge.lib.units.dates import after

_KNOWN = """
    SELECT p.sku, (coalesce(c.average_micro, c.cost_minor * 1000000) + 999999) / 1000000
    FROM json_each(?1) j JOIN product p ON p.sku = j.value JOIN figure_cost c ON c.sku = p.sku
    WHERE (c.average_micro IS NOT NULL OR c.cost_minor IS NOT NULL) AND p.retired_us IS NULL AND p.priced_us < ?2
      AND p.body ->> 'parts' IS NULL AND NOT EXISTS (
        SELECT 1 FROM price r WHERE r.product_id = p.id AND r.list = 'store'
            AND (r.from_us >= ?2 OR coalesce(r.until_us, 0) >= ?2))
      AND NOT EXISTS (SELECT 1 FROM price_left l WHERE l.sku = p.sku AND l.business_date >= ?3)
"""
_NET = """
    SELECT f.key, sum(f.quantity), sum(f.net_minor) FROM json_each(?1) d CROSS JOIN json_each(?2) j
    CROSS JOIN figure_day f ON f.kind = 'product' AND f.business_date = d.value AND f.key = j.value
    GROUP BY f.key HAVING sum(f.quantity) > 0
"""


class PriceableProduct(NamedTuple):
    """Data for a price suggestion: current price and cost in minor units, the share of the price left after tax and
    deductions, the lowest and median competitor price (0: unknown), and the units to sell within a number of days (0:
    none).
    """

    price_minor: int
    cost_minor: int
    kept_share: float
    lowest: int = 0
    middle: int = 0
    expiring: float = 0.0
    expiring_days: int = 0

    @property
    def least_minor(self) -> int:
        """The lowest price that covers the cost."""
        share = self.kept_share
        return -int(-self.cost_minor // share) if share > 0 else 2**53


def priceable_products(
    db: Connection, skus: Sequence[str], today: str, now_us: int, held: Sequence[str]
) -> dict[str, PriceableProduct]:
    """The products whose price may be suggested, without competitors' prices and expiring stock. Left out: prices fixed
    by law, the shop (`held` categories) or head office; recently changed, planned or rejected ones; products no longer
    sold, or made of others."""
    settled_us = now_us - SETTLED_DAYS * 86_400_000_000
    known = dict(db.execute(_KNOWN, (json_text(skus), settled_us, after(today, -REJECTED_DAYS))).fetchall())
    places, theirs = places_of(db, list(known)), priced_by_head_office(db, list(known), now_us)
    listed, _ = prices_ahead(db, list(known), [now_us])
    days = json_text([after(today, -back) for back in range(1, SETTLED_DAYS + 1)])
    net = {key: 1000 * minor / sold for key, sold, minor in db.execute(_NET, (days, json_text(list(known))))}
    found = {}
    for sku, cost in known.items():
        price = listed.get(sku, 0)
        is_held = sku in theirs or not set(places[sku].categories).isdisjoint(held)
        if price and sku in net and not is_held:
            found[sku] = PriceableProduct(price, cost, min(1.0, net[sku] / price))
    return found
