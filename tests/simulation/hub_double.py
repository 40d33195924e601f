"""Head office's tables, and the parts of Postgres that projecting needs: a transaction, a lock, and a cursor.

SQLite executes the projectors' SQL for Postgres after two constructs that it lacks are replaced. The statements of
`sync/hub/projection_runner.sql` are implemented here by name, on the contents of the simulated hub database.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pysqlite3
from msgspec.structs import astuple

from edge.app import hub
from sync.hub import sql
from sync.hub.model import Key
from sync.hub.store import dump_epochs
from tests.simulation.process import Process
from tests.simulation.store import Database, Position, row_of

CAPABILITIES = ("till", "stock", "shifts")
PROJECTORS = ("sales", "stock", "shifts")
WAIT_S = 0.01
"""Seconds between attempts to get a lock that another worker holds."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
_CAST = re.compile(r"::\w+(\[\])?")
_UNNEST = re.compile(r"FROM unnest\(([^)]+)\)\s+AS (\w+) \(([^)]+)\)(\s+WHERE\b)?")
_PARTITIONED = re.compile(r" PARTITION BY RANGE \(\w+\)")
_ANY = re.compile(r"= ANY ?\((\$\d+)\)")


class Office:
    """The tables, to which all workers write, one transaction at a time."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.db = pysqlite3.connect(":memory:", isolation_level=None)
        self.db.create_function("now", 0, lambda: "")  # the time of learning of something: no invariant uses it
        # the sums of a store: no invariant uses them either
        self.db.create_function("refresh_stock", 3, lambda *_: None)
        self.names = {text: name for name, text in sql.load("projection_runner.sql").items()}
        for capability in (capability for capability in hub.CAPABILITIES if capability.name in CAPABILITIES):
            assert capability.projector
            for table in capability.projector.tables:
                self.db.execute(_PARTITIONED.sub("", table.create))

    def read(self, statement: str) -> list[Any]:
        return list(self.db.execute(statement).fetchall())

    async def begin(self, process: Process) -> None:
        """Wait for the device's lock, undo a transaction that a dead worker left open, and begin a new one."""
        while not self.database.may_go_on():  # noqa: ASYNC110  another worker's transaction ends it
            await asyncio.sleep(WAIT_S)
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")
        self.database.lock(process)
        self.db.execute("BEGIN")

    def end(self, commit: bool) -> None:
        self.db.execute("COMMIT" if commit else "ROLLBACK")
        self.database.unlock(commit)


class Pool:
    """A worker's connections, as `sync.hub.projection_runner` uses them."""

    def __init__(self, office: Office, process: Process) -> None:
        self._office = office
        self._process = process

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        yield Connection(self._office, self._process)

    async def execute(self, _try_again: str, *_values: Any) -> None:
        """Retry nothing from quarantine: an entry there already failed the run."""
        await self._office.database.way()

    async def fetchrow(self, _server: str) -> tuple[str, str]:
        """Return the server's identity, which never changes here; tests/contract covers a changed server."""
        await self._office.database.way()
        return "postgres", "postgres"

    async def fetchval(self, _above: str) -> None:
        """Return no limit."""
        await self._office.database.way()

    async def fetch(self, _get_behind: str, names: list[str], versions: list[Any], _limit: int) -> list[Any]:
        """Return the devices for which some projector is behind. `versions`: a number each, or a name and a number."""
        database = self._office.database
        await database.way()
        numbers = [int(str(version).rpartition("/")[2]) for version in versions]
        wanted = list(zip(names, numbers, strict=True))
        return [astuple(key) for key in database.devices if any(database.is_behind(key, *one) for one in wanted)]


