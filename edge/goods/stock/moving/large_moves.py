"""Movements by hand to report to a manager: large ones, and counts with large differences."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection
from edge.goods.stock.alert_limits import AlertLimits
from edge.goods.stock.commands import OPENING_UNDONE

SHOWN_US = 24 * 3600 * 1_000_000
"""Time for which a large movement is reported."""
MOST = 100
MINUTE_US = 60_000_000
_NEWEST = "SELECT seq FROM stock_movement ORDER BY seq DESC LIMIT 1"
_BY_HAND = """
    SELECT m.seq, m.sku, coalesce(p.body ->> '$.names', ''), m.reason, m.delta, m.box, m.document, m.balance,
           EXISTS (SELECT 1 FROM stock_movement AS e WHERE e.sku = m.sku AND e.seq < m.seq)
    FROM stock_movement AS m INDEXED BY stock_movement_by_hand LEFT JOIN product AS p USING (sku)
    WHERE m.reason IN ('counted', 'damaged', 'lost', 'used', 'waste') AND m.at_us >= ? AND m.seq > ?
    ORDER BY m.at_us, m.seq, m.n
"""


class HandMove(msgspec.Struct, frozen=True):
    """One person's movements under one `document`, or in one row without a document: the product that moved most, and
    the number of others.
    """

    seq: int
    sku: str
    names: str
    delta: int
    document: str
    others: int = 0


class MovesByHand(msgspec.Struct, frozen=True):
    """`large`: recent removals, waste and adjustments above a product's limits.

    `differences`: counts with differences above the limits. Each has the newest MOST (limits: `AlertLimits`).
    """

    large: list[HandMove]
    differences: list[HandMove]


class HandMoves:
    """Caches one pass over the day's movements for all readers within a minute.

    Newer movements are read separately, as ten thousand counts may be posted during a sale.
    """

    def __init__(self, limits: AlertLimits) -> None:
        self._limits = limits
        self._minute = 0
        self._through = 0
        self._large: dict[str, HandMove] = {}
        self._differences: dict[str, HandMove] = {}

    def read(self, db: Connection, now_us: int) -> MovesByHand:
        if self._minute != now_us // MINUTE_US:
            self._minute, self._through = now_us // MINUTE_US, 0
            self._large, self._differences = {}, {}
        (newest,) = db.execute(_NEWEST).fetchone() or (0,)
        if newest > self._through:
            self._read(db, now_us - SHOWN_US)
            self._through = max(self._through, newest)
        return MovesByHand(list(self._large.values())[-MOST:], list(self._differences.values())[-MOST:])

    def _read(self, db: Connection, since_us: int) -> None:
        rows = db.execute(_BY_HAND, (since_us, self._through)).fetchall()
        of = self._limits.of(db, (row[1] for row in rows))
        for seq, sku, names, reason, delta, box, document, balance, known in rows:
            self._through = max(self._through, seq)  # some may have come since `newest` was read
            move = HandMove(seq, sku, names, delta, document)
            if not known or document.startswith(OPENING_UNDONE):
                continue
            if reason == "counted" and (document == "sync" or document.startswith("count ")):
                if of.is_far_off(sku, balance - delta, balance):
                    _in_one_go(self._differences, move)
            elif of.is_large(sku, delta, box):
                _in_one_go(self._large, move)


def _in_one_go(found: dict[str, HandMove], move: HandMove) -> None:
    """Merge a movement into its document, so that a count of a thousand products is a single alert."""
    what = move.document or str(move.seq)
    known = found.get(what, msgspec.structs.replace(move, others=-1))
    most = max(known, move, key=lambda one: abs(one.delta))
    found[what] = msgspec.structs.replace(most, seq=known.seq, others=known.others + 1)
