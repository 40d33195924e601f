"""Postgres store of the hub: runs the steps of its logic (`hub.model`) in transactions, and stores directives.

Rows are written by COPY. The logic queries stored rows only where some may exist, and the device's lock excludes others
meanwhile. So there is no staging table and no conflict to resolve.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
from msgspec.structs import astuple

from sync import limits, wire
from sync.directive_signing import Signer
from sync.hub import handshake, rows, sql
from sync.hub import model as machine
from sync.hub.directive_writer import DirectiveWriter, Written
from sync.hub.migrate import migrate, read
from sync.hub.model import Block, Device, GetLinks, Key, Link, Outcome, PutRows, Steps
from sync.hub.primary import connect_to_any
from sync.hub.recurring import repeat
from sync.hub.row_verifier import COPY_COLUMNS, copy_of
from sync.wire import Ack, Directive, Directives, Epoch, Hello, Orphans, Pull, Seal, Stopped, WireError

Pool = Any
"""asyncpg's pool and connection, as the library has no types."""
Connection = Any

FRAME_BYTES = 1024
"""Overhead of a message of directives."""
HEAD_BYTES = 200
"""Overhead of a directive in a message: version, kind and signature."""


SETTINGS = {
    "application_name": "edge-hub",
    "synchronous_commit": "on",
    "jit": "off",  # compiling takes longer than any of our statements
    "statement_timeout": f"{limits.STATEMENT_S:.0f}s",
    "idle_in_transaction_session_timeout": f"{limits.STATEMENT_S:.0f}s",
}


class _SavedEpoch(msgspec.Struct, frozen=True):
    """An epoch as in the column `device.epochs`, readable for people and SQL; hash in hexadecimal."""

    epoch: int
    first_seq: int
    parent_epoch: int
    parent_seq: int
    parent_hash: str


_epochs: msgspec.json.Decoder[list[_SavedEpoch]] = msgspec.json.Decoder(list[_SavedEpoch])


def load_epochs(text: str) -> tuple[Epoch, ...]:
    """Parse the column `device.epochs` (as text) to the wire's epochs."""
    return tuple(
        Epoch(e.epoch, e.first_seq, e.parent_epoch, e.parent_seq, bytes.fromhex(e.parent_hash))
        for e in _epochs.decode(text)
    )


def dump_epochs(epochs: Sequence[Epoch]) -> str:
    """Convert epochs to text for the column `device.epochs`."""
    saved = (_SavedEpoch(e.epoch, e.first_seq, e.parent_epoch, e.parent_seq, e.parent_hash.hex()) for e in epochs)
    return msgspec.json.encode(list(saved)).decode()


