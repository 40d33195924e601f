"""Maintains projections: following, rebuilding and comparing them.

Strict ones are written by `transaction.append`. Following ones catch up a few rows at a time, or when a reader needs
them complete (`caught_up`). Both can be discarded and rebuilt from the journal.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import structlog

from edge.core.batch import RowBatch
from edge.core.bus import Subscription
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.journal.follower_cache import FollowerCache
from edge.core.journal.rows import fact_of, read_head, read_rows_of
from edge.core.journal.shadow_rebuild import build, clear, keep, reach
from edge.core.limits import (
    FOLLOW_BYTES,
    FOLLOW_ROWS,
    FOLLOW_ROWS_LEAST,
    FOLLOW_S,
    FOLLOW_SPAN,
    FOLLOW_TURNS,
    REBUILD_ROWS,
)
from edge.core.messages import Event, RecordedEvent, Refused
from edge.core.registry import Projector, Registry
from edge.core.storage import migrate
from edge.core.storage.database import BEHIND, Connection, DatabaseError, open_scratch, read_behind
from edge.core.storage.scratch_dir import workplace_beside
from edge.lib.errors import EdgeError
from sync.wire import Row

_log = structlog.get_logger(__name__)
SHARES = 3
"""Largest factor by which several followers reduce the rows per turn: more commits cost more than more rows."""
_PLACES = "SELECT name, seq FROM projection WHERE name IN (SELECT value FROM json_each(?))"


class FollowerFailed(EdgeError):
    """A following projection (`name`) can't apply a row; sales continue."""

    def __init__(self, name: str, where: str, why: Exception) -> None:
        super().__init__(f"{name} stopped {where}: {why}.", "Report it. Sales continue.")
        self.name = name


def stale(db: Connection, registry: Registry) -> list[Projector]:
    """Projectors whose tables are missing or were built by another version."""
    made = dict(db.execute("SELECT name, version FROM projection").fetchall())
    return [p for p in registry.projectors if made.get(p.name) != p.version]


def mark_all_stale(db: Connection) -> None:
    """Force `rebuild_stale` to rebuild every projector's tables, because a disk that lost WAL pages mixes tables of
    different moments."""
    db.execute("UPDATE projection SET version = 0")


def rows_to_read(db: Connection, registry: Registry, base: Path | None = None) -> int:
    """Number of journal rows that `rebuild_stale` would read for changed exact projectors, starting from a base."""
    exact = [p for p in stale(db, registry) if p.exact]
    return read_head(db).seq - reach(db, base, exact) if exact else 0


def prepare(db: Connection, registry: Registry, base: Path) -> None:
    """Build the tables of changed exact projectors in the new file `base`, for `rebuild_stale` to start from."""
    exact = [p for p in stale(db, registry) if p.exact]
    through = read_head(db).seq
    beside = build(base, db, registry, exact, through=through)
    try:
        keep(beside, db, exact, through)
    finally:
        beside.close()


def rebuild_stale(db: Connection, registry: Registry, base: Path | None = None) -> list[str]:
    """Bring the tables of changed projectors up to date in one transaction; return their names.

    Exact projectors are rebuilt in a separate database, from `base` if there is one, and swapped in. The others start
    again from row 1.
    """
    old = stale(db, registry)
    exact = [p for p in old if p.exact]
    through = read_head(db).seq
    with ExitStack() as until_done:
        if exact and through:
            path = base
            if path is None or not _is_complete(db, path, exact):
                path = until_done.enter_context(workplace_beside(db)) / "beside.db"
                build(path, db, registry, exact, base).close()
            read_behind(db, path)
            until_done.callback(db.execute, f"DETACH {BEHIND}")
        db.execute("BEGIN IMMEDIATE")
        try:
            for projector in old:
                clear(db, projector)
                if projector.exact and through:
                    _copy_from_behind(db, projector.tables)
                db.execute(
                    "INSERT OR REPLACE INTO projection (name, version, seq) VALUES (?, ?, ?)",
                    (projector.name, projector.version, through if projector.verified else 0),
                )
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:  # SQLite itself rolls back when the disk fails
                db.execute("ROLLBACK")
            raise
    return [p.name for p in old]


