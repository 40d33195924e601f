"""What the event loop itself reports, said once and then counted.

Out of file descriptors, asyncio reports each of a hundred tries to take a connection, every second
(`selector_events._accept_connection`): a log of hundreds of megabytes, and in the end a full disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from edge.core.limits import FAULT_QUIET_S, FAULTS_TOLD_APART

_log = structlog.get_logger(__name__)
NO_DESCRIPTORS = "socket.accept() out of system resource"
"""asyncio's own words (3.11 to 3.14)."""


class LoopFaults:
    """An exception handler for a loop (`loop.set_exception_handler`).

    Each kind of fault is a line when it comes first; what more comes of it within FAULT_QUIET_S is one line at the end.
    """

    def __init__(self) -> None:
        self._more: dict[str, int] = {}

    def __call__(self, loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        kind = _kind(context)
        if kind in self._more:
            self._more[kind] += 1
            return
        if len(self._more) >= FAULTS_TOLD_APART:
            return
        self._more[kind] = 0
        error = context.get("exception")
        if context.get("message") == NO_DESCRIPTORS:
            _log.error("no new connections: the process is out of file descriptors", why=str(error))
        else:
            _log.error("an internal error in the event loop", what=context.get("message"), exc_info=error)
        loop.call_later(FAULT_QUIET_S, self._count, kind)

    def _count(self, kind: str) -> None:
        if more := self._more.pop(kind):
            _log.error("the same error occurred again", what=kind, times=more, within_s=FAULT_QUIET_S)


def _kind(context: Mapping[str, Any]) -> str:
    return f"{context.get('message', '')} {type(context.get('exception')).__name__}"
