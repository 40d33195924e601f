"""A phone outside a shop's network reads at head office which Wi-Fi to join, and is led to that shop alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from playwright.async_api import Page, Route

from sim.http_service import serving
from sync.hub.api.join_page import add_join_page
from tests.browser.browsing import browser
from tests.browser.serving import DEADLINE_S
from tests.shop_fixture import run

pytestmark = pytest.mark.needs("chromium")
SECRET = "a" * 24
BOX = f"https://box.local:8443/order/{SECRET}"
GOOD = (
    BOX,
    f"http://192.168.1.9:8080/order/{SECRET}?lang=fr",
    "https://172.31.0.2/shop?place=Table%207",
    "http://10.0.0.7/receipt/1-12/abc_def",
    "https://[fd00::7]:8443/shop",
)
HOSTILE = (
    "javascript:alert(1)//192.168.1.9/shop",
    "data:text/html,<script>alert(1)</script>",
    f"https://evil.example/order/{SECRET}",
    f"https://8.8.8.8/order/{SECRET}",
    f"https://172.32.0.1/order/{SECRET}",
    f"https://10.0.0.7.evil.example/order/{SECRET}",
    f"https://10.0.0.7@evil.example/order/{SECRET}",
    f"https://me:pw@10.0.0.7/order/{SECRET}",
    f"https://box.local.evil.example/order/{SECRET}",
    f"https://evil.example\\@10.0.0.7/order/{SECRET}",
    f"https://[::ffff:8.8.8.8]/order/{SECRET}",
    f"https://134744072/order/{SECRET}",
    "http://192.168.1.1/reboot",
    "http://192.168.1.1/order/../reboot",
    "//10.0.0.7/shop",
    "",
)


@asynccontextmanager
async def phone(language: str = "en-GB") -> AsyncIterator[tuple[Page, str, list[str]]]:
    """A page, the address of head office's, and what was asked of anyone, as it would stand in a log."""
    app, asked = web.Application(), []
    add_join_page(app)
    async with serving(app) as served, browser() as launched:
        context = await launched.new_context(locale=language)
        page = await context.new_page()
        page.set_default_timeout(DEADLINE_S * 1000)
        page.on("request", lambda one: asked.append(f"{one.url} {one.headers.get('referer', '')}"))

        async def answer(route: Route) -> None:
            await route.fulfill(body="the box")

        await context.route(lambda url: urlsplit(url).hostname != "127.0.0.1", answer)
        yield page, f"{served}/join", asked


async def shown(page: Page, address: str, fragment: str) -> str:
    await page.goto("about:blank")
    await page.goto(f"{address}#{fragment}")
    return await page.locator("main:not([hidden]) section:not([hidden])").inner_text()


@pytest.mark.parametrize(("language", "words"), [("en-GB", "Join"), ("fr-CA", "Rejoignez"), ("he-IL", "התחברו")])
def test_it_says_which_wifi_and_leads_to_the_shop_with_one_tap(language: str, words: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with phone(language) as (page, address, asked):
            text = await shown(page, address, f"wifi=Caf%C3%A9%20%26%20co&to={BOX}")
            assert words in text and "Café & co" in text and "box.local:8443" in text
            assert await page.locator("a:visible").count() == 1
            assert {urlsplit(one).path.split()[0] for one in asked} == {
                *("/join", "/join/join.css", "/join/join.js", "/join/order.js")
            }
            section = page.locator("section:visible")
            assert await section.evaluate("one => getComputedStyle(one).direction") == (
                "rtl" if "he" in language else "ltr"
            )
            await page.locator("a:visible").click()
            await page.wait_for_url(BOX)
            assert asked[-1] == f"{BOX} ", "and the box is not told where they come from"

    run(scenario())


def test_head_office_hears_nothing_and_a_shops_addresses_are_followed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with phone() as (page, address, asked):
            for to in GOOD:
                assert "Shop guests" in await shown(page, address, f"wifi=Shop%20guests&to={to}"), to
                assert await page.locator("a:visible").get_attribute("href") == to
            assert {urlsplit(one.split()[0]).query for one in asked} == {""}
            assert not [one for one in asked if "Shop" in one.partition("#")[0]]
            assert all(urlsplit(one).hostname == "127.0.0.1" for one in asked), "nothing is tried before somebody taps"

    run(scenario())


def test_what_leads_elsewhere_is_refused_in_words_and_has_no_way_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with phone() as (page, address, _):
            wrong = [f"wifi=Shop&to={to}" for to in HOSTILE]
            wrong += ["", f"to={BOX}", f"wifi=&to={BOX}", f"wifi=%&to={BOX}", f"wifi=%0A&to={BOX}"]
            wrong += [f"wifi={'x' * 33}&to={BOX}", f"wifi={'%C3%A9' * 17}&to={BOX}"]
            for fragment in wrong:
                text = await shown(page, address, fragment)
                assert "doesn't work" in text and "Scan the code" in text, fragment
                assert not await page.locator("a[href]:visible").count(), fragment
            text = await shown(page, address, f"wifi=<b>{'x' * 20}</b>&to={BOX}")
            assert "<b>" in text, "a name is text"

    run(scenario())
