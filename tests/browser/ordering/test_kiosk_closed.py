"""A kiosk as anyone may stand before it: readable in every mode and language, and with no way out of its page."""

from __future__ import annotations

import asyncio
from itertools import product
from pathlib import Path

import pytest
from playwright.async_api import Page, Route

from edge.foundation.access.commands import EndPairing
from edge.foundation.access.queries import pairings
from edge.lib.i18n import LANGUAGES
from tests.browser.browsing import browser, scan
from tests.browser.calling import calling
from tests.browser.ordering.test_kiosk import PHONES, put, touch
from tests.browser.serving import serve
from tests.browser.web.test_axe import violations
from tests.contract.api.test_panel_pairing import ALWAYS, pair
from tests.ordering import milk_order
from tests.shop_fixture import MILK, SYSTEM, run
from tests.tidy.tree import ROOT

pytestmark = pytest.mark.needs("chromium")
SIZES = ((1080, 1920), (1024, 768))
MODES: dict[str, tuple[str, ...]] = {
    "low": ("target-size",),
    "large": ("target-size",),
    "contrast": ("color-contrast",),
}
"""What axe looks for in each of how people need the page: what may change with it."""
SMALL = """
() => [...document.querySelectorAll("button, a, select, input:not([type=checkbox], [type=radio])")]
    .filter((one) => one.checkVisibility())
    .map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 90)])
    .filter(([{ width, height }]) => width < 44 || height < 44).map(([, html]) => html)
"""
"""What is touched and smaller than a finger (WCAG 2.2 asks for 24, EN 301 549 and hands for more)."""


OUT_OF_SIGHT = """
() => [...document.querySelectorAll("dialog[open] .choices .strong")]
    .filter((one) => one.getBoundingClientRect().bottom > innerHeight).map((one) => one.innerText)
"""
"""What a question goes on with, where one would have to look for it below."""


async def faults(page: Page, where: str, rules: tuple[str, ...] = ()) -> list[str]:
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    below = [f"{where}: out of sight: {text}" for text in await page.evaluate(OUT_OF_SIGHT)]
    small = [f"{where}: small: {html}" for html in await page.evaluate(SMALL)]
    return [
        *await violations(page, where, rules=rules),
        *small,
        *below,
        *([f"{where}: {wide} too wide"] if wide > 0 else []),
    ]


async def in_modes(page: Page, where: str) -> list[str]:
    """What is wrong as it stands there, and as it is for who needs it low, large or with contrast: the same in other
    places, sizes and colours."""
    found = await faults(page, where)
    for mode, rules in MODES.items():
        await page.evaluate("(mode) => document.body.classList.add(mode)", mode)
        found += await faults(page, f"{where} {mode}", rules)
        await page.evaluate("(mode) => document.body.classList.remove(mode)", mode)
    return found


async def walked(page: Page, language: str, where: str) -> list[str]:
    """What is wrong on the way from the first touch to the checkout."""
    found = await faults(page, f"{where} welcome")
    await page.tap(f'[data-start="{language}"]')
    await page.wait_for_selector(f'html[lang="{language}"] body[data-ready]')
    await page.wait_for_selector("#welcome", state="hidden")
    for mode in MODES:
        for on in (True, False):
            await page.tap(f'[data-mode="{mode}"]')
            assert await page.evaluate("(mode) => document.body.classList.contains(mode)", mode) == on
    found += await in_modes(page, f"{where} shelf")
    await page.tap('[data-sku="beer"]')
    await page.wait_for_selector("#put")
    found += await in_modes(page, f"{where} details")
    await page.tap("#put")
    await page.wait_for_selector("#age[open]")
    found += await in_modes(page, f"{where} age")
    await page.tap("#age-yes")
    await page.wait_for_selector("#cart [data-line]")
    found += await in_modes(page, f"{where} cart")
    await page.tap("#checkout")
    await page.wait_for_selector("#place")
    found += await in_modes(page, f"{where} checkout")
    await page.tap('#place [type="submit"]')
    await page.wait_for_selector("#done[open]")
    return [*found, *await in_modes(page, f"{where} number")]


def looked_at(tmp_path: Path, languages: tuple[str, ...], sizes: tuple[tuple[int, int], ...]) -> None:
    async def scenario() -> None:
        found: list[str] = []
        async with serve(tmp_path, PHONES) as served:
            for size, language in product(sizes, languages):
                async with touch(served, size, "/kiosk?register=2") as page:
                    found += await walked(page, language, f"{size[0]} {language}")
                    await page.tap("#next")
                    await page.wait_for_selector("#welcome:not([hidden])")
        assert not found, "\n".join(found)

    run(scenario(), 400)


def test_it_is_readable_and_within_reach(tmp_path: Path) -> None:
    looked_at(tmp_path, ("he",), SIZES[1:])


@pytest.mark.nightly
def test_it_is_so_in_every_language_mode_and_size(tmp_path: Path) -> None:
    looked_at(tmp_path, tuple(LANGUAGES), SIZES)


