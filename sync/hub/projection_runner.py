"""Project devices' histories to Postgres tables, after acknowledgement and in order.

Each projector continues from its own cursor. An event that can't be projected is recorded in `quarantine` with the
reason, and the rest continues. A new projector version, or a newer hub release after a quarantine, restarts that device
from its first row, because later events may depend on skipped ones. If a history went back (a restore), projectors of a
box's *state* restart too; projectors of *events* keep the orphans and continue after them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

import asyncpg
import msgspec
from msgspec.structs import astuple

from sync import limits, lineage
from sync.hub import sql
from sync.hub.model import Key
from sync.hub.primary import is_passing
from sync.hub.recurring import Outage, repeat
from sync.hub.store import Connection, Store, load_epochs
from sync.lineage import Span
from sync.wire import Row

log = logging.getLogger(__name__)

Project = Callable[[Connection, Key, Sequence[Row]], Awaitable[None]]
"""Converts rows to table rows within a transaction, which it must not commit and which may be retried.

An exception other than NOT_THE_ROWS_FAULT means that these rows can't be projected.
"""

Bad = list[tuple[Row, str]]
"""Rows that can't be projected, with the reason."""

Rest = Callable[[Key, float, int], float]
"""Returns the seconds to pause a device after this many of its rows took this long."""

NOT_THE_ROWS_FAULT = (asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError)
"""The tables aren't as the projector expects: nothing is quarantined, and the projection is retried later."""

ARCHIVED = "It must start again, but some of its rows are only in archives. Restore them with `edge hub bring-back`."


class Unreadable(Exception):
    """Rows that can't be read as events, each with its reason.

    A projector may raise this to spare the runner the search. Nothing of the batch has been projected yet.
    """

    def __init__(self, bad: Sequence[tuple[Row, Exception]]) -> None:
        super().__init__(f"{len(bad)} rows can't be read")
        self.bad = bad


class Projector(Protocol):
    """A projector of some events; a capability's hub.py creates one.

    All event types mapped to the same function reach it together, in journal order; different functions are
    independent.
    """

    @property
    def name(self) -> str:
        """A permanent name."""
        ...

    @property
    def version(self) -> int:
        """The projector's version.

        Increase it when the tables or their meaning change; all devices are then projected again.
        """
        ...

    @property
    def keeps_orphans(self) -> bool:
        """Whether acknowledged facts stay when a restored box continues without them: true for events (sales), not for
        a box's state (prices). A row repeated in a later epoch is skipped."""
        ...

    @property
    def rows_at_once(self) -> int:
        """The maximum number of rows per call. Above `limits.PIECE_ROWS`, the function must yield to others itself."""
        ...

    @property
    def handlers(self) -> Mapping[str, Project]:
        """The function for each event type."""
        ...

    async def reset(self, connection: Connection, key: Key) -> None:
        """Delete this device's projection."""
        ...


NEVER = 0
"""The version of a projection that hasn't begun."""


class Position(msgspec.Struct, frozen=True):
    """A projector's progress in a device's history.

    `done`: the last row by epoch (JSON). `epoch` and `through`: the last row processed. `goal`: the last acknowledged
    row. `orphans` (JSON): rows outside the history.
    """

    version: int
    done: str
    stale: bool
    went_back: bool
    epoch: int
    through: int
    goal: int
    epochs: str
    orphans: str
    archived: bool

    def stretches(self, keeps_orphans: bool) -> list[Span]:
        """The stretches to project, in order."""
        orphans = msgspec.json.decode(self.orphans, type=list[tuple[int, int, int]]) if keeps_orphans else []
        return lineage.acknowledged_spans(load_epochs(self.epochs), self.goal, [Span(*orphan) for orphan in orphans])

    @property
    def at_end(self) -> bool:
        return (self.epoch, self.through) == self.end

    @property
    def end(self) -> tuple[int, int]:
        """Return the device's last row, to be recorded once all rows are projected."""
        epochs = load_epochs(self.epochs)
        return (epochs[-1].epoch if epochs else 0), self.goal


