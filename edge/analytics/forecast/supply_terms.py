"""Expected deliveries of products and their lead times: from open orders and suppliers' past deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from edge.analytics.forecast.rules import LEAD_DAYS, REVIEW_DAYS
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.goods.purchasing.supply.performance import read_supplier_performance
from edge.goods.purchasing.supply.prices import offers_of

_OPEN = """
    SELECT l.sku, o.expected_on, l.quantity - l.received FROM purchase_line l JOIN purchase_order o USING (number)
    WHERE o.state IN ('sent', 'part_received') AND l.quantity > l.received
      AND l.sku IN (SELECT value FROM json_each(?)) ORDER BY o.number
"""
_LAST = """
    SELECT l.sku, o.supplier, max(o.number) FROM purchase_line l JOIN purchase_order o USING (number)
    WHERE o.state <> 'cancelled' AND l.sku IN (SELECT value FROM json_each(?)) GROUP BY l.sku
"""
_STATED = "SELECT lead_time_days, delivery_days FROM supplier WHERE id = ?"


class SupplyTerms(msgspec.Struct, frozen=True):
    """Days from order to shelf, and until the next order; deliveries due, as (day ahead, quantity).

    `late`: a delivery is overdue. `on_time_percent`: the supplier's recent reliability; None: no deliveries yet.
    """

    lead_days: int = LEAD_DAYS
    review_days: int = REVIEW_DAYS
    due: tuple[tuple[int, int], ...] = ()
    late: bool = False
    on_time_percent: int | None = None


def read_terms(db: Connection, skus: Sequence[str], through: str) -> dict[str, SupplyTerms]:
    """The terms of each product, with days counted from `through`: the supplier's observed lead time, else the stated
    one, else LEAD_DAYS."""
    start = date.fromisoformat(through)
    wanted = json_text(skus)
    suppliers = {sku: supplier for sku, supplier, _ in db.execute(_LAST, (wanted,))}
    for sku, offers in offers_of(db, [sku for sku in skus if sku not in suppliers], through).items():
        if offers:
            suppliers[sku] = min(offers, key=lambda one: (one.lead_time_days, one.supplier)).supplier
    due: dict[str, list[tuple[int, int]]] = {}
    late = set[str]()
    for sku, expected, quantity in db.execute(_OPEN, (wanted,)):
        ahead = (date.fromisoformat(expected) - start).days if expected else LEAD_DAYS
        due.setdefault(sku, []).append((max(1, ahead), quantity))
        late |= {sku} if ahead <= 0 else set()
    terms = {one: _terms(db, one, through) for one in sorted(set(suppliers.values()))}
    return {
        sku: msgspec.structs.replace(
            terms.get(suppliers.get(sku, ""), SupplyTerms()), due=tuple(due.get(sku, ())), late=sku in late
        )
        for sku in skus
    }


def _terms(db: Connection, supplier: str, through: str) -> SupplyTerms:
    stated = db.execute(_STATED, (supplier,)).fetchone()
    if stated is None:
        return SupplyTerms()
    did = read_supplier_performance(db, supplier, through)
    days = msgspec.json.decode(stated[1], type=tuple[int, ...])
    lead = did.lead_time_days if did.lead_time_days is not None else stated[0]
    return SupplyTerms(lead, -(-7 // len(days)) if days else REVIEW_DAYS, on_time_percent=did.on_time_percent)
