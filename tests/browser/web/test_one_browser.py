"""The browser that tests share: each is as if it had one of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from playwright.async_api import Browser, Error

from tests.browser.browsing import ARGS, browser
from tests.browser.one_browser import Kept, contexts
from tests.browser.serving import DEADLINE_S
from tests.shop_fixture import run


@pytest.fixture
def kept() -> Iterator[Kept]:
    with closing(Kept()) as made:
        yield made


async def ended(launched: Browser) -> None:
    """Chromium ends without having been asked to by whoever drives it."""
    gone = asyncio.Event()
    launched.on("disconnected", lambda _: gone.set())
    wire = await launched.new_browser_cdp_session()
    with suppress(Error):  # it does not always answer
        await wire.send("Browser.close")
    await asyncio.wait_for(gone.wait(), DEADLINE_S)


def test_nothing_of_a_test_is_there_in_the_next(kept: Kept) -> None:
    seen: list[int] = []

    async def visit() -> None:
        launched = await kept.browser(ARGS)
        async with contexts(launched) as mine:
            seen.append(len(launched.contexts))
            page = await mine.new_page()
            await page.context.add_cookies([{"name": "who", "value": "me", "url": "http://127.0.0.1:1"}])
            seen.append(len(await page.context.cookies()))

    kept.run(visit())
    kept.run(visit())
    assert seen == [0, 1, 0, 1]


def test_one_that_ended_by_itself_is_restarted_once_and_that_is_said(kept: Kept) -> None:
    async def lose() -> None:
        await ended(await kept.browser(ARGS))

    kept.run(lose())
    with pytest.warns(UserWarning, match="another one was started"):
        kept.run(lose())
    with pytest.raises(AssertionError, match="more than once"):
        kept.run(lose())


def test_what_a_test_leaves_running_ends_with_it(kept: Kept) -> None:
    left: list[asyncio.Task[None]] = []

    async def leave() -> None:
        left.append(asyncio.ensure_future(asyncio.sleep(3600)))

    kept.run(leave())
    assert left[0].cancelled()


def test_arguments_of_ones_own_are_not_those_of_others() -> None:
    async def scenario() -> None:
        async with browser("--lang=fr") as own, browser() as shared:
            agents = [await (await one.new_page()).evaluate("navigator.userAgent") for one in (own, shared)]
            assert all("Chrome" in agent for agent in agents)
            assert own._launched is not shared._launched

    run(scenario())
