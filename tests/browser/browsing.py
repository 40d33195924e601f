"""A browser on the page, in the test's own loop."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import ConsoleMessage, Dialog, Error, Locator, Page, expect

from tests.browser import one_browser
from tests.browser.calling import PIN
from tests.browser.one_browser import Contexts, contexts
from tests.browser.serving import DEADLINE_S, Served

ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREEN = (1366, 768)
PERSON_MS = 60
"""Between two keys; what comes faster is a scanner's (static/wedge.js)."""
SCANNER_S = 0.002
"""Between two keys of a scanner."""


ABORTED = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx says of a request that was cancelled: its page was left, or someone typed on. Of one that failed it says
"htmx:sendError" or "htmx:responseError" besides."""

NOT_YET = """
    const early = new CSSStyleSheet();
    const meant = ":is(button, input, select, summary) { pointer-events: none }";
    early.replaceSync(`body[data-managing][data-link="connecting"] ${meant}`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, early];
"""
"""Until a manager's page has its line, its scripts may not be there: a click waits for them."""


async def scan(page: Page, code: str) -> None:
    """As a scanner that acts as a keyboard: faster than anyone types, however busy this machine is.

    When a key was pressed is said with it (`timestamp` of Input.dispatchKeyEvent in Chromium's protocol).
    """
    began_s = time.time()
    wire = await page.context.new_cdp_session(page)
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
    for place, key in enumerate((*({"key": char, "text": char} for char in code), enter)):
        moment = {"timestamp": began_s + place * SCANNER_S}
        await wire.send("Input.dispatchKeyEvent", {"type": "keyDown", **key, **moment})
        await wire.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": key["key"], **moment})
    await wire.detach()


async def agree(page: Page, question: str = "") -> None:
    """Answer the shop's question with yes, once it can be read."""
    await page.locator("#sure-dialog[open] .subject").filter(has_text=question).wait_for(state="visible")
    await page.locator('#sure-dialog [type="submit"]').click()
    await page.locator("#sure-dialog").wait_for(state="hidden")


class Till:
    """The cashier's page: keys in, what it shows out."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._asked)
        self.left = 0
        """How often the page asked whether what was typed may be lost, and was told yes."""

    async def open(self, served: Served, query: str = "register=1", path: str = "/") -> None:
        await self.page.goto(f"{served.url}{path}?{query}")
        await self.see('body[data-link="open"]')
        if await self.page.locator("body.locked").count():
            await self.enter_pin()

    async def enter_pin(self) -> None:
        """What a page asks for that only managers may see."""
        await self.see("#pin-dialog[open]")
        await self.keys(PIN, "Enter")
        await self.see('body:not(.locked)[data-link="open"]')
        self.complaints.clear()  # a browser finds it worth telling that the page was refused first

    async def keys(self, *keys: str) -> None:
        """Press keys; what is no key's name is typed."""
        for key in keys:
            if key.isdigit() or not key[0].isupper():
                await self.page.keyboard.type(key, delay=PERSON_MS)
            else:
                await self.page.keyboard.press(key)

    async def scan(self, code: str) -> None:
        """See `scan`."""
        await scan(self.page, code)

    async def see(self, selector: str, text: str | None = None) -> Locator:
        """Wait until something with this text can be seen."""
        found = self.page.locator(selector)
        if text is not None:
            found = found.filter(has_text=text)
        await found.first.wait_for(state="visible")
        return found.first

    async def agree(self, question: str = "") -> None:
        """See `agree`."""
        await agree(self.page, question)

    async def gone(self, selector: str) -> None:
        await self.page.locator(selector).first.wait_for(state="hidden")

    async def _asked(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            self.left += 1
            await dialog.accept()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in ABORTED):
            self.complaints.append(message.text)


@asynccontextmanager
async def browser(*args: str, whole: bool = False) -> AsyncIterator[Contexts]:
    """A browser without a cookie or a page. `args` are Chromium's: one with such, or that is to be `whole`
    (`one_browser.py`), is a process of its own."""
    async with one_browser.opened((*ARGS, *args), own=bool(args) or whole) as launched, contexts(launched) as mine:
        yield mine


@asynccontextmanager
async def till(size: tuple[int, int] = SCREEN, touched: bool = False, whole: bool = False) -> AsyncIterator[Till]:
    """A page that no one has opened yet; `touched`: its screen takes fingers; `whole`: see `browser`."""
    async with browser(whole=whole) as launched:
        page = await launched.new_page(viewport={"width": size[0], "height": size[1]}, has_touch=touched)
        page.set_default_timeout(DEADLINE_S * 1000)
        expect.set_options(timeout=DEADLINE_S * 1000)
        await page.add_init_script(NOT_YET)
        try:
            yield Till(page)
        except Exception:
            print(await _shown(page))
            raise


async def _shown(page: Page) -> str:
    """What stood on the screen when a test failed: with it a failure on another machine can be understood."""
    try:
        seen = await page.locator("body").inner_text(timeout=1000)
        dialogs = await page.locator("dialog[open]").evaluate_all("all => all.map(one => one.id)")
        body = await page.locator("body").evaluate("body => JSON.stringify(body.dataset)")
    except Error as error:
        return f"{page.url}: nothing can be read off the page: {error}"
    return f"{page.url} {body}, dialogs open: {dialogs}\n{seen[:2000]}"
