"""Disassembly of goods into components, inside the transaction, by today's bill and at the goods' value."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import msgspec

from edge.analytics.production import rules
from edge.analytics.production.commands import TakeApart
from edge.analytics.production.events import ApartLot, GoodsTakenApart, RecoveredPart
from edge.analytics.production.products import MadeGoods
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.stock.commands import RecordMovement, ReviseReceipt
from edge.goods.stock.events import CostCorrected, Move, StockMoved
from edge.goods.stock.moving import costs
from edge.goods.stock.moving.posting import require_unpromised
from edge.goods.stock.queries import average_cost_micro
from edge.goods.stock.rows import breaks_pieces, called_by, find_stocked, require_location, rows_at
from edge.goods.stock.rules import first_expired_first
from edge.goods.stock.rules import take as taken_of
from edge.lib.units.quantity import show_quantity

MILLI = 1_000
_NEXT = "SELECT coalesce(max(number), 0) + 1 FROM taken_apart"


class TakenApart(msgspec.Struct, frozen=True):
    """Result of a disassembly, with its number: components in thousandths of their units with the value received, in
    thousandths of a minor unit; all in lot `lot`, so that a recall finds them."""

    number: int
    parts: tuple[RecoveredPart, ...]
    lot: str


def take_apart(tx: Transaction, command: TakeApart) -> TakenApart:
    """Disassemble goods.

    Raises `Refusal` without a bill or enough stock, or if the quantity is too small for a component.
    """
    require_location(tx.db, command.location)
    find = MadeGoods(tx.db, tx.business_date, command.location)
    goods = find(command.sku)
    if goods is None:
        raise Refusal("unknown_sku", {"sku": command.sku})
    if goods.bom is None or not goods.is_made:
        raise Refusal("no_bom", {"sku": command.sku})
    if breaks_pieces(tx.db, find_stocked(tx.db, command.sku), command.quantity):
        raise Refusal("pieces_moved_whole", {"sku": command.sku})
    exact = {sku: amount * command.quantity for sku, amount in rules.components(goods.bom, find).items()}
    parts = {sku: _whole(amount, find, sku) for sku, amount in exact.items()}
    if not any(parts.values()):
        raise Refusal("quantity_zero", {"sku": command.sku})
    number = int(tx.db.execute(_NEXT).fetchone()[0])
    document, lot = f"apart-{number}", f"A{number}"
    average = average_cost_micro(tx.db, command.sku)
    worth = None if average is None else costs.value_milli(average, command.quantity)
    out = _out(tx, command)
    tx.append(StockMoved("issued", out, document=document))
    shares = _shares(tx, exact, worth)
    brought = RecordMovement("", "in", 0, 0, command.location, lot, "", "produced", document=document)
    back = tuple(_in(tx, brought, sku, quantity, shares[sku]) for sku, quantity in parts.items() if quantity)
    if rest := (worth or 0) - sum(one.value_milli for one in back):
        tx.append(CostCorrected(command.sku, rest, "production", document=document))
    what = (command.sku, command.quantity, command.location, goods.bom.id, goods.bom.version, worth, back)
    tx.append(GoodsTakenApart(number, *what, tuple(ApartLot(one.lot, -one.delta) for one in out), lot))
    return TakenApart(number, back, lot)


def _whole(amount: Fraction, find: MadeGoods, sku: str) -> int:
    """The recovered quantity, in whole pieces for counted products."""
    one = find(sku)
    step = one.step if one else 1
    return int(amount // step) * step


def _out(tx: Transaction, command: TakeApart) -> tuple[Move, ...]:
    """Take goods of the given lot, or those that expire first; never recalled goods."""
    box = find_stocked(tx.db, command.sku).box or 0
    rows = [row for row in rows_at(tx.db, command.sku, command.location, tx.business_date, box) if row.quantity > 0]
    rows = [row for row in rows if not row.barred and command.lot in ("", row.lot)]
    moves, missing = taken_of(command.sku, first_expired_first(rows), command.quantity)
    if missing:
        values = {"there": show_quantity(command.quantity - missing), **called_by(tx.db, command.sku)}
        raise Refusal("apart_short", values)
    require_unpromised(tx, command.sku, command.location, moves)
    return tuple(moves)


def _shares(tx: Transaction, exact: Mapping[str, Fraction], worth_milli: int | None) -> dict[str, int | None]:
    """Each component's share of the goods' value: by current cost, or by amount if no cost is known. In thousandths of
    a minor unit; None: unknown value."""
    if worth_milli is None:
        return dict.fromkeys(exact)
    weights = {sku: (average_cost_micro(tx.db, sku) or 0) * amount for sku, amount in exact.items()}
    if not any(weights.values()):
        weights = dict(exact)
    total = sum(weights.values())
    return {sku: int(worth_milli * weight / total) for sku, weight in weights.items()}


def _in(tx: Transaction, moved: RecordMovement, sku: str, quantity: int, share_milli: int | None) -> RecoveredPart:
    """Receive a component at its share, rounded to minor units like all receipts."""
    cost = None if share_milli is None else share_milli // quantity
    movement = msgspec.structs.replace(moved, sku=sku, units=quantity, unit_cost_minor=cost)
    row = tx.do(movement, asks=False).first_seq
    if share_milli is None or cost is None:
        return RecoveredPart(sku, quantity, 0)
    brought = cost * quantity
    if rest := (share_milli - brought + MILLI // 2) // MILLI:
        tx.do(ReviseReceipt(row, sku, add_minor=rest))
    return RecoveredPart(sku, quantity, brought + rest * MILLI)