class ProjectionRunner:
    """Runs a worker's projectors, one device and batch at a time. Several workers may run at once."""

    def __init__(
        self, store: Store, projectors: Sequence[Projector], release: int = 0, rest: Rest = lambda *_: 0.0
    ) -> None:
        self._store = store
        self._rest = rest
        self._release = release
        self._projectors = projectors
        self._sql = sql.load("projection_runner.sql")
        self._behind: dict[Key, None] = {}  # the order of work; bounded by the number of devices
        self._resting: set[Key] = set()  # bounded likewise
        self._woken = asyncio.Event()

    def wake(self, key: Key) -> None:
        """Note that this device may have new rows."""
        if self._projectors and key not in self._resting:
            self._behind[key] = None
            self._woken.set()

    def _end_rest(self, key: Key) -> None:
        self._resting.discard(key)
        self.wake(key)

    async def run(self) -> None:
        """Run until cancelled."""
        if not self._projectors:
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sweep())
            tasks.create_task(self._work())

    async def _sweep(self) -> None:
        """Find projections left unfinished by crashed workers, or required by new projector versions."""
        names = [projector.name for projector in self._projectors]
        versions = [f"{projector.name}/{projector.version}" for projector in self._projectors]
        again = self._sql["try_again_what_an_older_release_could_not"]

        async def look() -> None:
            await self._store.pool.execute(again, names, self._release)
            for record in await self._store.pool.fetch(self._sql["get_behind"], names, versions, limits.SWEEP_DEVICES):
                self.wake(Key(*record))

        await repeat("finding pending projections", look, limits.SWEEP_S)

    async def _work(self) -> None:
        outage = Outage("projections")
        while True:
            if not self._behind:
                self._woken.clear()
                await self._woken.wait()
            key = next(iter(self._behind))
            del self._behind[key]
            began = asyncio.get_running_loop().time()
            try:
                more = await self._step(key)
            except Exception as error:
                if not is_passing(error):
                    log.exception("hub: %s can't be projected", key)  # rows are still accepted; the sweep retries
                    continue
                await outage.wait(error)
                more = True
            else:
                outage.end()
            if more:
                self._again(key, began)

    def _again(self, key: Key, began: float) -> None:
        """Continue with a device after the others; later if it has many rows and the others few."""
        loop = asyncio.get_running_loop()
        rest_s = self._rest(key, loop.time() - began, limits.PROJECT_ROWS)
        if rest_s:
            self._resting.add(key)
            loop.call_later(rest_s, self._end_rest, key)
        else:
            self.wake(key)

    async def _step(self, key: Key) -> bool:
        """Project the next rows of a device. Returns whether there are more.

        The rows are tried in savepoints only after a failure, as these cost as much as the statements in them.
        """
        try:
            return await self._project_next(key, one_by_one=False)
        except Exception as error:
            if is_passing(error) or isinstance(error, NOT_THE_ROWS_FAULT):
                raise
        return await self._project_next(key, one_by_one=True)

    async def _project_next(self, key: Key, one_by_one: bool) -> bool:
        """Project the next rows in one transaction."""
        async with self._store.pool.acquire() as connection, connection.transaction():
            # locked, the history can't be rolled back meanwhile, or projected by another worker
            await connection.execute(self._sql["lock_history"], *astuple(key))
            positions = await self._positions(connection, key)
            together: dict[Span, list[Projector]] = {}  # projectors at the same position share one read of the rows
            for projector in self._projectors:
                position = positions.get(projector.name)
                position = position and await self._begin(connection, key, projector, position)
                if position is None:
                    continue
                positions[projector.name] = position
                span = lineage.first_undone(position.stretches(projector.keeps_orphans), _progress_by_epoch(position))
                if span:
                    together.setdefault(span, []).append(projector)
                elif position.went_back or not position.at_end:
                    await self._move_on(connection, key, [projector], positions, {})
            more = [
                await self._advance(connection, key, projectors, positions, span, one_by_one)
                for span, projectors in together.items()
            ]
            return any(more)

    async def _positions(self, connection: Connection, key: Key) -> dict[str, Position]:
        """The position of each projector; empty for an unknown device."""
        names = [projector.name for projector in self._projectors]
        found = await connection.fetch(self._sql["get_positions"], *astuple(key), names)
        positions = {name: Position(*rest) for name, *rest in found if name is not None}
        if found and (new := [projector for projector in self._projectors if projector.name not in positions]):
            *_, goal, epochs, orphans, archived = found[0]
            names = [projector.name for projector in new]
            versions = [NEVER if archived else projector.version for projector in new]  # it waits for the archived rows
            await connection.execute(self._sql["add_projections"], *astuple(key), names, versions, archived)
            for name, version in zip(names, versions, strict=True):
                positions[name] = Position(*(version, "{}", archived, False, 0, 0, goal, epochs, orphans, archived))
        return positions

    async def _begin(
        self, connection: Connection, key: Key, projector: Projector, position: Position
    ) -> Position | None:
        """Return the position at which a projector continues; None if it has to wait."""
        lost = position.went_back and not projector.keeps_orphans
        if not (position.stale or lost) and position.version == projector.version:
            return position
        place = (*astuple(key), projector.name)
        if position.archived:
            await connection.execute(self._sql["wait"], *place, ARCHIVED)
            return None
        if position.version != NEVER:
            await projector.reset(connection, key)
            await connection.execute(self._sql["forget_quarantine"], *place)
        await connection.execute(self._sql["begin_again"], *place, projector.version)
        return msgspec.structs.replace(position, done="{}", stale=False, went_back=False, epoch=0, through=0)

    async def _advance(
        self,
        connection: Connection,
        key: Key,
        projectors: Sequence[Projector],
        positions: Mapping[str, Position],
        span: Span,
        one_by_one: bool,
    ) -> bool:
        """Project the rows of `span`; returns whether there are more."""
        types = sorted({type_ for projector in projectors for type_ in projector.handlers})
        found = await connection.fetch(
            *(self._sql["get_rows"], *astuple(key), *astuple(span), types, limits.PROJECT_ROWS)
        )
        rows = [Row(*record) for record in found]
        reached = rows[-1].seq if len(rows) == limits.PROJECT_ROWS else span.last
        repeated = await self._find_repeated(connection, key, positions[projectors[0].name], span.epoch, rows)
        first_time = [row for row in rows if (row.command_id, row.n) not in repeated]
        for projector in projectors:
            rows_of_it = first_time if projector.keeps_orphans else rows
            await self._project(connection, key, projector, rows_of_it, one_by_one)
        return await self._move_on(connection, key, projectors, positions, {span.epoch: reached})

    async def _move_on(
        self,
        connection: Connection,
        key: Key,
        projectors: Sequence[Projector],
        positions: Mapping[str, Position],
        newly: Mapping[int, int],
    ) -> bool:
        """Record progress; returns whether there is more to do."""
        more = False
        together: dict[tuple[int, int, str], list[str]] = {}  # usually one statement covers all projectors
        for projector in projectors:
            position = positions[projector.name]
            done = {**_progress_by_epoch(position), **newly}
            left = lineage.first_undone(position.stretches(projector.keeps_orphans), done)
            at = position.end if left is None else (left.epoch, left.first - 1)
            together.setdefault((*at, msgspec.json.encode(done).decode()), []).append(projector.name)
            more = more or left is not None
        for (epoch, through, text), names in together.items():
            await connection.execute(self._sql["move_on"], *astuple(key), names, epoch, through, text)
        return more

    async def _find_repeated(
        self, connection: Connection, key: Key, position: Position, epoch: int, rows: Sequence[Row]
    ) -> set[tuple[bytes, int]]:
        """Return the rows of `epoch` already in orphans: from a command repeated after a restore, or recovered."""
        orphaned = position.stretches(keeps_orphans=True) != position.stretches(keeps_orphans=False)
        if not orphaned or not rows:
            return set()
        ids = sorted({row.command_id for row in rows})
        found = await connection.fetch(self._sql["get_repeated"], *astuple(key), epoch, ids)
        return {(bytes(command_id), n) for command_id, n in found}

    async def _project(
        self, connection: Connection, key: Key, projector: Projector, rows: Sequence[Row], one_by_one: bool
    ) -> None:
        batches: dict[Project, list[Row]] = {}
        handlers = projector.handlers
        for row in rows:
            if row.type in handlers:
                batches.setdefault(handlers[row.type], []).append(row)
        for project, batch in batches.items():
            size = projector.rows_at_once
            pieces = (batch[at : at + size] for at in range(0, len(batch), size))
            found = [await _bisect_bad(connection, key, project, piece, one_by_one) for piece in pieces]
            bad = [one for some in found for one in some]
            place = (*astuple(key), projector.name)
            if bad:
                noted = [(*place, row.epoch, row.seq, reason, self._release) for row, reason in bad]
                await connection.executemany(self._sql["quarantine"], noted)
                row, reason = bad[0]
                text = "hub: %d rows of %s, from row %d on, are in quarantine: %s"
                log.warning(text, len(bad), key, row.seq, reason)


