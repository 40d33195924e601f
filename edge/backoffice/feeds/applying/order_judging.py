"""Check production, order and sales records against the shop's data."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from edge.accounting.accounts.queries import read_sales_order
from edge.analytics.production.queries import read_work
from edge.backoffice.feeds.applying.said_once import keep_said, our_id
from edge.backoffice.feeds.reading.order_records import (
    BomRow,
    BomRowLine,
    HistoryDayRow,
    OrderRow,
    SalesOrderRow,
    WorkOrderRow,
)
from edge.backoffice.feeds.reading.record_cells import Reason
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.stock.rows import breaks_pieces, find_product, kind_of
from edge.lib.units.money import divide_half_up
from edge.lib.units.quantity import show_quantity

WORK_ENDED = ("completed", "cancelled")
SALES_ENDED = ("complete", "cancelled")
_NUMBER = "SELECT number FROM feed_applied WHERE entity_type = ? AND key = ?"
_BILL = "SELECT 1 FROM bom WHERE body ->> '$.sku' = ? AND coalesce(body ->> '$.active', 1) LIMIT 1"
_ACCOUNT = "SELECT 1 FROM account WHERE customer = ?"
_OWN_DAY = "SELECT 1 FROM paper WHERE business_date = ? LIMIT 1"


class JudgedOrder(msgspec.Struct, frozen=True):
    """A record's errors, and its changes that need approval. `nothing_to_do`: our order already has this state, or
    never existed here."""

    row: OrderRow
    reasons: tuple[Reason, ...] = ()
    nothing_to_do: bool = False


def our_number(db: Connection, row: WorkOrderRow | SalesOrderRow) -> int:
    """The number of our order made from a record; 0 if none yet."""
    found = db.execute(_NUMBER, (type(row).__struct_config__.tag, row.key)).fetchone()
    return int(found[0]) if found else 0


def judge_order(db: Connection, row: OrderRow) -> JudgedOrder:
    """Check a record, with our own product numbers."""
    match row:
        case BomRow():
            return _bom(db, row)
        case WorkOrderRow():
            return _work(db, row)
        case SalesOrderRow():
            return _sales(db, row)
        case HistoryDayRow():
            return _history(db, row)


def _bom(db: Connection, row: BomRow) -> JudgedOrder:
    reasons: list[Reason] = []
    (sku, _), lines = _sku(db, "sku", row.sku, reasons), list[BomRowLine]()
    for n, line in enumerate(row.lines, 1):
        product = find_product(db, line.component)
        if product is None:
            reasons.append(Reason(f"component.{n}", "unknown_component", {"value": line.component}))
        else:
            quantity = line.quantity if line.measure else line.quantity * product.units
            line = msgspec.structs.replace(line, component=product.sku, quantity=quantity)
        if any(line.component == before.component for before in lines):
            reasons.append(Reason(f"component.{n}", "line_twice", {"value": line.component}))
        lines.append(line)
    return JudgedOrder(msgspec.structs.replace(row, sku=sku, lines=tuple(lines)), tuple(reasons))


def _work(db: Connection, row: WorkOrderRow) -> JudgedOrder:
    reasons: list[Reason] = []
    sku, _ = _sku(db, "sku", row.sku, reasons, row.quantity)
    row = msgspec.structs.replace(row, sku=sku)
    known = read_work(db, our_number(db, row))
    if row.status == "cancelled" and (known is None or known.state == "cancelled"):
        return JudgedOrder(row, tuple(reasons), nothing_to_do=not reasons)
    if known is not None and known.state in WORK_ENDED:
        same = known.state == row.status
        reasons += [] if same else [Reason("status", "ended_here", {"number": known.number})]
        return JudgedOrder(row, tuple(reasons), nothing_to_do=same and not reasons)
    for field, place in (("from_location", row.source), ("to_location", row.target)):
        _place(db, field, place, reasons)
    if known is None and not reasons and not db.execute(_BILL, (row.sku,)).fetchone():
        reasons.append(Reason("sku", "no_bill", {"value": row.sku}))
    if row.status == "in_progress" and (known is None or known.state == "planned"):
        reasons.append(Reason("status", "begun_there"))
    elif row.status == "completed":
        good = row.quantity - row.scrap if row.good is None else row.good
        done = known.done_quantity if known else 0
        if good + row.scrap <= 0 or good < (known.good if known else 0) or good + row.scrap < done:
            reasons.append(Reason("good", "less_than_made", {"made": show_quantity(done)}))
        reasons.append(Reason("status", "made_there"))
    return JudgedOrder(row, tuple(reasons))


def _sales(db: Connection, row: SalesOrderRow) -> JudgedOrder:
    reasons: list[Reason] = []
    known = read_sales_order(db, our_number(db, row))
    lines, seen = [], set[str]()
    for n, line in enumerate(row.lines, 1):
        sku, units = _sku(db, f"sku.{n}", line.sku, reasons, line.quantity, f"quantity.{n}")
        if sku in seen:
            reasons.append(Reason(f"sku.{n}", "line_twice", {"value": sku}))
        seen.add(sku)
        price_minor = None if line.price_minor is None else divide_half_up(line.price_minor, units)
        lines.append(msgspec.structs.replace(line, sku=sku, quantity=line.quantity * units, price_minor=price_minor))
    if not db.execute(_ACCOUNT, (row.customer,)).fetchone():
        row = msgspec.structs.replace(row, customer=our_id(db, "=customers", row.customer))
    row = msgspec.structs.replace(row, lines=tuple(lines))
    if row.status in SALES_ENDED and (known is None or known.state in SALES_ENDED):
        return JudgedOrder(row, tuple(reasons), nothing_to_do=not reasons)
    if known is not None and known.state in SALES_ENDED:
        return JudgedOrder(row, (*reasons, Reason("status", "ended_here", {"number": known.number})))
    _place(db, "location", row.location, reasons)
    if not db.execute(_ACCOUNT, (row.customer,)).fetchone():
        reasons.append(Reason("customer_id", "unknown_account", {"value": row.customer}))
    if row.status == "complete":
        reasons.append(Reason("status", "delivered_there"))
    return JudgedOrder(row, tuple(reasons))


def keep_customer(db: Connection, cells: Mapping[str, str], customer: str) -> None:
    """Remember which of our customers a user assigned to the other system's customer."""
    theirs = cells.get("customer_id")
    if theirs and db.execute(_ACCOUNT, (customer,)).fetchone():
        keep_said(db, "=customers", theirs, customer)


