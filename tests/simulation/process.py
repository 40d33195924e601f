"""Processes that can be killed at a named point; afterwards, none of their code runs or has any effect.

A point is a place where the environment can distinguish "before" from "after": a writing statement, a commit, a sent
message, or bytes to a printer. The simulated environment (disk, network, printer, store) calls `point(name)` there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from itertools import count
from typing import Any

from tests.simulation.trace import Trace

LAST_BREATHS = 5
"""Attempts to close a coroutine: each `finally` that waits for something takes one."""


class Crashed(BaseException):
    """The process ended at this point. It isn't an `Exception`, so that the product doesn't catch it."""


class Process:
    """An operating-system process. `died` is called with the point as soon as it ends."""

    def __init__(self, name: str, trace: Trace, died: Callable[[str], None]) -> None:
        self.name = name
        self.alive = True
        self.ended = asyncio.get_running_loop().create_future()
        self._trace = trace
        self._died = died
        self._fuse: tuple[str, int] | None = None
        self.work: list[Coroutine[Any, Any, Any]] = []
        """All its coroutines. They are kept so that garbage collection can't run a dead process's `finally` during the
        run.
        """

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run `work` as a task of this process; tasks that it creates belong to the process too."""
        with self.running():
            asyncio.get_running_loop().create_task(work)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the body as this process's code."""
        before = _running.set(self)
        try:
            yield
        finally:
            _running.reset(before)

    def arm(self, name: str, passes: int) -> None:
        """Die when a point with this name ("": any) is passed for the `passes`-th time."""
        self._fuse = name, passes

    def point(self, name: str) -> None:
        """Pass a point. Raises `Crashed` if the process ends here or ended before."""
        if not self.alive:
            raise Crashed(name)
        self._trace.pass_point(f"{self.name} {name}")
        if self.due(name):
            self.kill(name)
            raise Crashed(name)

    def due(self, name: str) -> bool:
        """Count a pass; returns whether the process must die here."""
        if self._fuse is None or self._fuse[0] not in ("", name):
            return False
        wanted, passes = self._fuse
        self._fuse = (wanted, passes - 1) if passes > 1 else None
        return passes <= 1

    def kill(self, point: str) -> None:
        """End the process now."""
        if self.alive:
            self.alive = False
            self._trace.add(self.name, f"dies {point}")
            self._trace.deaths[f"{self.name} {point}"] += 1
            self._died(point)
            self.ended.set_result(point)

    def bury(self) -> None:
        """Release its coroutines after a run."""
        self.alive = False
        for work in self.work:
            for _ in range(LAST_BREATHS):
                # what a dead process's code raises or logs here is irrelevant
                with suppress(BaseException), self.running():
                    work.close()
        self.work.clear()


_running: ContextVar[Process | None] = ContextVar("process", default=None)


def current() -> Process:
    """Return the process that runs this code."""
    process = _running.get()
    assert process is not None, "only processes do that"
    return process


def is_ghost() -> bool:
    """Whether this code belongs to a dead process. Its callbacks still run if they only log."""
    process = _running.get()
    return process is not None and not process.alive


class _Mortal(Coroutine[Any, Any, Any]):
    """A coroutine that runs no further once its process is dead, not even its `finally`."""

    def __init__(self, work: Coroutine[Any, Any, Any], process: Process) -> None:
        self._work = work
        self._process = process
        process.work.append(work)

    def send(self, value: Any) -> Any:
        self._live()
        return self._work.send(value)

    def throw(self, *error: Any) -> Any:
        self._live()
        return self._work.throw(*error)

    def close(self) -> None:
        """Do nothing: its `finally` must not run, as its process may be dead. `Process.bury` closes the coroutine."""

    def __await__(self) -> Generator[Any, Any, Any]:
        raise TypeError("only a task runs it")

    def _live(self) -> None:
        if not self._process.alive:
            raise Crashed("a dead process's task")


class _Task(asyncio.Task[Any]):
    """A task with a fixed hash, so that sets of tasks always have the same order."""

    def __init__(self, number: int, work: Any, **named: Any) -> None:
        self.number = number
        super().__init__(work, **named)

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return self is other


def task_factory() -> Callable[..., asyncio.Task[Any]]:
    """Return an event loop's task factory. A task belongs to the process that creates it."""
    numbers = count()

    def make(loop: asyncio.AbstractEventLoop, work: Any, **named: Any) -> asyncio.Task[Any]:
        process = _running.get()
        return _Task(next(numbers), work if process is None else _Mortal(work, process), loop=loop, **named)

    return make
