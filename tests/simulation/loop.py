"""An event loop with virtual time, which jumps to the next due event. The same program always runs in the same way."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

from tests.simulation.process import Crashed, task_factory


class Stuck(Exception):
    """Nothing will ever be due: all tasks wait for each other."""


class _Selector(selectors.SelectSelector):
    """A selector without external events. Waiting advances the clock."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Stuck("nobody will ever do anything again")
        self.now += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop without threads: executor work is done immediately, in the caller's turn."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)
        self.set_task_factory(task_factory())
        self.surprises: list[str] = []
        self.set_exception_handler(self._note)

    def time(self) -> float:
        return self._virtual.now

    def _note(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Record failed callbacks as faults of ours, except those of dead processes."""
        error = context.get("exception")
        if context["message"].startswith("Exception in callback") and not isinstance(error, Crashed):
            self.surprises.append(f"{context['message']}: {error!r}")

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: Any = None
    ) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def run_in_executor(  # type: ignore[override]
        self, _executor: object, work: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        future = self.create_future()
        future.set_result(work(*args))  # an exception is raised right here, and so reaches the caller's `await` too
        return future