def _is_complete(db: Connection, base: Path, exact: Sequence[Projector]) -> bool:
    """Whether a base has today's tables of these projectors through the last row, so that they need no copy."""
    if reach(db, base, exact) < read_head(db).seq:
        return False
    with closing(open_scratch(base)) as known:
        return migrate.version(known) == migrate.version(db)


def differences(db: Connection, registry: Registry, base: Path | None = None) -> Iterator[str]:
    """Yield differences between the exact projections and a rebuild (from `base` if given) up to the row they have
    read."""
    head, read = read_head(db).seq, dict(db.execute("SELECT name, seq FROM projection").fetchall())
    groups: dict[int, list[Projector]] = {}
    for projector in (p for p in registry.projectors if p.exact):
        groups.setdefault(head if projector.strict else read.get(projector.name, 0), []).append(projector)
    for through, group in groups.items():
        with workplace_beside(db) as folder:
            beside = build(folder / "beside.db", db, registry, group, base, through)
            try:
                for table in (table for p in group for table in p.tables):
                    yield from _table_differences(db, beside, table)
            finally:
                beside.close()


def schema_differences(db: Connection) -> Iterator[str]:
    """Yield differences from this version's schema, after pending migrations."""
    at, last = migrate.version(db), migrate.newest()
    if not migrate.BASELINE <= at <= last:
        yield f"it has schema {at}, and this software knows {last}"
        return
    for name in migrate.differences(db):
        yield f"{name} differs from this software's definition"


def _copy_from_behind(db: Connection, tables: Iterable[str]) -> None:
    """Insert all rows of these tables of the attached database. SQLite copies them itself, five times as fast as row by
    row, because the shop is closed meanwhile."""
    for table in tables:
        columns = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({table})"))  # no generated ones
        db.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM {BEHIND}.{table}")


def copy_tables(source: Connection, target: Connection, tables: Iterable[str]) -> None:
    """Insert all rows of these tables of `source` into those of `target`."""
    for table in tables:
        names = [row[1] for row in source.execute(f"PRAGMA table_info({table})")]  # without generated columns
        columns, places = ", ".join(names), ", ".join("?" * len(names))
        cursor = source.execute(f"SELECT {columns} FROM {table}")
        while rows := cursor.fetchmany(REBUILD_ROWS):
            target.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)


def _table_differences(db: Connection, beside: Connection, table: str) -> Iterator[str]:
    keys = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[5]] or ["rowid"]
    query = f"SELECT * FROM {table} ORDER BY {', '.join(keys)}"
    here, there = db.execute(query), beside.execute(query)
    while True:
        ours, theirs = here.fetchone(), there.fetchone()
        if ours is None and theirs is None:
            return
        if ours != theirs:
            yield f"table {table} has {ours}, but the journal gives {theirs}"
            return


def followed_topic(name: str) -> str:
    """Topic on which a following projection announces that it applied rows."""
    return f"followed {name}"


class FollowStep(msgspec.Struct, frozen=True):
    """Result of one follow pass: whether more rows may be waiting, the last row read, and whether any was applied."""

    behind: bool
    through: int
    took: bool


def follow(db: Connection, registry: Registry, projector: Projector, turns: int = 1) -> FollowStep:
    """Run `follow_together` for one projector."""
    return follow_together(db, registry, (projector,), turns)[projector.name]


def follow_together(
    db: Connection,
    registry: Registry,
    projectors: Iterable[Projector],
    turns: int = 1,
    cache: FollowerCache | None = None,
    rows: int = FOLLOW_ROWS,
) -> dict[str, FollowStep]:
    """Apply some rows on the writer; each is read and decoded once for all projectors at that position. Returns the
    results by name.

    The changes and the position are written in one transaction. `cache`: the writer's memory of newest events and
    batches. `rows`: rows per turn, fewer for several projectors; fewer than FOLLOW_ROWS also reduce FOLLOW_BYTES.
    Projectors that others depend on are included and run first. Raises `FollowerFailed` if one can't apply a row.
    """
    chosen = _with_dependencies(registry, projectors)
    at: dict[str, int] = dict(db.execute(_PLACES, (_names_as_json(one.name for one in chosen),)).fetchall())
    steps: dict[str, FollowStep] = {}
    along = [one for one in chosen if all(at[name] == at[one.name] for name in one.rests_on)]
    for place in sorted({at[one.name] for one in along}):
        steps |= _follow_from(db, registry, [one for one in along if at[one.name] == place], place, turns, cache, rows)
    for one in (one for one in chosen if one not in along):
        if any(steps[name].behind for name in one.rests_on):
            steps[one.name] = FollowStep(True, at[one.name], False)
        else:
            steps |= _follow_from(db, registry, [one], at[one.name], turns, cache, rows)
    return steps


