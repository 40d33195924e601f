"""Effects of posting an invoice on the stock, and undoing them, inside the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import msgspec

from edge.core.registry import Transaction
from edge.goods.purchasing.commands import (
    AddReceiptCost,
    CorrectReceipt,
    ReceiptLine,
    ReceivePurchaseOrder,
    SetSupplierPrice,
)
from edge.goods.purchasing.queries import (
    KeptPurchase,
    PurchaseReceipt,
    read_purchase,
    read_supplier,
    read_supplier_prices,
)
from edge.goods.supplier_invoices.charges import unnamed_minor
from edge.goods.supplier_invoices.events import PostedEffect
from edge.goods.supplier_invoices.match import MatchedLine
from edge.goods.supplier_invoices.queries import KeptInvoice
from edge.goods.supplier_invoices.receipt_parts import ReceiptParts, parts_of
from edge.lib.units.quantity import THOUSANDTHS

DOCUMENT_CHARS = 80
_POSTED = """
    SELECT coalesce(sum(quantity), 0) FROM supplier_invoice_posted WHERE order_number = ? AND sku = ? AND number <> ?
"""
_COST = "SELECT quantity, unit_cost_minor FROM stock_receipt WHERE sku = ? AND seq = ?"


def receive(tx: Transaction, invoice: KeptInvoice, lines: Sequence[MatchedLine]) -> list[PostedEffect]:
    """Receive goods not received yet, under the invoice's delivery note and at its cost.

    Receipts that were undone with the invoice are booked again, because a note counts only once.
    """
    note = _note_of(invoice)
    effects = []
    for order in dict.fromkeys(line.order for line in lines):
        mine = [line for line in lines if line.order == order]
        back = {receipt.sku: receipt for receipt in _receipts(_order(tx, order), note) if not receipt.quantity}
        for line in mine:
            if line.sku in back:
                again = CorrectReceipt(back[line.sku].movement, line.sku, line.quantity, line.unit_cost_minor)
                tx.do(again)
        came = [line for line in mine if line.sku not in back]
        if came:
            rows = tuple(ReceiptLine(line.sku, line.quantity, line.unit_cost_minor) for line in came)
            tx.do(ReceivePurchaseOrder(order, note, rows), asks=False)
        left = {sku: sum(line.net_minor for line in mine if line.sku == sku) for sku in {line.sku for line in mine}}
        received = [one for one in _receipts(_order(tx, order), note) if one.sku in left and one.quantity]
        for at, one in enumerate(received):
            is_last = all(other.sku != one.sku for other in received[at + 1 :])
            paid = left[one.sku] if is_last else one.quantity * one.unit_cost_minor // THOUSANDTHS
            left[one.sku] -= paid
            effect = PostedEffect(one.movement, one.sku, None, one.unit_cost_minor, one.quantity, 0, one.quantity, paid)
            _add_rest(tx, one.movement, ReceiptParts(((one.quantity, 0, paid),)).rest_minor(one.quantity))
            effects.append(effect)
    return effects


def correct(tx: Transaction, invoice: KeptInvoice, lines: Sequence[MatchedLine]) -> list[PostedEffect]:
    """Assign each line to receipts of its product in its order: first receipts of the invoice's delivery note, then the
    oldest. Parts covered by another invoice are skipped.

    The assigned part gets the line's cost; the rest keeps its own.
    """
    note, found = _note_of(invoice), dict[tuple[int, str], PostedEffect]()
    for line in lines:
        left, net = line.quantity, Fraction(line.net_minor)
        for receipt, free in _parts_left(tx, invoice.number, line, note):
            key = (receipt.movement, line.sku)
            before = found.get(key)
            part = min(left, free - (before.part if before else 0))
            if part <= 0:
                continue
            paid = round(net * part / left)
            left, net = left - part, net - paid
            known = parts_of(tx.db, receipt.movement, line.sku)
            was = known.parts[0][1] if known.parts else before.was_minor if before else receipt.unit_cost_minor
            if before:
                part, paid = part + before.part, paid + before.net_minor
            now = ReceiptParts((*known.parts, (part, was or 0, paid)))
            so_far = ReceiptParts((*known.parts, (before.part, was or 0, before.net_minor))) if before else known
            _set_worth(tx, receipt, so_far, now)
            found[key] = PostedEffect(*key, was, now.cost_minor(receipt.quantity), part=part, net_minor=paid)
            if not left:
                break
    return list(found.values())


def _parts_left(tx: Transaction, number: int, line: MatchedLine, note: str) -> list[tuple[PurchaseReceipt, int]]:
    """Receipts of a line's product in its order, those of a delivery note first, with the quantity not covered by a
    posted invoice. Older invoices without a receipt are counted against the oldest receipts.
    """
    receipts = [
        one for one in _order(tx, line.order).receipts if one.sku == line.sku and one.movement and one.quantity > 0
    ]
    priced = {one.movement: parts_of(tx.db, one.movement, line.sku).quantity for one in receipts}
    (posted,) = tx.db.execute(_POSTED, (line.order, line.sku, number)).fetchone()
    unsaid, found = max(0, posted - sum(priced.values())), []
    for one in receipts:
        taken = min(unsaid, one.quantity - priced[one.movement])
        unsaid -= max(0, taken)
        found.append((one, one.quantity - priced[one.movement] - max(0, taken)))
    return sorted(found, key=lambda pair: pair[0].delivery_note.casefold() != note.casefold())


def _set_worth(tx: Transaction, receipt: PurchaseReceipt, was: ReceiptParts, now: ReceiptParts) -> None:
    """Set a receipt's value to the sum from the invoices of its parts, to the minor unit."""
    sku, movement, quantity = receipt.sku, receipt.movement, receipt.quantity
    (_, cost) = tx.db.execute(_COST, (sku, movement)).fetchone()
    if cost != (to := now.cost_minor(quantity)):
        tx.do(CorrectReceipt(movement, sku, unit_cost_minor=to))
    _add_rest(tx, movement, now.rest_minor(quantity) - was.rest_minor(quantity))


