"""What a till looks like to whoever touches it all day: nothing that is not theirs, no frame that a finger leaves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Route

from edge.counter.till.commands import AddLine, Pay
from tests.browser.browsing import Till, browser, till
from tests.browser.calling import PIN, calling
from tests.browser.serving import DEADLINE_S, Position, serve
from tests.browser.web.test_layout import filled
from tests.shop_fixture import MILK, done, run

pytestmark = pytest.mark.needs("chromium")

FRAME = """(name) => {
  const { borderColor, outlineStyle, backgroundColor } = getComputedStyle(document.querySelector(name));
  return [borderColor, outlineStyle, backgroundColor];
}"""
WORDLESS = """() => [...document.querySelectorAll("button")]
  .filter((one) => one.checkVisibility() && !one.innerText.trim() && !one.closest(".pad"))
  .map((one) => one.outerHTML.slice(0, 120))"""
TURNS = """() => getComputedStyle(document.querySelector("#pin-dialog .strong"), "::after").animationName"""
WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter(({ name }) => !/woff2|[/]pictures[/]|icon/.test(name)).reduce((sum, one) => sum + one.encodedBodySize, 0)"""
LATE_STYLES = """() => performance.getEntriesByType("resource")
  .filter(({ name, initiatorType }) => initiatorType === "css" && name.endsWith(".css")).map(({ name }) => name)"""
"""Those that another style imports: the page is painted only when they, too, have come."""
FIRST_PAGE_BYTES = 100_000
"""What a till's page weighs over the wire, without pictures; letters are kept by the browser."""
TOTAL_IN_SIGHT = """() => {
  const shown = document.getElementById("paper").getBoundingClientRect();
  const total = [...document.querySelectorAll("#paper .pair")].find((one) => one.textContent.includes("TOTAL"));
  const { top, bottom } = total.getBoundingClientRect();
  return top >= shown.top && bottom <= shown.bottom;
}"""


def test_a_finger_leaves_no_frame_and_a_cashier_reads_what_concerns_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        behind = Position("flowing", 10, 22)
        async with serve(tmp_path, sync=behind) as served, browser() as launched:
            size = {"width": 1024, "height": 768}
            page = Till(await launched.new_page(viewport=size, has_touch=True, is_mobile=True))
            page.page.set_default_timeout(DEADLINE_S * 1000)
            await filled(served)
            for _ in range(3):
                await done(served.shop, AddLine(MILK))
                await done(served.shop, Pay("card"))
            await page.open(served)
            await page.page.locator('[data-quick="g1"]').tap()
            await page.see("#lines .line[data-line]", "Energy drink")
            frames = [await page.page.evaluate(FRAME, f'[data-quick="{one}"]') for one in ("g1", "g2")]
            assert frames[0] == frames[1], "a tile that was tapped looks as the others do"
            assert await page.page.locator("#status .behind").count() == 1
            told = await page.page.locator(".strip .pill:visible").all_inner_texts()
            assert not any("12" in one for one in told), "what is on its way to head office is no cashier's"
            await page.page.locator('[data-desk="sales"]:visible').tap()
            await page.see("#sales [data-reprint]")
            assert await page.page.evaluate(WORDLESS) == []
            await page.page.locator('[data-act="cash"]').tap()
            await page.page.locator('#cash-dialog [type="submit"]').tap()
            await page.see("#paper .pair")
            assert await page.page.evaluate(TOTAL_IN_SIGHT), "what it came to is the first one looks for"
            assert page.complaints == []

    run(scenario())


def test_whoever_entered_a_pin_sees_that_it_is_being_looked_at(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            let_go = asyncio.Event()

            async def held(route: Route) -> None:
                await let_go.wait()
                await route.continue_()

            await page.page.route("**/api/v1/grants**", held)
            await page.page.goto(f"{served.url}/manager?register=1")
            await page.see("#pin-dialog[open]")
            assert await page.page.evaluate(TURNS) == "none"
            await page.keys(PIN, "Enter")
            await page.see('#pin-dialog form[aria-busy="true"]')
            assert await page.page.evaluate(TURNS) == "turn"
            let_go.set()
            await page.see('body:not(.locked)[data-link="open"]')

    run(scenario())


def test_a_tills_first_page_is_light(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await filled(served)
            await page.open(served)
            await page.see('[data-quick="g0"]')
            weight: int = await page.page.evaluate(WEIGHT)
            print(f"{weight:,} bytes")
            assert 10_000 < weight <= FIRST_PAGE_BYTES
            assert await page.page.evaluate(LATE_STYLES) == [], (
                "all styles are asked for in one turn, by the page itself"
            )
            await caller.set_pin()
            await page.open(served, path="/manager/customers")
            assert await page.page.evaluate(LATE_STYLES) == []

    run(scenario())
