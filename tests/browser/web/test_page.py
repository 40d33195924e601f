"""The page itself: what it does when the till is away, on smaller screens, and the manager's page."""

from __future__ import annotations

import asyncio
import itertools
import re
from pathlib import Path

from playwright.async_api import Route

from edge.counter.till.commands import AddLine
from edge.counter.till.queries import read_basket
from edge.lib.i18n import LANGUAGES
from tests.browser.browsing import Till, till
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.shop_fixture import CASHIER, MILK, run


def test_a_restart_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with till() as page:
            async with serve(tmp_path) as served:
                port = served.port
                await page.open(served)
                await page.scan(MILK)
                await page.see("#lines li", "Milk")
            await page.see(".link-lost", "Connection lost")
            await page.keys("2*" + MILK, "Enter")
            await page.see(".unsaved", "Saving")
            async with serve(tmp_path, port=port) as served:
                await page.see(".how-much", "3")
                await page.gone(".unsaved")
                await page.gone(".link-lost")
                assert read_basket(served.shop.reader, "1").lines[0].quantity == 3000

    run(scenario())


def test_a_page_that_waits_for_what_it_fetches_knows_that_it_is_connected(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            held = asyncio.Event()

            async def hold(route: Route) -> None:
                await held.wait()
                await route.continue_()

            await page.page.route("**/fragments/account**", hold)
            await page.open(served, path="/account")
            held.set()
            await page.see("#account a[href='/login']")

    run(scenario())


SIZES = {"a till's screen": (1366, 768), "a tablet": (1024, 768), "a large screen": (1920, 1080)}


def test_everything_is_within_reach_in_every_language(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            for _ in range(3):
                await served.shop.do(AddLine(MILK), CASHIER)
            for language, size in itertools.product(LANGUAGES, SIZES.values()):
                await page.page.set_viewport_size({"width": size[0], "height": size[1]})
                await page.open(served, f"lang={language}")
                await page.see("#lines li")
                assert await outside(page, size) == [], (language, size)

    run(scenario())


async def outside(page: Till, size: tuple[int, int]) -> list[str]:
    """Buttons and sums that are not wholly on the screen, or cut."""
    out = []
    for element in await page.page.query_selector_all(".tiles, .acts, .pay, .desk button, #sums, #scan, .top > *"):
        box = await element.bounding_box()
        name = await element.evaluate("e => e.outerHTML.slice(0, 80)")
        if box and (
            box["x"] < 0 or box["y"] < 0 or box["x"] + box["width"] > size[0] or box["y"] + box["height"] > size[1]
        ):
            out.append(name)
        if await element.evaluate("e => e.matches('button, .sums') && e.scrollWidth > e.clientWidth + 1"):
            out.append(f"cut: {name}")
    return out


def test_the_language_is_kept(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await page.page.locator(".languages summary").click()
            await page.page.get_by_role("link", name="עברית").click()
            await page.see(".idle", "מוכן")
            await page.page.goto(served.url + "/")
            await page.see(".idle", "מוכן")
            assert await page.page.evaluate("document.documentElement.lang") == "he"

    run(scenario())


def test_scripts_choose_the_form_that_the_box_would(tmp_path: Path) -> None:
    numbers = [0, 1, 2, 3, 1000000]

    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            for language, texts in served.site.renderer.texts.items():
                await page.open(served, f"lang={language}", path="/account")
                said = await page.page.evaluate(COUNTED, [texts.forms("stock.in_days"), numbers])
                assert said == [texts.say("stock.in_days", days=number) for number in numbers]

    run(scenario())


COUNTED = """async ([forms, numbers]) => {
  const { counted } = await import("/static/plural.js");
  return numbers.map((number) => counted(forms, number));
}"""


def test_the_manager_sets_the_pin_and_sees_the_shop(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await page.open(served, path="/manager/tools")
            await page.see("#catalog", "4")
            await page.open(served, path="/manager/technical")
            await page.see("#parts", "Web pages")
            await page.see("#journal", "Product added or changed")
            await page.open(served, path="/manager")
            await page.see("#step-pin", "Set a PIN")
            await page.page.get_by_role("link", name="Set a PIN").click()
            await page.see("#new-pin:focus")
            await page.keys(PIN, "Tab", "739462")
            await page.page.get_by_role("button", name="Set PIN").click()
            again = page.page.locator("#set-pin [name=again]")
            assert await again.evaluate("field => field.validationMessage") == "The PINs don't match. Enter both again."
            await again.fill(PIN)
            await page.page.get_by_role("button", name="Set PIN").click()
            await page.see("#pin-set")
            await page.gone("#step-pin")
            await page.open(served, path="/manager/tools")
            await page.page.fill("[name=text]", "milk")
            await page.see("#found", "Milk")
            await page.page.get_by_text("From a file on this appliance").click()
            await page.page.fill("[name=path]", "/nowhere/catalogue.csv")
            await page.page.get_by_role("button", name=re.compile("^Import")).click()
            await page.see("#jobs", "catalogue.csv")
            await page.page.get_by_role("button", name="Cancel").click()
            await page.see("#jobs", "cancelled")
            answer = await caller.get("/api/v1/queries/jobs", Grant=served.site.door.token)
            assert answer.json["result"][0]["state"] == "cancelled"
            assert page.complaints == []

    run(scenario())
