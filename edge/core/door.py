"""The one door: `outcome = await shop.do(command, actor)`. It puts the writer into a thread."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import structlog

from edge.core import ids
from edge.core.bus import Bus
from edge.core.clock import Clock
from edge.core.database import Connection, DatabaseError, open_reader, open_writer
from edge.core.errors import InvariantBroken
from edge.core.journal import Head
from edge.core.limits import (
    COMMAND_BYTES,
    COMMANDS_A_COMMIT,
    COMMANDS_WAITING,
    READ_ONLY_PROBE_S,
    WAL_CHECKPOINT_PAGES,
    WAL_LIMIT_PAGES,
)
from edge.core.shapes import Actor, Command, Outcome, Refused, Registry
from edge.core.transaction import content_hash, encode
from edge.core.writer import Answer, Answered, Request, Work, Writer

_log = structlog.get_logger(__name__)
T = TypeVar("T")

COMMITTED = "committed"
"""Bus topic: the journal grew; the message is its `Head`."""
LEDGER = "ledger"
"""Bus topic: the ledger became read-only or writable; the message says why, or is None."""


class Shop:
    """The door and the reader beside it. Made on the event loop's thread, used only there.

    Reads of surfaces take `shop.reader`: a read-only connection that sees every durable command.
    """

    def __init__(self, path: Path, registry: Registry, clock: Clock, writer: Writer, bus: Bus) -> None:
        self.registry = registry
        self.bus = bus
        self.reader = open_reader(path)
        self._clock = clock
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Request | Work] = deque()
        self._wake = threading.Condition(threading.Lock())
        self._closing = False
        self._fault: asyncio.Future[None] = self._loop.create_future()
        self.head: Head = writer.head
        self.why_read_only: str | None = writer.why_read_only
        self._listeners: list[Callable[[Command, Actor, Outcome], None]] = []
        self._thread = threading.Thread(target=self._write, name="writer", daemon=True)
        self._checkpointer = Checkpointer(path)

    def start(self) -> None:
        self._thread.start()
        self._checkpointer.start()

    async def do(self, command: Command, actor: Actor, command_id: ids.CommandId | None = None) -> Outcome:
        """Do `command`; the answer comes once it is durable.

        The same `command_id` again gives the same `Done` without a second effect. An
        exception is a fault of ours in this command alone: nothing of it happened.
        """
        spec = self.registry.commands[type(command)]
        content = encode(command)
        if len(content) > COMMAND_BYTES:
            return Refused("too_large", {"bytes": len(content), "limit": COMMAND_BYTES})
        id = command_id or self.new_id()
        request = Request(spec, command, actor, id, content_hash(spec.name, content), command_id is None)
        outcome: Outcome = await self._ask(request)
        for listener in self._listeners:
            listener(command, actor, outcome)
        return outcome

    async def maintain(self, change: Callable[[Connection], T]) -> T | Refused:
        """Change derived or local state (never events) on the writer, in a turn of at most 5 ms."""
        answer: T | Refused = await self._ask(Work(change))
        return answer

    def now_us(self) -> int:
        """The wall clock, UTC microseconds."""
        return self._clock.read().at_us

    async def heartbeat(self) -> None:
        """Returns once the writer's thread has come round: what feeds the watchdog."""
        await self._ask(Work(lambda db: None))

    def new_id(self) -> ids.CommandId:
        return ids.command_id(self._clock.read().at_us, os.urandom(10))

    def listen(self, listener: Callable[[Command, Actor, Outcome], None]) -> None:
        """Call `listener` after every answered command, on the loop's thread; it must be quick."""
        self._listeners.append(listener)

    async def faulted(self) -> None:
        """Returns (by raising) when the writer broke an invariant: the process must end."""
        await asyncio.shield(self._fault)

    def close(self) -> None:
        """Finish what waits, then stop the writer and close the connections. Blocks for one commit."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()
        self._checkpointer.stop()
        self.reader.close()

    def _ask(self, request: Request | Work) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = self._loop.create_future()
        request.waiter = future
        if len(self._waiting) >= COMMANDS_WAITING:
            future.set_result(Refused("busy", {"waiting": COMMANDS_WAITING}))
            return future
        self._waiting.append(request)
        with self._wake:
            self._wake.notify()
        return future

    def _write(self) -> None:
        """The writer's thread: take what waits, commit it together, answer, again."""
        writer = self._writer

        def early(request: Request | Work, answer: Answer) -> None:
            self._loop.call_soon_threadsafe(self._answer, request, answer)

        while True:
            with self._wake:
                if not self._waiting and not self._closing:
                    self._wake.wait(READ_ONLY_PROBE_S)
                if not self._waiting and self._closing:
                    return
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), COMMANDS_A_COMMIT))]
            if writer.why_read_only:
                writer.probe()
            answers = writer.run(batch, early)
            self._loop.call_soon_threadsafe(self._settle, answers, writer.head, writer.why_read_only)

    def _settle(self, answers: list[Answered], head: Head, why_read_only: str | None) -> None:
        """On the loop's thread, after a commit: tell those who wait, then everybody that the journal grew."""
        for request, answer in answers:
            self._answer(request, answer)
        if head.seq != self.head.seq:
            self.head = head
            self.bus.publish(COMMITTED, head)
        if why_read_only != self.why_read_only:
            self.why_read_only = why_read_only
            self.bus.publish(LEDGER, why_read_only)


    def _answer(self, request: Request | Work, answer: Answer) -> None:
        if isinstance(answer, InvariantBroken) and not self._fault.done():
            self._fault.set_exception(answer)
        if request.waiter.done():
            return
        if isinstance(answer, BaseException):
            request.waiter.set_exception(answer)
        else:
            request.waiter.set_result(answer)


class Checkpointer:
    """Copies the WAL into the database beside the hot path: a passive checkpoint never blocks the writer."""

    def __init__(self, path: Path, every_s: float = 0.5) -> None:
        self._path = path
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
        try:
            while not self._stop.wait(self._every_s):
                # SQLite 3.51 and newer: NOOP only counts (sqlite.org, pragma wal_checkpoint)
                _, pages, copied = db.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
                if pages - copied > WAL_CHECKPOINT_PAGES:
                    self._checkpoint(db, "TRUNCATE" if pages > WAL_LIMIT_PAGES else "PASSIVE")
        finally:
            db.close()

    def _checkpoint(self, db: Connection, mode: str) -> None:
        started = time.monotonic()
        try:
            db.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
        except DatabaseError as error:
            _log.warning("the WAL could not be copied; it is tried again", error=str(error))
            return
        _log.debug("checkpoint", mode=mode, ms=round((time.monotonic() - started) * 1000, 1))
