"""Reads of what prices were and sold, by product and day, and of what is to be known to propose one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from edge.core.storage.database import Connection
from edge.shop.catalog.categories.queries import places_of
from edge.shop.catalog.prices import prices_ahead
from edge.shop.catalog.queries import json_text
from edge.shop.forecast.demand_days import open_days
from edge.shop.forecast.rules import after
from edge.shop.pricing.price_model import PriceableProduct, PriceDays
from edge.shop.pricing.queries import asked_elsewhere, priced_by_head_office
from edge.shop.pricing.rules import LEFT_DAYS, SEEN_DAYS, SETTLED_DAYS
from edge.shop.stock.queries import expiring

HISTORY_DAYS = 182
PRODUCTS = 2_000
"""Products that are looked at: those of which most was taken."""
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
_KNOWN = """
    SELECT p.sku, (coalesce(c.average_micro, c.cost_minor * 1000000) + 999999) / 1000000
    FROM json_each(?1) j JOIN product p ON p.sku = j.value JOIN figure_cost c ON c.sku = p.sku
    WHERE (c.average_micro IS NOT NULL OR c.cost_minor IS NOT NULL)
      AND p.retired_us IS NULL AND p.priced_us < ?2 AND p.body ->> 'parts' IS NULL AND NOT EXISTS (
        SELECT 1 FROM price r WHERE r.product_id = p.id AND r.list = 'store'
            AND (r.from_us >= ?2 OR coalesce(r.until_us, 0) >= ?2))
      AND NOT EXISTS (SELECT 1 FROM price_left l WHERE l.sku = p.sku AND l.business_date >= ?3)
"""
_NET = """
    SELECT key, sum(quantity), sum(net_minor) FROM figure_day
    WHERE kind = 'product' AND business_date >= ? AND business_date < ? GROUP BY key HAVING sum(quantity) > 0
"""


def read_price_days(db: Connection, today: str) -> PriceDays:
    """The last half year before `today` of the products that take most."""
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
    """How many sales there were in the same half year."""
    return int(db.execute(_BASKETS, (after(today, -HISTORY_DAYS), today)).fetchone()[0])


def read_priced(
    db: Connection, skus: Sequence[str], today: str, now_us: int, held: Sequence[str]
) -> dict[str, PriceableProduct]:
    """Of which products another price may be proposed, with what is to be known for that: not of those whose price law,
    shop (`held` categories) or head office sets, that changed lately or will, or that somebody left as they are."""
    settled_us = now_us - SETTLED_DAYS * 86_400_000_000
    known = dict(db.execute(_KNOWN, (json_text(skus), settled_us, after(today, -LEFT_DAYS))).fetchall())
    places, theirs = places_of(db, list(known)), priced_by_head_office(db, list(known), now_us)
    listed, _ = prices_ahead(db, list(known), [now_us])
    net = {key: 1000 * minor / sold for key, sold, minor in db.execute(_NET, (after(today, -SETTLED_DAYS), today))}
    others = asked_elsewhere(db, after(today, -SEEN_DAYS))
    to_go = _to_be_gone(db, today)
    found = {}
    for sku, cost in known.items():
        price = listed.get(sku, 0)
        is_held = sku in theirs or not set(places[sku].categories).isdisjoint(held)
        if price and sku in net and not is_held:
            kept = min(1.0, net[sku] / price)
            found[sku] = PriceableProduct(price, cost, kept, *others.get(sku, (0, 0)), *to_go.get(sku, (0.0, 0)))
    return found


def _to_be_gone(db: Connection, today: str) -> dict[str, tuple[float, int]]:
    """By product: how many units must be sold until the last day of the newest of those that expire soon."""
    found: dict[str, tuple[float, int]] = {}
    for one in expiring(db, today, EXPIRING_DAYS):
        if one.days > 0:
            units, days = found.get(one.sku, (0.0, 0))
            found[one.sku] = (units + one.total / 1000, max(days, one.days))
    return found
