"""Lot traceability in both directions: products made from a lot of flour, and the flour in a loaf of bread."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.analytics.production.commands import PrintWorkLabel, RecallMade
from edge.analytics.production.queries import Text
from edge.analytics.production.rules import DEPTH_MOST
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.printing.commands import PrintBatchLabel
from edge.goods.stock.commands import RecallLot
from edge.goods.stock.queries import is_recalled
from edge.goods.stock.rows import called_by

LOTS_MOST = 1_000
"""Maximum lots to list."""
_INTO = """
    SELECT DISTINCT 0, r.number, r.sku, r.lot FROM work_issue i JOIN work_report r USING (number)
    WHERE i.sku = ?1 AND i.lot = ?2 AND r.good > 0 AND r.seq > i.seq
        AND (SELECT sum(b.quantity) FROM work_issue b WHERE b.number = i.number AND b.sku = ?1 AND b.lot = ?2) > 0
    UNION SELECT 1, o.number, c.sku, c.lot FROM apart_lot o JOIN apart_lot c USING (number)
    WHERE o.sku = ?1 AND o.lot = ?2 AND o.delta < 0 AND c.delta > 0
    ORDER BY 1, 2 LIMIT ?3
"""
_OF = """
    SELECT 0, r.number, i.sku, i.lot FROM work_report r JOIN work_issue i USING (number)
    WHERE r.sku = ?1 AND r.lot = ?2 AND r.good > 0
    GROUP BY r.number, i.sku, i.lot HAVING sum(i.quantity) > 0 AND min(i.seq) < max(r.seq)
    UNION SELECT 1, o.number, o.sku, o.lot FROM apart_lot c JOIN apart_lot o USING (number)
    WHERE c.sku = ?1 AND c.lot = ?2 AND c.delta > 0 AND o.delta < 0
    ORDER BY 1, 2 LIMIT ?3
"""
_LEFT = "SELECT coalesce(sum(quantity), 0) FROM stock_row WHERE sku = ? AND lot = ?"
_SOLD = """
    SELECT -coalesce(sum(delta), 0) FROM stock_movement
    WHERE sku = ? AND lot = ? AND reason IN ('sale', 'void', 'refund')
"""
_RECALLED = """
    SELECT x.sku, x.lot FROM stock_recall x JOIN work_issue i ON i.sku = x.sku AND i.lot = x.lot
    UNION SELECT x.sku, x.lot FROM stock_recall x JOIN apart_lot a ON a.sku = x.sku AND a.lot = x.lot LIMIT ?
"""
_RECALLED_IN = """
    SELECT i.sku, i.lot FROM work_issue i JOIN stock_recall x ON x.sku = i.sku AND x.lot = i.lot
    WHERE i.number = ? GROUP BY i.sku, i.lot HAVING sum(i.quantity) > 0 ORDER BY i.sku, i.lot LIMIT 1
"""
_MADE_LAST = """
    SELECT r.sku, r.lot, coalesce((SELECT s.expiry FROM stock_receipt s WHERE s.sku = r.sku AND s.lot = r.lot
        ORDER BY s.seq DESC LIMIT 1), '')
    FROM work_report r WHERE r.number = ? AND r.good > 0 ORDER BY r.seq DESC LIMIT 1
"""
LotName = Annotated[str, msgspec.Meta(max_length=80)]


class TracedLot(msgspec.Struct, frozen=True):
    """A lot related by work orders, `step` orders away; quantities `left` and `sold` are in thousandths.

    Without a `lot`, none was recorded. `is_apart`: disassembled, under that number.
    """

    number: int
    sku: str
    lot: str
    names: dict[str, str | int]
    step: int
    left: int
    sold: int
    recalled: bool
    is_apart: bool = False


class LotTrace(msgspec.Struct, frozen=True):
    """The lots that a lot was made of, and the lots it went into, over all levels."""

    sku: str
    lot: str
    made_of: tuple[TracedLot, ...]
    went_into: tuple[TracedLot, ...]


def production_lot(db: Connection, sku: Text, lot: LotName) -> LotTrace:
    """A lot's origin and uses, over all levels."""
    lot = lot.strip()
    return LotTrace(sku, lot, _trace_lots(db, _OF, sku, lot), _trace_lots(db, _INTO, sku, lot))


def _trace_lots(db: Connection, sql: str, sku: str, lot: str) -> tuple[TracedLot, ...]:
    found: dict[tuple[int, int, str, str], TracedLot] = {}
    asked, edge = {(sku, lot)}, [(sku, lot)]
    for step in range(1, DEPTH_MOST + 2):
        further: list[tuple[str, str]] = []
        for one in edge:
            for apart, number, other, its_lot in db.execute(sql, (*one, LOTS_MOST)).fetchall():
                told = _traced_lot(db, number, other, its_lot, step, is_apart=bool(apart))
                found.setdefault((apart, number, other, its_lot), told)
                if its_lot and (other, its_lot) not in asked:
                    asked.add((other, its_lot))
                    further.append((other, its_lot))
        edge = further
        if not edge or len(found) >= LOTS_MOST:
            break
    return tuple(found.values())


def _traced_lot(db: Connection, number: int, sku: str, lot: str, step: int, *, is_apart: bool) -> TracedLot:
    names = called_by(db, sku)
    if not lot:
        return TracedLot(number, sku, lot, names, step, 0, 0, recalled=False, is_apart=is_apart)
    left, sold = (int(db.execute(sql, (sku, lot)).fetchone()[0]) for sql in (_LEFT, _SOLD))
    return TracedLot(number, sku, lot, names, step, left, sold, is_recalled(db, sku, lot), is_apart)


def recalled_in(db: Connection, number: int) -> tuple[str, str] | None:
    """A recalled lot among an order's components, as (product, lot); None if there is none."""
    row = db.execute(_RECALLED_IN, (number,)).fetchone()
    return (row[0], row[1]) if row else None


def recall_made(tx: Transaction, command: RecallMade) -> int:
    """Block lots; returns the number that weren't blocked before. Raises `Refusal` if nothing was made from the lot."""
    made = production_lot(tx.db, command.sku, command.lot).went_into
    lots = {(one.sku, one.lot) for one in made if one.lot and not one.recalled}
    if not made:
        raise Refusal("nothing_made_of", {"lot": command.lot, **called_by(tx.db, command.sku)})
    for sku, lot in sorted(lots):
        tx.do(RecallLot(sku, lot), asks=False)
    return len(lots)


def made_of_recalled(db: Connection) -> list[tuple[str, str, TracedLot]]:
    """Lots in stock that were made from a blocked lot but aren't blocked themselves, each with the blocked lot."""
    found = []
    for sku, lot in db.execute(_RECALLED, (LOTS_MOST,)).fetchall():
        for one in _trace_lots(db, _INTO, sku, lot):
            if one.left > 0 and not one.recalled:
                found.append((sku, lot, one))
    return found


def print_work_label(tx: Transaction, command: PrintWorkLabel) -> list[int]:
    """Print the label of an order's last output; returns the print jobs.

    Raises `Refusal` `no_report` if there is no good output.
    """
    made = tx.db.execute(_MADE_LAST, (command.number,)).fetchone()
    if made is None:
        raise Refusal("no_report", {"number": command.number})
    sku, lot, expiry = made
    jobs: list[int] = tx.do(PrintBatchLabel(sku, lot, expiry, command.copies)).result
    return jobs
