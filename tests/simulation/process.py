"""Processes that can be killed at a named point: from then on, no line of them runs and nothing they do has effect.

A point is somewhere that the outside can tell "before" from "after": a statement that writes, a commit, a message
sent, bytes to a printer. Whoever plays the outside (disk, network, printer, store) passes it by `point(name)`.
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
"""Each `finally` that waits for something takes one."""


class Crashed(BaseException):
    """The process ended here. Nothing catches it: it is no exception of the product's."""


class Process:
    """One operating-system process. `died` is told at which point it ended, at that very moment."""

    def __init__(self, name: str, trace: Trace, died: Callable[[str], None]) -> None:
        self.name = name
        self.alive = True
        self.ended = asyncio.get_running_loop().create_future()
        self._trace = trace
        self._died = died
        self._fuse: tuple[str, int] | None = None
        self.work: list[Coroutine[Any, Any, Any]] = []
        """All that it ever did is kept, so that no garbage collector runs a dead one's `finally` in mid-run."""

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run `work` as a task of this process; so are all tasks that it makes."""
        with self.running():
            asyncio.get_running_loop().create_task(work)

    @contextmanager
    def running(self) -> Iterator[None]:
        """What is called in here is this process's code."""
        before = _running.set(self)
        try:
            yield
        finally:
            _running.reset(before)

    def arm(self, name: str, passes: int) -> None:
        """Die when a point of this name (empty: any) is passed for the so-manieth time."""
        self._fuse = name, passes

    def point(self, name: str) -> None:
        """Pass a point; raises `Crashed` where the process ends here, or has ended before."""
        if not self.alive:
            raise Crashed(name)
        self._trace.pass_point(f"{self.name} {name}")
        if self.due(name):
            self.kill(name)
            raise Crashed(name)

    def due(self, name: str) -> bool:
        """Count a pass; whether it is the one to die at."""
        if self._fuse is None or self._fuse[0] not in ("", name):
            return False
        wanted, passes = self._fuse
        self._fuse = (wanted, passes - 1) if passes > 1 else None
        return passes <= 1

    def kill(self, point: str) -> None:
        """It ends, now."""
        if self.alive:
            self.alive = False
            self._trace.add(self.name, f"dies {point}")
            self._trace.deaths[f"{self.name} {point}"] += 1
            self._died(point)
            self.ended.set_result(point)

    def bury(self) -> None:
        """After a run: let go of what it did."""
        self.alive = False
        for work in self.work:
            for _ in range(LAST_BREATHS):
                with suppress(BaseException), self.running():  # a ghost's last act concerns nobody, nor what it says
                    work.close()
        self.work.clear()


_running: ContextVar[Process | None] = ContextVar("process", default=None)


def current() -> Process:
    """The process whose code this is."""
    process = _running.get()
    assert process is not None, "only processes do that"
    return process


def is_ghost() -> bool:
    """Whether this code belongs to a process that is dead: callbacks that only speak still run."""
    process = _running.get()
    return process is not None and not process.alive


class _Mortal(Coroutine[Any, Any, Any]):
    """A coroutine that takes no further step once its process is dead: not even its `finally` runs."""

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
        """Left lying: its `finally` would be a ghost's. The loop's end clears it away."""

    def __await__(self) -> Generator[Any, Any, Any]:
        raise TypeError("only a task runs it")

    def _live(self) -> None:
        if not self._process.alive:
            raise Crashed("a dead process's task")


class _Task(asyncio.Task[Any]):
    """Sets of tasks are walked in the same order every time."""

    def __init__(self, number: int, work: Any, **named: Any) -> None:
        self.number = number
        super().__init__(work, **named)

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return self is other


def task_factory() -> Callable[..., asyncio.Task[Any]]:
    """A loop's task factory: a task belongs to the process that makes it."""
    numbers = count()

    def make(loop: asyncio.AbstractEventLoop, work: Any, **named: Any) -> asyncio.Task[Any]:
        process = _running.get()
        return _Task(next(numbers), work if process is None else _Mortal(work, process), loop=loop, **named)

    return make
