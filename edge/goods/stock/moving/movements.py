"""The list of movements: projection from the journal, and queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from edge.core.batch import RowBatch
from edge.core.journal.rows import read_rows
from edge.core.messages import Number, RecordedEvent
from edge.core.people.remarks import Remarks
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.goods.stock import rules
from edge.goods.stock.events import OTHER_TILL, StockMoved
from edge.goods.stock.location import MAIN
from edge.goods.stock.moving import retail_reasons
from edge.goods.stock.queries import PAGE_LIMIT, Text
from edge.lib.units.quantity import THOUSANDTHS

OF_TILLS = frozenset({"sale", "void", "refund", "damaged"})
"""Reasons of movements at tills. Their document is the receipt; the oldest movements have none."""
SOLD_LIMIT = 500
"""Maximum movements of a lot whose receipts are listed."""
_BALANCES = """
    SELECT j.value, coalesce((
        SELECT balance FROM stock_movement WHERE sku = j.value ORDER BY seq DESC, n DESC LIMIT 1), 0)
    FROM json_each(?) j
"""
_ROWS_READ = 1_000
_BEHIND = """
    SELECT seq, reason, sku, lot, delta FROM stock_movement INDEXED BY stock_movement_seq
    WHERE seq > ? AND location = ?
"""
_KEEP = (
    "INSERT INTO stock_movement (sku, seq, n, business_date, at_us, reason, cause, delta, boxes, box,"
    " location, lot, expiry, actor, note, document, unit_cost_minor, balance)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_KEY = itemgetter(0, 1, 2)


class _Movements(RowBatch):
    """The movements of a turn. Their balances are read together, once."""

    def __init__(self, db: Connection) -> None:
        super().__init__(db)
        self.facts: list[tuple[RecordedEvent, StockMoved]] = []
        self._balances: dict[str, int] = self.remember({})

    def flush(self) -> None:
        if not self.facts:
            return
        balances = self._balances
        if missing := {move.sku for _, event in self.facts for move in event.moves if move.sku not in balances}:
            balances.update(self.db.execute(_BALANCES, (json_text(missing),)).fetchall())
        rows = list[tuple[object, ...]]()
        for fact, event in self.facts:
            for n, move in enumerate(event.moves):
                balances[move.sku] += move.delta
                what = (
                    event.reason,
                    event.cause,
                    move.delta,
                    move.boxes,
                    move.box,
                    move.location,
                    move.lot,
                    move.expiry,
                )
                who = (fact.actor, event.note, event.document, event.unit_cost_minor if move.delta > 0 else None)
                when = (fact.business_date, fact.at_us)
                rows.append((move.sku, fact.seq, n, *when, *what, *who, balances[move.sku]))
        rows.sort(key=_KEY)
        self.db.executemany(_KEEP, rows)
        self.facts.clear()


def _insert_movements(batch: _Movements, fact: RecordedEvent, event: StockMoved) -> None:
    batch.facts.append((fact, event))


projector = Projector(
    name="stock_movements",
    version=1,
    tables=("stock_movement",),
    on={StockMoved: _insert_movements},
    strict=False,
    append_only=("stock_movement",),
    batch=_Movements,
)


def unfollowed_moves(db: Connection) -> Iterator[tuple[StockMoved, int, int]]:
    """Movements not yet in the list, with their journal row and time."""
    at = db.execute("SELECT seq FROM projection WHERE name = 'stock_movements'").fetchone()
    after = at[0] if at else 0
    while rows := read_rows(db, after + 1, _ROWS_READ):
        for row in rows:
            if row.type == StockMoved.__name__:
                yield msgspec.json.decode(row.body, type=StockMoved), row.seq, row.at_us
        after = rows[-1].seq


def moved_behind(db: Connection, location: str, since: int) -> Iterator[tuple[int, str, str, str, int]]:
    """Movements at a location after journal row `since`: row, reason, product, lot and thousandths."""
    yield from db.execute(_BEHIND, (since, location))
    for event, seq, _ in unfollowed_moves(db):
        for move in event.moves if seq > since else ():
            if move.location == location:
                yield seq, event.reason, move.sku, move.lot, move.delta


class PosTransaction(msgspec.Struct, frozen=True):
    """The till transaction of a movement: the till's id (`edge` for our own tills) and the receipt number."""

    system: str
    transaction_id: str


class Movement(msgspec.Struct, frozen=True):
    """A movement.

    `balance`: the product's resulting stock on hand; `who`: the person's id; `pos`: the till transaction, if any.
    """

    seq: int
    n: int
    sku: str
    at_us: int
    business_date: str
    type: str
    reason: str
    cause: str
    delta: int
    boxes_change: int
    units_change: int
    location: str
    lot: str
    expiry: str
    who: str
    note: str
    document: str
    unit_cost_minor: int | None
    balance: int
    pos: PosTransaction | None = None


