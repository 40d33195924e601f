"""What an invoice does to the stock once it is posted, and how that is taken back; inside the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from edge.core.registry import Transaction
from edge.shop.purchasing.commands import (
    AddReceiptCost,
    CorrectReceipt,
    ReceiptLine,
    ReceivePurchaseOrder,
    SetSupplierPrice,
)
from edge.shop.purchasing.queries import (
    KeptPurchase,
    PurchaseReceipt,
    read_purchase,
    read_supplier,
    read_supplier_prices,
)
from edge.shop.supplier_invoices.charges import unnamed_minor
from edge.shop.supplier_invoices.events import PostedEffect
from edge.shop.supplier_invoices.match import MatchedLine
from edge.shop.supplier_invoices.queries import KeptInvoice

DOCUMENT_CHARS = 80
_COST = "SELECT quantity, unit_cost_minor FROM stock_receipt WHERE sku = ? AND seq = ?"


def receive(tx: Transaction, invoice: KeptInvoice, lines: Sequence[MatchedLine]) -> list[PostedEffect]:
    """What was not received, under the invoice's delivery note, at what it says that it costs. Receipts that were taken
    back with the invoice are said anew: a note counts once."""
    note = " ".join((invoice.paper.despatch or invoice.paper.number)[:80].split())
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
        skus = {line.sku for line in mine}
        effects += [
            PostedEffect(one.movement, one.sku, None, one.unit_cost_minor, one.quantity)
            for one in _receipts(_order(tx, order), note)
            if one.sku in skus
        ]
    return effects


def correct(tx: Transaction, line: MatchedLine) -> list[PostedEffect]:
    """Each receipt of the order's product at this cost; one that has it already is left alone."""
    effects = []
    for receipt in _order(tx, line.order).receipts:
        if receipt.sku == line.sku and receipt.movement and receipt.unit_cost_minor != line.unit_cost_minor:
            (_, cost) = tx.db.execute(_COST, (line.sku, receipt.movement)).fetchone()
            tx.do(CorrectReceipt(receipt.movement, line.sku, unit_cost_minor=line.unit_cost_minor))
            effects.append(PostedEffect(receipt.movement, line.sku, cost, line.unit_cost_minor))
    return effects


def set_prices(tx: Transaction, invoice: KeptInvoice, lines: Sequence[MatchedLine], digits: int) -> None:
    """The supplier's list says from today on what these lines cost a unit; `digits` of the currency. One that does not
    take prices in the invoice's currency, and prices by the pack's number, are left alone."""
    supplier = read_supplier(tx.db, invoice.supplier)
    if supplier is None or supplier.currency not in ("", invoice.paper.currency):
        return
    for line in lines:
        printed = invoice.paper.lines[line.line]
        cost = abs(Decimal(printed.total).scaleb(digits + 3) / line.quantity).quantize(Decimal(1), ROUND_HALF_UP)
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
    """Freight and fees that no receipt names, spread by value over the receipts of the invoice's goods; `effects` with
    what each of them bears of it. Goods that never came bear none."""
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
    """Of each receipt of the lines' goods, by movement and product, what it bears of freight and fees, and what one of
    it costs."""
    wanted = {(line.order, line.sku) for line in lines if line.ordered}
    receipts = [(order, one) for order in {order for order, _ in wanted} for one in _order(tx, order).receipts]
    return {
        (one.movement, one.sku): (one.added_minor, one.unit_cost_minor)
        for order, one in receipts
        if (order, one.sku) in wanted and one.movement and one.quantity
    }


def take_back(tx: Transaction, effect: PostedEffect) -> None:
    """A receipt as it was before; what somebody said of it since holds."""
    if effect.added_minor:
        tx.do(AddReceiptCost(-effect.added_minor, (effect.movement,)))
    quantity, cost = tx.db.execute(_COST, (effect.sku, effect.movement)).fetchone()
    if effect.brought:
        if quantity == effect.brought:
            tx.do(CorrectReceipt(effect.movement, effect.sku, quantity=0))
    elif effect.was_minor is not None and cost == effect.set_minor:
        tx.do(CorrectReceipt(effect.movement, effect.sku, unit_cost_minor=effect.was_minor))


def _receipts(order: KeptPurchase, note: str) -> list[PurchaseReceipt]:
    return [one for one in order.receipts if one.delivery_note.casefold() == note.casefold() and one.movement]


def _order(tx: Transaction, number: int) -> KeptPurchase:
    order = read_purchase(tx.db, number)
    assert order is not None, "the line was matched with it"
    return order
