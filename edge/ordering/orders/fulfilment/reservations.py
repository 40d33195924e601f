"""Reservations for carts and orders, inside the transaction, for goods that the shop counts.

Goods that were never received, counted or given a stock level can always be sold, as at a till, because their stock is
unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.till.sale_effects import stock_moves
from edge.goods.catalog.queries import find_by_sku, json_text
from edge.goods.stock.commands import FulfilReservation, RecordMovement, ReleaseStock, ReserveLine, ReserveStock
from edge.goods.stock.queries import available_of
from edge.lib.i18n import name_values
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.order_lines import is_fee


def hold(tx: Transaction, holder: str, lines: Iterable[RecordedLine], said: str = "") -> None:
    """Reserve these goods for a holder, all or none, replacing the holder's reservation.

    For bundles, their parts are reserved. `said`: the holder's displayed name.
    """
    try:
        tx.do(ReserveStock(holder, to_hold(tx.db, lines), said=said))
    except Refusal as refusal:
        if refusal.code != "not_available":
            raise
        lacking = refusal.refused.values
        product = find_by_sku(tx.db, str(lacking["sku"]))
        names = name_values(product.names if product else {})
        raise Refusal("not_enough", {**names, "available": lacking["available"]}) from None


def release(tx: Transaction, holder: str) -> None:
    """Release a holder's reservation."""
    tx.do(ReleaseStock(holder))


def fulfil(tx: Transaction, holder: str, lines: Iterable[RecordedLine]) -> None:
    """Hand over these goods to the holder and release the rest of its reservation."""
    hand_part(tx, holder, lines)
    release(tx, holder)


def hand_part(tx: Transaction, holder: str, lines: Iterable[RecordedLine]) -> None:
    """Hand over these goods to the holder; the rest stays reserved."""
    tx.do(FulfilReservation(holder, counted_lines(tx.db, lines)))


def throw_away(tx: Transaction, order: KeptOrder) -> None:
    """Record an order's prepared goods as waste."""
    for line in counted_lines(tx.db, order.goods.sold_lines):
        waste = RecordMovement(
            *(line.sku, "waste"), units=line.quantity, cause="prep", note=order.said, down_to_zero=True
        )
        tx.do(waste, asks=False)


_MADE_ANYWAY = """
    SELECT p.sku FROM json_each(?) j JOIN product p ON p.sku = j.value WHERE p.body ->> 'stop_when_out' = 'no'
"""


def to_hold(db: Connection, lines: Iterable[RecordedLine]) -> tuple[ReserveLine, ...]:
    """Goods on these lines that must be reserved. Dishes that are made regardless of stock need none."""
    every = tuple(lines)
    dishes = {line.sku for line in every if line.parts}
    made = {sku for (sku,) in db.execute(_MADE_ANYWAY, (json_text(dishes),))} if dishes else set[str]()
    return counted_lines(db, (line for line in every if line.sku not in made))


def counted_lines(db: Connection, lines: Iterable[RecordedLine]) -> tuple[ReserveLine, ...]:
    """Goods on these lines whose stock the shop counts, without fees."""
    wanted = Counter[str]()
    for move in stock_moves((line for line in lines if not is_fee(line)), 1):
        wanted[move.sku] += move.thousandths
    known = available_of(db, list(wanted))
    return tuple(ReserveLine(sku, quantity) for sku, quantity in wanted.items() if sku in known and quantity > 0)
