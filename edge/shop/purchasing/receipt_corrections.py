"""Deliveries that were not what was booked, freight that comes later, goods that go back; inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.lib.units.quantity import THOUSANDTHS, show_quantity
from edge.shop.purchasing.commands import AddReceiptCost, CorrectReceipt, ReturnToSupplier
from edge.shop.purchasing.events import GoodsBack, GoodsReturned, PurchaseMoved, PurchaseReceiptCorrected
from edge.shop.purchasing.purchase_orders import expect, require_order
from edge.shop.purchasing.suppliers import require_supplier
from edge.shop.stock import costs
from edge.shop.stock.commands import RecordMovement, ReviseReceipt
from edge.shop.stock.events import CostCorrected
from edge.shop.stock.receipts import RevisedReceipt
from edge.shop.stock.rows import find_product

_LINE = "SELECT supplier, delivery_note, n, number FROM purchase_receipt WHERE movement = ? AND sku = ?"
_NOTE = "SELECT DISTINCT movement FROM purchase_receipt WHERE supplier = ? AND delivery_note = ? AND movement > 0"
_SPREAD = "SELECT sku, quantity, unit_cost_minor FROM stock_receipt WHERE seq = ? AND quantity > 0"
_AVERAGE = "SELECT average_micro FROM stock WHERE sku = ?"


class CostEffect(msgspec.Struct, frozen=True):
    """What a correction did: `value_milli` to what is there, `gone_milli` to what was sold; thousandths of a minor
    unit."""

    value_milli: int
    gone_milli: int


def correct_receipt(tx: Transaction, command: CorrectReceipt) -> CostEffect | Refused:
    product = find_product(tx.db, command.sku)
    sku = product.sku if product else command.sku
    revise = ReviseReceipt(command.receipt, sku, command.quantity, command.unit_cost_minor, note=command.note)
    outcome = tx.do(revise)
    if isinstance(outcome, Refused):
        return outcome
    found = outcome.result
    if isinstance(found, RevisedReceipt) and found.changed:
        line = tx.db.execute(_LINE, (command.receipt, sku)).fetchone()
        if line and (refused := _of_order(tx, sku, found, *line)):
            return refused
        return CostEffect(found.value_milli, found.gone_milli)
    return CostEffect(0, 0)


def _of_order(
    tx: Transaction, sku: str, found: RevisedReceipt, supplier: str, note: str, n: int, number: int
) -> Refused | None:
    """An order gets to know what came of it, and is open again where that is not all."""
    cost = found.unit_cost_minor or 0
    tx.append(PurchaseReceiptCorrected(number, supplier, note, n, sku, found.quantity, cost))
    return reopen(tx, number)


def reopen(tx: Transaction, number: int) -> Refused | None:
    """Let an order be in the state that what came of it makes of it now."""
    order = require_order(tx, number)
    if isinstance(order, Refused):
        return order
    missing = any(line.open > 0 for line in order.lines)
    if order.state == "received" and missing:
        tx.append(PurchaseMoved(number, "received", "part_received"))
    elif order.state == "part_received" and not missing:
        tx.append(PurchaseMoved(number, "part_received", "received"))
    return expect(tx, number)


def add_receipt_cost(tx: Transaction, command: AddReceiptCost) -> CostEffect | Refused:
    receipts = command.receipts
    if command.delivery_note:
        note = (command.supplier, command.delivery_note)
        receipts += tuple(seq for (seq,) in tx.db.execute(_NOTE, note))
    lines: list[tuple[int, str, int, int]] = []
    for receipt in dict.fromkeys(receipts):
        for sku, quantity, cost in tx.db.execute(_SPREAD, (receipt,)):
            lines.append((receipt, sku, quantity, quantity * (cost or 0)))
    if not lines:
        return Refused("no_receipts", {"note": command.delivery_note})
    if not command.amount_minor:
        return Refused("amount_zero")
    worth = [line[3] for line in lines]
    weights = worth if any(worth) else [line[2] for line in lines]
    value = gone = 0
    for (receipt, sku, *_), share in zip(lines, costs.shares(command.amount_minor, weights), strict=True):
        if not share:
            continue
        revise = ReviseReceipt(receipt, sku, add_minor=share, document=command.document, note=command.note)
        outcome = tx.do(revise)
        if isinstance(outcome, Refused):
            return outcome
        if isinstance(outcome.result, RevisedReceipt):
            value, gone = value + outcome.result.value_milli, gone + outcome.result.gone_milli
    return CostEffect(value, gone)


def return_goods(tx: Transaction, command: ReturnToSupplier) -> CostEffect | Refused:
    """What goes back leaves at what it is worth here; what is credited beyond or below that is a figure."""
    if refused := _unfit(tx, command):
        return refused
    back: list[GoodsBack] = []
    variance = 0
    for line in command.lines:
        product = find_product(tx.db, line.sku)
        if product is None:
            return Refused("unknown_sku", {"sku": line.sku})
        movement = RecordMovement(
            *(product.sku, "out", 0, line.quantity, line.location, line.lot),
            reason="returned",
            note=command.note,
            document=command.document,
            confirmed=command.confirmed,
        )
        (average,) = tx.db.execute(_AVERAGE, (product.sku,)).fetchone() or (None,)
        outcome = tx.do(movement)
        if isinstance(outcome, Refused):
            return outcome
        if line.credit_minor is not None and average is not None:
            amount = costs.value_milli(average, line.quantity) - line.quantity * line.credit_minor
            variance += amount
            if amount:
                tx.append(CostCorrected(product.sku, amount, "returned", document=command.document))
        back.append(GoodsBack(product.sku, line.quantity, line.credit_minor, line.lot, line.location))
    replaced = command.replace and command.number > 0
    tx.append(GoodsReturned(command.supplier, command.document, tuple(back), replaced, command.number, command.note))
    if replaced and (refused := reopen(tx, command.number)):
        return refused
    return CostEffect(0, variance)


def _unfit(tx: Transaction, command: ReturnToSupplier) -> Refused | None:
    """Why these goods cannot go back so."""
    if refused := require_supplier(tx, command.supplier):
        return refused
    if not command.lines:
        return Refused("purchase_empty")
    if not command.number:
        return Refused("replaces_no_order") if command.replace else None
    order = require_order(tx, command.number)
    if isinstance(order, Refused):
        return order
    if order.supplier != command.supplier:
        return Refused("order_of_other", {"number": order.number, "supplier": order.supplier})
    if command.replace and order.state not in ("part_received", "received"):
        return Refused("order_state", {"from": order.state, "to": "part_received"})
    left = {line.sku: line.received for line in order.lines}
    for line in command.lines:
        product = find_product(tx.db, line.sku)
        sku = product.sku if product else line.sku
        left[sku] = left.get(sku, 0) - line.quantity
        if command.replace and left[sku] < 0:
            return Refused("returned_too_much", {"sku": sku, "came": show_quantity(left[sku] + line.quantity)})
        if product and product.unit == "piece" and line.quantity % THOUSANDTHS:
            return Refused("pieces_moved_whole", {"sku": product.sku})
    return None
