"""Forty views of the demo, to be looked at: `python -m tests.browser.views [FOLDER [NAME ...]]`; else `docs/pictures`.

A demo is opened for it, as an owner would open one. What is looked at in a change stands beside what it was.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from edge.app.demo_shop import demo_office
from sim.ports import free_port
from tests.browser.browsing import ARGS
from tests.flow.app.test_demo import demo

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
PIN = "1234"
TILL, PHONE, LAPTOP, WIDE = (1024, 768), (390, 664), (1366, 768), (1920, 1080)
SHOWN = 900
"""Pictures are no wider."""
Act = Callable[[Page], Awaitable[object]]


AT_REST = """() => [...document.images].every((image) => image.complete || !image.checkVisibility()
    || image.getBoundingClientRect().top > innerHeight)
  && !document.querySelector(".htmx-request, .htmx-settling, [aria-busy='true']")"""


class View(NamedTuple):
    """A page in a state. `act` is done before the picture is taken."""

    name: str
    path: str
    size: tuple[int, int] = LAPTOP
    language: str = "en"
    act: Act | None = None
    scheme: Literal["light", "dark"] = "light"


def tiles(count: int) -> Act:
    """Touch so many tiles, the first ones again where there are fewer."""

    async def touch(page: Page) -> None:
        shown = page.locator("[data-quick]:visible")
        await shown.first.wait_for()
        there = await shown.count()
        for at in range(count):
            await shown.nth(at % there).click()
        came = "(count) => document.querySelectorAll('#lines .line[data-line]').length >= count"
        await page.wait_for_function(came, arg=min(count, there))
        await page.mouse.move(1, 1)  # a finger leaves no frame where it touched

    return touch


def press(*selectors: str) -> Act:
    async def pressed(page: Page) -> None:
        for selector in selectors:
            await page.locator(selector).locator("visible=true").first.click()

    return pressed


def then(*acts: Act) -> Act:
    async def done(page: Page) -> None:
        for act in acts:
            await act(page)

    return done


def manager(name: str, path: str = "") -> View:
    return View(name, f"/manager/{path or name}")


VIEWS = (
    View("till-empty", "/", TILL),
    View("till-three-lines", "/", TILL, act=tiles(3)),
    View("till-twelve-lines", "/", TILL, act=tiles(12)),
    View("till-cash", "/", TILL, act=then(tiles(3), press('[data-act="cash"]'))),
    View("till-more", "/", TILL, act=then(tiles(3), press('[data-act="more"]'))),
    View("till-wide", "/", WIDE, act=tiles(5)),
    View("till-dark", "/", TILL, act=tiles(3), scheme="dark"),
    View("till-hebrew", "/", TILL, "he", tiles(3)),
    View("till-french", "/", TILL, "fr", tiles(3)),
    View("till-phone", "/", PHONE, act=then(press('.views [data-desk="products"]'), tiles(2))),
    View("till-phone-hebrew", "/", PHONE, "he"),
    View("today", "/manager"),
    View("today-phone", "/manager", PHONE),
    View("today-hebrew", "/manager", LAPTOP, "he"),
    View("today-dark", "/manager", scheme="dark"),
    *map(manager, ("sales", "products", "stock", "orders", "customers", "insight", "settings", "setup")),
    View("products-phone", "/manager/products", PHONE),
    View("stock-phone", "/manager/stock/phone", PHONE),
    *map(manager, ("payments", "settlements", "fiscal", "feeds", "supplier-invoices", "production")),
    *map(manager, ("alerts", "shifts", "kitchen", "tables", "loyalty", "promotions", "forecast", "shelf")),
    manager("people", "users"),
    manager("hours", "work-hours"),
    View("settings-french", "/manager/settings", language="fr"),
    View("kiosk", "/kiosk", (1080, 1440)),
    View("kiosk-hebrew", "/kiosk", (1080, 1440), "he"),
    View("chat-phone-hebrew", "/manager/chat", PHONE, "he"),
)


async def picture(browser: Browser, port: int, view: View, folder: Path) -> None:
    """Take one. What the page complains of is printed."""
    width, height = view.size
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=view.scheme)
    page = await context.new_page()
    page.on("pageerror", lambda error: print(view.name, error))
    try:
        await page.goto(f"http://127.0.0.1:{port}{view.path}?register=1&lang={view.language}")
        await page.locator('body[data-link="open"], body:not([data-link])').first.wait_for(state="attached")
        if await page.locator("body.locked").count():
            await page.locator("#pin-dialog[open]").wait_for()
            await page.keyboard.type(PIN, delay=70)
            await page.keyboard.press("Enter")
            await page.locator("body:not(.locked)").wait_for(state="attached")
        if view.act is not None:
            await view.act(page)
        await page.evaluate("document.fonts.ready")
        if not await page.locator("iframe.aside").count():  # the page of devices asks without an end
            await page.wait_for_load_state("networkidle")  # what a page shows behind a PIN comes after it
        await page.wait_for_function(AT_REST)
        await save(page, folder / f"{view.name}.webp")
        await clear(page)
    finally:
        await context.close()


async def save(page: Page, file: Path) -> None:
    """What is on the screen, small enough for a repository."""
    shot = Image.open(io.BytesIO(await page.screenshot(animations="disabled")))
    shot.thumbnail((SHOWN, 2 * SHOWN), Image.Resampling.LANCZOS)
    shot.save(file, quality=70, method=6)


async def office_picture(browser: Browser, address: str, folder: Path) -> None:
    """Head office's first page, over all shops."""
    page = await browser.new_page(viewport={"width": LAPTOP[0], "height": LAPTOP[1]})
    await page.goto(f"{address}/")
    await page.locator("[name=email]").first.fill(demo_office.EMAIL)
    await page.locator("[name=password]").first.fill(demo_office.PASSWORD)
    await page.keyboard.press("Enter")
    await page.locator("main table:visible").first.wait_for()
    await page.evaluate("document.fonts.ready")
    await page.wait_for_load_state("networkidle")
    await save(page, folder / "office.webp")
    await page.close()


async def clear(page: Page) -> None:
    """A basket that was filled for a picture is taken back."""
    if await page.locator("#lines .line[data-line]").count():
        await page.keyboard.press("Escape")
        await page.keyboard.press("F12")
        await page.keyboard.press("Enter")


async def take(port: int, office: str, folder: Path, names: tuple[str, ...] = ()) -> None:
    """Take the pictures of a demo that is open, those of `names` where some are named."""
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=shutil.which("chromium"), args=[*ARGS])
        for view in VIEWS:
            if not names or view.name in names:
                await picture(browser, port, view, folder)
        if not names or "office" in names:
            await office_picture(browser, office, folder)
        await browser.close()


async def main(folder: Path, names: tuple[str, ...]) -> None:
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="edge-views-") as place:
        await asyncio.to_thread(Path(place).chmod, 0o755)  # root lends Postgres an account that must reach it
        async with demo(Path(place) / "demo", free_port()) as running:
            await take(running.port, running.office, folder, names)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES, tuple(sys.argv[2:])))
