"""From a device's history to Postgres tables: after the ack, in order, from a cursor a projector.

An event that cannot be projected is noted in `quarantine` with the reason, and the rest flows. A
projector with another version, and a newer release of the hub where an older one left events in quarantine,
begin that device again from its first row: what comes later may depend on what was left out, so nothing is put
in afterwards. A history that went back (a restore) does so for a projector of what a box *has*; one of what
*happened* keeps the orphans, and goes on behind them.
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
from sync.hub.store import Connection, Store, load_epochs
from sync.lineage import Span
from sync.wire import Row

log = logging.getLogger(__name__)

Project = Callable[[Connection, Key, Sequence[Row]], Awaitable[None]]
"""Turns rows into table rows. Runs in a transaction that may be tried again; must not commit.
Any exception but NOT_THE_ROWS_FAULT means: these rows cannot be projected."""

Bad = list[tuple[Row, str]]
"""Rows that cannot be projected, each with the reason."""

Rest = Callable[[Key, float, int], float]
"""Seconds to leave a device alone after so many rows of it took so long."""

NOT_THE_ROWS_FAULT = (asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError)
"""The tables are not what the projector takes them for: nothing goes into quarantine, and it is tried again later."""

ARCHIVED = "It has to begin again, and rows of it are only in archives: bring them back with `edge hub bring-back`."


class Unreadable(Exception):
    """These rows cannot be read as events, each for its reason; what a projector may raise, so that they need not be
    looked for. Nothing of the batch was projected yet."""

    def __init__(self, bad: Sequence[tuple[Row, Exception]]) -> None:
        super().__init__(f"{len(bad)} rows cannot be read")
        self.bad = bad


class Projector(Protocol):
    """What head office wants of some events; a capability's hub.py makes one.

    All types that map to the same function come to it together, in the order of the journal;
    different functions know nothing of each other's order.
    """

    @property
    def name(self) -> str:
        """Stays the same for ever."""
        ...

    @property
    def version(self) -> int:
        """Raise it when the tables or their meaning change: each device is projected again."""
        ...

    @property
    def keeps_orphans(self) -> bool:
        """Whether facts that were acknowledged stay in its tables when a restored box goes on without them: of what
        happened (sales), not of what the box has (prices). A row that comes again in a later epoch is left out."""
        ...

    @property
    def rows_at_once(self) -> int:
        """Rows that a function is given at most. More than `limits.PIECE_ROWS`: it gives others their turn itself."""
        ...

    @property
    def handlers(self) -> Mapping[str, Project]:
        """Event type -> function."""
        ...

    async def reset(self, connection: Connection, key: Key) -> None:
        """Delete what was projected of this device."""
        ...


NEVER = 0
"""The version of a projection that was not begun yet."""


class Position(msgspec.Struct, frozen=True):
    """How far a projector has come: `done` is through which row, by epoch (JSON); `epoch` and `through` are the last
    row it did. And the history: `goal` is what is acknowledged along it, `orphans` (JSON) what is beside it."""

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
        """What is to be projected, in order."""
        orphans = msgspec.json.decode(self.orphans, type=list[tuple[int, int, int]]) if keeps_orphans else []
        return lineage.acknowledged_spans(load_epochs(self.epochs), self.goal, [Span(*orphan) for orphan in orphans])

    @property
    def at_end(self) -> bool:
        return (self.epoch, self.through) == self.end

    @property
    def end(self) -> tuple[int, int]:
        """The device's last row: what is noted once there is nothing left to project."""
        epochs = load_epochs(self.epochs)
        return (epochs[-1].epoch if epochs else 0), self.goal