class Connection:
    """A connection with one transaction at a time, which may contain savepoints."""

    def __init__(self, office: Office, process: Process) -> None:
        self._office = office
        self._database = office.database
        self._process = process
        self._depth = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        await self._database.way()
        if self._depth == 0:
            await self._office.begin(self._process)
        else:
            self._office.db.execute(f"SAVEPOINT at_{self._depth}")
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                self._process.point("before commit of tables")
        except BaseException:
            self._end(commit=False)
            raise
        self._end(commit=True)
        if self._depth == 0:
            self._process.point("after commit of tables")

    def _end(self, commit: bool) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._office.end(commit)
        else:
            self._office.db.execute(f"{'RELEASE' if commit else 'ROLLBACK TO'} at_{self._depth}")

    async def execute(self, statement: str, *values: Any) -> None:
        await asyncio.sleep(0)
        name = self._office.names.get(statement)
        if name:
            getattr(self, f"_{name}")(*values)
        else:
            self._found(statement, values)

    def _found(self, statement: str, values: Sequence[Any]) -> list[Any]:
        """Return the rows of a projector's own statement. Columns are accessible by position and by name."""
        named = {str(at): _plain(it) for at, it in enumerate(values, 1)}
        cursor = self._office.db.cursor()
        cursor.row_factory = lambda of, row: pysqlite3.Row(of, tuple(map(_moment, row)))
        return list(cursor.execute(_in_sqlite(statement), named).fetchall())

    async def executemany(self, statement: str, many: Iterable[Sequence[Any]]) -> None:
        for values in many:
            await self.execute(statement, *values)

    async def copy_records_to_table(
        self, table: str, *, records: Iterable[Sequence[Any]], columns: Sequence[str]
    ) -> None:
        await asyncio.sleep(0)
        self._process.point(f"before {table}")
        into = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        self._office.db.executemany(into, [tuple(map(_plain, record)) for record in records])

    async def fetch(self, statement: str, *values: Any) -> list[Any]:
        await asyncio.sleep(0)
        name = self._office.names.get(statement)
        found: list[Any] = getattr(self, f"_{name}")(*values) if name else self._found(statement, values)
        return found

    async def fetchrow(self, statement: str, *values: Any) -> Any:
        return next(iter(await self.fetch(statement, *values)), None)

    # ---- the statements of projection_runner.sql

    def _position(self, tenant: str, store: str, device: str, projector: str) -> Position:
        return self._database.projected.setdefault((Key(tenant, store, device), projector), Position())

    def _add_projections(self, *given: Any) -> None:
        tenant, store, device, projectors, versions, stale = given
        for projector, version in zip(projectors, versions, strict=True):
            self._begin_again(tenant, store, device, projector, version)
            self._position(tenant, store, device, projector).stale = stale

    def _get_positions(self, *given: Any) -> list[Any]:
        *place, projectors = given
        key = Key(*place)
        device, known = self._database.device(key), self._database.projected
        orphans = json.dumps([astuple(span) for span in self._database.orphans])
        goal = (device.through, dump_epochs(device.epochs), orphans, False)
        found = [(name, at) for name in projectors if (at := known.get((key, name)))]
        return [(name, *astuple(at), *goal) for name, at in found] or [(None,) * 7 + goal]

    def _get_repeated(self, *values: Any) -> list[Any]:
        tenant, store, device, epoch, ids = values
        key = Key(tenant, store, device)
        earlier = (span for span in self._database.orphans if span.epoch < epoch)
        places = ((key, span.epoch, seq) for span in earlier for seq in range(span.first, span.last + 1))
        rows = (row_of(self._database.journal[place]) for place in places)
        return [(row.command_id, row.n) for row in rows if row.command_id in ids]

    def _get_rows(self, *values: Any) -> list[Any]:
        tenant, store, device, epoch, first, last, types, limit = values
        places = ((Key(tenant, store, device), epoch, seq) for seq in range(first, last + 1))
        found = (self._database.journal[place] for place in places if place in self._database.journal)
        return [astuple(row_of(record)) for record in found if record.type in types][:limit]

    def _lock_history(self, *_device: str) -> None:
        """Do nothing: `begin` has taken the lock."""

    def _begin_again(self, *given: Any) -> None:
        position = self._position(*given[:4])
        position.version, position.done, position.epoch, position.through = given[4], "{}", 0, 0
        position.stale = position.went_back = False

    def _forget_quarantine(self, *_place: str) -> None:
        """Do nothing: there is no quarantine, because a row that can't be projected fails the run."""

    def _move_on(self, *given: Any) -> None:
        tenant, store, device, projectors, epoch, through, done = given
        for projector in projectors:
            position = self._position(tenant, store, device, projector)
            position.epoch, position.through, position.done, position.went_back = epoch, through, done, False

    def _quarantine(self, *given: Any) -> None:
        self._database.quarantined.append(given[-2])


def _in_sqlite(statement: str) -> str:
    plain = _CAST.sub("", statement)
    return _UNNEST.sub(_rows, _ANY.sub(r"IN (SELECT value FROM json_each(\1))", plain))


def _rows(unnest: re.Match[str]) -> str:
    """Convert parallel lists to rows with named columns."""
    lists, names = (unnest[group].replace(" ", "").split(",") for group in (1, 3))
    columns = ", ".join(f"{name}s.value {name}" for name in names)
    joined = " JOIN ".join(f"json_each({given}) {name}s" for given, name in zip(lists, names, strict=True))
    tied = " AND ".join(f"{name}s.key = {names[0]}s.key" for name in names[1:])
    return f"FROM (SELECT {columns} FROM {joined} ON {tied}) AS {unnest[2]} WHERE {'' if unnest[4] else 'true'}"


def _moment(value: Any) -> Any:
    """Convert a timestamp with a time zone to a `datetime`, as Postgres returns it."""
    return datetime.fromisoformat(value) if isinstance(value, str) and _MOMENT.fullmatch(value) else value


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return json.dumps(value)
    return value if isinstance(value, int | str | bytes | None) else str(value)
