"""Receiving with delivery notes, inside the transaction: into stock, with cost and lots."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.purchasing.commands import AddReceiptCost, ReceiptLine, ReceivePurchaseOrder
from edge.goods.purchasing.events import PurchaseMoved, PurchaseReceived, ReceivedGoods
from edge.goods.purchasing.purchase_orders import expect, require_order
from edge.goods.purchasing.queries import KeptPurchase, PurchasedGoods
from edge.goods.purchasing.rules import NEXT, price_off
from edge.goods.purchasing.supply.licences import ask_licence
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.locations import quarantine
from edge.goods.stock.rows import called_by, cost_of_one, find_stocked, name_values
from edge.lib.units.quantity import THOUSANDTHS, show_quantity

_NOTE = """
    SELECT delivery_note, number FROM purchase_receipt
    WHERE supplier = ? AND trim(delivery_note) = ? COLLATE NOCASE LIMIT 1
"""


class PriceFinding(msgspec.Struct, frozen=True):
    """A product received at a cost that differs from the order's."""

    sku: str
    ordered_minor: int
    received_minor: int


class ReceivedOrder(msgspec.Struct, frozen=True):
    """An order's state after a receipt, and discrepancies."""

    number: int
    state: str
    findings: tuple[PriceFinding, ...]


def receive(tx: Transaction, command: ReceivePurchaseOrder) -> ReceivedOrder:
    order = require_order(tx, command.number)
    if "part_received" not in NEXT[order.state] and "received" not in NEXT[order.state]:
        raise Refusal("order_state", {"from": order.state, "to": "received"})
    if not command.lines:
        raise Refusal("purchase_empty")
    if command.fees and not tx.actor.may(MANAGE):  # they change the cost of the goods, as `AddReceiptCost` does
        raise Refusal("right_denied", {"command": "ReceivePurchaseOrder", "right": MANAGE})
    note = " ".join(command.delivery_note.split())
    if not note:
        raise Refusal("delivery_note_missing")
    if found := kept_note(tx.db, order.supplier, note):
        raise Refusal("delivery_note_twice", {"note": found[0], "order": found[1]})
    command = msgspec.structs.replace(command, delivery_note=note)
    skus = [find_stocked(tx.db, line.sku).sku for line in command.lines]
    ask_licence(tx, order.supplier, skus)
    ordered = {line.sku: line for line in order.lines}
    came: list[ReceivedGoods] = []
    for line in command.lines:
        goods = _receive_line(tx, command, order, ordered, line)
        came.append(goods)
    _more(tx, ordered, came)
    tx.append(PurchaseReceived(order.number, order.supplier, command.delivery_note, tuple(came)))
    for fee in command.fees:
        share = AddReceiptCost(
            fee.amount_minor, supplier=order.supplier, delivery_note=command.delivery_note, note=fee.kind, by=fee.by
        )
        tx.do(share)
    state = _advance(tx, order)
    expect(tx, order.number)
    return ReceivedOrder(order.number, state, price_findings(order.lines, came))


def price_findings(lines: Iterable[PurchasedGoods], came: Iterable[ReceivedGoods]) -> tuple[PriceFinding, ...]:
    """Products received at a cost that differs from the order's."""
    ordered = {line.sku: line.unit_cost_minor for line in lines}
    return tuple(
        PriceFinding(goods.sku, ordered[goods.sku], goods.unit_cost_minor)
        for goods in came
        if goods.sku in ordered and price_off(ordered[goods.sku], goods.unit_cost_minor)
    )


def kept_note(db: Connection, supplier: str, note: str) -> tuple[str, int] | None:
    """A supplier's delivery note as originally written, and its order; None if unknown. Case and spaces are ignored."""
    found: tuple[str, int] | None = db.execute(_NOTE, (supplier, " ".join(note.split()))).fetchone()
    return found


def _receive_line(
    tx: Transaction,
    command: ReceivePurchaseOrder,
    order: KeptPurchase,
    ordered: dict[str, PurchasedGoods],
    line: ReceiptLine,
) -> ReceivedGoods:
    """Receive one line into stock."""
    product = find_stocked(tx.db, line.sku)
    known = ordered.get(product.sku)
    if known is None:
        tx.ask("not_ordered", {"sku": product.sku, **name_values(product), "number": order.number})
    cost = cost_of_one(product, line.unit_cost_minor)
    if cost is None and known is not None:
        cost = known.unit_cost_minor
    quantity = line.quantity * product.units  # in units, even if a case was scanned
    boxes, units = _split_boxes(product, known.pack if known else 1, quantity)
    location = line.location or (quarantine(tx) if line.cause else order.location)
    movement = RecordMovement(
        *(product.sku, "in", boxes, units, location, line.lot, line.expiry, "delivery", line.cause),
        document=command.delivery_note,
        unit_cost_minor=None if order.currency else cost,  # in another currency, the cost here isn't known yet
        packed=line.packed,
    )
    outcome = tx.do(movement)
    place = (line.lot, line.expiry, location)
    return ReceivedGoods(product.sku, quantity, cost or 0, *place, outcome.first_seq, line.cause)


def _split_boxes(product: CatalogProduct, pack: int, quantity: int) -> tuple[int, int]:
    """Split a quantity into closed boxes and loose units. Packs or scanned cases that make whole boxes
    arrive closed.
    """
    box = product.box or 0
    if not box or (pack % box and product.units % box):
        return 0, quantity
    return divmod(quantity, box * THOUSANDTHS)


def _more(tx: Transaction, ordered: dict[str, PurchasedGoods], came: list[ReceivedGoods]) -> None:
    """Ask for confirmation of excess quantities."""
    sums: dict[str, int] = {}
    for goods in came:
        sums[goods.sku] = sums.get(goods.sku, 0) + goods.quantity
    for sku, quantity in sums.items():
        if sku in ordered and quantity > ordered[sku].open:
            values = {"open": show_quantity(ordered[sku].open), "came": show_quantity(quantity)}
            tx.ask("more_than_ordered", {"sku": sku, **called_by(tx.db, sku), **values})


def _advance(tx: Transaction, order: KeptPurchase) -> str:
    """Advance an order's state from its receipts."""
    now = require_order(tx, order.number)
    state = "part_received" if any(line.open > 0 for line in now.lines) else "received"
    if state != order.state and order.state != "received":
        tx.append(PurchaseMoved(order.number, order.state, state))
        return state
    return order.state
