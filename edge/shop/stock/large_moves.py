"""Movements by people that a manager would want to hear of: much at once, and counts that found something else."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.core.storage.database import Connection
from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.stock import rules

SHOWN_US = 24 * 3600 * 1_000_000
"""Nobody is told of what was longer ago."""
LARGE = 60 * THOUSANDTHS
LARGE_BOXES = 5
MOST = 100
_BY_HAND = """
    SELECT m.seq, m.sku, coalesce(p.body ->> '$.names', ''), m.reason, m.delta, m.box, m.document, m.balance,
           EXISTS (SELECT 1 FROM stock_movement AS e WHERE e.sku = m.sku AND e.seq < m.seq)
    FROM stock_movement AS m INDEXED BY stock_movement_by_hand LEFT JOIN product AS p USING (sku)
    WHERE m.reason IN ('counted', 'damaged', 'lost', 'used', 'waste') AND m.at_us >= ? ORDER BY m.at_us, m.seq, m.n
"""


class HandMove(msgspec.Struct, frozen=True):
    """What somebody did to the stock in one go, under one `document` or (none) one row: the product of which most was
    moved, and of how many others."""

    seq: int
    sku: str
    names: str
    delta: int
    document: str
    others: int = 0


def large_moves(db: Connection, now_us: int) -> list[HandMove]:
    """What was taken out, wasted or set to another number lately, `LARGE` or `LARGE_BOXES` of a product at least; the
    newest MOST. What a count found is `count_differences`."""
    return _in_one_go(
        HandMove(seq, sku, names, delta, document)
        for seq, sku, names, reason, delta, box, document, _, known in _moved(db, now_us)
        if abs(delta) >= min(LARGE, LARGE_BOXES * box * THOUSANDTHS or LARGE) and known
        if not (reason == "counted" and _is_count(document))
    )


def count_differences(db: Connection, now_us: int) -> list[HandMove]:
    """Counts lately that found so much else of a product that it was worth a second look (`rules.far_off`)."""
    return _in_one_go(
        HandMove(seq, sku, names, delta, document)
        for seq, sku, names, reason, delta, _, document, balance, known in _moved(db, now_us)
        if reason == "counted" and known and _is_count(document) and rules.far_off(balance - delta, balance)
    )


def _is_count(document: str) -> bool:
    return document == "sync" or document.startswith("count ")


def _moved(db: Connection, now_us: int) -> Iterator[tuple[int, str, str, str, int, int, str, int, int]]:
    yield from db.execute(_BY_HAND, (now_us - SHOWN_US,))


def _in_one_go(moves: Iterator[HandMove]) -> list[HandMove]:
    """A count of a thousand products is one thing to be told of, as is one sentence that moves three."""
    found: dict[str, HandMove] = {}
    for one in moves:
        what = one.document or str(one.seq)
        known = found.get(what, msgspec.structs.replace(one, others=-1))
        most = max(known, one, key=lambda move: abs(move.delta))
        found[what] = msgspec.structs.replace(most, seq=known.seq, others=known.others + 1)
    return list(found.values())[-MOST:]
