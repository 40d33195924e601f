"""The command bus: `outcome = await shop.do(command, actor)`. Runs the writer in a separate thread."""

from __future__ import annotations

import asyncio
import math
import os
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import structlog

from edge.core import ids
from edge.core.bus import Bus, Subscription
from edge.core.clock import Clock, Doubt
from edge.core.command_queue import CommandQueue, is_interactive, is_of_a_till
from edge.core.journal import highwater
from edge.core.journal.follower_cache import FollowerCache
from edge.core.journal.rows import Head
from edge.core.limits import (
    COMMAND_BYTES,
    COMMANDS_WAITING,
    DELIVERY_WAIT_S,
    GATHER_S,
    LEASE_LOOK_S,
    LOOP_READER_KB,
    RENDER_GRACE_S,
    WAL_AT_REST_BYTES,
    WAL_CHECKPOINT_PAGES,
    WAL_LIMIT_PAGES,
    WAL_REST_S,
)
from edge.core.messages import Actor, Command, Done, Outcome, OutcomeUnknown, Refused
from edge.core.registry import Registry
from edge.core.storage.database import Connection, DatabaseError, open_reader, open_writer
from edge.core.till_first import RightOfWay, TillFirst
from edge.core.transaction import command_hash, encode
from edge.core.writer import Answer, Answered, MaintenanceWrite, Request, Writer
from edge.lib.errors import InvariantBroken
from edge.lib.units.card_numbers import field_with_card_number

_log = structlog.get_logger(__name__)
T = TypeVar("T")

UNTYPED = frozenset({"job", "hub"})
"""Surfaces without typed input: files and head office send thousands of numbers, none of them a payment card's."""
COMMITTED = "committed"
"""Bus topic: commands were committed, and their events and queued jobs are durable. The message is the `Head`."""


