"""A fault of the event loop is said once, and then counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import structlog

from edge.core.limits import DISTINCT_FAULTS, FAULT_QUIET_S
from edge.core.process.loop_faults import NO_DESCRIPTORS, LoopFaults


class Later:
    """A loop whose time comes when it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, Callable[..., None], tuple[Any, ...]]] = []

    def call_later(self, delay: float, call: Callable[..., None], *values: Any) -> None:
        self.calls.append((delay, call, values))

    def pass_(self) -> None:
        calls, self.calls = self.calls, []
        for _, call, values in calls:
            call(*values)


def test_a_fault_is_one_line_and_then_a_number() -> None:
    loop, faults = Later(), LoopFaults()
    asyncio_loop = cast(asyncio.AbstractEventLoop, loop)
    with structlog.testing.capture_logs() as said:
        for _ in range(1000):
            faults(asyncio_loop, {"message": NO_DESCRIPTORS, "exception": OSError(24, "Too many open files")})
        faults(asyncio_loop, {"message": "Task exception was never retrieved", "exception": ValueError("x")})
        assert [line["event"].partition(":")[0] for line in said] == [
            "no new connections",
            "an internal error in the event loop",
        ]
        assert [delay for delay, _, _ in loop.calls] == [FAULT_QUIET_S] * 2
        loop.pass_()
        assert [line.get("times") for line in said[2:]] == [999], "what came once is not counted"
        faults(asyncio_loop, {"message": NO_DESCRIPTORS, "exception": OSError(24, "Too many open files")})
        assert len(said) == 4, "it is said anew"


def test_a_thousand_different_faults_do_not_fill_the_log_either() -> None:
    loop, faults = Later(), LoopFaults()
    with structlog.testing.capture_logs() as said:
        for number in range(1000):
            faults(cast(asyncio.AbstractEventLoop, loop), {"message": f"fault {number}"})
    assert len(said) == DISTINCT_FAULTS
