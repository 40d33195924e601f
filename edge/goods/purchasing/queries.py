"""Queries on suppliers and purchase orders."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from edge.core.messages import Number
from edge.core.people.remarks import Remarks
from edge.core.storage.database import Connection
from edge.goods.purchasing.entities import SUPPLIERS
from edge.goods.purchasing.rules import OPEN, UNDER_WAY, State, cost_of
from edge.goods.purchasing.supply.prices import read_supplier_prices as read_supplier_prices
from edge.goods.purchasing.supply.supplier import Supplier

PAGE_LIMIT = 200
ASIDE_LIMIT = 500
Text = Annotated[str, msgspec.Meta(max_length=200)]
Listed = Literal["", "open", "late", "draft", "approved", "sent", "part_received", "received", "closed", "cancelled"]
_STATES = {
    "": ("draft", "approved", "sent", "part_received", "received", "closed", "cancelled"),
    "open": ("draft", "approved", "sent", "part_received"),
    "late": ("sent", "part_received"),
}
_ORDER = """
    SELECT o.number, o.supplier, s.names, o.location, o.state, o.note, o.automatic, o.revision, o.created_us,
           o.created_by, o.how, o.sent_on, o.expected_on, o.completed_on, s.fee_minor, s.currency
    FROM purchase_order o JOIN supplier s ON s.id = o.supplier
"""
_UNDER_WAY = " WHERE o.state IN ('sent', 'part_received') ORDER BY o.expected_on, o.number LIMIT ?"
_LINES = """
    SELECT l.sku, p.body ->> '$.names', l.quantity, l.pack, l.unit_cost_minor, l.code, l.received
    FROM purchase_line l LEFT JOIN product p USING (sku) WHERE l.number = ? ORDER BY l.n
"""
_LISTED = """
    SELECT o.number, o.supplier, s.names, o.location, o.state, o.automatic, o.created_us, o.sent_on, o.expected_on,
           s.currency, (SELECT count(*) FROM purchase_line l WHERE l.number = o.number),
           (SELECT coalesce(sum((l.quantity * l.unit_cost_minor + 999) / 1000), 0) FROM purchase_line l
            WHERE l.number = o.number) + s.fee_minor
    FROM purchase_order o JOIN supplier s ON s.id = o.supplier
    WHERE o.state IN (SELECT value FROM json_each(?1)) AND ?2 IN ('', o.supplier) AND (?3 = 0 OR o.number < ?3)
      AND (?4 = '' OR (o.expected_on <> '' AND o.expected_on < ?4))
    ORDER BY o.number DESC LIMIT ?5
"""
_RECEIPTS = """
    SELECT r.delivery_note, r.business_date, r.at_us, r.actor, r.sku, r.quantity, r.unit_cost_minor, r.lot, r.expiry,
           r.location, r.movement, r.cause, coalesce(s.added_minor, 0)
    FROM purchase_receipt r LEFT JOIN stock_receipt s ON s.sku = r.sku AND s.seq = r.movement
    WHERE r.number = ? ORDER BY r.seq, r.n
"""
_ASIDE = """
    SELECT r.sku, p.body ->> '$.names', r.location, r.lot, r.expiry, r.quantity, (
        SELECT c.supplier FROM purchase_line l JOIN purchase_receipt c USING (number, sku)
        WHERE l.sku = r.sku AND r.lot IN ('', c.lot) ORDER BY c.seq DESC LIMIT 1)
    FROM stock_location o JOIN stock_row r ON r.location = o.id LEFT JOIN product p USING (sku)
    WHERE o.kind = 'quarantine' AND r.quantity > 0 ORDER BY r.sku, r.location, r.lot LIMIT ?
"""
_RETURNS = """
    SELECT r.seq, r.supplier, r.document, r.number, r.replaced, r.business_date, r.at_us, r.actor, r.sku,
           p.body ->> '$.names', r.quantity, r.credit_minor, r.lot, r.location, r.note
    FROM purchase_return r LEFT JOIN product p USING (sku)
    WHERE ?1 IN ('', r.supplier) AND (?2 = 0 OR r.number = ?2) AND (?3 = 0 OR r.seq < ?3)
    ORDER BY r.seq DESC, r.n LIMIT ?4
