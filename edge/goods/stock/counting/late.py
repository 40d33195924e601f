"""Counts made offline: a count applies at its own time, and later movements are added."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.core.journal.rows import read_rows
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.stock.events import StockMoved
from edge.goods.stock.moving.movements import unfollowed_moves
from edge.lib.units.quantity import THOUSANDTHS

MOST_US = 7 * 24 * 3600 * 1_000_000
"""Maximum time for which an entry may wait on a phone."""
AHEAD_US = 120 * 1_000_000
"""Maximum time by which a phone's clock may be ahead."""
COUNTED = "counted"
_NEWEST = """
    SELECT seq, at_us, reason, delta, location, lot FROM stock_movement WHERE sku = ? ORDER BY seq DESC, n DESC
"""


def moved_since(tx: Transaction, said_us: int, sku: str, location: str, lot: str = "") -> int:
    """The net movement at a location since `said_us` (0: now) in thousandths, for one lot if given.

    Raises `Refusal` if `said_us` is too old or in the future, or if the product was counted later, as that count
    applies.
    """
    if not said_us:
        return 0
    require_moment(tx, said_us, sku)
    since = 0
    for seq, at_us, reason, delta, where, of_lot in _newest_moves(tx.db, sku):
        if at_us <= said_us:
            break
        if where != location or (lot and of_lot != lot):
            continue
        if reason != COUNTED:
            since += delta
        elif (_read_said_us(tx.db, seq) or at_us) > said_us:
            raise Refusal("counted_later", {"sku": sku})
    return since


def require_moment(tx: Transaction, said_us: int, sku: str) -> None:
    """Raise `Refusal` if the stated time is too old or in the future."""
    if said_us and not tx.at_us - MOST_US <= said_us <= tx.at_us + AHEAD_US:
        raise Refusal("said_when", {"sku": sku, "days": MOST_US // (24 * 3600 * 1_000_000)})


def _newest_moves(db: Connection, sku: str) -> Iterator[tuple[int, int, str, int, str, str]]:
    """A product's movements, newest first: row, time, reason, thousandths, location and lot."""
    behind = [
        (seq, at_us, event.reason, move.delta, move.location, move.lot)
        for event, seq, at_us in unfollowed_moves(db)
        for move in event.moves
        if move.sku == sku
    ]
    yield from reversed(behind)
    yield from db.execute(_NEWEST, (sku,))


def _read_said_us(db: Connection, seq: int) -> int:
    (row,) = read_rows(db, seq, 1)
    return msgspec.json.decode(row.body, type=StockMoved).said_us


def counted_now(boxes: int, quantity: int, since: int, box: int) -> tuple[int, int]:
    """A past count updated by later movements: closed boxes (no more than fit) and thousandths.

    >>> counted_now(2, 24_000, -13_000, 12)
    (0, 11000)
    """
    now = max(0, quantity + since)
    return min(boxes, now // (box * THOUSANDTHS)) if box else 0, now
