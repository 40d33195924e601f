"""A running worker: its process, shared memory and monitoring, and why it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from models.errors import Code
from models.limits import BEAT_S, MEMORY_HEADROOM, MEMORY_SPARE_MB, PARALLEL
from models.runtime.child import Child
from models.runtime.health import Signs, judge
from models.worker import cpu_priority, process_limits, wire
from models.worker.memory import Slots


class Plan(msgspec.Struct, frozen=True):
    """A worker's model to load: `place` is the engine's class as "package.module:Class"."""

    name: str
    kind: str
    place: str
    memory_mb: int
    options: dict[str, Any] = {}
    folder: str | None = None
    files: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    threads: int = 1

    @property
    def limit_mb(self) -> int:
        """The worker's memory limit, above which it counts as a leak."""
        return int(self.memory_mb * MEMORY_HEADROOM) + MEMORY_SPARE_MB


class Host:
    """Starts a worker for `plan`. Raises OSError if the system can't start it.

    `corner`: its control group, "" for ours. `overdue_s` returns how far its oldest request is past the deadline.
    `ended` is called once, with the code, the reason, and the end of its standard error.
    """

    def __init__(
        self,
        plan: Plan,
        corner: str,
        heard: Callable[[wire.FromWorker], None],
        overdue_s: Callable[[], float],
        ended: Callable[[Code, str, str], None],
    ) -> None:
        self.plan = plan
        self.loaded = False
        self.gone = asyncio.Event()
        self._heard_by = heard
        self._overdue_s = overdue_s
        self._ended_by = ended
        self._loop = asyncio.get_running_loop()
        self._yielding = False
        self._why: tuple[Code, str] | None = None
        self.slots = Slots(PARALLEL)
        try:
            self._child = Child(self.slots.fd, plan.limit_mb, plan.threads, corner, self._on_message, self._on_exit)
        except OSError:
            self.slots.close()
            raise
        self._heard_s = self._began_s = self._looked_s = self._loop.time()
        files = (plan.folder, plan.files, plan.languages)
        self.send(wire.Load(plan.place, plan.kind, plan.options, plan.name, *files, plan.threads))
        self._timer = self._loop.call_later(BEAT_S, self._look)

    @property
    def memory_mb(self) -> float:
        return process_limits.all_mb(self._child.pid)

    @property
    def ending(self) -> bool:
        return self._why is not None

    def send(self, message: wire.ToWorker) -> None:
        self._child.send(message)

    def give_way(self, on: bool) -> None:
        """Yield to the active till, or stop yielding."""
        self._yielding = on
        cpu_priority.give_way(self._child.pid, on)
        self.send(wire.GiveWay(on))

    def because(self, code: Code, why: str) -> None:
        """Set the reason for the worker's end; only the first one counts."""
        self._why = self._why or (code, why)

    def end(self, code: Code, why: str) -> None:
        """End the worker at once; running requests are lost."""
        self.because(code, why)
        self._child.kill()

    async def stop(self) -> None:
        """Let the worker close its model, and kill it after a second."""
        self.because("stopped", "stopped")
        self._child.close()
        kill = self._loop.call_later(1.0, self._child.kill)
        await self.gone.wait()
        kill.cancel()

    def _on_message(self, message: wire.FromWorker) -> None:
        self._heard_s = self._loop.time()
        if isinstance(message, wire.Loaded):
            self.loaded = True
        self._heard_by(message)

    def _look(self) -> None:
        """Check the worker's health. After this process itself was delayed, the worker gets time to report."""
        now_s = self._loop.time()
        if now_s - self._looked_s < 3 * BEAT_S and self._why is None:
            signs = Signs(
                silent_s=now_s - self._heard_s,
                loading_s=0.0 if self.loaded else now_s - self._began_s,
                overdue_s=self._overdue_s(),
                own_mb=process_limits.own_mb(self._child.pid),
                limit_mb=self.plan.limit_mb,
                yielding=self._yielding or not cpu_priority.can_return(),
            )
            if why := judge(signs):
                self.end(*why)
        self._looked_s = now_s
        self._timer = self._loop.call_later(BEAT_S, self._look)

    def _on_exit(self, how: str) -> None:
        self._timer.cancel()
        self.slots.close()
        self.gone.set()
        self._ended_by(*(self._why or _by_itself(how, self._child.fault)), self._child.tail)


def _by_itself(how: str, fault: str) -> tuple[Code, str]:
    if fault:
        return "crashed", fault
    if how == "SIGKILL":
        return "memory", "the system ended it, most likely as memory was short"
    return "crashed", f"its process crashed ({how})"