class CommandBus:
    """The command bus and its reader. Created and used on the event loop's thread.

    Surfaces read through `shop.reader`, a read-only connection that sees every durable command. `behind`: another
    ledger, from which tables missing in this one are read.
    """

    def __init__(
        self, path: Path, registry: Registry, clock: Clock, writer: Writer, bus: Bus, behind: Path | None = None
    ) -> None:
        self.path = path
        self.registry = registry
        self.bus = bus
        self._behind = behind
        self.reader = open_reader(path, behind=behind)
        self.reader.execute(f"PRAGMA cache_size = -{LOOP_READER_KB}")
        self.clock = clock
        self._writer = writer
        self.follower_cache = FollowerCache(writer.journal)
        self._loop = asyncio.get_running_loop()
        self._queue = CommandQueue()
        self._fault: asyncio.Future[None] = self._loop.create_future()
        self._round = asyncio.Event()
        self._handed_out = threading.Event()
        self.head: Head = writer.head
        self.why_read_only: str | None = writer.why_read_only
        self.doubt_of_clock: Doubt | None = writer.doubt_of_clock()
        self.till_first = TillFirst(self._loop.time)
        self.right_of_way = RightOfWay()
        self._listeners: list[Callable[[Command, Actor, Outcome], None]] = []
        self._resyncs: list[Callable[[], None]] = []
        self._doubt = False
        self.faults = 0
        self.leads: Callable[[], bool] = lambda: True
        """Whether this box leads. One of a pair leads only while its lease is valid."""
        self._thread = threading.Thread(target=self._write, name="writer", daemon=True)
        self._checkpointer = Checkpointer(path, lambda: self.till_first.active)

    def start(self) -> None:
        self._thread.start()
        self._checkpointer.start()

    def open_reader(self) -> Connection:
        """Open another read-only connection with the same view as `reader`, for another thread. It pauses while a till
        is being served."""
        return self.right_of_way.yielded_by(open_reader(self.path, behind=self._behind))

    def read(self, read: Callable[[Connection], T]) -> T:
        """Call `read` with a new connection, on the calling thread, and return its result."""
        with closing(self.open_reader()) as db:
            return read(db)

    async def do(
        self,
        command: Command,
        actor: Actor,
        command_id: ids.CommandId | None = None,
        wanted: Callable[[], bool] | None = None,
    ) -> Outcome:
        """Execute `command` and return its outcome once it is durable.

        `wanted` is called on the writer's thread when the command's turn comes; if it returns False, the command is
        refused as `superseded`.

        Repeating a `command_id` returns the same `Done` without a second effect. An exception is a bug in this command
        alone; none of its effects remain.
        """
        spec = self.registry.commands[type(command)]
        content = encode(command)
        if len(content) > COMMAND_BYTES:
            return Refused("too_large", {"bytes": len(content), "limit": COMMAND_BYTES})
        if actor.surface not in UNTYPED and (field := field_with_card_number(content, command)):
            return Refused("card_number", {"field": field})  # don't store, log or repeat it
        id = command_id or self.new_id()
        digest = command_hash(command, content, actor.register)
        request = Request(spec, command, actor, id, digest, command_id is None, wanted)
        outcome: Outcome = await self._ask(request)
        if actor.program and spec.local and isinstance(outcome, Done):
            await self.maintain(lambda _: None)  # a program reads its own writes: its answer waits for the commit
        return outcome

    async def maintain(self, change: Callable[[Connection], T]) -> T | Refused:
        """Change derived or local state (never events) on the writer's thread, for at most 5 ms."""
        answer: T | Refused = await self._ask(MaintenanceWrite(change))
        return answer

    @property
    def waiting(self) -> int:
        """Number of commands waiting for the writer."""
        return len(self._queue)

    def now_us(self) -> int:
        """Wall clock, UTC microseconds."""
        return self.clock.read().at_us

    async def news(self, subscription: Subscription) -> None:
        """Wait for a message; while a till is active, gather several first. The caller then reads the current state."""
        await subscription.next()
        if self.till_first.active:
            await asyncio.sleep(GATHER_S)
        subscription.clear()

    async def wait_for_lease(self) -> None:
        """Return as soon as this box holds the lease. Call it immediately before sending the first byte of committed
        work to a device.

        This process may have been paused while another box took over and marked that work as uncertain.
        """
        while not self.leads():  # noqa: ASYNC110 - a lease ends by the clock, without an event
            await asyncio.sleep(LEASE_LOOK_S)

    async def heartbeat(self) -> None:
        """Return after the writer's thread completes a full round; used to feed the watchdog.

        Waits for two rounds, because the first may have started before the call.
        """
        for _ in range(2):
            self._queue.nudge()
            await self._round.wait()

    def new_id(self) -> ids.CommandId:
        return ids.command_id(self.clock.read().at_us, os.urandom(10))

    def listen(self, listener: Callable[[Command, Actor, Outcome], None]) -> None:
        """Call `listener` with every command's outcome, on the loop's thread, even if the caller is gone.

        It must be quick; an exception is logged and affects no other listener.
        """
        self._listeners.append(listener)

    def on_uncertain_commit(self, read_again: Callable[[], None]) -> None:
        """Call `read_again` when a commit fails, and again when the ledger becomes writable.

        For callers that cache outcomes: some outcomes were delivered before the commit failed. `read_again` is called
        after these and before any later outcome, and repeatedly until it doesn't raise.
        """
        self._resyncs.append(read_again)

    def count_fault(self) -> None:
        """Count an internal error; `faults` is the total since the start."""
        self.faults += 1

    async def wait_for_fault(self) -> None:
        """Block until the writer breaks an invariant, then raise: the process must end."""
        await asyncio.shield(self._fault)

    def close(self) -> None:
        """Finish the waiting commands, then stop the writer and close the connections. Blocks for the last commits.

        Later commands are refused as `busy`: the till is about to restart.
        """
        self._queue.close()
        self._thread.join()
        self._checkpointer.stop()
        self.reader.close()

    def _ask(self, request: Request | MaintenanceWrite) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = self._loop.create_future()
        request.waiter = future
        if is_of_a_till(request):
            self.right_of_way.take()
        if self._queue.closed or len(self._queue) >= COMMANDS_WAITING:
            self._answer(request, Refused("busy", {"waiting": len(self._queue)}))
            return future
        self._queue.put(request)
        return future

    def _write(self) -> None:
        """Main loop of the writer's thread: take a batch, commit it, deliver the outcomes."""
        try:
            while (batch := self._queue.take()) is not None:
                self._handed_out.clear()
                self._turn(batch)
                if len(batch) > 1:
                    self._handed_out.wait(DELIVERY_WAIT_S)
            self._writer.finish()
        except Exception as error:
            # Without its thread the bus never answers again: end the process rather than hang.
            _log.exception("the writer thread died")
            self._loop.call_soon_threadsafe(self._break, error)
            raise

    def _turn(self, batch: list[Request | MaintenanceWrite]) -> None:
        """Run one commit and pass its outcomes to the loop's thread."""
        writer = self._writer

        def early(request: Request | MaintenanceWrite, answer: Answer) -> None:
            self._loop.call_soon_threadsafe(self._answer, request, answer)

        if writer.why_read_only:
            writer.probe()
        is_background = not any(is_interactive(request) for request in batch)
        answers = writer.run(batch, early, self._queue.is_awaited) if is_background else writer.run(batch, early)
        if writer.left:
            self._queue.put_back(writer.left)
        doubt = writer.doubt_of_clock()
        self._loop.call_soon_threadsafe(self._settle, answers, writer.head, writer.why_read_only, doubt)

    def _settle(self, answers: list[Answered], head: Head, why_read_only: str | None, doubt: Doubt | None) -> None:
        """Deliver the outcomes after a commit, then notify listeners. Runs on the loop's thread."""
        grown, self.head = head.seq != self.head.seq, head
        self.doubt_of_clock = doubt
        for request, answer in answers:
            self._answer(request, answer)
        if grown or any(isinstance(request, Request) for request, _ in answers):
            self.bus.publish(COMMITTED, head)
        was, self.why_read_only = self.why_read_only, why_read_only
        if was and not why_read_only:
            self.bus.publish(COMMITTED, head)  # wakes followers, whose requests were refused in the meantime
        if was or why_read_only or self._doubt:
            # Not only on a change: it may have become writable and failed again since the last report.
            self._doubt = False
            for read_again in self._resyncs:
                self._read_again(read_again)
        self._round.set()
        self._round.clear()
        self._loop.call_soon(self._handed_out.set)  # runs after the tasks woken above

    def _answer(self, request: Request | MaintenanceWrite, answer: Answer) -> None:
        if isinstance(answer, InvariantBroken):
            self._break(answer)
        if not request.waiter.done():
            if isinstance(answer, BaseException):
                request.waiter.set_exception(answer)
            else:
                request.waiter.set_result(answer)
        if is_interactive(request):
            self.till_first.touch()
        if is_of_a_till(request):
            self._loop.call_later(RENDER_GRACE_S, self.right_of_way.give_back)
        if isinstance(request, Request) and not isinstance(answer, BaseException):
            if isinstance(answer, OutcomeUnknown):
                self.count_fault()
            for listener in self._listeners:
                try:
                    listener(request.command, request.actor, answer)
                except Exception:  # noqa: BLE001 - the command is done; a listener's error doesn't change that
                    self.count_fault()
                    _log.exception("a listener failed", command=request.spec.name)

    def _read_again(self, read_again: Callable[[], None]) -> None:
        try:
            read_again()
        except Exception as error:  # noqa: BLE001 - the disk can't be read; other listeners continue
            self._doubt = True
            _log.warning("the disk can't be read; retrying", error=str(error))

    def _break(self, error: Exception) -> None:
        """Make `wait_for_fault` raise `error`: the writer can't continue."""
        if not self._fault.done():
            self._fault.set_exception(error)


