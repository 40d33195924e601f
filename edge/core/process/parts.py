"""The parts of a process: started, watched, started again, and stopped in stages.

The only place that makes tasks. A *critical* part that fails ends the process; a
*degradable* one is tried again, said once when lost and once when back, and shows on
the status page what to do.
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
    """What a part calls once it works, and again when something is to be said of it: `state` names no part."""

    def __call__(self, state: PartState | None = None) -> None: ...


class Part(msgspec.Struct):
    """Something that runs: `run(ready)` calls `ready()` once it works, and returns only when it ends.

    `stage` orders the shutdown: the highest stops first.
    """

    name: str
    run: Callable[[Ready], Awaitable[None]]
    critical: bool = False
    stage: int = 0


class Supervisor:
    """Runs parts. `stop` ends them stage by stage, each stage within a deadline."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._parts: dict[str, Part] = {}
        self._fault: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._nudge = asyncio.Event()
        self.states: dict[str, PartState] = {}

    def start(self, part: Part) -> None:
        """Run `part` from now on."""
        if part.name in self._tasks:
            raise ValueError(f"there is already a part named {part.name}")
        self._parts[part.name] = part
        self._set(PartState(part.name, "starting"))
        self._tasks[part.name] = asyncio.create_task(self._watch(part), name=part.name)
        self._tasks[part.name].add_done_callback(lambda task: self._check_watcher(part, task))

    def retry(self) -> None:
        """Try lost parts again now rather than after their pause: something was plugged in."""
        self._nudge.set()
        self._nudge.clear()

    async def until(self, stop: asyncio.Event, fault: Awaitable[None]) -> None:
        """Returns when `stop` is set; raises what a critical part, or `fault`, died of."""
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
        """End one part, as when a device was unplugged for good."""
        task = self._tasks.pop(name)
        del self._parts[name]
        await _end([task])
        self._set(PartState(name, "stopped"))
        del self.states[name]

    async def stop(self) -> None:
        """End all parts, the highest stage first."""
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
                self._lost(said)
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
                self._end_all(part, error)
                return
            except EdgeError as error:
                failure = PartState(part.name, "lost", error.what, error.advice, error.key, error.values)
                again_s = error.again_s
            except Exception as error:  # noqa: BLE001 - a part's fault is its own; it is logged with its trace below
                if part.critical:
                    self._end_all(part, error)
                    return
                _log.exception("a part failed because of an internal error", part=part.name)
                failure = _fault(part, error, "fault", "It will be retried.")
            self._lost(failure)
            pause_s = PART_BACKOFF_S[min(attempt, len(PART_BACKOFF_S) - 1)]
            await self._pause(pause_s if again_s is None else min(pause_s, again_s))
            attempt += 1

    def _check_watcher(self, part: Part, task: asyncio.Task[None]) -> None:
        """A watcher that died by a fault of its own must not leave its part looking well."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        if part.critical:
            self._end_all(part, error)
        else:
            self._set(_fault(part, error, "unwatched", "Restart the appliance."))

    async def _pause(self, seconds: float) -> None:
        """Until it is worth another try."""
        try:
            async with asyncio.timeout(seconds):
                await self._nudge.wait()
        except TimeoutError:
            return

    def _lost(self, failure: PartState) -> None:
        """Say so once; what is lost for another reason by now (gone, then not found) is no second loss."""
        was = self.states[failure.name]
        if was.state != "lost":
            _log.warning("lost", part=failure.name, what=failure.what, advice=failure.advice)
        elif was != failure:
            _log.info("still lost", part=failure.name, what=failure.what, advice=failure.advice)
        self._set(failure)

    def _end_all(self, part: Part, error: BaseException) -> None:
        """The process cannot go on without this part: `until` raises `error`."""
        if not self._fault.done():
            self._fault.set_exception(error)
        _log.error("an essential part failed", part=part.name, exc_info=error)

    def _set(self, state: PartState) -> None:
        if self.states.get(state.name) != state:
            self.states[state.name] = state
            self._bus.publish(PARTS, state)


def _fault(part: Part, error: BaseException, key: str, advice: str) -> PartState:
    """A part that is lost by a fault of ours, in words of the section [part]."""
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
    """Do all of these until one of them ends: which that was. The others are cancelled. Raises what it raised."""
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
    """Short-lived tasks of one owner (a connection, a page), cancelled together."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> bool:
        """Run `work`; False (and it is not run) when there are too many already."""
        if len(self._tasks) >= self._limit:
            work.close()
            return False
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return True

    async def stop(self) -> None:
        await _end(self._tasks)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("a task failed", task=task.get_name(), error=repr(error))


SUPERVISOR: Service[Supervisor] = Service("supervisor")
"""The parts of the appliance, for pages that say how they are."""
