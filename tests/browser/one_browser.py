"""One Chromium for all tests of a process, and the event loop that it lives on.

To start Chromium and what drives it takes as much of the processor as most tests do on a page. A test opens contexts of
its own: they share no cookie, storage or cache with another, and are closed behind it.

The one that is shared is Chromium's headless shell, where that is installed: the same engine without what surrounds
it for a person at a desk. A context costs it a third, a page half of the processor. It has no background sync, and may
lack what else pages ask of a desk or a phone: a test of such a thing has a whole one of its own.
"""

from __future__ import annotations

import asyncio
import shutil
import warnings
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error, Page, Playwright, async_playwright

SHELL = "chromium-headless-shell"
ENDED_MOST = 1
"""How often Chromium may end by itself while tests run: it is started again so often, and that is said."""


class Contexts:
    """What a test does with a browser."""

    def __init__(self, launched: Browser) -> None:
        self._launched = launched
        self._opened: list[BrowserContext] = []

    async def new_context(self, **options: Any) -> BrowserContext:
        made = await self._launched.new_context(**options)
        self._opened.append(made)
        return made

    async def new_page(self, **options: Any) -> Page:
        """In a context of its own."""
        return await (await self.new_context(**options)).new_page()

    async def close(self) -> None:
        for context in reversed(self._opened):
            with suppress(Error):  # of a browser that is gone
                await context.close()


@asynccontextmanager
async def contexts(launched: Browser) -> AsyncIterator[Contexts]:
    """What is opened in here is closed behind it."""
    made = Contexts(launched)
    try:
        yield made
    finally:
        await made.close()


class Kept:
    """The loop, on it the driver, and the browsers by their arguments."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.playwright: Playwright | None = None
        self.launched: Browser | None = None
        self.ended = 0

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """As `asyncio.run`, but that the loop stays: what `work` leaves running ends with it anyway."""
        loop = self.runner.get_loop()
        if self.playwright is None:
            self.playwright = self.runner.run(async_playwright().start())
        before = asyncio.all_tasks(loop)
        try:
            return self.runner.run(work, context=copy_context())
        finally:
            left = asyncio.all_tasks(loop) - before
            for task in left:
                task.cancel()
            if left:
                loop.run_until_complete(asyncio.wait(left))

    async def browser(self, args: tuple[str, ...]) -> Browser:
        """The one of this process. It is launched with the first test that wants it."""
        assert self.playwright is not None
        if self.launched is not None and not self.launched.is_connected():
            self.ended += 1
            assert self.ended <= ENDED_MOST, "Chromium ended by itself more than once"
            warnings.warn("Chromium ended by itself: another one was started", stacklevel=2)
            self.launched = None
        if self.launched is None:
            self.launched = await _launch(self.playwright, args, shutil.which(SHELL))
        return self.launched

    def close(self) -> None:
        if self.launched is not None:
            self.runner.run(self.launched.close())
        if self.playwright is not None:
            self.runner.run(self.playwright.stop())
        self.runner.close()


_kept: list[Kept] = []
"""Empty, or the one of this process."""


def keep() -> Kept:
    """The one of this process, which `end` closes."""
    if not _kept:
        _kept.append(Kept())
    return _kept[0]


def end() -> None:
    while _kept:
        _kept.pop().close()


@asynccontextmanager
async def opened(args: tuple[str, ...], own: bool) -> AsyncIterator[Browser]:
    """The browser of this process; or one of the caller's `own`, as benches and pictures have it."""
    kept = next((one for one in _kept if one.runner.get_loop() is asyncio.get_running_loop()), None)
    if kept is None:
        async with async_playwright() as playwright, _own(playwright, args) as launched:
            yield launched
    elif own:
        assert kept.playwright is not None
        async with _own(kept.playwright, args) as launched:
            yield launched
    else:
        yield await kept.browser(args)


@asynccontextmanager
async def persistent(args: tuple[str, ...], folder: Path, screen: tuple[int, int]) -> AsyncIterator[BrowserContext]:
    """A browser of its own that keeps its things in a folder, as a phone does; it may be killed in here."""
    kept = next((one for one in _kept if one.runner.get_loop() is asyncio.get_running_loop()), None)
    assert kept is not None and kept.playwright is not None
    context = await kept.playwright.chromium.launch_persistent_context(
        folder,
        executable_path=shutil.which("chromium"),
        args=list(args),
        viewport={"width": screen[0], "height": screen[1]},
    )
    try:
        yield context
    finally:
        with suppress(Error):  # of a browser that was killed
            await context.close()


@asynccontextmanager
async def _own(playwright: Playwright, args: tuple[str, ...]) -> AsyncIterator[Browser]:
    launched = await _launch(playwright, args)
    try:
        yield launched
    finally:
        await launched.close()


async def _launch(playwright: Playwright, args: tuple[str, ...], program: str | None = None) -> Browser:
    return await playwright.chromium.launch(executable_path=program or shutil.which("chromium"), args=list(args))
