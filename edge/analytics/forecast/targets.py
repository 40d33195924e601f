"""Forecasts of products at their locations, for order quantities and timing."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import msgspec

from edge.analytics.forecast.commands import ItemForecast
from edge.analytics.forecast.history.demand_days import busiest_products
from edge.analytics.forecast.history.imported_days import count_imported_days
from edge.analytics.forecast.learning.intervals import chance_above, errors_of
from edge.analytics.forecast.places import SOLD_DAYS, sold_shares
from edge.analytics.forecast.queries import read_state, tell_item
from edge.analytics.forecast.rules import AT_RISK, ExpectedDemand, RiskStock, Z, risk
from edge.analytics.forecast.supply_terms import SupplyTerms, read_terms
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.goods.purchasing.rules import Foreseen, Need
from edge.lib.units.dates import after

LOST_DAYS = 28
"""Number of days ahead to consider; customers after that don't count as lost sales."""
BUSY = 200
"""Number of products examined before they're low, those with the highest sales in the last four weeks."""
_ITEMS = """
    SELECT i.body FROM json_each(?2) j JOIN forecast_item i ON i.version = ?1 AND i.item = j.value
"""
_SEVERAL = """
    SELECT l.sku FROM json_each(?) j JOIN stock_level l ON l.sku = j.value GROUP BY l.sku HAVING count(*) > 1
"""


def busy_products(db: Connection) -> list[str]:
    """The best-selling products; empty without a forecast."""
    made = read_state(db)
    return busiest_products(db, after(made.through, -SOLD_DAYS), made.through, BUSY) if made else []


def foresee(db: Connection, needs: Sequence[Need]) -> dict[tuple[str, str], Foreseen]:
    """Forecasts by product and location, with the supplier's lead time and order interval.

    If several locations have stock levels, each gets its share of sales. Products without a reliable forecast are
    omitted.
    """
    made = read_state(db)
    if made is None or not needs:
        return {}
    rows = db.execute(_ITEMS, (made.version, json_text({need.sku for need in needs})))
    items = {item.item: item for item in (tell_item(body) for (body,) in rows) if item.sure}
    terms = read_terms(db, list(items), made.through)
    shares = _shares(db, list(items), made.through)
    found, imported = {}, count_imported_days(db, {sku: item.days for sku, item in items.items()}, made.through)
    for need in needs:
        share = shares.get(need.sku, {need.location: 1.0}).get(need.location, 0.0)
        if need.sku in items and share > 0:
            quantiles = errors_of(made.quantiles, need.sku, items[need.sku].kind)
            foreseen = _foreseen(need, items[need.sku], share, terms[need.sku], quantiles)
            found[need.sku, need.location] = msgspec.structs.replace(foreseen, imported=imported[need.sku])
    return found


def _foreseen(
    need: Need, item: ItemForecast, share: float, terms: SupplyTerms, quantiles: Sequence[Sequence[float]]
) -> Foreseen:
    mean = item.mean if share == 1.0 else [value * share for value in item.mean]
    # A share of the demand is relatively less certain than the whole: errors shrink only by the square root.
    expected = ExpectedDemand(mean, item.week * sqrt(share), item.month * sqrt(share), quantiles)
    known = sum(quantity for _, quantity in terms.due) == need.ordered
    due = terms.due if known else ((terms.lead_days, need.ordered),)
    stock = RiskStock(
        float(need.available),
        tuple((day, float(quantity)) for day, quantity in due),
        float(need.reorder or need.minimum),
        float(need.par),
        lead_days=terms.lead_days,
        review_days=terms.review_days,
    )
    feared, span = risk(expected, stock), min(terms.lead_days + terms.review_days, len(mean))
    return Foreseen(
        round(expected.total(span) + Z * expected.sigma(span)),
        round(feared.order_point),
        feared.days_until_critical,
        round(100 * feared.probability),
        _lost_sales(expected, stock),
        feared.level in AT_RISK,
    )


def _lost_sales(expected: ExpectedDemand, stock: RiskStock) -> tuple[int, ...]:
    """Lost sales in thousandths if the next delivery comes in 0, 1, 2, ... days."""
    lost, asked, found = 0.0, 0.0, [0]
    for day, mean in enumerate(expected.mean[:LOST_DAYS], 1):
        asked += mean
        there = stock.available + stock.receipts(day)
        lost += mean * (chance_above(asked, expected.sigma(day), expected.errors(day), there) if mean else 0.0)
        found.append(round(lost))
    return tuple(found)


def _shares(db: Connection, skus: Sequence[str], through: str) -> dict[str, dict[str, float]]:
    """The share of sales at each location, for products with stock levels at several locations."""
    several = [sku for (sku,) in db.execute(_SEVERAL, (json_text(skus),))]
    return {sku: {} for sku in several} | sold_shares(db, several, through)
