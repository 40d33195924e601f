"""Schema migrations of the hub: numbered SQL files, each applied once, in order, in its own transaction.

Capability tables aren't migrated: their script (`hub.sql`) upgrades older tables when run again, which happens whenever
it changes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import asyncpg
import msgspec

from sync.hub import sql

LOCK = 0x65646765  # an arbitrary advisory lock, so that workers starting together take turns
FILE = re.compile(r"^(\d{4})_(\w+)\.sql$")

TABLE = """
CREATE TABLE IF NOT EXISTS migration (
    number bigint PRIMARY KEY, name text NOT NULL, sha256 bytea NOT NULL, at timestamptz NOT NULL DEFAULT now()
)
"""
_ROOM = """
    INSERT INTO room (name, sha256) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256
"""


class MigrationError(Exception):
    """The database doesn't match these migrations; the message names the mismatch and the remedy."""


class Migration(msgspec.Struct, frozen=True, order=True):
    """A migration file, such as `0001_begin.sql`."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.sql.encode()).digest()


def read(folder: Traversable | None = None) -> list[Migration]:
    """The files of `folder` (default: ours), in order. Raises `MigrationError` if a number is missing or duplicate."""
    found = []
    for file in (folder or files("sync.hub") / "migrations").iterdir():
        match = FILE.match(file.name)
        if match:
            found.append(Migration(int(match[1]), match[2], file.read_text()))
    found.sort()
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise MigrationError("Migrations must be numbered 0001, 0002 and so on without gaps.")
    return found


async def migrate(connection: Any, migrations: Sequence[Migration], rooms: Mapping[str, str] | None = None) -> None:
    """Upgrade the database of this asyncpg connection to the newest schema. Safe to call from many workers.

    `rooms`: the scripts of capability tables by name. Users without schema rights may call it if the database is up to
    date. Raises `MigrationError`.
    """
    texts = rooms or {}
    if await _is_done(connection, migrations, texts):
        return
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        await connection.execute(TABLE)
        applied = await _applied_migrations(connection)
        for migration in migrations:
            if migration.number not in applied:
                await _apply(connection, migration)
        await _make_rooms(connection, texts)
    except asyncpg.InsufficientPrivilegeError as error:
        raise MigrationError(
            f"The database has an older schema, and this login isn't allowed to change it ({error}). "
            "Run `edge hub migrate` once as the owner of the tables."
        ) from error
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)


async def _is_done(connection: Any, migrations: Sequence[Migration], rooms: Mapping[str, str]) -> bool:
    """Whether everything is applied; applied migrations must equal ours."""
    if not await connection.fetchval("SELECT to_regclass('migration') IS NOT NULL"):
        return False
    applied = await _applied_migrations(connection)
    for migration in migrations:
        if migration.number in applied:
            _check(applied[migration.number], migration)
    if any(migration.number not in applied for migration in migrations):
        return False
    return not rooms or not _changed_rooms(await _rooms(connection), rooms)


async def _applied_migrations(connection: Any) -> dict[int, Any]:
    return {row["number"]: row for row in await connection.fetch("SELECT number, name, sha256 FROM migration")}


async def _apply(connection: Any, migration: Migration) -> None:
    async with connection.transaction():
        await _run(connection, migration.sql)
        await connection.execute(
            "INSERT INTO migration (number, name, sha256) VALUES ($1, $2, $3)",
            *(migration.number, migration.name, migration.sha256),
        )


async def _run(connection: Any, script: str) -> None:
    await connection.execute(sql.IN_TURN)
    for statement in sql.split_statements(script):
        await connection.execute(statement)


async def _rooms(connection: Any) -> dict[str, bytes]:
    return {row["name"]: row["sha256"] for row in await connection.fetch("SELECT name, sha256 FROM room")}


def _changed_rooms(made: Mapping[str, bytes], rooms: Mapping[str, str]) -> dict[str, bytes]:
    """The capabilities whose script changed since it was last run, with its new digest."""
    digests = {name: hashlib.sha256(text.encode()).digest() for name, text in rooms.items()}
    return {name: digest for name, digest in digests.items() if made.get(name) != digest}


async def _make_rooms(connection: Any, rooms: Mapping[str, str]) -> None:
    if not rooms:
        return
    async with connection.transaction():
        for name, digest in _changed_rooms(await _rooms(connection), rooms).items():
            await _run(connection, rooms[name])
            await connection.execute(_ROOM, name, digest)
        await connection.execute("CALL protect_tables()")


def _check(applied: Any, migration: Migration) -> None:
    if applied["name"] != migration.name:
        raise MigrationError(
            f"The database has migration {migration.number:04}_{applied['name']}, but this "
            f"hub has {migration.number:04}_{migration.name}: it is from before the first "
            "release. Create a new database; see docs/hub-scale.md for what is carried over."
        )
    if applied["sha256"] != migration.sha256:
        raise MigrationError(
            f"Migration {migration.number:04}_{migration.name} was changed after it was applied "
            "here. Restore the old text and add the change as a new migration."
        )
