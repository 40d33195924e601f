"""Commands of the stock, inside the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.catalog.queries import find_by_sku
from edge.shop.stock.commands import MoveStock
from edge.shop.stock.events import Move, StockMoved
from edge.shop.stock.queries import read_stock

MOVES_LIMIT = 10_000
"""Products in one command: those of a basket full of bundles; a larger delivery is several."""
ON_HAND_LIMIT = 10**17
"""Thousandths that somebody may bring the stock to, either way: behind them there is room for all that a shop sells
before SQLite's integers end (2**63)."""
BY_TILL = frozenset({"sale", "void", "refund", "damaged"})
SIGNS: Mapping[str, int] = MappingProxyType({"received": 1, "lost": -1})
"""Which way goods go; what is not here may go either way."""


def move_stock(tx: Transaction, command: MoveStock) -> Refused | None:
    if len(command.moves) > MOVES_LIMIT:
        return Refused("too_many_moves", {"limit": MOVES_LIMIT})
    if not tx.is_child and (refused := _refused(tx, command)):
        return refused
    if moves := tuple(Move(move.sku, move.delta) for move in command.moves if move.delta):
        tx.append(StockMoved(command.reason, moves))
    return None


def _refused(tx: Transaction, command: MoveStock) -> Refused | None:
    """Why somebody may not move this by hand."""
    if command.reason in BY_TILL:
        return Refused("moved_by_till", {"reason": command.reason})
    sign, after = SIGNS.get(command.reason, 0), dict[str, int]()
    for move in command.moves:
        product = find_by_sku(tx.db, move.sku)
        if product is None:
            return Refused("unknown_sku", {"sku": move.sku})
        if move.delta * sign < 0:
            return Refused("moved_wrong_way", {"sku": move.sku, "reason": command.reason})
        if product.unit == "piece" and move.delta % THOUSANDTHS:
            return Refused("pieces_moved_whole", {"sku": move.sku})
        after[move.sku] = after.get(move.sku, read_stock(tx.db, move.sku)) + move.delta
        if abs(after[move.sku]) > ON_HAND_LIMIT:
            return Refused("stock_too_much", {"sku": move.sku})
    return None