def _add_rest(tx: Transaction, movement: int, rest_minor: int) -> None:
    if rest_minor:
        tx.do(AddReceiptCost(rest_minor, (movement,)))


def _note_of(invoice: KeptInvoice) -> str:
    return " ".join((invoice.paper.despatch or invoice.paper.number)[:80].split())


def set_prices(tx: Transaction, invoice: KeptInvoice, lines: Sequence[MatchedLine], digits: int) -> None:
    """Set these lines' unit costs in the supplier's price list from today; `digits`: decimals of the currency.

    Lists in a currency other than the invoice's, and prices with quantity discounts, are unchanged.
    """
    supplier = read_supplier(tx.db, invoice.supplier)
    if supplier is None or supplier.currency not in ("", invoice.paper.currency):
        return
    for line in lines:
        printed = invoice.paper.lines[line.line]
        cost = abs(Decimal(printed.total).scaleb(digits + 3) / line.quantity).quantize(Decimal(1), ROUND_HALF_UP)
        if not cost:
            continue  # too small for a price list
        known = next(iter(read_supplier_prices(tx.db, supplier.id, line.sku)), None)
        if known and (known.breaks or known.cost_minor == cost):
            continue
        terms = (known.code, known.pack, known.min_packs) if known else (printed.code[:80], 1, 1)
        tx.do(SetSupplierPrice(supplier.id, line.sku, int(cost), *terms))


def charge(
    tx: Transaction,
    invoice: KeptInvoice,
    lines: Sequence[MatchedLine],
    charged_minor: int,
    effects: Sequence[PostedEffect],
) -> list[PostedEffect]:
    """Distribute freight and fees not yet included in receipts over the receipts of the invoice's goods, by value.

    Returns `effects` with each receipt's share. Goods never received get none.
    """
    left = unnamed_minor(tx.db, invoice.number, lines, charged_minor)
    before = _added_costs(tx, lines)
    if not left or not before:
        return list(effects)
    movements = tuple(dict.fromkeys(movement for movement, _ in before))
    tx.do(AddReceiptCost(left, movements, document=" ".join(invoice.paper.number.split())[:DOCUMENT_CHARS]))
    known = {(one.movement, one.sku): one for one in effects}
    for key, (added, cost) in _added_costs(tx, lines).items():
        if share := added - before[key][0]:
            kept = known.get(key, PostedEffect(*key, None, cost))
            known[key] = msgspec.structs.replace(kept, added_minor=share)
    return list(known.values())


def _added_costs(tx: Transaction, lines: Sequence[MatchedLine]) -> dict[tuple[int, str], tuple[int, int]]:
    """The freight and fees and the unit cost of each receipt of the lines' goods, by movement and product."""
    wanted = {(line.order, line.sku) for line in lines if line.ordered}
    receipts = [(order, one) for order in {order for order, _ in wanted} for one in _order(tx, order).receipts]
    return {
        (one.movement, one.sku): (one.added_minor, one.unit_cost_minor)
        for order, one in receipts
        if (order, one.sku) in wanted and one.movement and one.quantity
    }


def take_back(tx: Transaction, number: int, effect: PostedEffect) -> None:
    """Restore a receipt as it was before invoice `number`; later corrections stay."""
    if effect.added_minor:
        tx.do(AddReceiptCost(-effect.added_minor, (effect.movement,)))
    quantity, cost = tx.db.execute(_COST, (effect.sku, effect.movement)).fetchone()
    if effect.brought:
        if quantity == effect.brought:
            if effect.part:
                parts = ReceiptParts(((effect.part, 0, effect.net_minor),))
                _add_rest(tx, effect.movement, -parts.rest_minor(quantity))
            tx.do(CorrectReceipt(effect.movement, effect.sku, quantity=0))
    elif effect.part:
        every, others = (parts_of(tx.db, effect.movement, effect.sku, but) for but in (0, number))
        if quantity and cost == every.cost_minor(quantity):
            to = others.cost_minor(quantity) if others.parts else effect.was_minor or 0
            if cost != to:
                tx.do(CorrectReceipt(effect.movement, effect.sku, unit_cost_minor=to))
            _add_rest(tx, effect.movement, others.rest_minor(quantity) - every.rest_minor(quantity))
    elif effect.was_minor is not None and cost == effect.set_minor:
        tx.do(CorrectReceipt(effect.movement, effect.sku, unit_cost_minor=effect.was_minor))


def _receipts(order: KeptPurchase, note: str) -> list[PurchaseReceipt]:
    return [one for one in order.receipts if one.delivery_note.casefold() == note.casefold() and one.movement]


def _order(tx: Transaction, number: int) -> KeptPurchase:
    order = read_purchase(tx.db, number)
    assert order is not None, "the line was matched with it"
    return order