class Checkpointer:
    """Copies the WAL into the database in the background: a passive checkpoint never blocks the writer."""

    def __init__(self, path: Path, till_active: Callable[[], bool] = lambda: False, every_s: float = 0.5) -> None:
        self._path = path
        self._at_a_till = till_active
        self._grown_s = 0.0
        self._pages = 0
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpointer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        db = open_writer(self._path)
        # A checkpoint that would have to wait is retried later: it must not delay a till.
        db.execute("PRAGMA busy_timeout = 0")
        marker = highwater.Marker(self._path.parent)
        failing = False
        try:
            stopping = False
            while not stopping:
                stopping = self._stop.wait(self._every_s)
                try:
                    self._check(db)
                    marker.look(db, math.inf if stopping else time.monotonic())
                except DatabaseError as error:
                    if not failing:  # log it once: a disk stays full for hours
                        _log.warning("the WAL can't be copied; retrying", error=str(error))
                    failing = True
                else:
                    if failing:
                        _log.info("the WAL can be copied again")
                    failing = False
        finally:
            db.close()

    def _check(self, db: Connection) -> None:
        # SQLite 3.51 and newer: NOOP only counts (sqlite.org, pragma wal_checkpoint)
        _, pages, copied = db.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
        if pages - copied > WAL_CHECKPOINT_PAGES:
            started = time.monotonic()
            db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            _log.debug("checkpoint", pages=pages, ms=round((time.monotonic() - started) * 1000, 1))
        # Both lock out the writer while they work, so they come after the checkpoint that did the copying.
        if self._is_truncation_due(pages):
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        elif pages > WAL_LIMIT_PAGES:
            db.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()

    def _is_truncation_due(self, pages: int) -> bool:
        """Whether the WAL's file, of which `pages` pages are in use, is large, with no recent or imminent write."""
        now_s = time.monotonic()
        if pages != self._pages:
            self._pages, self._grown_s = pages, now_s
        if now_s - self._grown_s < WAL_REST_S or self._at_a_till():
            return False
        wal = self._path.with_name(f"{self._path.name}-wal")
        return wal.exists() and wal.stat().st_size > WAL_AT_REST_BYTES
