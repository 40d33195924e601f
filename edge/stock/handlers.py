"""Commands of the stock, inside the transaction."""

from __future__ import annotations

from edge.core.shapes import Refused, Transaction
from edge.stock.commands import MoveStock
from edge.stock.events import StockMoved

MOVES_LIMIT = 10_000
"""Products in one command: those of a basket full of bundles; a larger delivery is several."""


def move_stock(tx: Transaction, command: MoveStock) -> Refused | None:
    if len(command.moves) > MOVES_LIMIT:
        return Refused("too_many_moves", {"limit": MOVES_LIMIT})
    if moves := tuple(move for move in command.moves if move.delta):
        tx.append(StockMoved(command.reason, moves))
    return None
