"""Common paging and filters of all unified reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection

LIMIT_MOST = 500
Text = Annotated[str, msgspec.Meta(max_length=160)]
Cell = str | int | bool | None
UnifiedRow = dict[str, Cell]
_SEQ_AT = "SELECT coalesce(min(seq), 9223372036854775807) FROM journal WHERE at_us >= ?"
Limit = Annotated[int, msgspec.Meta(ge=1, le=LIMIT_MOST)]
SKIP_MOST = 1_000_000


class UnifiedPage(msgspec.Struct, frozen=True):
    """A page of rows. `next`: the cursor for the next page (`after` of the next request), "" on the last page."""

    items: list[UnifiedRow]
    next: str


class UnifiedSource(msgspec.Struct, frozen=True):
    """A source of rows: `rows` from one or more tables, ordered by `cursor`, a unique text for each row.

    `since`: the column with the time of change (`_us`), or its journal row (`seq`). `changed`: if there is no such
    column, a condition with one `?` for the first journal row to include. `values`: values for each `?` in `rows`.
    """

    columns: str
    rows: str
    cursor: str
    since: str = ""
    changed: str = ""
    values: tuple[str, ...] = ()


def _condition_of(
    db: Connection, source: UnifiedSource, after: str, updated_since: int, filters: Mapping[str, str | int | None]
) -> tuple[str, list[Any]]:
    """The SQL condition of the rows requested, and its values."""
    asked = {sql: value for sql, value in filters.items() if value not in ("", None)}
    clauses, values = list(asked), list[Any](asked.values())
    if after:
        clauses.append(f"{source.cursor} > ?")
        values.append(after)
    if updated_since:
        by_moment = source.since.endswith("_us")
        clauses.append(source.changed or f"{source.since} >= ?")
        values.append(updated_since if by_moment else db.execute(_SEQ_AT, (updated_since,)).fetchone()[0])
    return " AND ".join(clauses) or "1", [*source.values, *values]


def count(
    db: Connection, source: UnifiedSource, after: str, updated_since: int, filters: Mapping[str, str | int | None]
) -> int:
    """The number of rows, over all pages."""
    where, values = _condition_of(db, source, after, updated_since, filters)
    found: int = db.execute(f"SELECT count(*) FROM {source.rows} WHERE {where}", values).fetchone()[0]
    return found


def page(
    db: Connection,
    source: UnifiedSource,
    shown: Callable[[tuple[Any, ...]], UnifiedRow],
    skip: Number,
    limit: Limit,
    after: str,
    updated_since: int,
    filters: Mapping[str, str | int | None],
) -> UnifiedPage:
    """A page of the rows that match all filters (SQL and value; "" and None are ignored)."""
    where, values = _condition_of(db, source, after, updated_since, filters)
    sql = f"SELECT {source.cursor}, {source.columns} FROM {source.rows} WHERE {where} ORDER BY 1 LIMIT ? OFFSET ?"
    found = db.execute(sql, (*values, limit + 1, min(skip, SKIP_MOST))).fetchall()
    rows = found[:limit]
    return UnifiedPage([shown(row[1:]) for row in rows], str(rows[-1][0]) if len(found) > limit else "")
