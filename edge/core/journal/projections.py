"""Projections kept, followed and made anew.

Strict ones are written by `transaction.append`; following ones catch up afterwards, a few rows at a turn, or when
somebody reads them who must miss nothing (`caught_up`). Both can be thrown away: the journal makes them again.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import msgspec
import structlog

from edge.core.bus import Subscription
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.journal.rows import fact_of, read_head, read_rows_of
from edge.core.journal.shadow_rebuild import build, clear, keep, reach
from edge.core.limits import FOLLOW_ROWS, FOLLOW_SPAN, FOLLOW_TURNS, REBUILD_ROWS
from edge.core.messages import Refused
from edge.core.registry import Projector, Registry
from edge.core.storage import migrate
from edge.core.storage.database import Connection, DatabaseError
from edge.lib.errors import EdgeError
from sync.wire import Row

_log = structlog.get_logger(__name__)
_AT = "SELECT seq FROM projection WHERE name = ?"


class FollowerFailed(EdgeError):
    """A following projection stands still at a row; selling goes on."""


def stale(db: Connection, registry: Registry) -> list[Projector]:
    """Projectors whose tables were made by another version of them, or never."""
    made = dict(db.execute("SELECT name, version FROM projection").fetchall())
    return [p for p in registry.projectors if made.get(p.name) != p.version]


def doubt_all(db: Connection) -> None:
    """Have every projector's tables made anew by the next `rebuild_stale`: a disk that lost pages of the WAL leaves
    tables of two moments in one file."""
    db.execute("UPDATE projection SET version = 0")


def rows_to_read(db: Connection, registry: Registry, base: Path | None = None) -> int:
    """How many rows of the journal `rebuild_stale` would read: those of changed exact projectors, from a base on."""
    exact = [p for p in stale(db, registry) if p.exact]
    return read_head(db).seq - reach(db, base, exact) if exact else 0


def prepare(db: Connection, registry: Registry, base: Path) -> None:
    """Make the tables of changed exact projectors in the new file `base`, for `rebuild_stale` to go on from."""
    exact = [p for p in stale(db, registry) if p.exact]
    through = read_head(db).seq
    beside = build(base, db, registry, exact, through=through)
    try:
        keep(beside, db, exact, through)
    finally:
        beside.close()


def rebuild_stale(db: Connection, registry: Registry, base: Path | None = None) -> list[str]:
    """Bring the tables of changed projectors to today's version, in one transaction; their names.

    Exact ones are rebuilt beside, from `base` on where there is one, and swapped in; the others start over from row 1.
    """
    old = stale(db, registry)
    exact = [p for p in old if p.exact]
    through = read_head(db).seq
    with tempfile.TemporaryDirectory(prefix="edge-rebuild-") as folder:
        path = Path(folder) / "beside.db"
        beside = build(path, db, registry, exact, base) if exact and through else None
        db.execute("BEGIN IMMEDIATE")
        try:
            for projector in old:
                clear(db, projector)
                if projector.exact and beside:
                    _copy(beside, db, projector.tables)
                db.execute(
                    "INSERT OR REPLACE INTO projection (name, version, seq) VALUES (?, ?, ?)",
                    (projector.name, projector.version, through if projector.verified else 0),
                )
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:  # SQLite itself has rolled back where the disk failed
                db.execute("ROLLBACK")
            raise
        finally:
            if beside:
                beside.close()
    return [p.name for p in old]


def differences(db: Connection, registry: Registry, base: Path | None = None) -> Iterator[str]:
    """How the exact projections differ from a rebuild (from `base` on) through the row that they have read; nothing if
    they are what the journal says."""
    head, read = read_head(db).seq, dict(db.execute("SELECT name, seq FROM projection").fetchall())
    groups: dict[int, list[Projector]] = {}
    for projector in (p for p in registry.projectors if p.exact):
        groups.setdefault(head if projector.strict else read.get(projector.name, 0), []).append(projector)
    for through, group in groups.items():
        with tempfile.TemporaryDirectory(prefix="edge-verify-") as folder:
            beside = build(Path(folder) / "beside.db", db, registry, group, base, through)
            try:
                for table in (table for p in group for table in p.tables):
                    yield from _table_differences(db, beside, table)
            finally:
                beside.close()


def schema_differences(db: Connection) -> Iterator[str]:
    """How the tables, indexes and triggers differ from this software's, once those of an older release are migrated."""
    at, last = migrate.version(db), migrate.newest()
    if not migrate.BASELINE <= at <= last:
        yield f"it has schema {at}, and this software knows {last}"
        return
    for name in migrate.differences(db):
        yield f"{name} is not made as this software makes it"


def _copy(source: Connection, target: Connection, tables: Iterable[str]) -> None:
    for table in tables:
        names = [row[1] for row in source.execute(f"PRAGMA table_info({table})")]  # but those that SQLite makes itself
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
            yield f"table {table}: it holds {ours}, and the journal says {theirs}"
            return


def followed_topic(name: str) -> str:
    """The topic on which it is said that a following projection took rows."""
    return f"followed {name}"


