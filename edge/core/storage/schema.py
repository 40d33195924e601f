"""What tables a ledger has: those that capabilities declare (`tables.sql`), and those that a database holds."""

from __future__ import annotations

import re
from functools import cache

from edge.core.storage.database import Connection
from edge.lib.floors import EDGE, capability_files


@cache
def declared_tables() -> tuple[str, ...]:
    """The text of every `tables.sql`, the core's first: a new ledger is made from these."""
    return tuple(path.read_text() for path in (EDGE / "core/tables.sql", *capability_files("tables.sql")))


@cache
def shape(sql: str) -> str:
    """What SQLite makes of a statement: without comments and layout."""
    return re.sub(r"\s*([(),])\s*|\s+", lambda m: m[1] or " ", re.sub(r"--[^\n]*", "", sql))


def objects(db: Connection) -> dict[str, tuple[str, str]]:
    """Kind and SQL of each table, index and trigger by name, in the order in which they were made, without those that
    SQLite and virtual tables make for themselves, each version of them in its own way."""
    rows = db.execute(
        "SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "ORDER BY rowid"
    ).fetchall()
    virtual = tuple(f"{name}_" for name, _, sql in rows if sql.startswith("CREATE VIRTUAL"))
    return {name: (kind, sql) for name, kind, sql in rows if not (virtual and name.startswith(virtual))}


def shapes(db: Connection) -> dict[str, str]:
    """The shape of each table, index and trigger by name."""
    return {name: shape(sql) for name, (_, sql) in objects(db).items()}
