"""Projects order events to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.ordering.orders.events import (
    OrderAttached,
    OrderChanged,
    OrderMoved,
    OrderParted,
    OrderPlaced,
    OrderReaddressed,
    SlotSet,
    SubstituteDeclined,
    SubstituteProposed,
)
from edge.ordering.orders.order import OrderPart, Proposal
from edge.ordering.orders.paying.advance_money import advance_moves, lines_ahead
from edge.ordering.orders.rules import OPEN

_encode = msgspec.json.Encoder().encode
_decode_proposals = msgspec.json.Decoder(list[Proposal]).decode
_decode_parts = msgspec.json.Decoder(list[OrderPart]).decode
_COLUMNS = (
    *("id", "seq", "business_date", "number", "said", "state", "open", "channel", "fulfilment", "cart", "secret"),
    *("placed_us", "changed_us", "slot_from_us", "slot_until_us", "version", "total_minor", "driver", "attempts"),
    *("register", "receipt", "customer", "person", "goods", "said_of", "parts", "proposals"),
)
_PLACE = f"INSERT INTO shop_order ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_MOVE = """
    UPDATE shop_order SET state = ?2, open = ?3, changed_us = ?4, driver = CASE WHEN ?5 <> '' THEN ?5 ELSE driver END,
           attempts = attempts + (?2 = 'failed'), register = CASE WHEN ?6 THEN ?7 ELSE register END,
           receipt = CASE WHEN ?6 THEN ?6 ELSE receipt END
    WHERE id = ?1
