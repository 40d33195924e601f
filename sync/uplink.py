"""The edge's side of sending rows: a pure state machine without I/O, clock or randomness.

Inputs are method calls with the time `now` (seconds, any origin); each returns actions for the shell, in order. The
state may be lost, because a hello starts over from the rows that the hub has.

    offline -> greeting (hello sent) -> flowing (acked) -> ... ; stopped until a person acts
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from sync import limits
from sync.backoff import backoff_s
from sync.link_errors import WELL, LinkError
from sync.wire import PROTOCOL, Ack, Directives, Down, Epoch, Hello, Name, ResendRequest, Rows, StopCode, Stopped, Up

Phase = Literal["offline", "greeting", "flowing", "stopped"]


class DeviceIdentity(msgspec.Struct, frozen=True):
    """The device's identity from its journal's header, and its software version."""

    tenant: Name
    store: Name
    device: Name
    app: str = ""


class Head(msgspec.Struct, frozen=True):
    """The last row of the journal; `seq` 0 if it's empty."""

    epoch: int
    seq: int
    hash: bytes


class Timeouts(msgspec.Struct, frozen=True):
    """Timeouts in seconds; tests use shorter ones."""

    answer_s: float = limits.ANSWER_S
    answer_max_s: float = limits.ANSWER_MAX_S
    unheard_s: float = limits.UNHEARD_S
    stopped_s: float = limits.STOPPED_S
    stopped_max_s: float = limits.STOPPED_MAX_S
    pull_s: float = limits.PULL_S


class Send(msgspec.Struct, frozen=True):
    """Publish this message."""

    message: Up


class ReadRows(msgspec.Struct, frozen=True):
    """Read rows from `from_seq` within these limits, but at least one.

    Pack them for `epoch` into a message of at most `room` bytes, then call `rows_read`, or `row_too_long` if they don't
    fit.
    """

    epoch: int
    from_seq: int
    max_rows: int
    max_bytes: int
    room: int = limits.MESSAGE_BYTES


class SavePosition(msgspec.Struct, frozen=True):
    """The hub has committed rows up to `through`, with `hash` (empty: not stated).

    This position may be lost, as the hub repeats it.
    """

    epoch: int
    through: int
    hash: bytes = b""


class NextTick(msgspec.Struct, frozen=True):
    """Call `tick` at this time (None: not needed)."""

    at: float | None


class State(msgspec.Struct, frozen=True):
    """State for the status page; `trouble`: the problem, with advice."""

    phase: Phase
    trouble: LinkError
    head: int
    through: int
    acknowledged: int = 0

    @property
    def set_back(self) -> int:
        """Number of rows that the hub once acknowledged but lost in a restore of its database. They are sent again."""
        return max(0, self.acknowledged - self.through) if self.phase == "flowing" else 0

    @property
    def why(self) -> str:
        return self.trouble.why

    @property
    def advice(self) -> str:
        return self.trouble.advice

    @property
    def lag(self) -> int:
        """Number of rows that the hub hasn't acknowledged."""
        return max(0, self.head - self.through)


Output = Send | ReadRows | SavePosition | NextTick | State

WAITING = LinkError("waiting")