class Store:
    """A hub's store in Postgres; see the module. Create it with `open_store`."""

    def __init__(self, pool: Pool, signer: Signer | None = None, sealed: Collection[str] = ()) -> None:
        """Create a store.

        `signer` signs publications; without one, boxes that know head office's key refuse them. Kinds in `sealed` are
        encrypted to the store's boxes, and not published before a box has a key.
        """
        self.pool = pool
        self._signer = signer
        self._sql = sql.load("store.sql")
        self._writer = DirectiveWriter(self._sql, signer, sealed)

    @property
    def signs(self) -> bool:
        """Whether publications are signed."""
        return self._signer is not None

    # ---- messages of devices

    async def hello(self, key: Key, message: Hello, credit: int) -> Outcome:
        """Register a device; see `hub.handshake.answer_hello`."""
        origin = wire.origin(key.tenant, key.store, key.device)
        outcome = await self._decide(key, lambda device: handshake.answer_hello(device, key, origin, message, credit))
        orphans = await self.orphans(key)
        replies = [
            msgspec.structs.replace(reply, orphans=orphans) if isinstance(reply, Ack) else reply
            for reply in outcome.replies
        ]
        return msgspec.structs.replace(outcome, replies=replies)

    async def orphans(self, key: Key) -> tuple[Orphans, ...]:
        """The stretches of a device that its newer epochs don't continue, newest first."""
        async with self.pool.acquire() as connection:
            found = await connection.fetch(self._sql["get_orphans"], *astuple(key), rows.EPOCH_STARTED, limits.ORPHANS)
        return tuple(Orphans(*record) for record in found)

    async def rows(self, key: Key, blocks: Sequence[Block], credit: int) -> Outcome:
        """Store rows; see `hub.rows.take`."""
        return await self._decide(key, lambda device: rows.take(device, blocks, credit))

    async def look(self, key: Key) -> Outcome:
        """Find missing rows of a device; see `hub.rows.look`."""
        return await self._decide(key, rows.look)

    async def stop(self, key: Key, message: Stopped) -> Outcome:
        """Stop a device, by its own message or ours."""
        return await self._decide(key, lambda device: _at_once(machine.refused_by_device(device, message)))

    async def directives(self, key: Key, pull: Pull, room: int = limits.MESSAGE_BYTES) -> Directives | Stopped:
        """Return the next directives, or the reason why there are none, and record the device's position.

        There are as many as fit in a message of `room` bytes, but at least one.
        """
        from_version = pull.from_version
        async with self.pool.acquire() as connection:
            device = await connection.fetchrow(self._sql["pulled"], *astuple(key), from_version, pull.epoch)
            if device and (stopped := machine.refused_pull(device["epoch"], device["barred"], pull.epoch)):
                return stopped
            wanted = (key.tenant, key.store, from_version, limits.DIRECTIVES, room - FRAME_BYTES, HEAD_BYTES)
            found = await connection.fetch(self._sql["get_directives"], *wanted)
        fitting = [
            Directive(version, kind, body, Seal(*seal) if seal[-1] is not None else None)
            for version, kind, body, *seal in found
        ]
        known = device is not None and (not pull.epoch or device["epoch"] == pull.epoch)
        return Directives(from_version, tuple(fitting), device["through"] if known else 0)

    # ---- actions of head office

    async def bar(self, key: Key, why: str) -> Stopped | None:
        """Bar a device and return the message for it, or, if `why` is empty, admit it again.

        Returns None if the device is unknown.
        """
        why = why[: limits.TEXT_CHARS // 2]
        async with self.pool.acquire() as connection:
            epoch: int | None = await connection.fetchval(self._sql["bar"], *astuple(key), why)
        return None if epoch is None else machine.fenced_by_hand(epoch, why)

    async def publish(
        self, tenant: str, store: str, kind: str, body: bytes, request: str = "", *, by_itself: bool = False
    ) -> int:
        """Publish a directive to all devices of a store; returns its version. Raises as `publish_in_order`."""
        (version,) = await self.publish_in_order(tenant, store, [(kind, body, request)], by_itself=by_itself)
        return version

    async def publish_in_order(
        self, tenant: str, store: str, written: Sequence[Written], *, by_itself: bool = False
    ) -> list[int]:
        """Publish directives to all devices of a store in one transaction. Returns their versions.

        Raises `WireError` if one is invalid, `NobodyReads` if none of its recipients has a key, and `NotTaken` if the
        tenant or store accepts none; earlier ones stay published. A repeated `request` (unless empty) publishes nothing
        and returns the same version. `by_itself`: an automatic message about another store, which isn't counted and
        waits for the store.
        """
        for kind, body, _ in written:
            try:
                msgspec.convert(kind, wire.Name)
            except msgspec.ValidationError as error:
                raise WireError(f"{kind!r} isn't a directive type: {error}") from error
            if len(body) > limits.DIRECTIVE_BYTES:
                raise WireError(f"a directive of {len(body)} bytes; it may have {limits.DIRECTIVE_BYTES}: split it")
        try:
            return await self._publish(tenant, store, written, by_itself)
        except asyncpg.UniqueViolationError:  # an identical request ran at the same time; now its result can be found
            return await self._publish(tenant, store, written, by_itself)

    async def _publish(self, tenant: str, store: str, written: Sequence[Written], by_itself: bool) -> list[int]:
        async with self._for(tenant) as connection:
            versions, stopped_by = await self._writer.write(connection, tenant, store, written, by_itself=by_itself)
        if stopped_by is not None:
            raise stopped_by
        return versions

    async def devices(self, tenant: str, store: str) -> list[Key]:
        """Return the devices of a store that have ever said hello."""
        async with self._for(tenant) as connection:
            return [Key(*record) for record in await connection.fetch(self._sql["devices_of_store"], tenant, store)]

    @asynccontextmanager
    async def _for(self, tenant: str) -> AsyncIterator[Connection]:
        """Open a transaction limited to one tenant, for roles that may act for only one at a time."""
        async with self.pool.acquire() as connection, connection.transaction():
            await act_for(connection, tenant)
            yield connection

    # ---- the journal's months

    async def add_months(self) -> None:
        """Create the tables of this month and the next ones, if missing."""
        await self.pool.execute("SELECT add_journal_months($1)", limits.MONTHS_AHEAD)

    async def keep_months(self) -> None:
        """Create months' tables ahead of time, until cancelled."""
        await repeat("tables for months", self._make_months, limits.MONTHS_S, drain=True)

    async def _make_months(self) -> int:
        """Create months' tables, also for tables by day.

        Moves one month of earlier rows at a time; returns how many were moved.
        """
        await self.add_months()
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute("SET LOCAL statement_timeout = 0")  # a month of a large chain is millions of rows
            moved: int = await connection.fetchval(
                "SELECT add_day_months($1)", limits.MONTHS_AHEAD, timeout=limits.MONTHS_S
            )
        return moved

    # ---- a device's transaction

    async def _decide(self, key: Key, decide: Callable[[Device], Steps[Outcome]]) -> Outcome:
        async with self.pool.acquire() as connection, connection.transaction():
            device = await self._lock(connection, key)
            outcome = await self._drive(connection, key, decide(device))
            await self._save(connection, key, device, outcome)
        return outcome

    async def _lock(self, connection: Connection, key: Key) -> Device:
        place = astuple(key)
        lock = self._sql["lock_device"]
        record = (
            await connection.fetchrow(lock, *place)
            or await connection.fetchrow(self._sql["add_device"], *place, wire.origin(*place))
            or await connection.fetchrow(lock, *place)  # another worker has just added it
        )
        through_hash, through, epochs, stored, epoch, code, text, applied, app, barred = record
        return Device(
            *(through_hash, through, load_epochs(epochs), stored),
            Stopped(epoch, code, text) if code is not None else None,
            *(applied, app, barred),
        )

    async def _drive(self, connection: Connection, key: Key, steps: Steps[Outcome]) -> Outcome:
        answer: list[Link] = []
        need: GetLinks | PutRows | None = None
        while True:
            try:
                need = next(steps) if need is None else steps.send(answer)
            except StopIteration as finished:
                outcome: Outcome = finished.value
                return outcome
            if isinstance(need, PutRows):
                source = copy_of(key, need.records)
                await connection.copy_to_table("journal", source=source, columns=COPY_COLUMNS, format="binary")
                answer = []
            else:
                answer = await self._links(connection, key, need)

    async def _links(self, connection: Connection, key: Key, need: GetLinks) -> list[Link]:
        links: list[Link] = []
        for span in need.spans:
            room = need.limit - len(links)
            if room > 0:
                found = await connection.fetch(self._sql["get_links"], *astuple(key), *astuple(span), room)
                links += [Link(*record) for record in found]
        return links

    async def _save(self, connection: Connection, key: Key, before: Device, outcome: Outcome) -> None:
        device, place = outcome.device, astuple(key)
        if device == before:
            await connection.execute(self._sql["heard"], *place)
            return
        if outcome.branched_at is not None:
            await connection.execute(self._sql["lock_history"], *place)
            await connection.execute(self._sql["projections_went_back"], *place, outcome.branched_at)
            for span in outcome.orphans:
                await connection.execute(self._sql["orphan"], *place, *astuple(span), device.epoch)
        stopped = device.stopped
        reason = (stopped.epoch, stopped.code, stopped.text) if stopped else (None, None, None)
        said: tuple[object, ...] = (None,) * 4
        if (device.epochs, device.applied, device.app) != (before.epochs, before.applied, before.app):
            said = (device.epoch, dump_epochs(device.epochs), device.applied, device.app)
        prefix = (device.through, device.through_hash, device.stored)
        await connection.execute(self._sql["save_device"], *place, *prefix, *reason, *said)


async def act_for(connection: Connection, tenant: str) -> None:
    """Limit the rest of this transaction to one tenant's rows, for roles that may act for only one at a time.

    This is a statement because Citus passes statements on to its nodes, but not set_config().
    """
    literal = tenant.replace("'", "''")
    await connection.execute(f"SET LOCAL edge.tenant = '{literal}'")


def _at_once(outcome: Outcome) -> Steps[Outcome]:
    """Return steps that need nothing from the store."""
    yield from ()
    return outcome


@asynccontextmanager
async def open_store(
    dsn: str,
    *,
    rooms: Mapping[str, str] | None = None,
    connections: int = limits.CONNECTIONS,
    signer: Signer | None = None,
    sealed: Collection[str] = (),
) -> AsyncIterator[Store]:
    """Open a store on the database at `dsn`, after upgrading its schema. Many stores may be open at once.

    `rooms`: see `hub.migrate.migrate`. `signer`, `sealed`: see `Store`. The store has only a worker's rights,
    regardless of the database user.
    """
    await bring_up_to_date(dsn, rooms)
    async with open_pool(dsn, "edge_hub_worker", connections) as pool:
        store = Store(pool, signer, sealed)
        await store.add_months()
        yield store


async def bring_up_to_date(dsn: str, rooms: Mapping[str, str] | None = None) -> None:
    """Upgrade the schema; see `hub.migrate.migrate`. This may take long, as no statement has a time limit."""
    named = {"application_name": "edge-hub-migrate"}
    connection = await connect_to_any(dsn, timeout=limits.DATABASE_S, server_settings=named)
    try:
        await migrate(connection, read(), rooms)
    finally:
        await connection.close()


@asynccontextmanager
async def open_pool(dsn: str, role: str, connections: int) -> AsyncIterator[Pool]:
    """Connections with only the rights of `role` (see migrations/0001_baseline.sql)."""

    async def begin(connection: Connection) -> None:
        await connection.execute(f"SET ROLE {role}")

    async def as_it_is(_connection: Connection) -> None:
        """Skip the library's reset: settings and locks end with their transactions, and a reset costs as much as the
        commit of a small message."""

    pool = await asyncpg.create_pool(
        *(dsn,),
        connect=connect_to_any,
        min_size=1,
        max_size=connections,
        server_settings=SETTINGS,
        init=begin,
        reset=as_it_is,
        timeout=limits.DATABASE_S,
        command_timeout=limits.STATEMENT_S + limits.DATABASE_S,
    )
    try:
        yield pool
    finally:
        await pool.close()
