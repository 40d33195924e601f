"""Products, bills of materials, orders, suppliers and stock, as rows for API clients."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any

import msgspec

from edge.backoffice.unified_reads.paging import Limit, Text, UnifiedPage, UnifiedRow, UnifiedSource, page
from edge.core.messages import Actor, Moment, Number
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.lib.i18n import ENGLISH
from edge.lib.units.quantity import show_quantity

Kind = Annotated[str, msgspec.Meta(pattern=r"^(sales|purchase|work)?$(?!\n)")]
_PADDED = "printf('%012d', {})"
SKUS = UnifiedSource(
    "p.sku, p.body ->> '$.names', p.category, p.retired_us IS NULL, s.average_micro, p.body ->> '$.unit'",
    "product p LEFT JOIN stock s ON s.sku = p.sku",
    "p.sku",
    changed="""
    EXISTS (SELECT 1 FROM (SELECT ? AS since) WHERE p.seq >= since
        OR EXISTS (SELECT 1 FROM stock_average_day a WHERE a.sku = p.sku
            AND a.business_date >= (SELECT business_date FROM journal WHERE seq = since)))
    """,
)
BOMS = UnifiedSource(
    "b.id, b.body ->> '$.sku', l.value ->> '$.sku', l.value ->> '$.quantity', coalesce(l.value ->> '$.measure', ''),"
    " coalesce(b.body ->> '$.makes', 1000), coalesce(b.body ->> '$.yield_permille', 1000),"
    " coalesce(b.body ->> '$.version', 0), coalesce(b.body ->> '$.active', 1)",
    "bom b, json_each(b.body, '$.lines') l",
    "b.id || '/' || printf('%03d', l.key)",
    "b.seq",
)
WORK = UnifiedSource(
    "number, sku, quantity, state, start_on, due_on, good, scrap",
    "work_order",
    _PADDED.format("number"),
    "changed_us",
)
SUPPLIERS = UnifiedSource(
    "id, names, coalesce(lead_time_days, 0), coalesce(currency, ''), NOT retired", "supplier", "id", "seq"
)
SALES = UnifiedSource(
    "o.number, o.customer, l.sku, l.quantity, l.delivered, o.state, o.location, l.price_minor, o.due_on",
    "sales_order o JOIN sales_line l USING (number)",
    _PADDED.format("o.number") + " || '/' || l.sku",
    "o.changed_us",
)
STOCK_CHANGED = """
    EXISTS (SELECT 1 FROM (SELECT ? AS since) WHERE
        EXISTS (SELECT 1 FROM stock_movement m
            WHERE m.sku = r.sku AND m.seq >= since AND m.location = r.location {moved})
        OR EXISTS (SELECT 1 FROM stock_promised_day p WHERE p.sku = r.sku AND p.location = r.location
            AND p.business_date >= (SELECT business_date FROM journal WHERE seq = since) {promised})
        OR EXISTS (SELECT 1 FROM journal WHERE type = 'StockMoved'
            AND seq > coalesce((SELECT seq FROM projection WHERE name = 'stock_movements'), 0)))