class ProjectionRunner:
    """Runs the projectors of one worker, a device and a batch at a time. Other workers may do so too."""

    def __init__(
        self, store: Store, projectors: Sequence[Projector], release: int = 0, rest: Rest = lambda *_: 0.0
    ) -> None:
        self._store = store
        self._rest = rest
        self._release = release
        self._projectors = projectors
        self._sql = sql.load("projection_runner.sql")
        self._behind: dict[Key, None] = {}  # in turn; bounded by the number of devices
        self._resting: set[Key] = set()  # bounded in the same way
        self._woken = asyncio.Event()

    def wake(self, key: Key) -> None:
        """This device may have something new."""
        if self._projectors and key not in self._resting:
            self._behind[key] = None
            self._woken.set()

    def _end_rest(self, key: Key) -> None:
        self._resting.discard(key)
        self.wake(key)

    async def run(self) -> None:
        """Until cancelled."""
        if not self._projectors:
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sweep())
            tasks.create_task(self._work())

    async def _sweep(self) -> None:
        """Find what a worker left behind when it died, and what a new version of a projector asks for."""
        names = [projector.name for projector in self._projectors]
        versions = [f"{projector.name}/{projector.version}" for projector in self._projectors]
        again = self._sql["try_again_what_an_older_release_could_not"]
        while True:
            try:
                await self._store.pool.execute(again, names, self._release)
                found = await self._store.pool.fetch(self._sql["get_behind"], names, versions, limits.SWEEP_DEVICES)
            except Exception as error:
                if not is_passing(error):
                    raise
                found = []
            for record in found:
                self.wake(Key(*record))
            await asyncio.sleep(limits.SWEEP_S)

    async def _work(self) -> None:
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
                    log.exception("hub: %s cannot be projected", key)  # rows flow on; the sweep tries again
                    continue
                log.warning("hub: projecting %s waits for Postgres (%s)", key, error)
                await asyncio.sleep(limits.STORE_RETRY_MAX_S)
                more = True
            if more:
                self._again(key, began)

    def _again(self, key: Key, began: float) -> None:
        """Go on with a device, behind the others; later, where it has much and others little."""
        loop = asyncio.get_running_loop()
        rest_s = self._rest(key, loop.time() - began, limits.PROJECT_ROWS)
        if rest_s:
            self._resting.add(key)
            loop.call_later(rest_s, self._end_rest, key)
        else:
            self.wake(key)

    async def _step(self, key: Key) -> bool:
        """Project the next rows of one device; whether there are more.

        Nearly always all of them can be: only once some cannot are they looked at in savepoints, of which each costs
        as much as the statement in it.
        """
        try:
            return await self._project_next(key, one_by_one=False)
        except Exception as error:
            if is_passing(error) or isinstance(error, NOT_THE_ROWS_FAULT):
                raise
        return await self._project_next(key, one_by_one=True)

    async def _project_next(self, key: Key, one_by_one: bool) -> bool:
        """Project them in one transaction."""
        async with self._store.pool.acquire() as connection, connection.transaction():
            # its history cannot go back while we read along it, and no other worker does the same
            await connection.execute(self._sql["lock_history"], *astuple(key))
            positions = await self._positions(connection, key)
            together: dict[Span, list[Projector]] = {}  # those that have come equally far read the rows once
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
        """Where each projector stands; none for a device that is not there."""
        names = [projector.name for projector in self._projectors]
        found = await connection.fetch(self._sql["get_positions"], *astuple(key), names)
        positions = {name: Position(*rest) for name, *rest in found if name is not None}
        if found and (new := [projector for projector in self._projectors if projector.name not in positions]):
            *_, goal, epochs, orphans, archived = found[0]
            names = [projector.name for projector in new]
            versions = [NEVER if archived else projector.version for projector in new]  # archived: it has to wait
            await connection.execute(self._sql["add_projections"], *astuple(key), names, versions, archived)
            for name, version in zip(names, versions, strict=True):
                positions[name] = Position(*(version, "{}", archived, False, 0, 0, goal, epochs, orphans, archived))
        return positions

    async def _begin(
        self, connection: Connection, key: Key, projector: Projector, position: Position
    ) -> Position | None:
        """Where it goes on; None where it has to wait."""
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
        """Project the rows of `span`; whether there are more."""
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
        """Note what is done now; whether there is more to do."""
        more = False
        together: dict[tuple[int, int, str], list[str]] = {}  # nearly always all of them, in one statement
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
        """Those of these rows of `epoch` that orphans hold already: a command that was done again after a restore, or
        facts that came back."""
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
    """Through which row a projector has come, by epoch."""
    return msgspec.json.decode(position.done, type=dict[int, int])


async def _bisect_bad(connection: Connection, key: Key, project: Project, rows: Sequence[Row], one_by_one: bool) -> Bad:
    """Project those of these rows, in order, that can be; gives the others. Halves that hold go in whole.

    Unless they are looked at one by one, only what cannot be read is found; all else is raised.
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
    """Project these rows, or undo it and say why it cannot be done. Raises `Unreadable`."""
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
