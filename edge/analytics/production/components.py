"""Issue components to a work order, and return them, inside the transaction."""

from __future__ import annotations

from collections.abc import Mapping

from edge.analytics.production.events import ComponentsIssued, ComponentsReturned, WorkGoods
from edge.analytics.production.queries import WorkOrder
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.stock import rules
from edge.goods.stock.commands import FulfilReservation, ReserveLine
from edge.goods.stock.events import CostCorrected, Move, StockMoved
from edge.goods.stock.moving import costs
from edge.goods.stock.moving.posting import require_unpromised
from edge.goods.stock.queries import average_cost_micro
from edge.goods.stock.rows import called_by, find_stocked, rows_at
from edge.lib.units.quantity import show_quantity

_TAKEN = """
    SELECT location, lot, expiry, sum(quantity) FROM work_issue WHERE number = ? AND sku = ?
    GROUP BY location, lot, expiry HAVING sum(quantity) > 0 ORDER BY max(seq) DESC
"""


def take(tx: Transaction, order: WorkOrder, wanted: Mapping[str, int], short: bool = False) -> None:
    """Issue components, earliest expiry first, but no expired or recalled goods.

    Raises `Refusal` with all shortages; with `short`, issues the rest. Goods reserved for others need confirmation.
    """
    moves: list[Move] = []
    lacking: dict[str, int] = {}
    for sku, quantity in wanted.items():
        box = find_stocked(tx.db, sku).box or 0
        rows = [row for row in rows_at(tx.db, sku, order.source, tx.business_date, box) if not row.barred]
        out, missing = rules.take(sku, rules.first_expired_first(rows), quantity)
        moves += out
        if missing:
            lacking[sku] = missing
    if lacking and not short:
        raise Refusal("components_short", {"number": order.number, **_missing_values(tx.db, lacking)})
    if not moves:
        return
    given = {sku: -sum(move.delta for move in moves if move.sku == sku) for sku in wanted}
    lines = tuple(ReserveLine(sku, quantity) for sku, quantity in given.items() if quantity)
    tx.do(FulfilReservation(order.holder, lines))
    for sku in given:
        require_unpromised(tx, sku, order.source, moves)
    goods = tuple(_worth(tx.db, move, -move.delta) for move in moves)
    tx.append(StockMoved("issued", tuple(moves), document=order.holder))
    tx.append(ComponentsIssued(order.number, goods))


def _missing_values(db: Connection, lacking: Mapping[str, int]) -> dict[str, str | int]:
    """Shortages in words, in each language of the products' names."""
    found = [(called_by(db, sku), show_quantity(quantity)) for sku, quantity in sorted(lacking.items())]
    keys = {key for named, _ in found for key in named}
    return {
        key.replace("name", "missing", 1): ", ".join(f"{named.get(key, named['name'])} ({of})" for named, of in found)
        for key in sorted(keys)
    }


def _worth(db: Connection, move: Move, quantity: int) -> WorkGoods:
    average = average_cost_micro(db, move.sku)
    value = None if average is None else costs.value_milli(average, quantity)
    return WorkGoods(move.sku, quantity, move.location, move.lot, move.expiry, value)


def give_back(tx: Transaction, order: WorkOrder) -> None:
    """Return an order's unused components to their locations at today's average; the difference from their value when
    issued is a cost correction of the order."""
    moves: list[Move] = []
    for one in order.components:
        if one.held_quantity <= 0:
            continue
        rows = [
            (Move(one.sku, 0, location=location, lot=lot, expiry=expiry), quantity)
            for location, lot, expiry, quantity in tx.db.execute(_TAKEN, (order.number, one.sku))
        ]
        moves += rules.put_back(one.held_quantity, rows)[0]
    if not moves:
        return
    goods = tuple(_worth(tx.db, move, move.delta) for move in moves)
    tx.append(StockMoved("issued", tuple(moves), document=order.holder))
    for one in order.components:
        back = sum(back.value_milli or 0 for back in goods if back.sku == one.sku)
        correct(tx, order, one.sku, one.wip_milli - back if one.held_quantity > 0 else 0)
    tx.append(ComponentsReturned(order.number, goods))


def correct(tx: Transaction, order: WorkOrder, sku: str, amount_milli: int, why: str = "production") -> None:
    """Record that goods cost more (negative: less) than assumed when they were made; nothing for 0."""
    if amount_milli:
        tx.append(CostCorrected(sku, amount_milli, why, document=order.holder))