"""
"""Matches stock that changed since a time, or was reserved since that day began. While a change hasn't been projected
to the movements, it matches all stock: an extra row does no harm, but a missing one would never be sent."""
STOCK = UnifiedSource(
    "r.sku, r.location, r.there, coalesce((SELECT sum(quantity) FROM stock_claim c WHERE c.kind = 'reserved'"
    " AND c.sku = r.sku AND c.location = r.location), 0)",
    "(SELECT sku, location, sum(quantity) AS there FROM stock_row GROUP BY sku, location) r",
    "r.sku || '/' || r.location",
    changed=STOCK_CHANGED.format(moved="", promised=""),
)
OPEN = UnifiedSource(
    "o.kind, o.number, o.state, o.party, o.day",
    """(
        SELECT 'purchase' AS kind, number, state, supplier AS party, expected_on AS day, changed_us FROM purchase_order
            WHERE state NOT IN ('closed', 'cancelled', 'completed', 'received')
        UNION ALL SELECT 'sales', number, state, customer, due_on, changed_us FROM sales_order
            WHERE state IN ('open', 'partial')
        UNION ALL SELECT 'work', number, state, sku, due_on, changed_us FROM work_order
            WHERE state IN ('planned', 'in_progress')
    ) o""",
    "o.kind || '/' || " + _PADDED.format("o.number"),
    "o.changed_us",
)


def decimal_of(micro: int | None) -> str | None:
    """Convert millionths of a minor unit to a decimal of minor units; None if unknown."""
    return None if micro is None else f"{micro // 1_000_000}.{micro % 1_000_000:06d}".rstrip("0").rstrip(".")


def _preferred_name(body: str | None) -> str:
    """A name in English, else in any language."""
    names: dict[str, str] = msgspec.json.decode(body) if body else {}
    return names.get(ENGLISH) or next(iter(names.values()), "")


def _sku(row: tuple[Any, ...]) -> UnifiedRow:
    sku, names, category, is_active, average, unit = row
    about: UnifiedRow = {"sku_code": sku, "description": _preferred_name(names), "category": category or ""}
    return {**about, "unit": unit or "piece", "unit_cost": decimal_of(average), "is_active": bool(is_active)}


def _bom(row: tuple[Any, ...]) -> UnifiedRow:
    bom, sku, part, quantity, measure, makes, permille, version, active = row
    per_unit = Fraction(int(quantity), int(makes))
    what: UnifiedRow = {"bom_id": bom, "sku_id": sku, "component_sku_id": part, "measure": measure}
    amount = f"{float(per_unit):.9f}".rstrip("0").rstrip(".")
    yields = f"{permille / 10:g}"
    return {
        **what,
        "quantity_per_unit": amount,
        "yield_percent": yields,
        "version": version,
        "is_active": bool(active),
    }


def _work(row: tuple[Any, ...]) -> UnifiedRow:
    number, sku, quantity, state, start_on, due_on, good, scrap = row
    what: UnifiedRow = {"work_order_id": number, "sku_id": sku, "quantity": show_quantity(quantity), "status": state}
    made: UnifiedRow = {"good": show_quantity(good), "scrap": show_quantity(scrap)}
    return {**what, "scheduled_start": start_on, "due": due_on, **made}


def _supplier(row: tuple[Any, ...]) -> UnifiedRow:
    id, names, days, currency, is_active = row
    about: UnifiedRow = {"supplier_id": id, "name": _preferred_name(names), "lead_time_days": days}
    return {**about, "currency": currency, "is_active": bool(is_active)}


def _sales(row: tuple[Any, ...]) -> UnifiedRow:
    number, customer, sku, quantity, delivered, state, location, price, due_on = row
    whose: UnifiedRow = {"sales_order_id": number, "customer_id": customer, "sku_id": sku, "status": state}
    amounts: UnifiedRow = {"quantity": show_quantity(quantity), "delivered": show_quantity(delivered)}
    return {**whose, **amounts, "price_minor": price, "warehouse_id": location, "due": due_on}


def stock_row(row: tuple[Any, ...]) -> UnifiedRow:
    sku, location, on_hand, reserved = row
    where: UnifiedRow = {"sku_id": sku, "warehouse_id": location}
    return {**where, "quantity_on_hand": show_quantity(on_hand), "quantity_reserved": show_quantity(reserved)}


def _open(row: tuple[Any, ...]) -> UnifiedRow:
    kind, number, state, party, day = row
    return {"kind": kind, "order_id": number, "status": state, "party": party, "due": day}


def unified_skus(
    db: Connection,
    skip: Number = 0,
    limit: Limit = 100,
    after: Text = "",
    updated_since: Moment = 0,
    category: Text = "",
    sku: Text = "",
) -> UnifiedPage:
    """All products."""
    return page(db, SKUS, _sku, skip, limit, after, updated_since, {"p.category = ?": category, "p.sku = ?": sku})


def without_costs(found: UnifiedPage, actor: Actor) -> UnifiedPage:
    """Remove costs unless the actor is a manager."""
    return found if actor.may(MANAGE) else UnifiedPage([{**one, "unit_cost": None} for one in found.items], found.next)


def unified_boms(
    db: Connection, skip: Number = 0, limit: Limit = 100, after: Text = "", updated_since: Moment = 0, sku: Text = ""
) -> UnifiedPage:
    """Bills of materials, one row per component."""
    return page(db, BOMS, _bom, skip, limit, after, updated_since, {"b.body ->> '$.sku' = ?": sku})


def unified_work_orders(
    db: Connection,
    skip: Number = 0,
    limit: Limit = 100,
    after: Text = "",
    updated_since: Moment = 0,
    status: Text = "",
    sku: Text = "",
) -> UnifiedPage:
    """Work orders."""
    return page(db, WORK, _work, skip, limit, after, updated_since, {"state = ?": status, "sku = ?": sku})


def unified_suppliers(
    db: Connection, skip: Number = 0, limit: Limit = 100, after: Text = "", updated_since: Moment = 0
) -> UnifiedPage:
    """Suppliers, including inactive ones."""
    return page(db, SUPPLIERS, _supplier, skip, limit, after, updated_since, {})


def unified_sales_orders(
    db: Connection,
    skip: Number = 0,
    limit: Limit = 100,
    after: Text = "",
    updated_since: Moment = 0,
    status: Text = "",
    sku: Text = "",
    customer: Text = "",
) -> UnifiedPage:
    """Account orders, one row per line."""
    asked = {"o.state = ?": status, "l.sku = ?": sku, "o.customer = ?": customer}
    return page(db, SALES, _sales, skip, limit, after, updated_since, asked)


def unified_inventory(
    db: Connection,
    skip: Number = 0,
    limit: Limit = 100,
    after: Text = "",
    updated_since: Moment = 0,
    sku: Text = "",
    location: Text = "",
) -> UnifiedPage:
    """Stock on hand of each product at each location."""
    asked = {"r.sku = ?": sku, "r.location = ?": location}
    return page(db, STOCK, stock_row, skip, limit, after, updated_since, asked)


def unified_orders_open(
    db: Connection,
    skip: Number = 0,
    limit: Limit = 100,
    after: Text = "",
    updated_since: Moment = 0,
    kind: Kind = "",
) -> UnifiedPage:
    """Open orders: account orders, purchase orders and work orders."""
    return page(db, OPEN, _open, skip, limit, after, updated_since, {"o.kind = ?": kind})
