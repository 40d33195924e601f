"""Queries on stockout risk and reorder quantities, from forecasts, stock and open orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from edge.analytics.forecast import rules
from edge.analytics.forecast.commands import ItemForecast
from edge.analytics.forecast.history.imported_days import count_imported_days
from edge.analytics.forecast.learning.intervals import errors_of
from edge.analytics.forecast.places import part_of, share_of
from edge.analytics.forecast.queries import ForecastState, borrowed_item, read_state, tell_item
from edge.analytics.forecast.rules import AT_RISK, ExpectedDemand, RiskStock
from edge.analytics.forecast.supply_terms import SupplyTerms, read_terms
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import find_by_ids, json_text, read_products
from edge.goods.stock.queries import StockItem, items_of
from edge.lib.i18n import ENGLISH
from edge.lib.units.dates import after

Days = Annotated[int, msgspec.Meta(ge=0, le=120)]
_ITEMS = """
    SELECT i.body FROM json_each(?2) j JOIN forecast_item i ON i.version = ?1 AND i.item = j.value
"""
WATCHED = 200
"""Number of products examined, those with the highest sales in the last four weeks."""
SHOWN = 20
_BUSY = """
    SELECT d.sku FROM demand_day d JOIN demand_level l ON l.sku = d.sku JOIN product p ON p.sku = d.sku
    WHERE d.business_date >= ? AND p.retired_us IS NULL GROUP BY d.sku
    ORDER BY sum(d.minor) DESC, sum(d.used + d.elsewhere) DESC, d.sku LIMIT ?
"""


class RiskReport(msgspec.Struct, frozen=True):
    """A product's stockout risk (see `rules`): quantities in thousandths.

    `days_imported`: days of the history behind it that came from another system.
    """

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
    lead_days: int
    review_days: int
    days_imported: int = 0


def inventory_risk(
    db: Connection, sku: str, lead_days: Days | None = None, review_days: Days | None = None, location: str = ""
) -> RiskReport | None:
    """A product's stockout risk; None without a forecast.

    `lead_days`: days until a delivery ordered now; `review_days`: days until the next order; both default to the
    supplier's. `location`: use only its stock and share of sales.
    """
    return inventory_risks(db, [sku], lead_days, review_days, location).get(sku)


def inventory_risks(
    db: Connection,
    skus: Sequence[str],
    lead_days: int | None = None,
    review_days: int | None = None,
    location: str = "",
) -> dict[str, RiskReport]:
    """The stockout risk of several products; those without a forecast are left out.

    A single product without one borrows the forecast of similar products.
    """
    made = read_state(db)
    if made is None:
        return {}
    known = read_products(db, skus)
    rows = db.execute(_ITEMS, (made.version, json_text(known)))
    items = {item.item: item for item in (tell_item(body) for (body,) in rows)}
    if len(known) == 1 and not items:
        items = {sku: one for sku in known if (one := borrowed_item(db, sku)) is not None}
    if location:
        items = {sku: part_of(one, share_of(db, sku, location, made.through)) for sku, one in items.items()}
    there = items_of(db, find_by_ids(db, [known[sku][0] for sku in items]), location)
    terms = read_terms(db, list(items), made.through)
    asked = {name: days for name, days in (("lead_days", lead_days), ("review_days", review_days)) if days is not None}
    imported = count_imported_days(db, {sku: item.days for sku, item in items.items()}, made.through)
    found = (_risk(one, items[one.sku], made, msgspec.structs.replace(terms[one.sku], **asked)) for one in there)
    return {one.entity_id: msgspec.structs.replace(one, days_imported=imported[one.entity_id]) for one in found}


def stock_of(there: StockItem, terms: SupplyTerms) -> RiskStock:
    """Return a product's available stock and expected deliveries. Those without a date arrive after the lead time."""
    pack = float(max(1, there.box) * 1000) if there.unit == "piece" else float(there.box * 1000)
    point = sum(level.reorder for level in there.levels) or there.minimum
    due = [(day, float(quantity)) for day, quantity in terms.due]
    # More is due than is on order here: other locations get a part, so these dates don't apply.
    if sum(quantity for _, quantity in due) > there.on_order:
        due = []
    if (rest := there.on_order - sum(quantity for _, quantity in due)) > 0:
        due.append((terms.lead_days, float(rest)))
    return RiskStock(
        float(there.available),
        due=tuple(due),
        reorder_point=float(point),
        par=float(sum(level.par for level in there.levels)),
        pack=pack,
        lead_days=terms.lead_days,
        review_days=terms.review_days,
    )


def _risk(there: StockItem, item: ItemForecast, made: ForecastState, terms: SupplyTerms) -> RiskReport:
    stock = stock_of(there, terms)
    expected = ExpectedDemand(item.mean, item.week, item.month, errors_of(made.quantiles, item.item, item.kind))
    found = rules.risk(expected, stock)
    soon = after(made.through, terms.lead_days + terms.review_days)
    occasions = any("occasion" in said for day, said in made.factors.items() if day <= soon)
    in_force = stock.reorder_point or found.order_point
    why = list(rules.factors(stock.available, in_force, item.recent, item.usual, item.sure, occasions))
    if terms.late:
        why.append("order_late")
    if there.next_expiry and there.next_expiry <= soon:
        why.append("expires")
    return RiskReport(
        *(there.sku, found.level, round(found.probability, 4), found.days_until_critical, round(found.recommended)),
        *(why, there.available, round(found.order_point), item.mean[0] if item.mean else 0, item.sure),
        *(terms.lead_days, terms.review_days),
    )


class SkuRisk(msgspec.Struct, frozen=True):
    """A product at risk, with its names. `imported`: whether its forecast uses sales from another system."""

    sku: str
    names: dict[str, str]
    level: str
    days: int
    probability: float
    recommended: int
    imported: bool = False


def at_risk(db: Connection, business_date: str, limit: int = SHOWN) -> list[SkuRisk]:
    """The best-selling products at risk of running out, worst first."""
    skus = [sku for (sku,) in db.execute(_BUSY, (after(business_date, -28), WATCHED))]
    risks = inventory_risks(db, skus)
    found = [(sku, one) for sku, one in risks.items() if one.risk_level in AT_RISK and one.sure]
    order: dict[str, int] = {level: place for place, level in enumerate(AT_RISK)}
    found.sort(key=lambda one: (order[one[1].risk_level], one[1].days_until_critical, -one[1].stockout_probability))
    shown = found[:limit]
    known = read_products(db, [sku for sku, _ in shown])
    return [
        SkuRisk(
            *(sku, (known[sku][1].names if sku in known else None) or {ENGLISH: sku}, report.risk_level),
            *(report.days_until_critical, report.stockout_probability, report.recommended_reorder_qty),
            report.days_imported > 0,
        )
        for sku, report in shown
    ]
