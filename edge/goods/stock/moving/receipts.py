"""Receipt corrections, inside the transaction: they revalue goods on hand and book a cost for goods
no longer in stock.
"""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock import rules
from edge.goods.stock.commands import MOST, ReviseReceipt
from edge.goods.stock.events import CostCorrected, Move, ReceiptCorrected, StockMoved
from edge.goods.stock.moving import costs
from edge.goods.stock.moving.costs import AVERAGE_LIMIT, WORTH_LIMIT, Received
from edge.goods.stock.rows import breaks_pieces, rows_at
from edge.lib.units.quantity import THOUSANDTHS

_RECEIPT = """
    SELECT quantity, unit_cost_minor, added_minor, document, location, lot, expiry
    FROM stock_receipt WHERE sku = ? AND seq = ?
"""
_LATER = "SELECT coalesce(sum(quantity), 0) FROM stock_receipt WHERE sku = ? AND seq > ?"
_STOCK = "SELECT on_hand, average_micro FROM stock WHERE sku = ?"


class RevisedReceipt(msgspec.Struct, frozen=True):
    """A corrected receipt; the change in value of goods on hand and in cost of goods no longer in stock (thousandths of
    a minor unit).
    """

    quantity: int
    unit_cost_minor: int | None
    value_milli: int
    gone_milli: int
    changed: bool


def revise_receipt(tx: Transaction, command: ReviseReceipt) -> RevisedReceipt:
    sku = command.sku
    row = tx.db.execute(_RECEIPT, (sku, command.receipt)).fetchone()
    if row is None:
        raise Refusal("no_receipt", {"receipt": command.receipt, "sku": sku})
    quantity, cost, added, document, *place = row
    was = Received(quantity, cost, added)
    now = Received(
        quantity if command.quantity is None else command.quantity,
        cost if command.unit_cost_minor is None else command.unit_cost_minor,
        added + command.add_minor,
    )
    product = find_by_sku(tx.db, sku)
    if product and now.quantity != quantity and breaks_pieces(tx.db, product, now.quantity):
        raise Refusal("pieces_moved_whole", {"sku": sku})
    if now.quantity > max(MOST, quantity):
        raise Refusal("quantity_large", {"sku": sku, "most": MOST // THOUSANDTHS})
    if now == was:
        return RevisedReceipt(now.quantity, now.unit_cost_minor, 0, 0, changed=False)
    document = command.document or document
    _, average = tx.db.execute(_STOCK, (sku,)).fetchone()
    if moves := _difference(tx, sku, now.quantity - was.quantity, *place):
        tx.append(StockMoved("corrected", tuple(moves), note=command.note, document=document))
    on_hand = int(tx.db.execute(_STOCK, (sku,)).fetchone()[0])
    later = int(tx.db.execute(_LATER, (sku, command.receipt)).fetchone()[0])
    found = costs.correction_worth(average, on_hand, later, was, now)
    after = costs.average_with(average, on_hand, found.value_milli) or 0
    if abs(now.paid_milli(average)) > WORTH_LIMIT or after > AVERAGE_LIMIT:
        raise Refusal("cost_large", {"sku": sku})
    about = (now.quantity, now.unit_cost_minor, now.added_minor, found.value_milli)
    tx.append(ReceiptCorrected(command.receipt, sku, *about, document, command.note))
    if found.gone_milli:
        why = "added" if command.add_minor else "receipt"
        tx.append(CostCorrected(sku, found.gone_milli, why, command.receipt, document))
    return RevisedReceipt(now.quantity, now.unit_cost_minor, found.value_milli, found.gone_milli, changed=True)


def _difference(tx: Transaction, sku: str, difference: int, location: str, lot: str, expiry: str) -> list[Move]:
    """Movements that add a quantity received in excess, or remove goods that never arrived: first from their row, then
    like a sale.
    """
    if difference >= 0:
        return [Move(sku, difference, 0, 0, 0, location, lot, expiry)] if difference else []
    product = find_by_sku(tx.db, sku)
    rows = rows_at(tx.db, sku, location, tx.business_date, (product.box or 0) if product else 0)
    mine = [row for row in rows if (row.lot, row.expiry) == (lot, expiry)]
    moves, lacking = rules.take(sku, mine, -difference, closed_first=True)
    if lacking:
        others = [row for row in rows if row not in mine]
        moves += rules.sell(sku, others, lacking, location)
    return rules.merge_moves(moves)


def note_sold_short(
    tx: Transaction, sku: str, on_hand: int, average_micro: int | None, unit_cost_minor: int, document: str
) -> None:
    """Book the extra cost of goods sold before they were received, when some are received."""
    amount = costs.sold_short(average_micro, on_hand, unit_cost_minor)
    if amount:
        tx.append(CostCorrected(sku, amount, "sold_short", document=document))
