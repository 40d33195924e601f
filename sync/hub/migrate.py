"""The hub's schema: numbered SQL files, each applied once, in order, in a transaction of its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

LOCK = 0x65646765  # any number that is ours: two workers that start together take turns
FILE = re.compile(r"^(\d{4})_(\w+)\.sql$")

TABLE = """
CREATE TABLE IF NOT EXISTS migration (
    number bigint PRIMARY KEY, name text NOT NULL, sha256 bytea NOT NULL, at timestamptz NOT NULL DEFAULT now()
)
"""


class MigrationError(Exception):
    """The database is not what these migrations made; says which and what to do."""


class Migration(msgspec.Struct, frozen=True, order=True):
    """One file, as `0001_begin.sql`."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.sql.encode()).digest()


def read(folder: Traversable | None = None) -> list[Migration]:
    """The files of `folder` (default: ours), in order. `MigrationError`: a number is missing or double."""
    found = []
    for file in (folder or files("sync.hub") / "migrations").iterdir():
        match = FILE.match(file.name)
        if match:
            found.append(Migration(int(match[1]), match[2], file.read_text()))
    found.sort()
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise MigrationError("The migrations are not numbered 0001, 0002 and so on without a gap.")
    return found


async def migrate(connection: Any, migrations: Sequence[Migration]) -> None:
    """Bring the database of this asyncpg connection to the newest schema. Safe to call from many workers."""
    await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
    try:
        await connection.execute(TABLE)
        applied = {row["number"]: row for row in await connection.fetch("SELECT number, name, sha256 FROM migration")}
        for migration in migrations:
            if migration.number in applied:
                _check(applied[migration.number], migration)
                continue
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(
                    "INSERT INTO migration (number, name, sha256) VALUES ($1, $2, $3)",
                    *(migration.number, migration.name, migration.sha256),
                )
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)


def _check(applied: Any, migration: Migration) -> None:
    if applied["sha256"] != migration.sha256:
        raise MigrationError(
            f"Migration {migration.number:04}_{migration.name} was changed after it was applied here. "
            "Put the old text back and write the change as a new migration."
        )
