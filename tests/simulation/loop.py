"""An event loop whose time is virtual: it jumps to whatever is due next. The same program runs the same way twice."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

from tests.simulation.process import Crashed, task_factory


class Stuck(Exception):
    """Nothing is due, ever: everyone waits for someone."""


class _Selector(selectors.SelectSelector):
    """Nothing ever comes from outside; waiting is what moves the clock."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Stuck("nobody will ever do anything again")
        self.now += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """No threads: what is handed to one is done at once, in its turn."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)
        self.set_task_factory(task_factory())
        self.surprises: list[str] = []
        self.set_exception_handler(self._note)

    def time(self) -> float:
        return self._virtual.now

    def _note(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Callbacks that fail are faults of ours; the dead have no last words."""
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
        future.set_result(work(*args))  # what it raises, the caller's `await` raises
        return future
