"""A page beside tills: rendered in slices, whatever else its handler does."""

from __future__ import annotations

import asyncio
import contextvars
import time

import pytest

from edge.core.till_first import RightOfWay
from edge.web.limits import PAGE_WAITS_S, SLICE_S
from edge.web.live.rendering import page_templates
from edge.web.live.slices import in_slices, pause

ROWS = page_templates().from_string("{% for row in rows %}{{ row }}{% endfor %}")
"""Compiled as every page is."""
NAME: contextvars.ContextVar[str] = contextvars.ContextVar("NAME")


class Slow:
    """A value that takes as long to print as half a slice."""

    def __str__(self) -> str:
        ends_s = time.thread_time() + SLICE_S / 2
        while time.thread_time() < ends_s:
            pass
        return "."


async def _turns_of_others(rows: int, way: RightOfWay) -> int:
    """How often another task has its turn while a page of so many rows is rendered."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def page() -> str:
        return ROWS.render(rows=[Slow()] * rows)

    other = asyncio.create_task(others())
    assert await in_slices(page(), way) == "." * rows
    other.cancel()
    return turns


def test_others_have_their_turns_between_the_rows_of_a_page() -> None:
    async def scenario() -> None:
        assert await _turns_of_others(40, RightOfWay()) >= 40 / 4

    asyncio.run(scenario())


def test_a_page_stands_still_while_a_till_is_served() -> None:
    async def scenario() -> None:
        way = RightOfWay()
        printed: list[int] = []

        async def page() -> str:
            return ROWS.render(rows=(printed.append(at) or at for at in range(100)))  # type: ignore[func-returns-value]

        rendered = asyncio.create_task(in_slices(page(), way))
        way.take()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert len(printed) == 1
        way.give_back()
        assert (await rendered).startswith("0123")

    asyncio.run(scenario())


def test_a_page_is_shown_however_busy_the_tills_are() -> None:
    async def scenario() -> None:
        way = RightOfWay()
        way.take()

        async def page() -> str:
            return ROWS.render(rows=range(200))

        began_s = time.monotonic()
        assert len(await in_slices(page(), way)) > 200
        assert time.monotonic() - began_s < PAGE_WAITS_S * 10

    asyncio.run(scenario())


def test_what_a_handler_awaits_raises_and_sets_is_as_without_slices() -> None:
    async def scenario() -> None:
        way = RightOfWay()
        NAME.set("corner")

        async def handler(fails: bool) -> str:
            task = asyncio.current_task()
            before = ROWS.render(rows=range(3))
            await asyncio.sleep(0)
            async with asyncio.timeout(60):
                later = await asyncio.to_thread(lambda: "later")
            try:
                raise LookupError("its own")
            except LookupError:
                pause(1)
            assert asyncio.current_task() is task
            if fails:
                raise ValueError("not a page")
            return f"{NAME.get()} {before} {later}"

        assert await in_slices(handler(False), way) == "corner 012 later"
        with pytest.raises(ValueError, match="not a page"):
            await in_slices(handler(True), way)

    asyncio.run(scenario())


def test_a_cancelled_request_ends_its_page_midway() -> None:
    async def scenario() -> None:
        way = RightOfWay()
        ended: list[str] = []

        async def page() -> str:
            try:
                return ROWS.render(rows=range(5))
            finally:
                ended.append("page")

        way.take()
        rendered = asyncio.create_task(in_slices(page(), way))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not ended
        rendered.cancel()
        with pytest.raises(asyncio.CancelledError):
            await rendered
        assert ended == ["page"]

    asyncio.run(scenario())
