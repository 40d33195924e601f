"""Head office's tables: the product's projectors of sales and stock, over what the hub has acknowledged.

They write SQL for Postgres; here SQLite takes it, with the two turns of phrase that it does not know put in its words.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from struct import unpack_from
from typing import Any

import pysqlite3

from edge.hub import projectors
from sync.hub.machine import Key, Record
from sync.hub.opening import COPY_COLUMNS
from sync.wire import COLUMNS, Row
from tests.simulation.store import Database

ROOMS = ("till", "stock")
_COMMENT = re.compile(r"--[^\n]*")
_CAST = re.compile(r"::\w+(\[\])?")
_UNNEST = re.compile(r"FROM unnest\((\$\d+), (\$\d+)\) AS \w+ \((\w+), (\w+)\)")
_PAIRS = r"FROM (SELECT a.value \3, b.value \4 FROM json_each(\1) a JOIN json_each(\2) b USING (key)) WHERE true"
_NUMBERS = {"epoch", "seq", "n", "at_us", "mono_us", "version"}
_BYTES = {"command_id", "command_hash", "boot_id", "prev", "hash", "body"}


class Office:
    """What head office reads of one device."""

    def __init__(self, database: Database, key: Key) -> None:
        self._database = database
        self._key = key
        self._connection = _Connection()
        self._through = 0
        for room in ROOMS:
            for statement in _tables(files(f"edge.{room}").joinpath("hub.sql").read_text()):
                self._connection.db.execute(statement)

    async def catch_up(self) -> None:
        """Project what is acknowledged and was not yet; from the beginning where the history went back."""
        key, rooms = self._key, [made for made in projectors() if made.name in ("sales", "stock")]
        if key in self._database.stale:
            self._database.stale.discard(key)
            self._through = 0
            for projector in rooms:
                await projector.reset(self._connection, key)
        rows = [row_of(record) for record in self._database.prefix(key)[self._through :]]
        self._through += len(rows)
        for projector in rooms:
            for project in dict.fromkeys(projector.handlers.values()):
                mine = [row for row in rows if projector.handlers.get(row.type) == project]
                if mine:
                    await project(self._connection, key, mine)

    def read(self, sql: str) -> list[Any]:
        return list(self._connection.db.execute(sql).fetchall())


class _Connection:
    """As much of asyncpg's connection as projectors use."""

    def __init__(self) -> None:
        self.db = pysqlite3.connect(":memory:", isolation_level=None)

    async def execute(self, sql: str, *values: Any) -> None:
        await asyncio.sleep(0)
        self.db.execute(_in_sqlite(sql), {str(at): _plain(value) for at, value in enumerate(values, 1)})

    async def copy_records_to_table(
        self, table: str, *, records: Iterable[Sequence[Any]], columns: Sequence[str]
    ) -> None:
        await asyncio.sleep(0)
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        self.db.executemany(sql, [tuple(map(_plain, record)) for record in records])


def row_of(record: Record) -> Row:
    """The row that a record's COPY holds (see `sync.hub.opening`)."""
    fields: dict[str, Any] = {}
    at = 0
    for name in COPY_COLUMNS[3:]:
        (size,) = unpack_from(">i", record.copy, at)
        data = record.copy[at + 4 : at + 4 + size]
        at += 4 + size
        if name in _NUMBERS:
            fields[name] = int.from_bytes(data, "big", signed=True)
        else:
            fields[name] = data if name in _BYTES else data.decode()
    return Row(*(fields[name] for name in COLUMNS))


def _tables(sql: str) -> Iterable[str]:
    """The statements that make tables and columns; views and indexes are not wanted here."""
    for statement in _COMMENT.sub("", sql).split(";"):
        words = statement.split()
        if words[:2] in (["CREATE", "TABLE"], ["ALTER", "TABLE"]):
            yield statement.replace("ADD COLUMN IF NOT EXISTS", "ADD COLUMN")


def _in_sqlite(sql: str) -> str:
    return _UNNEST.sub(_PAIRS, _CAST.sub("", sql))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return "[" + ", ".join(f'"{item}"' if isinstance(item, str) else str(item) for item in value) + "]"
    return value if isinstance(value, int | str | bytes | None) else str(value)