_FIELDS = """
    seq, n, sku, at_us, business_date, reason, cause, delta, boxes, box, location, lot, expiry, actor, note, document,
    unit_cost_minor, balance
"""
_NEWEST = " ORDER BY seq DESC, n DESC LIMIT ?"
_PLAIN = f"SELECT {_FIELDS} FROM stock_movement WHERE {{0}}{_NEWEST}"
_OF_REASON = f"""
    SELECT * FROM (SELECT {_FIELDS} FROM stock_movement INDEXED BY stock_movement_reason
                   WHERE reason = ? AND reason <> 'sale' AND {{0}}{_NEWEST})
"""
_AT_PLACE = f"""
    SELECT {_FIELDS} FROM stock_movement INDEXED BY stock_movement_place WHERE location <> 'main' AND {{0}}{_NEWEST}
"""
_BY_ACTOR = f"SELECT {_FIELDS} FROM stock_movement INDEXED BY stock_movement_actor WHERE {{0}}{_NEWEST}"
_OF_DAYS = f"""
    SELECT {_FIELDS} FROM stock_movement JOIN (
        SELECT sku, seq, n FROM stock_movement INDEXED BY stock_movement_day WHERE {{0}}{_NEWEST}) USING (sku, seq, n)
    ORDER BY seq DESC, n DESC
"""
_MANY = """
    SELECT count(*) FROM (SELECT 1 FROM stock_movement INDEXED BY stock_movement_day WHERE business_date >= ? LIMIT ?)
"""
_LAST_DAY = "SELECT max(business_date) FROM stock_movement INDEXED BY stock_movement_day"
DENSE = 20_000
"""Number of later movements from which nearly all of the newest ones belong to the requested days."""


def list_movements(
    db: Connection,
    sku: Text = "",
    from_date: Text = "",
    to_date: Text = "",
    type: Text = "",
    after: Number = 0,
    limit: Number = 100,
    location: Text = "",
    lot: Text = "",
    actor: Text = "",
    reason: Text = "",
) -> list[Movement]:
    """Movements, newest first, filtered by product, business days, type, location, lot, person and reason.

    `type`: such as `in`, `out`, `waste`, `adjust` or `transfer`. `reason`: as in the journal, or a retail chain's, such
    as `purchase` or `expire`. `after`: only movements older than this journal row.
    """
    reasons = tuple(rules.TYPES.get(type.lower(), (type,))) if type else ()
    causes: tuple[str, ...] | None = None
    if reason:
        named, causes = retail_reasons.reasons_meant(reason.lower())
        reasons = tuple(one for one in named if one in reasons) or ("",) if reasons else named
    conditions, values = ["seq < ?"], list[object]([after or 2**63 - 1])
    for condition, value in (
        ("sku = ?", sku),
        ("business_date >= ?", from_date),
        ("business_date <= ?", to_date),
        ("location = ?", location),
        ("lot = ?", lot),
        ("actor = ?", actor),
    ):
        if value:
            conditions.append(condition)
            values.append(value)
    if causes is not None:
        conditions.append("(reason <> 'waste' OR cause IN (SELECT value FROM json_each(?)))")
        values.append(json_text(causes))
    most = max(1, min(limit, PAGE_LIMIT))
    where = " AND ".join(conditions)
    if reasons and not (sku or actor or "sale" in reasons):  # each reason has its own range of an index
        sql = " UNION ALL ".join([_OF_REASON.format(where)] * len(reasons)) + _NEWEST
        rows = db.execute(sql, (*(one for reason in reasons for one in (reason, *values, most)), most))
        return _movements(db, rows)
    if reasons:
        where += " AND reason IN (SELECT value FROM json_each(?))"
        values.append(json_text(reasons))
    sql = _BY_ACTOR if actor and not sku else _by_what(db, sku, location, from_date, to_date)
    rows = db.execute(sql.format(where), (*values, most))
    return _movements(db, rows)


def receipts_of_lot(db: Connection, sku: str, lot: str) -> list[str]:
    """The receipts on which a lot was sold, newest first, without duplicates."""
    sold = (one for one in list_movements(db, sku, type="sale", lot=lot, limit=SOLD_LIMIT) if one.reason == "sale")
    return list(dict.fromkeys(one.pos.transaction_id for one in sold if one.pos))


def _by_what(db: Connection, sku: str, location: str, from_date: str, to_date: str) -> str:
    """The query that reads the fewest movements for these filters."""
    if not sku and location not in ("", MAIN):
        return _AT_PLACE
    if sku or not (from_date or to_date):
        return _PLAIN
    if not to_date or to_date >= (db.execute(_LAST_DAY).fetchone()[0] or ""):
        (many,) = db.execute(_MANY, (from_date, DENSE)).fetchone()
        return _PLAIN if many == DENSE else _OF_DAYS
    return _OF_DAYS


def _movements(db: Connection, rows: Iterable[Sequence[Any]]) -> list[Movement]:
    remarks = Remarks(db)
    return [_movement(remarks, row) for row in rows]


def _movement(remarks: Remarks, row: Sequence[Any]) -> Movement:
    seq, n, sku, at_us, day, reason, cause, delta, boxes, box, location, lot, expiry, who, note, document, *rest = row
    units = delta - boxes * box * THOUSANDTHS
    other, cause = (cause.removeprefix(OTHER_TILL), "") if cause.startswith(OTHER_TILL) else ("", cause)
    pos = PosTransaction(other or "edge", document) if document and reason in OF_TILLS else None
    what = (rules.type_of(reason, delta), reason, cause, delta, boxes, units, location, lot, expiry)
    fields: list[Any] = [seq, n, sku, at_us, day, *what, who, remarks.read(note), document, *rest, pos]
    return Movement(*fields)
