"""Edge end of sync: connects the journal and the broker through two state machines.

link = StoreLink(who, journal, BrokerConfig(host="hub.example"))
await link.run()          # until cancelled; `link.state` and `link.directives` for the status page
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple, Protocol

from sync import limits, row_packing, wire
from sync.downlink import Apply, Downlink, DownOutput, DownState
from sync.link_errors import LinkError
from sync.mqtt import BrokerConfig, keep_connected
from sync.session import LinkLost, Receipt, Session, TooLong
from sync.uplink import DeviceIdentity, Head, NextTick, Output, ReadRows, SavePosition, Send, State, Timeouts, Uplink
from sync.wire import Ack, Answered, Ask, Directive, Epoch, Orphans, Row, Up, WireError

OUTBOX = 4
"""Maximum messages waiting to be sent. While it's reached, no rows are read."""

LOOKS = 10
"""Maximum attempts to read a head and epochs that match."""

log = logging.getLogger(__name__)


class Unproven(NamedTuple):
    """The reason why a directive isn't applied: it isn't proven to come from head office.

    `why` completes a sentence.
    """

    why: str


class Journal(Protocol):
    """The interface of the shop's journal for sync.

    All methods may be called from one event loop, and none may block it.
    """

    grown: asyncio.Event
    """Set (in that loop) when there is a new row or another history; sync clears it."""

    async def head(self) -> Head:
        """The last row; `seq` 0 if there is none."""
        ...

    async def epochs(self) -> Sequence[Epoch]:
        """All epochs of this history, oldest first; empty without rows."""
        ...

    async def read(self, from_seq: int, max_rows: int, max_bytes: int) -> list[Row]:
        """Consecutive rows from `from_seq`: at most `max_rows`, up to the one whose body exceeds `max_bytes`. Empty if
        `from_seq` no longer exists."""
        ...

    async def hash_at(self, seq: int) -> bytes | None:
        """The hash of row `seq`, or None."""
        ...

    async def save_position(self, epoch: int, through: int, hash: bytes) -> None:
        """Save that the hub has all rows up to `through`, with `hash` (empty: not stated).

        The number may be lower than before.
        """
        ...

    async def applied_version(self) -> int:
        """The version of the last applied directive; 0 if none."""
        ...

    async def apply(self, directive: Directive) -> str | Unproven | None:
        """Apply a directive durably with its version, and return None, also if it was applied before.

        Otherwise return the reason why it can't be applied now, or isn't head office's.
        """
        ...


