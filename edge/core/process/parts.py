"""Runs a process's parts: starts, watches, restarts and stops them in stages.

No other module creates tasks. A failing *critical* part ends the process. A *degradable* one is retried, logged once
when lost and once when back, and explained on the status page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Protocol

import msgspec
import structlog

from edge.core.bus import Bus
from edge.core.limits import PART_BACKOFF_S, SHUTDOWN_STAGE_S
from edge.core.process.part_state import PartState as PartState
from edge.core.process.part_state import State as State
from edge.core.services import Service
from edge.lib.errors import EdgeError, InvariantBroken

_log = structlog.get_logger(__name__)

PARTS = "parts"
"""Bus topic: a part's state changed; the message is its `PartState`."""


class Ready(Protocol):
    """Callback with which a part reports that it works, or its status. `state` has no part name."""

    def __call__(self, state: PartState | None = None) -> None: ...


class Stage:
    """Shutdown order, highest first. Parts that send commands stop before parts that execute them."""

    PANEL, DEVICES, BACKGROUND, WATCHDOG = 4, 3, 2, 1


class Part(msgspec.Struct):
    """A part: `run(ready)` calls `ready()` when it works, and returns only when it ends.

    `stage` orders the shutdown: parts with the highest stage stop first.
    """

    name: str
    run: Callable[[Ready], Awaitable[None]]
    critical: bool = False
    stage: int = 0


class Supervisor:
    """Runs parts. `stop` ends them stage by stage, each with a deadline."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._parts: dict[str, Part] = {}
        self._fault: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._nudge = asyncio.Event()
        self._changed = asyncio.Event()
        self.states: dict[str, PartState] = {}

    def start(self, part: Part) -> None:
        """Start running `part`."""
        if part.name in self._tasks:
            raise ValueError(f"there is already a part named {part.name}")
        self._parts[part.name] = part
        self._set(PartState(part.name, "starting"))
        self._tasks[part.name] = asyncio.create_task(self._watch(part), name=part.name)
        self._tasks[part.name].add_done_callback(lambda task: self._check_watcher(part, task))

    def retry(self) -> None:
        """Retry lost parts immediately, for example because a device was plugged in."""
        self._nudge.set()
        self._nudge.clear()

    async def wait_until_settled(self, name: str) -> None:
        """Wait until a part first reports whether it works."""
        while self.states[name].state == "starting":
            await self._changed.wait()

    async def until(self, stop: asyncio.Event, fault: Awaitable[None]) -> None:
        """Wait for `stop`; raise the error of a failed critical part or of `fault`."""
        waits: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(stop.wait()),
            asyncio.ensure_future(fault),
            asyncio.shield(self._fault),
        ]
        done, others = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for other in others:
            other.cancel()
        for ended in done:
            ended.result()

    async def stop_part(self, name: str) -> None:
        """Stop one part, for example the part of a removed device."""
        task = self._tasks.pop(name)
        del self._parts[name]
        await _end([task])
        self._set(PartState(name, "stopped"))
        del self.states[name]

    async def restart(self, name: str) -> None:
        """Stop a part and start it again. Raises `KeyError` if it isn't running, `ValueError` if it's critical."""
        part = self._parts[name]
        if part.critical:
            raise ValueError(f"{name} ends the process when it stops")
        await self.stop_part(name)
        self.start(part)

    async def stop(self) -> None:
        """Stop all parts, highest stage first."""
        for stage in sorted({part.stage for part in self._parts.values()}, reverse=True):
            names = [name for name, part in self._parts.items() if part.stage == stage]
            await _end([self._tasks[name] for name in names])
            for name in names:
                self._set(PartState(name, "stopped"))
        self._tasks.clear()
        self._parts.clear()

    async def _watch(self, part: Part) -> None:
        attempt = 0

        def ready(state: PartState | None = None) -> None:
            nonlocal attempt
            attempt = 0
            said = PartState(part.name, "ok") if state is None else msgspec.structs.replace(state, name=part.name)
            if said.state == "lost":
                self._log_loss(said)
            else:
                if self.states[part.name].state == "lost":
                    _log.info("back", part=part.name)
                self._set(said)

        while True:
            again_s = None
            try:
                await part.run(ready)
                self._set(PartState(part.name, "stopped"))
                return
            except InvariantBroken as error:
                self._end_process(part, error)
                return
            except EdgeError as error:
                failure = PartState(part.name, "lost", error.what, error.advice, error.key, error.values)
                again_s = error.again_s
            except Exception as error:  # noqa: BLE001 - a part's fault is its own; it is logged with its trace below
                if part.critical:
                    self._end_process(part, error)
                    return
                _log.exception("a part failed because of an internal error", part=part.name)
                failure = _fault(part, error, "fault", "The box will try again.")
            self._log_loss(failure)
            pause_s = PART_BACKOFF_S[min(attempt, len(PART_BACKOFF_S) - 1)]
            await self._pause(pause_s if again_s is None else min(pause_s, again_s))
            attempt += 1

    def _check_watcher(self, part: Part, task: asyncio.Task[None]) -> None:
        """Report a watcher that crashed, so that its part doesn't appear healthy."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        if part.critical:
            self._end_process(part, error)
        else:
            self._set(_fault(part, error, "unwatched", "Restart the appliance."))

    async def _pause(self, seconds: float) -> None:
        """Wait before the next attempt."""
        try:
            async with asyncio.timeout(seconds):
                await self._nudge.wait()
        except TimeoutError:
            return

    def _log_loss(self, failure: PartState) -> None:
        """Log the loss once as a warning; a new reason for the same loss is only logged as information."""
        was = self.states[failure.name]
        if was.state != "lost":
            _log.warning("lost", part=failure.name, what=failure.what, advice=failure.advice)
        elif was != failure:
            _log.info("still lost", part=failure.name, what=failure.what, advice=failure.advice)
        self._set(failure)

    def _end_process(self, part: Part, error: BaseException) -> None:
        """End the process because this part is essential: `until` raises `error`."""
        if not self._fault.done():
            self._fault.set_exception(error)
        _log.error("an essential part failed", part=part.name, exc_info=error)

    def _set(self, state: PartState) -> None:
        if self.states.get(state.name) != state:
            self.states[state.name] = state
            self._changed.set()
            self._changed.clear()
            self._bus.publish(PARTS, state)


def _fault(part: Part, error: BaseException, key: str, advice: str) -> PartState:
    """Return the status of a part lost to an internal error, with texts of section [part]."""
    return PartState(part.name, "lost", f"{part.name} failed: {error}.", advice, f"part.{key}", {"why": str(error)})


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    waiting = list(tasks)
    for task in waiting:
        task.cancel()
    if waiting:
        _, late = await asyncio.wait(waiting, timeout=SHUTDOWN_STAGE_S)
        for task in late:
            _log.error("a part didn't stop in time", part=task.get_name())


async def first_completed(*works: Coroutine[Any, Any, None]) -> int:
    """Run all coroutines until one ends, cancel the others, and return the index of the one that ended (the last, if
    several did). Raises its exception."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in ended:
        task.result()
    return max(tasks.index(task) for task in ended)


class TaskSet:
    """Short-lived tasks of one owner (connection, page), cancelled together."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> bool:
        """Start `work`. Returns False without running it if the limit is reached."""
        if len(self._tasks) >= self._limit:
            work.close()
            return False
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._on_task_end)
        return True

    async def stop(self) -> None:
        await _end(self._tasks)

    def _on_task_end(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("a task failed", task=task.get_name(), error=repr(error))


SUPERVISOR: Service[Supervisor] = Service("supervisor")
"""The appliance's parts, for pages that show their state."""
