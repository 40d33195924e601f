"""Pages rendered in slices, so that no scan waits for a whole page.

Templates are synchronous and run on the event loop's thread, where a page of 50 ms would delay every till. Work driven
by `in_slices` runs in a greenlet (greenlet.readthedocs.io), and templates call `pause` after each value they print.
When a slice has lasted SLICE_S, or a till command is running, the greenlet is left, and the loop continues.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

from edge.core.till_first import RightOfWay
from edge.web.limits import PAGE_WAITS_S, SLICE_S, TILL_WAITS_S

T = TypeVar("T")


class _Step(greenlet):  # type: ignore[misc]  # it has no types
    """One step of a coroutine, up to its next `await`. `right_of_way`: None once the work has waited for tills long
    enough."""

    def __init__(self, work: Coroutine[Any, Any, Any], right_of_way: RightOfWay | None) -> None:
        super().__init__(work.send)
        self.gr_context = getcurrent().gr_context
        self.right_of_way = right_of_way
        self.ends_s = time.monotonic() + SLICE_S


class _Passed:
    """Awaits what a driven coroutine awaits, on its behalf."""

    def __init__(self, awaited: Any) -> None:
        self._awaited = awaited

    def __await__(self) -> Generator[Any, Any, Any]:
        return (yield self._awaited)


def pause(value: T) -> T:
    """Return `value`, and let the loop go on first if this slice is over. Without `in_slices`, nothing else happens."""
    step = getcurrent()
    if type(step) is _Step:
        way = step.right_of_way
        if (way is not None and way.is_taken) or time.monotonic() >= step.ends_s:
            step.parent.switch()
    return value


async def in_slices(work: Coroutine[Any, Any, T], right_of_way: RightOfWay) -> T:
    """Return the result of `work`, pausing it as said above. It waits for tills for at most PAGE_WAITS_S in total, and
    then only takes turns with other tasks."""
    raised: BaseException | None = None
    sent: Any = None
    waited_s = 0.0
    try:
        while True:
            step = _Step(work, right_of_way if waited_s < PAGE_WAITS_S else None)
            if raised is not None:
                step.run = work.throw
                sent, raised = raised, None
            try:
                awaited = step.switch(sent)
                while not step.dead:
                    began_s = time.monotonic()
                    try:
                        await (right_of_way.wait_free(TILL_WAITS_S) if step.right_of_way else asyncio.sleep(0))
                    except BaseException as error:  # noqa: BLE001 - a cancelled request ends where its work paused
                        awaited = step.throw(error)
                        continue
                    step.ends_s = time.monotonic() + SLICE_S
                    waited_s += step.ends_s - SLICE_S - began_s
                    if waited_s >= PAGE_WAITS_S:
                        step.right_of_way = None
                    awaited = step.switch()
            except StopIteration as done:
                result: T = done.value
                return result
            try:
                sent = await _Passed(awaited)
            except BaseException as error:  # noqa: BLE001 - the work's own to handle, as if it had awaited
                sent, raised = None, error
    finally:
        work.close()
