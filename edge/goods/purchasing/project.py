"""Projects purchasing events to rows in the same commit."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.purchasing.entities import SUPPLIERS
from edge.goods.purchasing.events import (
    GoodsReturned,
    PurchaseDrafted,
    PurchaseMoved,
    PurchaseReceiptCorrected,
    PurchaseReceived,
    SupplierPriceSet,
    SupplierPriceWithdrawn,
)
from edge.goods.purchasing.rules import PriceBreak

_PRICE = (
    "INSERT INTO supplier_price (sku, supplier, seq, code, cost_minor, pack, min_packs, from_date,"
    " until_date, breaks)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_DRAFTED = """
    INSERT INTO purchase_order (number, supplier, location, state, note, automatic, revision, created_us,
        created_by, how, sent_on, expected_on, completed_on, changed_us)
    VALUES (?1, ?2, ?3, 'draft', ?4, ?5, ?6, ?7, ?8, '', '', '', '', ?7)
    ON CONFLICT (number) DO UPDATE SET note = excluded.note, revision = excluded.revision, location = excluded.location,
        automatic = excluded.automatic, changed_us = excluded.changed_us
"""
_LINE = (
    "INSERT INTO purchase_line (number, sku, n, quantity, pack, unit_cost_minor, code, received)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 0)"
)
_MOVED = """
    UPDATE purchase_order SET state = ?2, how = iif(?3 = '', how, ?3), sent_on = iif(?4 = '', sent_on, ?4),
        expected_on = iif(?5 = '', expected_on, ?5), completed_on = iif(?2 = 'received', ?6, completed_on),
        changed_us = ?7
    WHERE number = ?1
"""
_CHANGED = "UPDATE purchase_order SET changed_us = ? WHERE number = ?"
_RECEIPT = (
    "INSERT INTO purchase_receipt (supplier, delivery_note, n, number, seq, business_date, at_us, actor,"
    " sku, quantity, unit_cost_minor, lot, expiry, location, movement, cause)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_WAS = "SELECT quantity FROM purchase_receipt WHERE supplier = ? AND delivery_note = ? AND n = ?"
_REVISED = """
    UPDATE purchase_receipt SET quantity = ?, unit_cost_minor = ? WHERE supplier = ? AND delivery_note = ? AND n = ?
"""
_CAME = "UPDATE purchase_line SET received = received + ? WHERE number = ? AND sku = ?"
_RETURN = (
    "INSERT INTO purchase_return (seq, n, supplier, document, number, replaced, business_date, at_us,"
    " actor, sku, quantity, credit_minor, lot, location, note)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_RECEIVED = """
    INSERT INTO purchase_line (number, sku, n, quantity, pack, unit_cost_minor, code, received)
    VALUES (?1, ?2, (SELECT count(*) FROM purchase_line WHERE number = ?1), 0, 1, ?4, '', ?3)
    ON CONFLICT (number, sku) DO UPDATE SET received = received + excluded.received
"""


def _price(db: Connection, fact: RecordedEvent, event: SupplierPriceSet) -> None:
    terms = (event.code, event.cost_minor, event.pack, event.min_packs, event.from_date, event.until_date)
    breaks = [PriceBreak(one.packs, one.cost_minor) for one in event.breaks]
    db.execute(_PRICE, (event.sku, event.supplier, fact.seq, *terms, _json(breaks)))


def _withdraw_price(db: Connection, _: RecordedEvent, event: SupplierPriceWithdrawn) -> None:
    key = (event.sku, event.supplier, event.price)
    db.execute("DELETE FROM supplier_price WHERE sku = ? AND supplier = ? AND seq = ?", key)


def _save_draft(db: Connection, fact: RecordedEvent, event: PurchaseDrafted) -> None:
    about = (event.note, int(event.automatic), event.revision, fact.at_us, fact.actor)
    db.execute(_DRAFTED, (event.number, event.supplier, event.location, *about))
    db.execute("DELETE FROM purchase_line WHERE number = ?", (event.number,))
    for n, line in enumerate(event.lines):
        amounts = (line.quantity, line.pack, line.unit_cost_minor, line.code)
        db.execute(_LINE, (event.number, line.sku, n, *amounts))


def _move_purchase(db: Connection, fact: RecordedEvent, event: PurchaseMoved) -> None:
    sent = (event.how, event.sent_on, event.expected_on)
    db.execute(_MOVED, (event.number, event.now, *sent, fact.business_date, fact.at_us))


def _receive_lines(db: Connection, fact: RecordedEvent, event: PurchaseReceived) -> None:
    when = (fact.seq, fact.business_date, fact.at_us, fact.actor)
    db.execute(_CHANGED, (fact.at_us, event.number))
    for n, line in enumerate(event.lines):
        goods = (line.sku, line.quantity, line.unit_cost_minor, line.lot, line.expiry, line.location)
        why = (line.movement, line.cause)
        db.execute(_RECEIPT, (event.supplier, event.delivery_note, n, event.number, *when, *goods, *why))
        db.execute(_RECEIVED, (event.number, line.sku, line.quantity, line.unit_cost_minor))


def _correct_receipt(db: Connection, fact: RecordedEvent, event: PurchaseReceiptCorrected) -> None:
    line = (event.supplier, event.delivery_note, event.n)
    (was,) = db.execute(_WAS, line).fetchone()
    db.execute(_REVISED, (event.quantity, event.unit_cost_minor, *line))
    db.execute(_CAME, (event.quantity - was, event.number, event.sku))
    db.execute(_CHANGED, (fact.at_us, event.number))


def _return_goods(db: Connection, fact: RecordedEvent, event: GoodsReturned) -> None:
    about = (event.supplier, event.document, event.number, int(event.replaced))
    when = (fact.business_date, fact.at_us, fact.actor)
    db.execute(_CHANGED, (fact.at_us, event.number))
    for n, line in enumerate(event.lines):
        goods = (line.sku, line.quantity, line.credit_minor, line.lot, line.location)
        db.execute(_RETURN, (fact.seq, n, *about, *when, *goods, event.note))
        if event.replaced:
            db.execute(_CAME, (-line.quantity, event.number, line.sku))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


projector = Projector(
    name="purchasing",
    version=1,
    tables=("supplier", "supplier_price", "purchase_order", "purchase_line", "purchase_receipt", "purchase_return"),
    on={
        **SUPPLIERS.on,
        SupplierPriceSet: _price,
        SupplierPriceWithdrawn: _withdraw_price,
        PurchaseDrafted: _save_draft,
        PurchaseMoved: _move_purchase,
        PurchaseReceived: _receive_lines,
        PurchaseReceiptCorrected: _correct_receipt,
        GoodsReturned: _return_goods,
    },
)
