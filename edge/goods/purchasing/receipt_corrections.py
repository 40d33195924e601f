"""Corrections of receipts, later costs and returns, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.purchasing.commands import AddReceiptCost, CorrectReceipt, ReturnToSupplier
from edge.goods.purchasing.entities import SUPPLIERS
from edge.goods.purchasing.events import GoodsBack, GoodsReturned, PurchaseMoved, PurchaseReceiptCorrected
from edge.goods.purchasing.purchase_orders import expect, require_order
from edge.goods.purchasing.receiving import kept_note
from edge.goods.stock.commands import RecordMovement, ReviseReceipt
from edge.goods.stock.events import CostCorrected
from edge.goods.stock.moving import costs
from edge.goods.stock.moving.receipts import RevisedReceipt
from edge.goods.stock.rows import closed_and_loose, cost_of_one, find_product
from edge.lib.units.quantity import show_quantity

_LINE = "SELECT supplier, delivery_note, n, number FROM purchase_receipt WHERE movement = ? AND sku = ?"
_NOTE = "SELECT DISTINCT movement FROM purchase_receipt WHERE supplier = ? AND delivery_note = ? AND movement > 0"
_SPREAD = """
    SELECT r.sku, r.quantity, r.unit_cost_minor, s.average_micro FROM stock_receipt r JOIN stock s USING (sku)
    WHERE r.seq = ? AND r.quantity > 0
"""
_AVERAGE = "SELECT average_micro FROM stock WHERE sku = ?"


class CostEffect(msgspec.Struct, frozen=True):
    """Effect of a correction in thousandths of a minor unit: `value_milli` on stock on hand, `gone_milli` on sold
    goods.
    """

    value_milli: int
    gone_milli: int


def correct_receipt(tx: Transaction, command: CorrectReceipt) -> CostEffect:
    product = find_product(tx.db, command.sku)
    if product is None:
        raise Refusal("unknown_sku", {"sku": command.sku})
    sku, cost = product.sku, cost_of_one(product, command.unit_cost_minor)
    quantity = None if command.quantity is None else command.quantity * product.units
    revise = ReviseReceipt(command.receipt, sku, quantity, cost, note=command.note)
    outcome = tx.do(revise)
    found = outcome.result
    if isinstance(found, RevisedReceipt) and found.changed:
        line = tx.db.execute(_LINE, (command.receipt, sku)).fetchone()
        if line:
            _of_order(tx, sku, found, *line)
        return CostEffect(found.value_milli, found.gone_milli)
    return CostEffect(0, 0)


def _of_order(tx: Transaction, sku: str, found: RevisedReceipt, supplier: str, note: str, n: int, number: int) -> None:
    """Record a correction on its order, which is reopened if incomplete."""
    cost = found.unit_cost_minor or 0
    tx.append(PurchaseReceiptCorrected(number, supplier, note, n, sku, found.quantity, cost))
    reopen(tx, number)


def reopen(tx: Transaction, number: int) -> None:
    """Update an order's state from its receipts, and the stock on order."""
    order = require_order(tx, number)
    missing = any(line.open > 0 for line in order.lines)
    if order.state == "received" and missing:
        tx.append(PurchaseMoved(number, "received", "part_received"))
    elif order.state == "part_received" and not missing:
        tx.append(PurchaseMoved(number, "part_received", "received"))
    expect(tx, number)


def add_receipt_cost(tx: Transaction, command: AddReceiptCost) -> CostEffect:
    receipts = command.receipts
    if command.delivery_note:
        kept = kept_note(tx.db, command.supplier, command.delivery_note)
        note = (command.supplier, kept[0] if kept else "")
        receipts += tuple(seq for (seq,) in tx.db.execute(_NOTE, note))
    lines: list[tuple[int, str, int, int]] = []
    for receipt in dict.fromkeys(receipts):
        for sku, quantity, cost, average in tx.db.execute(_SPREAD, (receipt,)):
            paid = costs.Received(quantity, cost).paid_milli(average)  # received without a cost: valued at the average
            lines.append((receipt, sku, quantity, paid))
    if not lines:
        raise Refusal("no_receipts", {"note": command.delivery_note})
    if not command.amount_minor:
        raise Refusal("amount_zero")
    worth = [line[3] for line in lines]
    weights = worth if command.by == "value" and any(worth) else [line[2] for line in lines]
    value = gone = 0
    for (receipt, sku, *_), share in zip(lines, costs.shares(command.amount_minor, weights), strict=True):
        if not share:
            continue
        revise = ReviseReceipt(receipt, sku, add_minor=share, document=command.document, note=command.note)
        outcome = tx.do(revise)
        if isinstance(outcome.result, RevisedReceipt):
            value, gone = value + outcome.result.value_milli, gone + outcome.result.gone_milli
    return CostEffect(value, gone)


def return_goods(tx: Transaction, command: ReturnToSupplier) -> CostEffect:
    """Return goods at their stock value; a difference from the credit is a variance."""
    _unfit(tx, command)
    back: list[GoodsBack] = []
    variance = 0
    for line in command.lines:
        product = find_product(tx.db, line.sku)
        if product is None:
            raise Refusal("unknown_sku", {"sku": line.sku})
        credit = cost_of_one(product, line.credit_minor)
        quantity = line.quantity * product.units  # in units, even if a case was scanned
        movement = RecordMovement(
            *(product.sku, "out", *closed_and_loose(product, 0, line.quantity), line.location, line.lot),
            reason="returned",
            note=command.note,
            document=command.document,
        )
        (average,) = tx.db.execute(_AVERAGE, (product.sku,)).fetchone() or (None,)
        tx.do(movement)
        if credit is not None and average is not None:
            amount = costs.value_milli(average, quantity) - quantity * credit
            variance += amount
            if amount:
                tx.append(CostCorrected(product.sku, amount, "returned", document=command.document))
        back.append(GoodsBack(product.sku, quantity, credit, line.lot, line.location))
    replaced = command.replace and command.number > 0
    tx.append(GoodsReturned(command.supplier, command.document, tuple(back), replaced, command.number, command.note))
    if replaced:
        reopen(tx, command.number)
    return CostEffect(0, variance)


def _unfit(tx: Transaction, command: ReturnToSupplier) -> None:
    """Raise `Refusal` if these goods can't be returned."""
    SUPPLIERS.require(tx.db, command.supplier)
    if not command.lines:
        raise Refusal("purchase_empty")
    if not command.number:
        if command.replace:
            raise Refusal("replaces_no_order")
        return
    order = require_order(tx, command.number)
    if order.supplier != command.supplier:
        raise Refusal("order_of_other", {"number": order.number, "supplier": order.supplier})
    if command.replace and order.state not in ("part_received", "received"):
        raise Refusal("order_state", {"from": order.state, "to": "part_received"})
    left = {line.sku: line.received for line in order.lines}
    for line in command.lines:
        product = find_product(tx.db, line.sku)
        if product is None:
            raise Refusal("unknown_sku", {"sku": line.sku})
        sku, quantity = product.sku, line.quantity * product.units
        left[sku] = left.get(sku, 0) - quantity
        if command.replace and left[sku] < 0:
            raise Refusal("returned_too_much", {"sku": sku, "came": show_quantity(left[sku] + quantity)})
