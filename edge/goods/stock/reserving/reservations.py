"""Reservations and expected stock, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.commands import (
    ExpectStock,
    FulfilReservation,
    Lines,
    ReleaseExpired,
    ReleaseStock,
    ReserveStock,
)
from edge.goods.stock.events import (
    Claimed,
    ReservationFulfilled,
    ReservationReleased,
    StockExpected,
    StockReserved,
)
from edge.goods.stock.rows import available_at, breaks_pieces, require_location
from edge.lib.units.quantity import show_quantity

RELEASED_AT_ONCE = 200
"""Maximum expired reservations released per command; the rest are released by the next one."""
_HELD = "SELECT sku, quantity FROM stock_claim WHERE kind = ? AND holder = ?"
_OVER = """
    SELECT DISTINCT holder FROM stock_claim WHERE kind = 'reserved' AND expires_us > 0 AND expires_us <= ? LIMIT ?
"""


def _sum_claims(tx: Transaction, lines: Lines, parts: bool = False) -> tuple[Claimed, ...]:
    """Summed quantities by product; `parts`: allow fractions of pieces."""
    sums: dict[str, int] = {}
    for line in lines:
        product = find_by_sku(tx.db, line.sku)
        if product is None:
            raise Refusal("unknown_sku", {"sku": line.sku})
        if not parts and breaks_pieces(tx.db, product, line.quantity):
            raise Refusal("pieces_moved_whole", {"sku": line.sku})
        sums[line.sku] = sums.get(line.sku, 0) + line.quantity
    return tuple(Claimed(sku, quantity) for sku, quantity in sums.items())


def reserve_stock(tx: Transaction, command: ReserveStock) -> None:
    lines = _sum_claims(tx, command.lines)
    require_location(tx.db, command.location)
    if command.expires_us and command.expires_us <= tx.at_us:
        raise Refusal("reservation_over", {"holder": command.holder})
    own = dict(tx.db.execute(_HELD + " AND location = ?", ("reserved", command.holder, command.location)).fetchall())
    for line in lines:
        # Existing reservations stay, even if more was sold than was available.
        free = max(0, available_at(tx.db, line.sku, command.location)) + own.get(line.sku, 0)
        if line.quantity > free:
            raise Refusal("not_available", {"sku": line.sku, "available": show_quantity(free)})
    if not lines:
        release_stock(tx, ReleaseStock(command.holder))
        return
    tx.append(StockReserved(command.holder, command.location, lines, command.expires_us, command.said))


def release_stock(tx: Transaction, command: ReleaseStock) -> None:
    if tx.db.execute(_HELD, ("reserved", command.holder)).fetchone():
        tx.append(ReservationReleased(command.holder, "released"))


def fulfil_reservation(tx: Transaction, command: FulfilReservation) -> None:
    held = dict(tx.db.execute(_HELD, ("reserved", command.holder)).fetchall())
    given: dict[str, int] = {}
    for line in command.lines:
        given[line.sku] = min(held.get(line.sku, 0), given.get(line.sku, 0) + line.quantity)
    lines = tuple(Claimed(sku, quantity) for sku, quantity in given.items() if quantity)
    if lines:
        tx.append(ReservationFulfilled(command.holder, lines))


def release_expired(tx: Transaction, command: ReleaseExpired) -> int:
    """Release expired reservations; returns their number."""
    over = tx.db.execute(_OVER, (tx.at_us, RELEASED_AT_ONCE)).fetchall()
    for (holder,) in over:
        tx.append(ReservationReleased(holder, "expired"))
    return len(over)


def expect_stock(tx: Transaction, command: ExpectStock) -> None:
    lines = _sum_claims(tx, command.lines, parts=tx.is_child)  # another store may send opened pieces
    require_location(tx.db, command.location)
    if lines or tx.db.execute(_HELD, ("ordered", command.holder)).fetchone():
        tx.append(StockExpected(command.holder, command.location, lines))