def _with_dependencies(registry: Registry, projectors: Iterable[Projector]) -> list[Projector]:
    """Add dependencies and order each before its dependents."""
    ordered: dict[str, Projector] = {}

    def put(projector: Projector) -> None:
        for name in projector.rests_on:
            put(registry.following(name))
        ordered.setdefault(projector.name, projector)

    for projector in projectors:
        put(projector)
    return list(ordered.values())


class _Waiting:
    """An event that projectors have yet to apply. It comes from memory, or from its row, which is decoded on first
    use."""

    __slots__ = ("_fact", "_row", "kind", "seq", "size")

    def __init__(
        self, kind: type[Event] | None, seq: int, size: int, fact: RecordedEvent | None, row: Row | None
    ) -> None:
        self.kind = kind
        self.seq = seq
        self.size = size
        self._fact = fact
        self._row = row

    @classmethod
    def of_row(cls, registry: Registry, row: Row) -> _Waiting:
        return cls(registry.events.get(row.type), row.seq, len(row.body), None, row)

    @classmethod
    def of_fact(cls, fact: RecordedEvent, size: int) -> _Waiting:
        return cls(type(fact.event), fact.seq, size, fact, None)

    def fact(self, registry: Registry) -> RecordedEvent:
        if self._fact is None:
            assert self._row is not None
            self._fact = fact_of(registry, self._row)
        return self._fact


