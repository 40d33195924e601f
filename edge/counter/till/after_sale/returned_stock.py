"""Puts returned goods back in stock at the place they were sold from, inside the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from edge.core.registry import Transaction
from edge.counter.basket.event_structs import RecordedLine, Returned
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_receipt, read_refunded
from edge.counter.till.sale_effects import stock_moves
from edge.goods.stock.commands import Moved, MoveStock

Reason = Literal["void", "refund", "damaged"]


class _Origin(msgspec.Struct, frozen=True):
    """A sale's journal row, its scanned lots, and its earlier returns; empty if unknown."""

    undoes: int = 0
    sold: tuple[Moved, ...] = ()
    before: tuple[Moved, ...] = ()


def bring_back(
    tx: Transaction, register: str, sale: int, lines: Sequence[Returned], paper: str, undone: bool = False
) -> None:
    """Move a sale's returned goods into stock, and damaged ones out again; `undone` reverses that.

    The paper is already in the journal.
    """
    sign = -1 if undone else 1
    origin = _origin(tx, register, sale, () if undone else lines)
    _move(tx, "void" if undone else "refund", stock_moves(lines, sign), paper, origin)
    if damaged := stock_moves((line for line in lines if line.damaged), -sign):
        _move(tx, "damaged", damaged, paper, origin)


def void_returned_goods(tx: Transaction, register: str, sale: int, lines: Sequence[Returned], paper: str) -> None:
    """Void a refund: take its undamaged goods out of the places where they were put."""
    damaged = [line for line in lines if line.damaged]
    origin = _origin(tx, register, sale, ())
    origin = msgspec.structs.replace(origin, before=(*origin.before, *stock_moves(damaged, 1)))
    _move(tx, "void", stock_moves((line for line in lines if not line.damaged), -1), paper, origin)


def _move(tx: Transaction, reason: Reason, moves: tuple[Moved, ...], paper: str, origin: _Origin) -> None:
    about: dict[str, Any] = {"undoes": origin.undoes, "sold": origin.sold, "before": origin.before}
    tx.do(MoveStock(reason, moves, document=paper, **about))


def _origin(tx: Transaction, register: str, number: int, now: Iterable[Returned]) -> _Origin:
    """The origin of a sale's goods; `now`: the lines returned by this paper."""
    receipt = read_receipt(tx.db, register, number) if number else None
    sale = tx.read(receipt.seq).event if receipt else None
    if receipt is None or not isinstance(sale, SaleCompleted):
        return _Origin()
    back = read_refunded(tx.db, register, number)
    for line in now:
        back[line.id] = back.get(line.id, 0) - line.quantity
    before = [_of(line, back[line.id]) for line in sale.lines if back.get(line.id, 0) > 0]
    return _Origin(receipt.seq, stock_moves(sale.lines, -1), stock_moves(before, 1))


def _of(line: RecordedLine, quantity: int) -> RecordedLine:
    return msgspec.structs.replace(line, quantity=quantity)