def _progress_by_epoch(position: Position) -> dict[int, int]:
    """A projector's last row by epoch."""
    return msgspec.json.decode(position.done, type=dict[int, int])


async def _bisect_bad(connection: Connection, key: Key, project: Project, rows: Sequence[Row], one_by_one: bool) -> Bad:
    """Project all valid rows in order, and return the others. Halves without a bad row are projected at once.

    Unless `one_by_one`, only unreadable rows are isolated; other errors are raised.
    """
    if not rows:
        return []
    try:
        if not one_by_one:
            await project(connection, key, rows)
            return []
        reason = await _try(connection, key, project, rows)
    except Unreadable as error:
        bad = {row.seq: _reason(why) for row, why in error.bad}
        unread = [(row, bad[row.seq]) for row in rows if row.seq in bad]
        readable = [row for row in rows if row.seq not in bad]
        return unread + await _bisect_bad(connection, key, project, readable, one_by_one)
    if reason is None:
        return []
    if len(rows) == 1:
        return [(rows[0], reason)]
    middle = len(rows) // 2
    before = await _bisect_bad(connection, key, project, rows[:middle], one_by_one)
    return before + await _bisect_bad(connection, key, project, rows[middle:], one_by_one)


async def _try(connection: Connection, key: Key, project: Project, rows: Sequence[Row]) -> str | None:
    """Project these rows; on failure, roll back and return the reason. Raises `Unreadable`."""
    try:
        async with connection.transaction():
            await project(connection, key, rows)
    except Exception as error:
        if is_passing(error) or isinstance(error, (*NOT_THE_ROWS_FAULT, Unreadable)):
            raise
        return _reason(error)
    return None


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\0", "")[: limits.TEXT_CHARS]