def _follow_from(
    db: Connection,
    registry: Registry,
    projectors: Sequence[Projector],
    at: int,
    turns: int,
    cache: FollowerCache | None,
    rows: int,
) -> dict[str, FollowStep]:
    """Apply the next events after `at` to these projectors. The more projectors, the fewer events, because each event
    costs work in each."""
    limit = max(1, turns * rows // min(len(projectors), SHARES))
    events, through = _next_events(db, registry, projectors, at, limit, cache)
    is_full = len(events) == limit
    if (light := _count_light(events, turns * FOLLOW_BYTES * rows // FOLLOW_ROWS, projectors)) < len(events):
        events, through, is_full = events[:light], events[light - 1].seq, True
    kinds = {one.kind for one in events}
    targets = {
        one.name: _take(db, registry, one, [event for event in events if event.kind in one.on], at, cache)
        for one in projectors
        if not kinds.isdisjoint(one.on)
    }
    if through > at:
        names = _names_as_json(projector.name for projector in projectors)
        db.execute("UPDATE projection SET seq = ? WHERE name IN (SELECT value FROM json_each(?))", (through, names))
    if cache:
        for one in projectors:
            if one.name in targets:
                cache.end(one, targets[one.name], through)
            else:
                cache.move(one, at, through)
    is_behind = is_full or through == at + FOLLOW_SPAN
    return {
        one.name: FollowStep(_process_pending(db, one, through, turns) or is_behind, through, one.name in targets)
        for one in projectors
    }


def _next_events(
    db: Connection,
    registry: Registry,
    projectors: Sequence[Projector],
    at: int,
    limit: int,
    cache: FollowerCache | None,
) -> tuple[list[_Waiting], int]:
    """Return the next events after row `at` that any of these projectors handles, and the last row covered."""
    if cache and (newest := cache.newest_after(at)):
        wanted = {event for projector in projectors for event in projector.on}
        events = [_Waiting.of_fact(fact, size) for fact, size in newest if type(fact.event) in wanted]
        if len(events) >= limit:
            return events[:limit], events[limit - 1].seq
        return events, newest[-1][0].seq
    types = {event.__name__ for projector in projectors for event in projector.on}
    rows, through = read_rows_of(db, types, at + 1, FOLLOW_SPAN, limit)
    return [_Waiting.of_row(registry, row) for row in rows], through


def _count_light(events: Sequence[_Waiting], left: int, projectors: Sequence[Projector]) -> int:
    """Return how many of the events to apply in a turn: as many as fit in `left` bytes, at least one."""
    heavy: dict[type[Event] | None, int] = {}
    for projector in projectors:
        heavy.update(projector.heavy.items())
    for place, one in enumerate(events):
        left -= one.size * heavy.get(one.kind, 1)
        if left < 0 and place:
            return place
    return len(events)


def _take(
    db: Connection,
    registry: Registry,
    projector: Projector,
    events: Sequence[_Waiting],
    at: int,
    cache: FollowerCache | None,
) -> Any:
    """Apply events to a projector; return its batch, or the connection if it has none."""
    target = cache.begin(projector, db, at) if cache else projector.begin(db)
    reached = events[0]
    try:
        facts = []
        for reached in events:
            facts.append(reached.fact(registry))
        if isinstance(target, RowBatch):
            target.prepare(facts)
        for reached in events:
            fact = reached.fact(registry)
            projector.on[type(fact.event)](target, fact, fact.event)
    except Exception as error:
        kind = reached.kind.__name__ if reached.kind else "?"
        raise FollowerFailed(projector.name, f"at row #{reached.seq} ({kind})", error) from error
    try:
        if isinstance(target, RowBatch):
            target.flush()
    except Exception as error:
        raise FollowerFailed(projector.name, f"after row #{events[-1].seq}", error) from error
    return target


def _process_pending(db: Connection, projector: Projector, through: int, turns: int) -> bool:
    if projector.process_pending is None:
        return False
    try:
        return projector.process_pending(db, turns)
    except Exception as error:
        raise FollowerFailed(projector.name, f"after row #{through}", error) from error


def _names_as_json(names: Iterable[str]) -> str:
    return msgspec.json.encode(tuple(names)).decode()


def bring_up(db: Connection, registry: Registry) -> None:
    """Bring verified followers up to date before anything reads them, because a killed process may have left rows
    unread. Failures are ignored: a stuck follower fails again later and is reported then, and the shop must also open
    on a full disk."""
    for projector in (p for p in registry.projectors if p.verified):
        behind = True
        while behind:
            db.execute("BEGIN IMMEDIATE")
            try:
                behind = follow(db, registry, projector, FOLLOW_TURNS).behind
                db.execute("COMMIT")
            except FollowerFailed as error:
                db.execute("ROLLBACK")
                _log.warning("a projection stopped", why=error.what)
                break
            except DatabaseError as error:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                _log.warning("a projection can't be updated at the moment", name=projector.name, why=str(error))
                return
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise


async def caught_up(shop: CommandBus, *names: str) -> None:
    """Wait until these following projections include everything committed so far. If the ledger is read-only, return
    without waiting. Raises `FollowerFailed` if one is stuck."""
    seq = shop.head.seq
    at: dict[str, int] = dict(shop.reader.execute(_PLACES, (_names_as_json(names),)).fetchall())
    while late := [name for name in names if at[name] < seq]:
        steps = await _follow_on_writer(shop, [shop.registry.following(name) for name in late], 1)
        if steps is None:
            return
        at |= {name: steps[name].through for name in late}


async def _follow_on_writer(
    shop: CommandBus, projectors: Sequence[Projector], turns: int, pace: FollowPace | None = None
) -> dict[str, FollowStep] | None:
    """Run `follow_together` on the writer; None if the ledger is read-only. `pace` limits single turns."""
    follow_some = partial(
        follow_together, registry=shop.registry, projectors=projectors, turns=turns, cache=shop.follower_cache
    )

    def follow_at_pace(db: Connection) -> dict[str, FollowStep]:
        if pace is None or turns > 1:
            return follow_some(db)
        began_s = time.perf_counter()
        steps = follow_some(db, rows=pace.rows)
        pace.note(time.perf_counter() - began_s)
        return steps

    answer = await shop.maintain(follow_at_pace)
    return None if isinstance(answer, Refused) else answer


class FollowPace:
    """Adapts the rows of a single turn to the processor, so that it takes about FOLLOW_S.

    >>> pace = FollowPace()
    >>> pace.note(0.04)
    >>> pace.rows
    20
    >>> pace.note(0.004)
    >>> pace.rows
    26
    """

    def __init__(self) -> None:
        self.rows = FOLLOW_ROWS

    def note(self, took_s: float) -> None:
        """Adapt to a turn's duration. Fast turns, such as those with few rows, raise the number by a quarter."""
        if took_s > FOLLOW_S:
            self.rows = max(FOLLOW_ROWS_LEAST, int(self.rows * FOLLOW_S / took_s))
        else:
            self.rows = min(FOLLOW_ROWS, self.rows + self.rows // 4 + 1)


class FollowersTogether:
    """Followers of one shop that share work. The first to reach a row applies it for all at the same position."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.pace = FollowPace()
        self.members: list[Follower] = []


class Follower:
    """A part that keeps one following projection up to date, together with `others` at the same position."""

    def __init__(self, shop: CommandBus, projector: Projector, others: FollowersTogether | None = None) -> None:
        self._shop = shop
        self._projector = projector
        self._others = others or FollowersTogether()
        self.through = 0
        self._goes_along = False
        self._behind = False

    async def run(self, ready: Callable[[], None]) -> None:
        """Catch up, wait for the next commit, repeat. Raises `FollowerFailed` when a row can't be applied."""
        subscription = self._shop.bus.subscribe(COMMITTED)
        self._others.members.append(self)
        try:
            while True:
                while await self._turn():
                    pass
                ready()
                await self._wait_for_rows(subscription)
        finally:
            self._goes_along = False
            self._others.members.remove(self)
            self._shop.bus.unsubscribe(subscription)

    async def _wait_for_rows(self, subscription: Subscription) -> None:
        """Wait until there may be new rows."""
        await self._shop.news(subscription)
        while self._is_done():
            await self._shop.news(subscription)

    def _is_done(self) -> bool:
        """Whether there is nothing to do: there is no new event, or another follower has applied it."""
        return self._shop.head.seq <= self.through and not self._behind

    async def _turn(self) -> bool:
        """Apply some rows; True if there may be more."""
        if not self._goes_along:  # its position isn't known, or it couldn't apply a row
            return await self._take()
        async with self._others.turn:
            return False if self._is_done() else await self._take()

    async def _take(self) -> bool:
        """Run one pass, or several while no till is active, and then rest."""
        till_first = self._shop.till_first
        clock = asyncio.get_running_loop().time
        began_s = clock()
        if not await self._take_together(till_first.budget(FOLLOW_TURNS) if self._behind else 1):
            return False
        await till_first.rest(clock() - began_s if self._behind else 0.0)
        return self._behind

    async def _take_together(self, turns: int) -> bool:
        """Run a pass with all followers at this position. A follower that can't apply a row is left out and reports the
        failure in its own pass. Returns False if the ledger is read-only."""
        while True:
            taking = self._company()
            try:
                steps = await _follow_on_writer(
                    self._shop, [one._projector for one in taking], turns, self._others.pace
                )
            except FollowerFailed as error:
                failed = [one for one in taking if error.name in (one._projector.name, *one._projector.rests_on)]
                for one in failed:
                    one._goes_along = False
                if self in failed or not failed:
                    raise
                continue
            if steps is None:
                return False
            for one in taking:
                one._note(steps[one._projector.name])
            return True

    def _company(self) -> list[Follower]:
        if not self._goes_along:
            return [self]
        others = (one for one in self._others.members if one is not self)
        return [self, *(one for one in others if one._goes_along and one.through == self.through)]

    def _note(self, step: FollowStep) -> None:
        self._goes_along, self._behind, self.through = True, step.behind, step.through
        if step.took:
            self._shop.bus.publish(followed_topic(self._projector.name), self.through)