"""
_BOUGHT = """
    SELECT r.business_date, r.supplier, r.sku, r.location, sum(r.quantity),
           sum((r.quantity * r.unit_cost_minor + 500) / 1000), s.currency
    FROM purchase_receipt r JOIN supplier s ON s.id = r.supplier
    WHERE r.business_date BETWEEN ? AND ? GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
_OPEN_ORDERS = f"SELECT supplier, count(*) FROM purchase_order WHERE state IN {OPEN!r} GROUP BY supplier"
COSTED_LISTED = 20
_AT_COST = """
    SELECT r.seq, r.business_date, coalesce(p.delivery_note, r.document), coalesce(p.supplier, r.supplier),
           (SELECT names FROM supplier WHERE id = coalesce(p.supplier, r.supplier)), coalesce(p.number, 0),
           r.quantity, r.unit_cost_minor, r.added_minor
    FROM stock_receipt r LEFT JOIN purchase_receipt p ON p.movement = r.seq AND p.movement > 0 AND p.sku = r.sku
    WHERE r.sku = ? AND r.business_date <= ? AND r.unit_cost_minor IS NOT NULL AND r.quantity > 0
    GROUP BY r.seq ORDER BY r.seq DESC LIMIT ?
"""


class PurchasedGoods(msgspec.Struct, frozen=True):
    """An order line, in thousandths; `quantity` 0: received without being ordered."""

    sku: str
    names: dict[str, str]
    quantity: int
    pack: int
    unit_cost_minor: int
    code: str
    received: int

    @property
    def open(self) -> int:
        return max(0, self.quantity - self.received)

    @property
    def total_minor(self) -> int:
        return cost_of(self.quantity, self.unit_cost_minor)


class PurchaseReceipt(msgspec.Struct, frozen=True):
    """A received quantity on a delivery note; `movement`: its journal row, for corrections; `cause`: the defect;
    `added_minor`: its share of freight, duty and fees."""

    delivery_note: str
    business_date: str
    at_us: int
    actor: str
    sku: str
    quantity: int
    unit_cost_minor: int
    lot: str
    expiry: str
    location: str
    movement: int = 0
    cause: str = ""
    added_minor: int = 0


class ReturnedPurchase(msgspec.Struct, frozen=True):
    """A quantity returned to its supplier; `credit_minor` per unit, if known."""

    seq: int
    supplier: str
    document: str
    number: int
    replaced: bool
    business_date: str
    at_us: int
    actor: str
    sku: str
    names: dict[str, str]
    quantity: int
    credit_minor: int | None
    lot: str
    location: str
    note: str


class BoughtGoods(msgspec.Struct, frozen=True):
    """Purchases of a product from a supplier on a day: thousandths, and cost in the supplier's currency."""

    business_date: str
    supplier: str
    sku: str
    location: str
    quantity: int
    cost_minor: int
    currency: str


class CostedReceipt(msgspec.Struct, frozen=True):
    """A receipt with its cost: journal row, delivery note (or other document), supplier's id ("": unknown), order (0:
    none), thousandths, unit cost and total freight in minor units."""

    seq: int
    business_date: str
    document: str
    supplier: str
    names: dict[str, str]
    number: int
    quantity: int
    unit_cost_minor: int
    added_minor: int


class DueGoods(msgspec.Struct, frozen=True):
    """Outstanding thousandths of a product, in packs of `pack` units."""

    sku: str
    names: dict[str, str]
    open: int
    pack: int
    code: str


class DeliveryDue(msgspec.Struct, frozen=True):
    """An expected order, for receiving."""

    number: int
    supplier: str
    supplier_names: dict[str, str]
    location: str
    state: State
    expected_on: str
    lines: list[DueGoods]


class GoodsAside(msgspec.Struct, frozen=True):
    """Goods in quarantine, in thousandths; `supplier`: the last one, if known."""

    sku: str
    names: dict[str, str]
    location: str
    lot: str
    expiry: str
    total: int
    supplier: str


