"""A model's queue and its worker. Runs only in event loop callbacks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import msgspec

from models.errors import Code, ModelError
from models.limits import PARALLEL, WAITING
from models.runtime.pending_reply import PendingReply
from models.runtime.priority import Priority
from models.runtime.restart_policy import Notice, Recovery
from models.runtime.stats import Figures, Tally
from models.runtime.worker_host import Host, Plan
from models.worker import wire
from models.worker.memory import Slot

State = Literal["cold", "queued", "loading", "ready", "resting"]


class Running(msgspec.Struct):
    """A running request, with its memory slot until the worker has finished it."""

    answer: PendingReply[Any, Any]
    slot: Slot
    begun: bool = False


class ModelService:
    """Queues requests for one model and passes them to its worker.

    `room` requests memory to start and returns whether it's available; `idle` reports that memory may be available
    again. `outranked`: whether a model with a more urgent request waits for this one's memory.
    """

    def __init__(
        self,
        plan: Plan,
        notice: Callable[[Notice], None],
        room: Callable[[ModelService], bool],
        idle: Callable[[], None],
        outranked: Callable[[ModelService], bool],
        corner: str = "",
    ) -> None:
        self.plan = plan
        self.state: State = "cold"
        self.used_ns = 0
        self.kept = False
        self._notice = notice
        self._room = room
        self._idle = idle
        self._outranked = outranked
        self._corner = corner
        self._loop = asyncio.get_running_loop()
        self._tally = Tally(plan.kind)
        self._waiting: list[PendingReply[Any, Any]] = []
        self._running: dict[int, Running] = {}
        self._host: Host | None = None
        self._parallel = 0
        self._yielding = False
        self._recovery = Recovery(plan.name)

    # -- requests from others

    @property
    def busy(self) -> bool:
        """Whether the model's memory is in use: requests are running or waiting, or it's loading."""
        return bool(self._running or self._waiting or self.state == "loading")

    @property
    def has_waiting(self) -> bool:
        """Whether a request is waiting."""
        return bool(self._waiting)

    @property
    def urgency(self) -> tuple[int, int]:
        """The model's rank in memory allocation: the most urgent request, then the oldest; models to keep come last."""
        first = self._waiting[0] if self._waiting else None
        return (first.priority, first.asked_ns) if first else (len(Priority), 0)

    def give_up(self, why: str) -> None:
        """Mark the model as unable to run on this box."""
        self._rest(self._recovery.rest("unusable", why, "", self._loop.time()))

    @property
    def alive(self) -> bool:
        """Whether the model occupies memory."""
        return self._host is not None

    def put(self, answer: PendingReply[Any, Any], within_s: float) -> None:
        """Queue a request. Raises ModelError if that's not possible."""
        name = self.plan.name
        if self._recovery.left_s(now_s := self._loop.time()):
            raise self._recovery.refusal(now_s)
        if len(self._waiting) >= WAITING:
            self._tally.ended["busy"] += 1
            raise ModelError(
                "busy", f"{WAITING} requests are already waiting for {name}.", "Try again in a moment.", name
            )
        self.used_ns = time.monotonic_ns()
        answer.until_ns = answer.asked_ns + int(within_s * 1e9)
        timer = self._loop.call_later(within_s, answer.fail, "late", f"{name} did not answer in time.")
        answer.on_settled = partial(self._on_settled, answer, timer)
        self._wait(answer)
        self.go_on()

    def go_on(self) -> None:
        """Do everything possible now: start the worker, or pass it the next requests."""
        if self.state == "resting" and not self._recovery.left_s(self._loop.time()):
            self.state = "cold"
        if self.state in ("cold", "queued") and self._should_start:
            self.state = "queued"
            if self._room(self):
                self._start()
        while self._free and (answer := self._first()):
            if self._outranked(self):
                self.evict()
                return
            self._waiting.remove(answer)
            self._hand_over(answer)

    def give_way(self, on: bool) -> None:
        """Yield to the active till, or stop yielding."""
        self._yielding = on
        if self._host:
            self._host.give_way(on)
        self.go_on()

    def evict(self) -> None:
        """Release the memory if no request is running. Waiting requests then wait for memory again."""
        if self._host and not self._running:
            self._host.end("stopped", "evicted")

    async def stop(self) -> None:
        """End the worker and all requests; none are accepted after this."""
        self.kept = False
        for answer in [*self._waiting, *(running.answer for running in self._running.values())]:
            answer.fail("stopped", "The appliance is being stopped.")
        if self._host:
            await self._host.stop()

    def figures(self) -> Figures:
        tally, plan = self._tally, self.plan
        return Figures(
            plan.name,
            plan.kind,
            self.state,
            len(self._waiting),
            len(self._running),
            self._host.memory_mb if self._host else 0.0,
            dict(tally.ended),
            self._recovery.restarts,
            tally.unit,
            tally.work,
            tally.busy_s,
            tuple(tally.latency),
            tally.latency_s,
        )

    # -- requests

    def _wait(self, answer: PendingReply[Any, Any], first: bool = False) -> None:
        """Queue a request behind more urgent ones and, unless `first`, behind equally urgent ones."""
        least = answer.priority - 1 if first else answer.priority
        self._waiting.insert(sum(other.priority <= least for other in self._waiting), answer)

    @property
    def _should_start(self) -> bool:
        """Whether the worker should start now. While the till is active, it isn't started for background work."""
        return self._first() is not None or (self.kept and not self._yielding)

    @property
    def _free(self) -> bool:
        """Whether the worker accepts another request."""
        ready = self.state == "ready" and self._host is not None and not self._host.ending
        return ready and len(self._running) < self._parallel

    def _first(self) -> PendingReply[Any, Any] | None:
        """The next request."""
        patient = Priority.BACKGROUND if self._yielding else len(Priority)
        return next((answer for answer in self._waiting if answer.priority < patient), None)

    def _hand_over(self, answer: PendingReply[Any, Any]) -> None:
        assert self._host
        slot = self._host.slots.take()
        try:
            body = msgspec.msgpack.encode(answer.request, enc_hook=slot.lay)
            self._host.send(wire.Ask(answer.id, answer.until_ns, body))
        except (ValueError, OverflowError) as error:  # too large, or an infinite number
            slot.give_back()
            answer.fail("refused", f"The request is too large: {error}.", "Send less at a time.")
            return
        self._running[answer.id] = Running(answer, slot)

    def _feed(self, id: int, data: bytes, last: bool) -> None:
        if self._host and id in self._running:
            self._host.send(wire.Feed(id, data, last))

    def _on_settled(self, answer: PendingReply[Any, Any], timer: asyncio.TimerHandle) -> None:
        """Clean up a settled request.

        A worker still running it is notified, and keeps the slot until it has finished.
        """
        timer.cancel()
        if error := answer.error:
            self._tally.ended[error.code] += 1
        if answer in self._waiting:
            self._waiting.remove(answer)
        elif self._host and answer.id in self._running:
            self._host.send(wire.Cancel(answer.id))

    # -- the worker

    def _start(self) -> None:
        try:
            self._host = Host(self.plan, self._corner, self._on_message, self._overdue_s, self._on_exit)
        except OSError as error:
            self.give_up(f"the system can't start a process ({error.strerror})")
            return
        self.state = "loading"
        if self._yielding:
            self._host.give_way(True)

    def _on_message(self, message: wire.FromWorker) -> None:
        assert self._host
        match message:
            case wire.Loaded():
                self.state = "ready"
                self._parallel = min(message.parallel, PARALLEL)
                if notice := self._recovery.note_load():
                    self._notice(notice)
                self._idle()
            case wire.LoadFailed():
                self._host.because(message.code, f"{message.what} {message.advice}".strip())
            case wire.Begun():
                if running := self._running.get(message.id):
                    running.begun = True
                    running.answer.on_begun(partial(self._feed, message.id))
            case wire.Partial():
                if running := self._running.get(message.id):
                    self._deliver_reply(running.answer, partial(running.answer.add_partial, message.body))
            case wire.Answered():
                if running := self._through(message.id):
                    self._deliver_reply(running.answer, partial(self._finish_reply, running.answer, message))
            case wire.Failed():
                if running := self._through(message.id):
                    running.answer.fail(message.code, message.what, message.advice)
                    self._note_failure(message.code)
        self.go_on()

    def _through(self, id: int) -> Running | None:
        """Free a request's slot, as the worker has finished it."""
        running = self._running.pop(id, None)
        if running:
            running.slot.give_back()
            self.used_ns = time.monotonic_ns()
            if not self.busy:
                self._idle()
        return running

    def _deliver_reply(self, answer: PendingReply[Any, Any], take: Callable[[], None]) -> None:
        try:
            take()
        except msgspec.MsgspecError as error:
            answer.fail("failed", f"{self.plan.name} gave an invalid answer: {error}.", "Ask otherwise.")
            self._note_failure("failed")

    def _finish_reply(self, answer: PendingReply[Any, Any], message: wire.Answered) -> None:
        reply = answer.set_reply(message.body)
        if reply is None:
            return
        self._tally.count_reply(reply, (time.monotonic_ns() - answer.asked_ns) / 1e9, message.ms / 1000)
        self._recovery.note_answer()

    def _note_failure(self, code: Code) -> None:
        if self._host and (why := self._recovery.note_failure(code)):
            self._host.end(*why)

    def _overdue_s(self) -> float:
        untils_ns = [running.answer.until_ns for running in self._running.values()]
        return (time.monotonic_ns() - min(untils_ns)) / 1e9 if untils_ns else 0.0

    def _on_exit(self, code: Code, why: str, tail: str) -> None:
        """Handle the end of the worker's process, which ends its running requests.

        Requests it hadn't started wait again.
        """
        assert self._host
        loaded, self._host = self._host.loaded, None
        running, self._running = self._running, {}
        self.state = "cold"
        for request in reversed(running.values()):
            if request.begun:
                request.answer.fail(code, f"{self.plan.name} stopped while working on this: {why}.", "Ask again.")
            elif not request.answer.is_settled:
                self._wait(request.answer, first=True)
        if code != "stopped":
            notice = self._recovery.note_end(code, why, tail.strip(), loaded, self._loop.time())
            if notice.resting:
                self._rest(notice)
            else:
                self._notice(notice)
        self._idle()
        self.go_on()

    def _rest(self, notice: Notice) -> None:
        """Pause the model for a while: waiting requests fail."""
        self.state = "resting"
        self._notice(notice)
        error = self._recovery.refusal(self._loop.time())
        for answer in [*self._waiting]:
            answer.fail(error.code, error.what, error.advice)
        if self.kept:
            self._loop.call_later(self._recovery.left_s(self._loop.time()), self.go_on)