def test_no_key_gesture_or_link_leads_out_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            opened: list[str] = []
            page.context.on("page", lambda other: opened.append(other.url))
            await page.tap('[data-start="fr"]')
            await page.wait_for_selector('html[lang="fr"] body[data-ready]')
            await put(page, "milk")
            await page.wait_for_selector("#cart [data-line]")
            await page.evaluate("globalThis.stayed = true; history.pushState(null, '', location.href)")
            keys = ("F1", "F3", "F5", "F6", "F7", "F10", "F11", "F12", "Alt+ArrowLeft", "Alt+Home", "Alt+F4", "Alt+d")
            letters = ("r", "p", "s", "o", "u", "f", "g", "h", "j", "l", "n", "t", "w", "Shift+i", "Shift+n", "Shift+r")
            for key in (*keys, *(f"Control+{letter}" for letter in letters), "ContextMenu"):
                await page.keyboard.press(key)
            await page.mouse.click(400, 700, button="right")
            stops = "(name) => !dispatchEvent(new Event(name, { bubbles: true, cancelable: true }))"
            for gesture in ("contextmenu", "dragstart", "dragover", "drop"):
                assert await page.evaluate(stops, gesture), gesture
            assert await page.evaluate("globalThis.stayed") and not opened
            for at in ("", "talk"):
                await page.goto(f"{served.url}/kiosk/{at}".rstrip("/") + "?register=2&lang=fr")
                links = await page.locator("a[href]").evaluate_all("all => all.map((one) => [one.href, one.target])")
                for href, target in links:
                    assert href.startswith(f"{served.url}/kiosk") and not target, href
            assert not await page.locator("iframe, input[type=file], [download]").count()

    run(scenario())


def test_while_the_box_is_away_the_page_says_so_forgets_and_goes_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:

            async def away(route: Route) -> None:
                await route.abort("connectionrefused")

            await page.tap('[data-start="fr"]')
            await page.wait_for_selector('html[lang="fr"] body[data-ready]')
            await put(page, "milk")
            await page.wait_for_selector("#cart [data-line]")
            await page.route("**/*", away)
            await page.tap("#leave")
            await page.wait_for_selector("#offline:not([hidden])")
            await page.wait_for_selector("#welcome:not([hidden])")
            assert page.url.startswith(f"{served.url}/kiosk"), "and no page of the browser's own"
            await page.unroute("**/*")
            await page.wait_for_selector('html[lang="en"] #welcome:not([hidden])')
            assert not await page.locator("#cart [data-line]").count()

    run(scenario())


def test_whoever_begins_never_sees_what_a_stranger_left(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            held: asyncio.Queue[Route] = asyncio.Queue()
            await page.tap('[data-start="en"]')
            await put(page, "milk")
            await page.wait_for_selector("#cart [data-line]")
            await page.route("**/kiosk/add?*", held.put)
            await page.route("**/kiosk/leave?*", held.put)
            await scan(page, MILK)
            added = await held.get()
            await page.tap("#leave")  # before the box has answered what was touched last
            await page.wait_for_selector("#welcome:not([hidden])")
            await page.tap('[data-start="en"]')  # the next one is quick
            assert "Milk" not in await page.inner_text("#cart")
            await added.continue_()
            left = await held.get()
            assert "Milk" not in await page.inner_text("#cart") and await page.is_visible("#welcome")
            await left.continue_()
            await page.wait_for_selector("#welcome", state="hidden")
            await page.wait_for_selector("body[data-ready] #cart .empty")
            assert not served.shop.reader.execute("SELECT count(*) FROM cart").fetchone()[0]

    run(scenario())


def test_screens_ask_a_box_that_is_away_less_and_less(tmp_path: Path) -> None:
    """By the clock of the page: two minutes of a kiosk's second looks, and of an order's page on a phone."""

    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (390, 844), "/shop") as page:
            order, asked = await milk_order(served.shop, 1), list[str]()

            async def away(route: Route) -> None:
                asked.append(route.request.url)
                await route.abort("connectionrefused")

            for address, most in (("/kiosk?register=2", 25), (f"/order/{order.secret}", 10)):
                asked.clear()
                await page.clock.install()
                await page.goto(f"{served.url}{address}")
                await page.wait_for_selector("body[data-ready], body[data-seen]")
                await page.route("**/*", away)
                for _ in range(120):
                    await page.clock.run_for(1000)
                assert 2 <= len(asked) <= most, asked
                await page.unroute("**/*")

    run(scenario())


def test_a_screen_that_begins_before_the_box_says_so_and_then_shows_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            refused = 0

            async def away(route: Route) -> None:
                nonlocal refused
                refused += 1
                await (route.abort("connectionrefused") if refused == 1 else route.continue_())

            await page.route("**/healthz", away)
            start = (ROOT / "systemd" / "kiosk-start.html").as_uri()
            await page.goto(f"{start}#{served.url}/kiosk?register=2")
            assert "We will be right back" in await page.inner_text("body")
            assert not await violations(page, "start", but=("page-has-heading-one", "landmark-one-main", "region"))
            await page.wait_for_selector("body[data-ready]")
            assert refused > 1 and page.url == f"{served.url}/kiosk?register=2"

    run(scenario())


def test_a_kiosk_that_is_let_in_no_more_is_blank_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ALWAYS) as served, calling(served) as caller, browser() as launched:
            name, _, value = (await pair(caller, "kiosk")).partition("=")
            page = await (await launched.new_context(has_touch=True)).new_page()
            await page.context.add_cookies([{"name": name, "value": value, "url": served.url}])
            await page.goto(f"{served.url}/kiosk")
            await page.wait_for_selector("body[data-ready]")
            await page.tap('[data-start="en"]')
            await put(page, "milk")
            await page.wait_for_selector("#cart [data-line]")
            [paired] = pairings(served.shop.reader)
            await served.shop.do(EndPairing(paired.id), SYSTEM)
            await page.wait_for_url("**/pair")
            assert "Milk" not in await page.content()

    run(scenario())
