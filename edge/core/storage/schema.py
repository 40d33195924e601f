"""Tables of a ledger: those declared by capabilities (`tables.sql`) and those in a database."""

from __future__ import annotations

import re
from functools import cache

from edge.core.storage.database import Connection
from edge.lib.floors import EDGE, capability_files


@cache
def declared_tables() -> tuple[str, ...]:
    """Return the text of every `tables.sql`, the core's first. New ledgers are created from them."""
    return tuple(path.read_text() for path in (EDGE / "core/tables.sql", *capability_files("tables.sql")))


@cache
def shape(sql: str) -> str:
    """Normalise a statement: without comments and layout."""
    return re.sub(r"\s*([(),])\s*|\s+", lambda m: m[1] or " ", re.sub(r"--[^\n]*", "", sql))


def objects(db: Connection) -> dict[str, tuple[str, str]]:
    """Return the type and SQL of each table, index and trigger by name, in order of creation. Leaves out SQLite's
    internal and virtual tables, which vary by version."""
    rows = db.execute(
        "SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "ORDER BY rowid"
    ).fetchall()
    virtual = tuple(f"{name}_" for name, _, sql in rows if sql.startswith("CREATE VIRTUAL"))
    return {name: (kind, sql) for name, kind, sql in rows if not (virtual and name.startswith(virtual))}


def statements(db: Connection) -> dict[str, str]:
    """SQL of each table, index and trigger by name."""
    return {name: sql for name, (_, sql) in objects(db).items()}