"""
_STEP = """
    INSERT INTO order_step (order_id, seq, was, now, at_us, actor, surface, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_CHANGE = "UPDATE shop_order SET version = ?, goods = ?, total_minor = ?, changed_us = ? WHERE id = ?"
_SLOT = "UPDATE shop_order SET slot_from_us = ?, slot_until_us = ? WHERE id = ?"
_AHEAD = "UPDATE shop_order SET advance_minor = advance_minor + ?, advance_us = ? WHERE id = ?"
_TAKEN = """
    INSERT INTO order_advance (order_id, register, receipt, minor, back_minor, seq, tax) VALUES (?, ?, ?, ?, 0, ?, ?)
"""
_GIVEN = "UPDATE order_advance SET back_minor = back_minor + ? WHERE order_id = ? AND register = ? AND receipt = ?"


class SaidOf(msgspec.Struct, frozen=True, omit_defaults=True):
    """Other fields of an order's row: personal ones as ciphertext. `goes_to`: a changed address."""

    currency: str
    language: str = ""
    zone: str = ""
    place: str = ""
    substitutes: bool = False
    name: str = ""
    phone: str = ""
    address: str = ""
    note: str = ""
    no_show_fee_minor: int = 0
    goes_to: str = ""
    expected_us: int = 0


_decode_said = msgspec.json.Decoder(SaidOf).decode


def _insert_order(db: Connection, fact: RecordedEvent, event: OrderPlaced) -> None:
    said_of = SaidOf(**{field: getattr(event, field) for field in SaidOf.__struct_fields__ if field != "goes_to"})
    values = (
        *(event.order, fact.seq, fact.business_date, event.number, event.said, "placed", 1, event.channel),
        *(event.fulfilment, event.cart, event.secret, fact.at_us, fact.at_us),
        *(event.slot_from_us, event.slot_until_us, 1, event.goods.total_minor, "", 0, "", 0),
        *(event.customer, event.person, _encode(event.goods), _encode(said_of), "[]", "[]"),
    )
    db.execute(_PLACE, values)
    _step(db, fact, event.order, "", "placed", "")


def _move_order(db: Connection, fact: RecordedEvent, event: OrderMoved) -> None:
    is_open = int(event.now in OPEN)
    sale = (event.receipt, fact.register)
    db.execute(_MOVE, (event.order, event.now, is_open, fact.at_us, event.driver, *sale))
    _step(db, fact, event.order, event.was, event.now, event.reason)


def _replace_goods(db: Connection, fact: RecordedEvent, event: OrderChanged) -> None:
    goods = event.goods
    db.execute(_CHANGE, (event.revision, _encode(goods), goods.total_minor, fact.at_us, event.order))
    there = {line.id for line in goods.sold_lines}
    _propose(db, event.order, [one for one in _proposals(db, event.order) if one.line in there])


def _add_proposal(db: Connection, fact: RecordedEvent, event: SubstituteProposed) -> None:
    others = [one for one in _proposals(db, event.order) if one.line != event.line]
    _propose(
        db, event.order, [*others, Proposal(event.line, event.sku, event.names, event.price_minor, event.instead_of)]
    )


def _decline_proposal(db: Connection, fact: RecordedEvent, event: SubstituteDeclined) -> None:
    known = _proposals(db, event.order)
    said = [msgspec.structs.replace(one, declined=True) if one.line == event.line else one for one in known]
    _propose(db, event.order, said)


def _proposals(db: Connection, order: str) -> list[Proposal]:
    return _decode_proposals(db.execute("SELECT proposals FROM shop_order WHERE id = ?", (order,)).fetchone()[0])


def _propose(db: Connection, order: str, proposals: list[Proposal]) -> None:
    db.execute("UPDATE shop_order SET proposals = ? WHERE id = ?", (_encode(proposals).decode(), order))


def _add_part(db: Connection, fact: RecordedEvent, event: OrderParted) -> None:
    goods = event.goods
    was_minor, kept = db.execute("SELECT total_minor, parts FROM shop_order WHERE id = ?", (event.order,)).fetchone()
    parts = _decode_parts(kept)
    before_minor = sum(part.total_minor for part in parts)
    paid_minor = event.parts_minor - before_minor if event.parts_minor else was_minor - goods.total_minor
    parts.append(OrderPart(fact.register, event.receipt, paid_minor))
    db.execute(_CHANGE, (event.revision, _encode(goods), goods.total_minor, fact.at_us, event.order))
    db.execute("UPDATE shop_order SET parts = ? WHERE id = ?", (_encode(parts).decode(), event.order))
    _step(db, fact, event.order, "ready", "ready", event.shown)


def _attach_customer(db: Connection, fact: RecordedEvent, event: OrderAttached) -> None:
    db.execute("UPDATE shop_order SET customer = ? WHERE id = ?", (event.customer, event.order))


def _book_advances(db: Connection, fact: RecordedEvent, event: SaleCompleted) -> None:
    for line in event.lines:
        if line.kind == "advance" and not line.voided:
            tax = _encode(event.tax).decode() if event.tax and event.tax.classes else ""
            db.execute(_TAKEN, (line.code, fact.register, event.number, line.amount_minor, fact.seq, tax))
    for order, minor in advance_moves(event):
        db.execute(_AHEAD, (minor, fact.at_us, order))


def _refund_advances(db: Connection, fact: RecordedEvent, event: SaleRefunded) -> None:
    for line in lines_ahead(event.lines):
        db.execute(_GIVEN, (line.amount_minor, line.code, event.sale_register, event.sale))
    _ahead(db, fact, event)


def _ahead(db: Connection, fact: RecordedEvent, event: SaleVoided | SaleRefunded) -> None:
    for order, minor in advance_moves(event):
        db.execute(_AHEAD, (minor, fact.at_us, order))


def _slot(db: Connection, fact: RecordedEvent, event: SlotSet) -> None:
    db.execute(_SLOT, (event.slot_from_us, event.slot_until_us, event.order))


def _set_address(db: Connection, fact: RecordedEvent, event: OrderReaddressed) -> None:
    (kept,) = db.execute("SELECT said_of FROM shop_order WHERE id = ?", (event.order,)).fetchone()
    said = msgspec.structs.replace(_decode_said(kept), goes_to=event.address, zone=event.zone)
    db.execute("UPDATE shop_order SET said_of = ? WHERE id = ?", (_encode(said), event.order))


def _step(db: Connection, fact: RecordedEvent, order: str, was: str, now: str, reason: str) -> None:
    db.execute(_STEP, (order, fact.seq, was, now, fact.at_us, fact.actor, fact.surface, reason))


projector = Projector(
    name="orders",
    version=1,
    tables=("shop_order", "order_step", "order_advance"),
    on={
        OrderPlaced: _insert_order,
        OrderMoved: _move_order,
        OrderChanged: _replace_goods,
        OrderParted: _add_part,
        OrderAttached: _attach_customer,
        SaleCompleted: _book_advances,
        SaleVoided: _ahead,
        SaleRefunded: _refund_advances,
        SubstituteProposed: _add_proposal,
        SubstituteDeclined: _decline_proposal,
        SlotSet: _slot,
        OrderReaddressed: _set_address,
    },
)
