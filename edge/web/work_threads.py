"""Bounded threads for slow user requests (file previews, pictures, reports), so that PIN checks and searches don't
wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from edge.core.services import Service
from edge.web.limits import HEAVY_AT_ONCE, HEAVY_WAITING
from edge.web.problem import Problem

P = ParamSpec("P")
T = TypeVar("T")


class Heavy:
    """Runs up to `at_once` tasks in threads. Raises `Problem` 503 if `waiting` more are queued."""

    def __init__(self, at_once: int = HEAVY_AT_ONCE, waiting: int = HEAVY_WAITING, name: str = "panel-heavy") -> None:
        self._most = at_once + waiting
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._under_way = 0

    async def do(self, work: Callable[P, T], *args: P.args, **how: P.kwargs) -> T:
        """Run `work` and return its result. `work` must limit its own time."""
        if self._under_way >= self._most:
            raise Problem(503, "busy")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*args, **how))
        finally:
            self._under_way -= 1

    def close(self, wait: bool = False) -> None:
        """Start no further tasks; with `wait`, wait for running ones."""
        self._threads.shutdown(wait=wait, cancel_futures=True)


HEAVY: Service[Heavy] = Service("heavy", lambda site: Heavy())
