"""Numbered SQL in one order, each file in one transaction, recorded in `PRAGMA user_version`.

A new database takes all of it in one: nothing in it can be lost yet, and each commit waits for the disk.
"""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable

from edge.core.storage.database import APPLICATION_ID, OVERWRITE_ROWS, Connection
from edge.lib.errors import NeedsHuman

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


def migrations(folder: Traversable | None = None) -> list[tuple[int, str, str]]:
    """All migrations as (number, file name, SQL), in order."""
    found = []
    for entry in (folder or files("edge.migrations")).iterdir():
        if match := _NAME.fullmatch(entry.name):
            found.append((int(match[1]), entry.name, entry.read_text()))
    return sorted(found)


def version(db: Connection) -> int:
    """The number of the last migration that the database went through (0: an empty file)."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: Connection, through: int | None = None) -> list[str]:
    """Bring the database to the newest schema (or to number `through`); the files applied, by name.

    `NeedsHuman`: it comes from a newer version.
    """
    steps = migrations()
    newest = steps[-1][0]
    at = version(db)
    if at > newest:
        raise NeedsHuman(
            f"The ledger has schema {at}, and this software knows {newest}.",
            "It was opened by a newer version: install that one again.",
        )
    due = [step for step in steps if step[0] > at and (through is None or step[0] <= through)]
    for together in [due] if due and at == 0 else [[step] for step in due]:
        _apply(db, together)
    return [name for _, name, _ in due]


def _apply(db: Connection, steps: list[tuple[int, str, str]]) -> None:
    """In one transaction."""
    sql = "\n;".join(sql for _, _, sql in steps)
    mark = f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {steps[-1][0]};"
    try:
        db.executescript(f"BEGIN IMMEDIATE;\n{sql}\n;{mark}\nCOMMIT;")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    finally:
        db.execute(OVERWRITE_ROWS)  # which a migration may have changed