class FollowStep(msgspec.Struct, frozen=True):
    """What a turn of following did: whether there may be more, through which row it has read, whether it took any."""

    behind: bool
    through: int
    took: bool


def follow(db: Connection, registry: Registry, projector: Projector, turns: int = 1) -> FollowStep:
    """Take some rows, on the writer: those that it rests on first. `FollowerFailed`: one cannot be taken."""
    at = db.execute(_AT, (projector.name,)).fetchone()[0]
    if any(follow(db, registry, registry.following(name), turns).behind for name in projector.rests_on):
        return FollowStep(True, at, False)
    types = {event.__name__ for event in projector.on}
    rows, through = read_rows_of(db, types, at + 1, FOLLOW_SPAN, turns * FOLLOW_ROWS)
    for row in rows:
        _take(db, registry, projector, row)
    if through > at:
        db.execute("UPDATE projection SET seq = ? WHERE name = ?", (through, projector.name))
    more = _process_pending(db, projector, through, turns)
    behind = more or len(rows) == turns * FOLLOW_ROWS or through == at + FOLLOW_SPAN
    return FollowStep(behind, through, bool(rows))


def _take(db: Connection, registry: Registry, projector: Projector, row: Row) -> None:
    try:
        fact = fact_of(registry, row)
        projector.on[type(fact.event)](db, fact, fact.event)
    except Exception as error:
        raise FollowerFailed(
            f"{projector.name} stands still at row #{row.seq} ({row.type}): {error}.", "Report it; selling goes on."
        ) from error


def _process_pending(db: Connection, projector: Projector, through: int, turns: int) -> bool:
    if projector.process_pending is None:
        return False
    try:
        return projector.process_pending(db, turns)
    except Exception as error:
        raise FollowerFailed(
            f"{projector.name} stands still behind row #{through}: {error}.", "Report it; selling goes on."
        ) from error


def bring_up(db: Connection, registry: Registry) -> None:
    """Have what follows exactly take all that there is, before anybody reads it: a process that was killed, perhaps one
    of an older version, left a few rows. One that stands still does so later, too, and is told of then; on a full disk
    the shop opens all the same, to say so."""
    for projector in (p for p in registry.projectors if p.verified):
        behind = True
        while behind:
            db.execute("BEGIN IMMEDIATE")
            try:
                behind = follow(db, registry, projector, FOLLOW_TURNS).behind
                db.execute("COMMIT")
            except FollowerFailed as error:
                db.execute("ROLLBACK")
                _log.warning("a projection stands still", why=error.what)
                break
            except DatabaseError as error:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                _log.warning("a projection cannot be brought up now", name=projector.name, why=str(error))
                return
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise


async def caught_up(shop: CommandBus, *names: str) -> None:
    """Returns once these following projections have taken all that is committed now, so that whoever reads them misses
    nothing that was answered. A ledger that cannot be written is read as it is. `FollowerFailed`: one stands still."""
    seq = shop.head.seq
    for name in names:
        (at,) = shop.reader.execute(_AT, (name,)).fetchone()
        while at < seq:
            step = await _in_turn(shop, shop.registry.following(name), 1)
            if step is None:
                return
            at = step.through


async def _in_turn(shop: CommandBus, projector: Projector, turns: int) -> FollowStep | None:
    """`follow` on the writer. None: the ledger cannot be written."""
    answer = await shop.maintain(partial(follow, registry=shop.registry, projector=projector, turns=turns))
    return None if isinstance(answer, Refused) else answer


class Follower:
    """A part that keeps one following projection up to the journal."""

    def __init__(self, shop: CommandBus, projector: Projector) -> None:
        self._shop = shop
        self._projector = projector
        self.through = 0
        self._behind = False

    async def run(self, ready: Callable[[], None]) -> None:
        """Catch up, wait for the next commit, again. `FollowerFailed` when a row cannot be taken."""
        subscription = self._shop.bus.subscribe(COMMITTED)
        try:
            while True:
                while await self._turn():
                    pass
                ready()
                await self._wait_for_rows(subscription)
        finally:
            self._shop.bus.unsubscribe(subscription)

    async def _wait_for_rows(self, subscription: Subscription) -> None:
        """Returns once there may be rows to take."""
        await self._shop.news(subscription)
        while self._shop.head.seq <= self.through:  # what was committed is no fact
            await self._shop.news(subscription)

    async def _turn(self) -> bool:
        """Take some rows, several turns' worth at once while nobody is at a till; True if there may be more."""
        projector = self._projector
        till_first = self._shop.till_first
        turns = till_first.budget(FOLLOW_TURNS) if self._behind else 1
        clock = asyncio.get_running_loop().time
        began_s = clock()
        step = await _in_turn(self._shop, projector, turns)
        if step is None:
            return False
        self._behind, self.through = step.behind, step.through
        if step.took:
            self._shop.bus.publish(followed_topic(projector.name), self.through)
        await till_first.rest(clock() - began_s if self._behind else 0.0)
        return self._behind