class Uplink:
    """The edge's state machine; see the module.

    `random` returns numbers from 0 up to 1, to spread retries. `acknowledged`: the last row of the newest epoch ever
    acknowledged, if known.
    """

    def __init__(
        self,
        who: DeviceIdentity,
        head: Head,
        epochs: Sequence[Epoch],
        *,
        random: Callable[[], float],
        applied: int = 0,
        acknowledged: int = 0,
        patience: Timeouts | None = None,
    ) -> None:
        self.applied = applied
        self._acknowledged = acknowledged
        self._who = who
        self._head = head
        self._epochs = tuple(epochs)
        self._random = random
        self._patience = patience or Timeouts()
        self._phase: Phase = "offline"
        self._room = limits.MESSAGE_BYTES
        self._trouble = LinkError("not_connected")
        self._through = 0
        self._limit = 0  # the last row that the hub's credit covers
        self._cursor = 1  # the next row to send
        self._missing: tuple[int, int] | None = None  # requested again by the hub
        self._reading: int | None = None  # the first row of the read in progress
        self._hello = 0  # the number of the last hello
        self._tries = 0
        self._stops = 0
        self._deadline: float | None = None
        self._out: list[Output] = []
        self._shown: State | None = None
        self._ticking: float | None = None

    # ---- inputs

    def on_connected(self, now: float, room: int = limits.MESSAGE_BYTES) -> list[Output]:
        """Handle a connection to the broker with the device's topic subscribed. Messages may have `room` bytes."""
        self._tries = 0
        self._room = room
        self._trouble = WAITING
        self._greet(now)
        return self._take_outputs()

    def on_disconnected(self, trouble: LinkError) -> list[Output]:
        """Handle the loss of the connection; `trouble`: the reason."""
        self._phase, self._trouble = "offline", trouble
        self._deadline = None
        return self._take_outputs()

    def unheard(self, trouble: LinkError, now: float, *, soon: bool) -> list[Output]:
        """Handle a message that wasn't accepted; `trouble`: the reason. `soon`: don't wait for an answer."""
        if self._phase in ("greeting", "flowing"):
            self._trouble = trouble
        if self._phase == "greeting" and soon and self._deadline is not None:
            patience = self._patience
            wait = self._spread(patience.unheard_s, patience.answer_max_s, self._tries - 1)
            self._deadline = min(self._deadline, now + wait)
        elif self._phase == "flowing" and self._deadline is None:  # a pull or the like: greet again if no ack comes
            self._deadline = now + self._patience.answer_s
        return self._take_outputs()

    def head(self, head: Head, epochs: Sequence[Epoch], now: float) -> list[Output]:
        """Handle a journal that has grown, or continues with another history (a restore)."""
        another = tuple(epochs) != self._epochs
        self._head, self._epochs = head, tuple(epochs)
        if another:
            self._acknowledged = 0
        if another and self._phase != "offline":
            self._greet(now)
        return self._take_outputs()

    def on_message(self, message: Down, now: float) -> list[Output]:
        """Handle a message from the hub. Messages for the downlink or another epoch have no effect."""
        match message:
            case Ack(epoch=epoch) if epoch == self._head.epoch:
                self._on_ack(message, now)
            case Ack(epoch=epoch) if epoch > self._head.epoch and self._phase == "flowing":
                self._greet(now)  # another box continues as this one: ask whether we may still send
            case Directives(through=through) if 0 <= through < self._through and self._phase == "flowing":
                self._greet(now)  # its database was reset or emptied, or an ack came first: the hub's answer decides
            case ResendRequest(epoch=epoch) if epoch == self._head.epoch and self._phase == "flowing":
                first, last = max(message.from_seq, self._through + 1), min(message.to_seq, self._cursor - 1)
                self._missing = (first, last) if first <= last else self._missing
                if message.from_seq <= self._through and self._deadline is None:
                    # the hub lacks rows it acknowledged, unless an ack in transit contradicts this (hub/failover.py)
                    self._deadline = now + self._patience.answer_s
            case ResendRequest(epoch=epoch) if epoch == self._head.epoch and self._phase == "stopped":
                # a hub that requests rows accepts them: this box was unblocked, or the hub's Postgres was replaced
                soon = now + self._patience.answer_s
                self._deadline = min(self._deadline or soon, soon)
            case Stopped(epoch=epoch) if epoch == self._head.epoch and self._phase != "offline":
                code = "fenced_by_hand" if message.by_hand else message.code
                self._stop(LinkError(code, {"text": message.text}), now)
            case _:
                pass
        return self._take_outputs()

    def another_row(self, ack: Ack, now: float) -> list[Output]:
        """Handle an ack for a row that differs from ours: another box uses this one's identity."""
        if self._phase in ("greeting", "flowing"):
            text = (
                f"The hub has other content for row {ack.through} of epoch {ack.epoch}: two boxes use the same name. "
                "Restore the wrong one, or give it its own name."
            )
            self._refuse("forked", text, now)
        return self._take_outputs()

    def rows_read(self, from_seq: int, rows: Rows, now: float) -> list[Output]:
        """Send the requested rows, or the first of them."""
        self._reading = None
        following = rows.from_seq + rows.count
        if self._phase != "flowing" or rows.epoch != self._head.epoch:
            return self._take_outputs()
        if self._missing is not None and from_seq == self._missing[0]:
            self._missing = (following, self._missing[1]) if following <= self._missing[1] else None
        elif from_seq == self._cursor:
            self._cursor = following
        else:  # an answer of the hub moved the cursor meanwhile
            return self._take_outputs()
        self._out.append(Send(rows))
        self._deadline = self._deadline or now + self._patience.answer_s
        return self._take_outputs()

    def unreadable(self, code: Literal["missing_rows", "unreadable"], text: str, now: float) -> list[Output]:
        """Stop because the requested rows aren't in the journal, or don't fit in a message."""
        self._reading = None
        if self._phase == "flowing":
            self._refuse(code, text, now)
        return self._take_outputs()

    def row_too_long(self, seq: int, size: int, now: float) -> list[Output]:
        """Stop because row `seq` needs a message of `size` bytes, more than the broker accepts."""
        self._reading = None
        if self._phase == "flowing":
            trouble = LinkError("row_too_long", {"row": str(seq), "size": str(size), "limit": str(self._room)})
            self._out.append(Send(Stopped(self._head.epoch, "row_too_long", trouble.why)))
            self._stop(trouble, now)
        return self._take_outputs()

    def tick(self, now: float) -> list[Output]:
        """Handle timeouts; call it at the time of the last `NextTick`."""
        if self._deadline is not None and now >= self._deadline:
            if self._phase != "stopped" and self._trouble in (WELL, WAITING):
                self._trouble = LinkError("unanswered")
            self._greet(now)
        return self._take_outputs()

    # ---- internals

    def _greet(self, now: float) -> None:
        self._phase = "greeting"
        self._missing = None
        self._deadline = None
        if not self._epochs:
            self._trouble = LinkError("empty")
            return
        self._hello += 1
        head, who = self._head, self._who
        self._out.append(
            Send(
                Hello(
                    *(PROTOCOL, who.tenant, who.store, who.device, head.epoch, head.seq, head.hash),
                    self._epochs,
                    who.app,
                    self.applied,
                    self._hello,
                )
            )
        )
        self._deadline = now + self._spread(self._patience.answer_s, self._patience.answer_max_s, self._tries)
        self._tries += 1

    def _on_ack(self, ack: Ack, now: float) -> None:
        if self._phase == "offline":
            return
        if self._phase == "stopped":
            if self._through < ack.through < self._cursor:  # for rows already in transit when we stopped
                self._progress(ack, now)
            return
        if ack.through > self._head.seq:
            text = (
                f"The hub has {ack.through} rows of epoch {ack.epoch}, but this box's journal has only "
                f"{self._head.seq}: it was reset without a new epoch. Restore it from the hub."
            )
            self._refuse("rolled_back", text, now)
            return
        if self._phase == "greeting" and ack.hello == self._hello:
            self._phase, self._trouble = "flowing", WELL
            self._cursor = ack.through + 1
            self._progress(ack, now)
        elif ack.through >= self._through:
            self._progress(ack, now)

    def _progress(self, ack: Ack, now: float) -> None:
        if ack.through > self._through:
            self._tries = self._stops = 0
        if ack.through != self._through:
            self._out.append(SavePosition(ack.epoch, ack.through, ack.hash))
        self._through = ack.through
        self._acknowledged = max(self._acknowledged, ack.through)
        self._limit = ack.through + ack.credit
        self._cursor = max(self._cursor, ack.through + 1)
        if self._missing is not None and self._missing[1] <= ack.through:
            self._missing = None
        if self._phase == "flowing":
            self._trouble = WELL
            outstanding = self._cursor - 1 > self._through
            self._deadline = now + self._patience.answer_s if outstanding else None

    def _refuse(self, code: StopCode, text: str, now: float) -> None:
        self._out.append(Send(Stopped(self._head.epoch, code, text)))
        self._stop(LinkError(code, {"text": text}), now)

    def _stop(self, trouble: LinkError, now: float) -> None:
        if self._phase != "stopped":
            wait = self._spread(self._patience.stopped_s, self._patience.stopped_max_s, self._stops)
            self._deadline = now + wait
            self._stops += 1
            self._tries = 0
        self._phase, self._trouble = "stopped", trouble

    def _spread(self, first_s: float, most_s: float, tries: int) -> float:
        return backoff_s(tries, first_s, most_s, self._random)

    def _pump(self) -> None:
        """Request the next rows within the credit; one read at a time."""
        if self._phase != "flowing" or self._reading is not None:
            return
        first, last = self._missing or (self._cursor, min(self._head.seq, self._limit))
        if first <= last:
            self._reading = first
            rows = min(last - first + 1, limits.BLOCK_ROWS)
            size = limits.BLOCK_READ_BYTES * self._room // limits.MESSAGE_BYTES
            self._out.append(ReadRows(self._head.epoch, first, rows, size, self._room))

    def _take_outputs(self) -> list[Output]:
        self._pump()
        if self._deadline != self._ticking:
            self._ticking = self._deadline
            self._out.append(NextTick(self._deadline))
        state = State(self._phase, self._trouble, self._head.seq, self._through, self._acknowledged)
        if state != self._shown:
            self._shown = state
            self._out.append(state)
        out, self._out = self._out, []
        return out