class KeptPurchase(msgspec.Struct, frozen=True):
    """An order in its current state; `total_minor` includes the supplier's fee, in `currency` ("": the store's)."""

    number: int
    supplier: str
    supplier_names: dict[str, str]
    location: str
    state: State
    note: str
    automatic: bool
    revision: int
    created_us: int
    created_by: str
    how: str
    sent_on: str
    expected_on: str
    completed_on: str
    fee_minor: int
    currency: str
    lines: tuple[PurchasedGoods, ...]
    total_minor: int
    receipts: tuple[PurchaseReceipt, ...] = ()

    def is_late(self, today: str) -> bool:
        """Whether the order is overdue."""
        return is_late(self.state, self.expected_on, today)


class ListedPurchase(msgspec.Struct, frozen=True):
    """An order in a list."""

    number: int
    supplier: str
    supplier_names: dict[str, str]
    location: str
    state: State
    automatic: bool
    created_us: int
    sent_on: str
    expected_on: str
    currency: str
    lines: int
    total_minor: int
    late: bool


class PurchasePage(msgspec.Struct, frozen=True):
    """A page of orders, newest first, and the number to continue from (0: the last page)."""

    orders: list[ListedPurchase]
    before: int


class KeptSupplier(Supplier, frozen=True, kw_only=True):
    """A supplier, whether it is retired, and its number of open orders."""

    retired: bool
    open_orders: int


def is_late(state: str, expected_on: str, today: str) -> bool:
    """Whether an order in this state is overdue."""
    return state in UNDER_WAY and bool(expected_on) and expected_on < today


def read_purchase(db: Connection, number: Number) -> KeptPurchase | None:
    """Return an order with lines and receipts, or None."""
    row = db.execute(_ORDER + " WHERE o.number = ?", (number,)).fetchone()
    if row is None:
        return None
    number, supplier, names, location, state, note, automatic, revision, *rest = row
    lines = tuple(PurchasedGoods(sku, _names(text), *more) for sku, text, *more in db.execute(_LINES, (number,)))
    receipts = tuple(PurchaseReceipt(*one) for one in db.execute(_RECEIPTS, (number,)))
    created_us, created_by, how, sent_on, expected_on, completed_on, fee, currency = rest
    return KeptPurchase(
        *(number, supplier, _names(names), location, state, note, bool(automatic)),
        *(revision, created_us, created_by, how, sent_on, expected_on, completed_on, fee, currency),
        *(lines, fee + sum(line.total_minor for line in lines), receipts),
    )


def read_purchases(
    db: Connection, today: Text, state: Listed = "", supplier: Text = "", before: Number = 0, limit: Number = 100
) -> PurchasePage:
    """Orders, newest first: by state, open or late, and supplier."""
    limit = max(1, min(limit, PAGE_LIMIT))
    states = msgspec.json.encode(_STATES.get(state, (state,))).decode()
    late = today if state == "late" else ""
    rows = db.execute(_LISTED, (states, supplier, before, late, limit + 1)).fetchall()
    orders = [_listed_purchase(row, today) for row in rows[:limit]]
    return PurchasePage(orders, orders[-1].number if len(rows) > limit else 0)


def is_rest_overdue(state: str, expected_on: str, lead_time_days: int, today: str) -> bool:
    """Whether the rest of a partly received order won't come: it is overdue by more than another lead time."""
    return state == "part_received" and bool(expected_on) and days_late(expected_on, today) > lead_time_days


def read_rests_overdue(db: Connection, today: str) -> list[ListedPurchase]:
    """Orders proposed for closing, among the newest `PAGE_LIMIT` late ones."""
    leads = dict(db.execute("SELECT id, lead_time_days FROM supplier").fetchall())
    late = read_purchases(db, today, "late", limit=PAGE_LIMIT).orders
    return [one for one in late if is_rest_overdue(one.state, one.expected_on, leads[one.supplier], today)]


def read_received_orders(db: Connection) -> list[ListedPurchase]:
    """Newest orders with receipts."""
    states = msgspec.json.encode(("part_received", "received", "closed")).decode()
    return [_listed_purchase(row, "") for row in db.execute(_LISTED, (states, "", 0, "", PAGE_LIMIT))]


