"""Reads the journal backwards, filtered and page by page, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from edge.core.journal.archive import archived_through
from edge.core.journal.rows import facts_of_types, read_rows
from edge.core.limits import ARCHIVE_FRAME_ROWS, JOURNAL_LOOKED_THROUGH
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.lib.units.dates import after
from sync.wire import COLUMNS, Row

_BACK = f"""
    SELECT {", ".join(COLUMNS)} FROM journal
    WHERE seq < :before AND seq >= :down_to
      AND (:type = '' OR type = :type) AND (:actor = '' OR actor = :actor)
      AND (:day = '' OR business_date = :day) AND (:register = '' OR register = :register)
      AND (:sku = '' OR instr(body, CAST(:quoted AS BLOB))) AND (:about = '' OR instr(body, CAST(:named AS BLOB)))
    ORDER BY seq DESC
"""
_PRODUCT = ("sku", "skus")
"""Event fields that name products, also as suffixes of longer names."""


class JournalFilter(msgspec.Struct, frozen=True):
    """Filter for journal rows; empty fields match anything. `day`: a business date; `sku`: rows that mention this
    product; `about`: rows that contain this id."""

    type: str = ""
    actor: str = ""
    day: str = ""
    register: str = ""
    sku: str = ""
    about: str = ""


class JournalPage(msgspec.Struct, frozen=True):
    """Matching rows, newest first. `before`: the row to continue from (0: no further rows)."""

    rows: list[Row]
    before: int


def read_back(db: Connection, wanted: JournalFilter, before: int, limit: int) -> JournalPage:
    """Return up to `limit` rows below `before` (0: from the end). Scans a bounded number of rows and returns the row it
    reached.

    Raises `NeedsHuman` if an archive file that it needs can't be read.
    """
    (head,) = db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
    end = min(before, head + 1) if before else head + 1
    if wanted.day:
        end = min(end, _end_of(db, wanted.day, head))
    floor, archived = max(1, end - JOURNAL_LOOKED_THROUGH), archived_through(db)
    rows, quoted = list[Row](), msgspec.json.encode(wanted.sku)
    if end - 1 > archived:
        down_to = max(floor, archived + 1)
        rows, end = _live(db, wanted, end, down_to, limit), down_to
    while len(rows) < limit and end > floor:
        down_to = max(floor, end - ARCHIVE_FRAME_ROWS)
        rows += [row for row in _archived_rows(db, down_to, end) if _is_wanted(row, wanted, quoted)][
            : limit - len(rows)
        ]
        end = down_to
    through = rows[-1].seq if len(rows) == limit else end
    return JournalPage(rows, 0 if through <= 1 or _is_over(db, wanted, through) else through)


def _live(db: Connection, wanted: JournalFilter, before: int, down_to: int, limit: int) -> list[Row]:
    values = msgspec.structs.asdict(wanted) | {"before": before, "down_to": down_to}
    quoted = msgspec.json.encode(wanted.sku).decode()
    named = msgspec.json.encode(wanted.about).decode()
    rows: list[Row] = []
    for found in db.execute(_BACK, values | {"quoted": quoted, "named": named}):
        row = Row(*found)
        if not wanted.sku or _names(msgspec.json.decode(row.body), wanted.sku):
            rows.append(row)
        if len(rows) == limit:
            break
    return rows


def _archived_rows(db: Connection, first: int, end: int) -> list[Row]:
    """Rows from `first` to `end` (exclusive), newest first, from all frames that contain them."""
    rows: list[Row] = []
    while first < end and (page := read_rows(db, first, end - first)):
        rows += [row for row in page if row.seq < end]
        first = page[-1].seq + 1
    return rows[::-1]


def _is_wanted(row: Row, wanted: JournalFilter, quoted: bytes) -> bool:
    """Whether a row matches. `quoted`: the SKU as it appears in a body; few rows contain it, and only those are
    decoded."""
    asked = ((wanted.type, row.type), (wanted.actor, row.actor), (wanted.day, row.business_date))
    if any(want and want != has for want, has in (*asked, (wanted.register, row.register))):
        return False
    if wanted.about and msgspec.json.encode(wanted.about) not in row.body:
        return False
    return not wanted.sku or (quoted in row.body and _names(msgspec.json.decode(row.body), wanted.sku))


def _names(body: Any, sku: str) -> bool:
    """Whether a body mentions this product."""
    if isinstance(body, list):
        return any(_names(one, sku) for one in body)
    if not isinstance(body, dict):
        return False
    own = (value for key, value in body.items() if key.rpartition("_")[2] in _PRODUCT)
    named = any(sku == value or (isinstance(value, list) and sku in value) for value in own)
    return named or any(_names(value, sku) for value in body.values())


def _is_over(db: Connection, wanted: JournalFilter, seq: int) -> bool:
    """Whether all earlier rows are from days before the requested one."""
    return bool(wanted.day) and _day_of(db, seq - 1) < wanted.day


def first_row_of_day(db: Connection, day: str) -> int:
    """First row of a business date, or of the next one with rows; past the head if there is none."""
    (head,) = db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
    return _end_of(db, after(day, -1), head)


def rows_of_day(db: Connection, day: str) -> tuple[int, int]:
    """First and last row of a business date; without rows, the last is before the first."""
    return first_row_of_day(db, day), first_row_of_day(db, after(day, 1)) - 1


def facts_of_day(
    db: Connection, registry: Registry, types: Iterable[str], day: str, said: bytes = b""
) -> Iterator[RecordedEvent]:
    """Yield events of these types of a business date; `said` as in `facts_of_types`."""
    return facts_of_types(db, registry, types, *rows_of_day(db, day), said)


def _end_of(db: Connection, day: str, head: int) -> int:
    """First row after a day. Days are in journal order (`edge.core.clock`)."""
    low, high = 1, head + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _day_of(db, middle) > day else (middle + 1, high)
    return low


def _day_of(db: Connection, seq: int) -> str:
    found = db.execute("SELECT business_date FROM journal WHERE seq = ?", (seq,)).fetchone()
    if found:
        return str(found[0])
    rows = read_rows(db, seq, 1)
    return rows[0].business_date if rows else ""