class StoreLink:
    """Keeps the hub's copy of a journal up to date, and receives directives.

    `acknowledged`: see `Uplink`. `left` is called with each answered hello, with the hub's rows of earlier epochs that
    this journal doesn't continue. `told` is called with the hub's clock (UTC microseconds) whenever the hub states it.
    """

    def __init__(
        self,
        who: DeviceIdentity,
        journal: Journal,
        broker: BrokerConfig,
        *,
        acknowledged: int = 0,
        left: Callable[[Sequence[Orphans]], None] = lambda _: None,
        patience: Timeouts | None = None,
        told: Callable[[int], None] = lambda at_us: None,
    ) -> None:
        self.state = State("offline", LinkError("not_connected"), 0, 0)
        self.directives = DownState(0, 0, "")
        self._who = who
        self._journal = journal
        self._broker = broker
        self._patience = patience or Timeouts()
        self._told = told
        self._topic = f"edge/{who.tenant}/{who.store}/{who.device}"
        self._session: Session | None = None
        self._acknowledged = acknowledged
        self._left = left
        self._epochs: tuple[Epoch, ...] = ()
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._room = asyncio.Event()
        self._due: dict[str, float | None] = {}
        self._rearmed = asyncio.Event()
        self._position: SavePosition | None = None
        self._moved = asyncio.Event()
        self._behind = asyncio.Event()
        self._asked: dict[int, asyncio.Future[bytes]] = {}
        self._last_asked = 0

    @property
    def place(self) -> str:
        """The address of the broker we are connected to; "" without a connection."""
        return self._session.place if self._session else ""

    async def ask(self, room: str, body: bytes, timeout_s: float) -> bytes:
        """Send one question to `room` at head office; return the answer. Raises `LinkLost` if none arrives in time."""
        if self.state.phase != "flowing" or len(self._asked) >= limits.ASKED:
            raise LinkLost("unanswered")
        self._last_asked += 1
        number = self._last_asked
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            self._put(Ask(number, room, body[: limits.ASK_BYTES], body[limits.ASK_BYTES :]))
            async with asyncio.timeout(timeout_s):
                return await answer
        except TimeoutError:
            raise LinkLost("unanswered") from None
        finally:
            del self._asked[number]

    async def run(self) -> None:
        """Run until cancelled. Errors of the journal end it; a lost broker doesn't."""
        journal, patience = self._journal, self._patience
        head, applied = await self._look(), await journal.applied_version()
        self._up = Uplink(
            *(self._who, head, self._epochs),
            random=random.random,
            applied=applied,
            acknowledged=self._acknowledged,
            patience=patience,
        )
        self._down = Downlink(applied, head.epoch, random=random.random, patience=patience)
        async with asyncio.TaskGroup() as self._tasks:
            self._tasks.create_task(self._watch_journal())
            self._tasks.create_task(self._save_positions())
            self._tasks.create_task(self._tick())
            name = f"{self._who.tenant}-{self._who.store}-{self._who.device}"
            await keep_connected(
                *(self._broker, name, f"{self._topic}/down", limits.EDGE_UNACKED),
                serve=self._serve,
                lost=self._on_link_lost,
                random=random.random,
                behind=self._behind,
            )

    # ---- the connection

    async def _serve(self, session: Session) -> None:
        self._session = session
        self._outbox = asyncio.Queue()
        self._room.set()
        self._do(self._up.on_connected(self._now(), session.room(f"{self._topic}/up")))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send(session))
            tasks.create_task(self._receive(session))

    def _on_link_lost(self, link: LinkLost) -> None:
        trouble = link.trouble
        if self._session is not None or self.state.trouble != trouble:
            log.warning("sync: %s %s", trouble.why, trouble.advice)
        self._session = None
        self._do(self._up.on_disconnected(trouble))

    async def _send(self, session: Session) -> None:
        while True:
            payload = await self._outbox.get()
            if self._outbox.qsize() < OUTBOX:
                self._room.set()
            try:
                receipt = await session.publish(f"{self._topic}/up", payload)
            except TooLong as long:  # a hello with very many restores: blocks are cut to fit
                log.error("sync: %s %s", long.trouble.why, long.trouble.advice)
                self._do(self._up.unheard(long.trouble, self._now(), soon=False))
                continue
            except LinkLost:
                return  # the session's end reports it, too
            receipt.add_done_callback(self._receipt)

    def _receipt(self, receipt: asyncio.Future[Receipt]) -> None:
        if receipt.cancelled() or receipt.result() == "taken":
            return
        refused = receipt.result() == "refused"
        trouble = LinkError("may_not_write", {"topic": f"{self._topic}/up"}) if refused else LinkError("unheard")
        self._do(self._up.unheard(trouble, self._now(), soon=not refused))

    async def _receive(self, session: Session) -> None:
        while True:
            incoming = await session.messages.get()
            try:
                message = wire.decode_down(incoming.payload)
            except WireError as error:
                log.warning("sync: the hub sent %s", error)
            else:
                if isinstance(message, Answered):
                    answer = self._asked.get(message.number)
                    if answer and not answer.done():
                        answer.set_result(message.body + message.rest)
                elif isinstance(message, Ack) and not await self._is_ours(message):
                    self._do(self._up.another_row(message, self._now()))
                else:
                    if isinstance(message, Ack) and message.at_us:
                        self._told(message.at_us)
                    if isinstance(message, Ack) and message.hello and message.epoch == self._newest:
                        self._left(message.orphans)
                    self._do(self._up.on_message(message, self._now()))
                    self._do_down(self._down.on_message(message, self._now()))
            incoming.done()

    async def _is_ours(self, ack: Ack) -> bool:
        """Whether the acknowledged row is ours.

        A clone of this box shares its messages, so an ack may be for the clone's.
        """
        if not ack.hash or not ack.through or not self._epochs or ack.epoch != self._epochs[-1].epoch:
            return True
        mine = await self._journal.hash_at(ack.through)
        return mine is None or mine == ack.hash

    # ---- actions requested by the state machines

    def _do(self, outputs: Sequence[Output]) -> None:
        for output in outputs:
            match output:
                case Send(message):
                    self._put(message)
                case ReadRows():
                    self._start(self._read(output))
                case SavePosition():
                    self._position = output
                    self._moved.set()
                case NextTick(at):
                    self._arm("up", at)
                case State():
                    self._show(output)

    @property
    def _newest(self) -> int:
        return self._epochs[-1].epoch if self._epochs else 0

    def _show(self, state: State) -> None:
        """Update the state. Directives are pulled only while the hub accepts our rows: a fenced box gets none."""
        before, was, self.state = self.state.phase, self.state.set_back, state
        if state.set_back > was:
            text = "sync: the hub has %d fewer rows than it acknowledged, so its database was restored: sending them"
            log.warning(f"{text} again", state.set_back)
        if state.lag:
            self._behind.set()
        else:
            self._behind.clear()
        if state.phase == "flowing" and before != "flowing":
            self._do_down(self._down.on_connected(self._now()))
        elif before == "flowing" and state.phase != "flowing":
            self._do_down(self._down.on_disconnected())

    def _do_down(self, outputs: Sequence[DownOutput]) -> None:
        for output in outputs:
            match output:
                case Send(message):
                    self._put(message)
                case Apply(directive):
                    self._start(self._apply(directive))
                case NextTick(at):
                    self._arm("down", at)
                case DownState():
                    self.directives = output

    def _put(self, message: Up) -> None:
        """Queue a message. The state machines limit the queue: rows by room, and one hello, pull or stop at a time."""
        if self._session is not None:
            self._outbox.put_nowait(wire.encode(message))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.create_task(work)

    async def _read(self, asked: ReadRows) -> None:
        while self._outbox.qsize() >= OUTBOX:
            self._room.clear()
            await self._room.wait()
        rows = await self._journal.read(asked.from_seq, asked.max_rows, asked.max_bytes)
        if not rows or rows[0].seq != asked.from_seq:
            text = f"The hub needs row {asked.from_seq}, and this box no longer has it: restore the hub's copy."
            self._do(self._up.unreadable("missing_rows", text, self._now()))
            return
        try:
            message = await asyncio.to_thread(row_packing.pack, asked.epoch, rows, asked.room)
        except row_packing.RowTooLong as long:
            self._do(self._up.row_too_long(long.seq, long.size, self._now()))
        except WireError as error:
            self._do(self._up.unreadable("unreadable", f"Rows can't be sent: {error}.", self._now()))
        else:
            self._do(self._up.rows_read(asked.from_seq, message, self._now()))

    async def _apply(self, directive: Directive) -> None:
        why = await self._journal.apply(directive)
        if why is None:
            self._up.applied = directive.version
            self._do_down(self._down.on_applied(directive.version, self._now()))
        elif isinstance(why, Unproven):
            log.warning("sync: directive %d (%s) is skipped: %s", directive.version, directive.kind, why.why)
            self._do_down(self._down.passed_over(self._now()))
        else:
            log.warning("sync: directive %d (%s) isn't applied: %s", directive.version, directive.kind, why)
            self._do_down(self._down.on_failed(why, self._now()))

    # ---- background tasks

    async def _watch_journal(self) -> None:
        while True:
            await self._journal.grown.wait()
            self._journal.grown.clear()
            head = await self._look()
            self._down.epoch = head.epoch
            self._do(self._up.head(head, self._epochs, self._now()))

    async def _look(self) -> Head:
        """Return the journal's head, and read its epochs if the head's epoch is new."""
        for _ in range(LOOKS):
            head = await self._journal.head()
            if head.epoch == (self._epochs[-1].epoch if self._epochs else 0) or head.seq == 0:
                return head
            self._epochs = tuple(await self._journal.epochs())
        raise RuntimeError("the journal's head doesn't match its epochs")

    async def _save_positions(self) -> None:
        while True:
            await self._moved.wait()
            self._moved.clear()
            if self._position is not None:
                position = self._position
                await self._journal.save_position(position.epoch, position.through, position.hash)

    async def _tick(self) -> None:
        while True:
            self._rearmed.clear()
            due = [at for at in self._due.values() if at is not None]
            try:
                async with asyncio.timeout_at(min(due) if due else None):
                    await self._rearmed.wait()
            except TimeoutError:
                self._do(self._up.tick(self._now()))
                self._do_down(self._down.tick(self._now()))

    def _arm(self, which: str, at: float | None) -> None:
        self._due[which] = at
        self._rearmed.set()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
