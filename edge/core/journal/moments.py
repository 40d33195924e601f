"""Maps times to journal rows with an index next to the ledger, extended as the journal grows.

Rows are ordered by sequence, never by clock. Rows with a distrusted clock say nothing about time, so the state at a
moment is the state just before the first later row with a trusted clock.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from edge.core.figure import key_number
from edge.core.journal.archive import archived_through
from edge.core.journal.past_lock import build_lock
from edge.core.journal.rows import read_head, read_rows
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import Connection
from sync.wire import Row

SPAN_ROWS = 1024
"""Journal rows per index entry."""
FILE = "times"
STEP_ROWS, STEP_S = 8192, 3.0
"""Rows to search at a time for the next matching event, and the time limit for the whole search."""
_FOUND = """
    SELECT seq FROM journal WHERE seq BETWEEN ?1 AND ?2 AND instr(body, ?3) > 0
    AND (?4 = '[]' OR type IN (SELECT value FROM json_each(?4)))
    AND (?5 < 0 OR CAST(body AS TEXT) ->> '$.number' = ?5) ORDER BY seq
"""
_NEWEST = "SELECT max(at_us) FROM journal WHERE seq BETWEEN ? AND ? AND clock = 'ok'"


class PastMoment(msgspec.Struct, frozen=True):
    """The last row up to a moment. `at_us` is the requested time, or the row's own time if that is later. `seq` 0: the
    journal was empty. `is_doubted`: the clock was distrusted then, so the time is uncertain. `type`, `actor` and
    `register` are that row's."""

    seq: int
    at_us: int
    is_doubted: bool = False
    type: str = ""
    actor: str = ""
    register: str = ""


class _Index(msgspec.Struct):
    """`marks[i]`: newest trusted time of the first `(i + 1) * SPAN_ROWS` rows. `hash`: hash of the last of these rows,
    to detect an index of an abandoned history."""

    hash: bytes = b""
    marks: list[int] = []


def find_moment(db: Connection, folder: Path, at_us: int) -> PastMoment:
    """Return the last row of `db`'s journal at `at_us` (UTC); first extends the index in `folder`."""
    index, head = _bring_up(db, folder), read_head(db).seq
    seq = bisect_right(index.marks, at_us) * SPAN_ROWS
    while seq < head:
        rows = read_rows(db, seq + 1, SPAN_ROWS)
        behind = next((row.seq for row in rows if row.clock == "ok" and row.at_us > at_us), None)
        if behind is not None or not rows:
            seq = behind - 1 if behind else seq
            break
        seq = rows[-1].seq
    return moment_of(db, seq, at_us)


def moment_of(db: Connection, seq: int, at_us: int = 0) -> PastMoment:
    """Return the moment after row `seq`; `at_us` is the later time that was requested."""
    if seq < 1:
        return PastMoment(0, at_us)
    around = read_rows(db, seq, 1) + read_rows(db, seq + 1, 1)
    row, doubted = around[0], any(row.clock != "ok" for row in around)
    return PastMoment(seq, max(row.at_us, at_us), doubted, row.type, row.actor, row.register)


class _Wanted(NamedTuple):
    """The rows that a step may lead to. Their body contains `named`, they are of one of `types` (none: any), and about
    the record with this `number` (-1: any)."""

    named: bytes
    types: tuple[str, ...]
    number: int

    def has(self, row: Row) -> bool:
        if self.named not in row.body or (self.types and row.type not in self.types):
            return False
        return self.number < 0 or msgspec.json.decode(row.body).get("number") == self.number


def step_from(
    db: Connection, seq: int, forward: bool, about: str = "", types: tuple[str, ...] = ()
) -> PastMoment | None:
    """Return the moment after the next (or previous) row that mentions `about` ("": any row) and is of one of `types`
    (none: any). If `types` are given, digits in `about` are a record's number. None if no such row is found within
    `STEP_S`."""
    head, at = read_head(db).seq, seq
    if not about and not types:
        to = seq + 1 if forward else seq - 1
        return moment_of(db, to) if 1 <= to <= head else None
    number = key_number(about) if types else -1
    named = msgspec.json.encode(about) if about and number < 0 else b""
    wanted = _Wanted(named, types, number)
    archived, ends_s = archived_through(db), time.monotonic() + STEP_S
    while time.monotonic() < ends_s:
        first, last = (at + 1, min(at + STEP_ROWS, head)) if forward else (max(1, at - STEP_ROWS), at - 1)
        if first > last:
            return None
        if found := _find(db, first, last, wanted, forward, archived):
            return moment_of(db, found)
        at = last if forward else first
    return None


def _find(db: Connection, first: int, last: int, wanted: _Wanted, forward: bool, archived: int) -> int:
    """Return the first (or last) matching row of these; 0 if there is none."""
    if first > archived:
        query = _FOUND + (" DESC" if not forward else "") + " LIMIT 1"
        types = msgspec.json.encode(wanted.types).decode()
        return int((db.execute(query, (first, last, wanted.named, types, wanted.number)).fetchone() or (0,))[0])
    found = 0
    while first <= last and not (found and forward):
        rows = [row for row in read_rows(db, first, last - first + 1) if row.seq <= last]
        hits = [row.seq for row in rows if wanted.has(row)]
        found = (hits[0] if forward else hits[-1]) if hits else found
        first = rows[-1].seq + 1
    return found


def _bring_up(db: Connection, folder: Path) -> _Index:
    path, index = folder / FILE, _Index()
    with suppress(FileNotFoundError, msgspec.DecodeError):  # missing, or emptied by a power cut: rebuild it
        index = msgspec.msgpack.decode(path.read_bytes(), type=_Index)
    through = len(index.marks) * SPAN_ROWS
    rows = read_rows(db, through, 1) if through else []
    if through and (not rows or rows[0].seq != through or rows[0].hash != index.hash):
        index, through = _Index(), 0
    whole = read_head(db).seq // SPAN_ROWS
    if len(index.marks) == whole:
        return index
    archived, newest = archived_through(db), index.marks[-1] if index.marks else 0
    for first in range(through + 1, whole * SPAN_ROWS, SPAN_ROWS):
        newest = max(newest, _newest_us(db, first, first + SPAN_ROWS - 1, archived))
        index.marks.append(newest)
    index.hash = read_rows(db, whole * SPAN_ROWS, 1)[0].hash
    with build_lock(folder, wait=False) as is_held:
        if is_held:  # otherwise a later call writes it
            write_whole(path, msgspec.msgpack.encode(index), durable=False)
    return index


def _newest_us(db: Connection, first: int, last: int, archived: int) -> int:
    if first > archived:
        return int(db.execute(_NEWEST, (first, last)).fetchone()[0] or 0)
    newest = 0
    while first <= last:
        rows = [row for row in read_rows(db, first, last - first + 1) if row.seq <= last]
        newest = max([newest, *(row.at_us for row in rows if row.clock == "ok")])
        first = rows[-1].seq + 1
    return newest