def _history(db: Connection, row: HistoryDayRow) -> JudgedOrder:
    reasons: list[Reason] = []
    sku, units = _sku(db, "sku", row.sku, reasons)
    amounts = {"sold": row.sold * units, "returned": row.returned * units, "wasted": row.wasted * units}
    row = msgspec.structs.replace(row, sku=sku, **amounts)
    _place(db, "location", row.location, reasons)
    if db.execute(_OWN_DAY, (row.day,)).fetchone():
        reasons.append(Reason("day", "own_day", {"value": row.day}))
    return JudgedOrder(row, tuple(reasons))


def _sku(
    db: Connection, field: str, text: str, reasons: list[Reason], quantity: int = 0, of_quantity: str = "quantity"
) -> tuple[str, int]:
    """Our product number, and the quantity in its unit (a case's code counts cases). Errors in the product or quantity
    are added to `reasons`."""
    product: CatalogProduct | None = find_product(db, text)
    if product is None:
        reasons.append(Reason(field, "unknown_sku", {"value": text}))
        return text, 1
    if quantity and breaks_pieces(db, product, quantity * product.units):
        reasons.append(Reason(of_quantity, "not_whole", {"value": show_quantity(quantity)}))
    return product.sku, product.units


def _place(db: Connection, field: str, place: str, reasons: list[Reason]) -> None:
    if kind_of(db, place) is None:
        reasons.append(Reason(field, "unknown_location", {"value": place}))