def _listed_purchase(row: tuple[Any, ...], today: str) -> ListedPurchase:
    number, supplier, names, location, state, automatic, at_us, sent, expected, currency, lines, total = row
    late = is_late(state, expected, today)
    about = (number, supplier, _names(names), location, state, bool(automatic), at_us, sent, expected)
    return ListedPurchase(*about, currency, lines, total, late)


def read_deliveries(db: Connection) -> list[DeliveryDue]:
    """Expected orders, soonest first."""
    rows = db.execute(_ORDER + _UNDER_WAY, (PAGE_LIMIT,))
    found = []
    for number, supplier, names, location, state, *rest in rows.fetchall():
        lines = [PurchasedGoods(sku, _names(text), *more) for sku, text, *more in db.execute(_LINES, (number,))]
        due = [DueGoods(one.sku, one.names, one.open, one.pack, one.code) for one in lines if one.open]
        found.append(DeliveryDue(number, supplier, _names(names), location, state, rest[7], due))
    return found


def read_bought(db: Connection, first: Text, last: Text) -> list[BoughtGoods]:
    """Purchases in a date range (ISO 8601), by day, supplier, product and location, at agreed cost."""
    return [BoughtGoods(*row) for row in db.execute(_BOUGHT, (first, last))]


def receipts_at_cost(db: Connection, sku: str, through: str) -> list[CostedReceipt]:
    """Receipts of a product with cost up to a business date, newest first; its average cost is calculated from them."""
    rows = db.execute(_AT_COST, (sku, through, COSTED_LISTED)).fetchall()
    return [
        CostedReceipt(seq, day, document, supplier, _names(names), number, quantity, cost, added)
        for seq, day, document, supplier, names, number, quantity, cost, added in rows
    ]


def read_returns(
    db: Connection, supplier: Text = "", number: Number = 0, before: Number = 0, limit: Number = 100
) -> list[ReturnedPurchase]:
    """Returns, newest first: by supplier and order."""
    rows = db.execute(_RETURNS, (supplier, number, before, max(1, min(limit, PAGE_LIMIT))))
    remarks = Remarks(db)
    return [_back((*row[:-1], remarks.read(row[-1]))) for row in rows]


def read_aside(db: Connection) -> list[GoodsAside]:
    """Goods in quarantine, with their last supplier."""
    return [
        GoodsAside(sku, _names(names), location, lot, expiry, total, supplier or "")
        for sku, names, location, lot, expiry, total, supplier in db.execute(_ASIDE, (ASIDE_LIMIT,))
    ]


def _back(row: tuple[Any, ...]) -> ReturnedPurchase:
    seq, supplier, document, number, replaced, day, at_us, actor, sku, names, *rest = row
    about = (seq, supplier, document, number, bool(replaced), day, at_us, actor)
    return ReturnedPurchase(*about, sku, _names(names), *rest)


def read_suppliers(db: Connection, retired: bool = False) -> list[KeptSupplier]:
    """Suppliers, optionally including retired ones."""
    gone = SUPPLIERS.read_ended(db) if retired else ()
    orders = dict(db.execute(_OPEN_ORDERS).fetchall())
    found = [_kept_supplier(one, False, orders) for one in SUPPLIERS.read(db)] + [
        _kept_supplier(one, True, orders) for one in gone
    ]
    return sorted(found, key=lambda one: one.id)


def read_supplier(db: Connection, id: Text) -> KeptSupplier | None:
    """Return one supplier, or None."""
    found = SUPPLIERS.find(db, id, ended=True)
    if found is None:
        return None
    return _kept_supplier(found, SUPPLIERS.find(db, id) is None, dict(db.execute(_OPEN_ORDERS).fetchall()))


def _kept_supplier(one: Supplier, retired: bool, open_orders: dict[str, int]) -> KeptSupplier:
    return KeptSupplier(**msgspec.structs.asdict(one), retired=retired, open_orders=open_orders.get(one.id, 0))


def days_late(expected_on: str, today: str) -> int:
    """Number of days since an order was expected."""
    return (date.fromisoformat(today) - date.fromisoformat(expected_on)).days


def _names(text: str | None) -> dict[str, str]:
    return msgspec.json.decode(text, type=dict[str, str]) if text else {}
