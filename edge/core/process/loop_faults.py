"""Event loop errors, logged once and then counted.

Without file descriptors, asyncio reports a hundred failed accepts every second (`selector_events._accept_connection`):
hundreds of megabytes of log, and finally a full disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from edge.core.limits import DISTINCT_FAULTS, FAULT_QUIET_S

_log = structlog.get_logger(__name__)
NO_DESCRIPTORS = "socket.accept() out of system resource"
"""The message of asyncio (3.11 to 3.14)."""


class LoopFaults:
    """Exception handler for a loop (`loop.set_exception_handler`).

    The first error of a kind is logged; repeats within FAULT_QUIET_S are summed up in one line.
    """

    def __init__(self) -> None:
        self._more: dict[str, int] = {}

    def __call__(self, loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        kind = _kind(context)
        if kind in self._more:
            self._more[kind] += 1
            return
        if len(self._more) >= DISTINCT_FAULTS:
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
