"""Movements by people that a manager would want to hear of: much at once, and counts that found something else."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.storage.database import Connection
from edge.shop.stock.alert_limits import AlertLimits

SHOWN_US = 24 * 3600 * 1_000_000
"""Nobody is told of what was longer ago."""
MOST = 100
MINUTE_US = 60_000_000
_NEWEST = """
    SELECT count(*), max(at_us) FROM stock_movement INDEXED BY stock_movement_by_hand
    WHERE reason IN ('counted', 'damaged', 'lost', 'used', 'waste') AND at_us >= ?
"""
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


class MovesByHand(msgspec.Struct, frozen=True):
    """`large`: what was taken out, wasted or set to another number lately, and is much of a product (`AlertLimits`).
    `differences`: counts that found so much else that it was worth a second look (`AlertLimits`). The newest MOST."""

    large: list[HandMove]
    differences: list[HandMove]


class HandMoves:
    """One going over the day's movements for all who ask of them within a minute, as long as there is none more."""

    def __init__(self, limits: AlertLimits) -> None:
        self._limits = limits
        self._read: tuple[object, MovesByHand] | None = None

    def read(self, db: Connection, now_us: int) -> MovesByHand:
        since_us = now_us - SHOWN_US
        key = (*db.execute(_NEWEST, (since_us,)).fetchone(), now_us // MINUTE_US)
        known = self._read
        if known is None or known[0] != key:
            known = self._read = key, _moves(db, since_us, self._limits)
        return known[1]


def _moves(db: Connection, since_us: int, limits: AlertLimits) -> MovesByHand:
    rows = db.execute(_BY_HAND, (since_us,)).fetchall()
    of = limits.of(db, (row[1] for row in rows))
    large, differences = [], []
    for seq, sku, names, reason, delta, box, document, balance, known in rows:
        if not known:
            continue
        move = HandMove(seq, sku, names, delta, document)
        if reason == "counted" and (document == "sync" or document.startswith("count ")):
            if of.is_far_off(sku, balance - delta, balance):
                differences.append(move)
        elif of.is_large(sku, delta, box):
            large.append(move)
    return MovesByHand(_in_one_go(large), _in_one_go(differences))


def _in_one_go(moves: Iterable[HandMove]) -> list[HandMove]:
    """A count of a thousand products is one thing to be told of, as is one sentence that moves three."""
    found: dict[str, HandMove] = {}
    for one in moves:
        what = one.document or str(one.seq)
        known = found.get(what, msgspec.structs.replace(one, others=-1))
        most = max(known, one, key=lambda move: abs(move.delta))
        found[what] = msgspec.structs.replace(most, seq=known.seq, others=known.others + 1)
    return list(found.values())[-MOST:]
