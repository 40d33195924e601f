"""Looking back on a page: the bar says which moment is shown, what changes something is shut, and steps lead on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from edge.goods.catalog.commands import ChangePrice
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, FakeClock, done, run

pytestmark = pytest.mark.needs("chromium")


def test_a_manager_looks_back_and_comes_back_to_now(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            clock.advance(120)
            minute = datetime.fromtimestamp(clock.at_us / 1e6, ZoneInfo("Europe/Paris"))
            clock.advance(120)
            await done(served.shop, ChangePrice("milk", 777), SYSTEM)
            await page.open(served, "register=1&lang=en", "/manager/past")
            await page.page.locator('[name="day"]').fill(minute.date().isoformat())
            await page.page.locator('[name="time"]').fill(f"{minute:%H:%M}")
            await page.page.locator('#past-form [type="submit"]').click()
            await page.see(".past-bar strong", "The shop as of")
            await page.page.goto(f"{served.url}/manager/product?register=1&sku=milk&lang=en")
            await page.see(".price", "€1.20")
            assert await page.page.locator('#part-prices [name="price"]').is_disabled()
            file = page.page.locator('.file-field input[type="file"]').first
            await expect(file).to_have_css("opacity", "0")  # the browser's own words aren't written over the shop's
            for path in ("product?sku=milk", "customers?", "figure?name=cards.owed&key="):  # the bar looks the same
                await page.page.goto(f"{served.url}/manager/{path}&register=1&lang=en")
                text_px = "(one) => parseFloat(getComputedStyle(one).fontSize)"
                assert await page.page.locator(".past-bar p").first.evaluate(text_px) < 20, path
            await page.page.goto(f"{served.url}/manager/product?register=1&sku=milk&lang=en")
            await page.page.locator("#past-next").click()
            await page.see(".price", "€7.77")
            for language, said in (("fr", "Revenir au présent"), ("he", "חזרה להווה")):
                await page.page.goto(f"{served.url}/manager/product?register=1&sku=milk&lang={language}")
                await page.see("#past-end", said)
                for width in (390, 1366):
                    await page.page.set_viewport_size({"width": width, "height": 800})
                    assert await page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            await page.page.locator("#past-end").click()
            await page.see(".price", "7")
            assert await page.page.locator(".past-bar").count() == 0

    run(scenario())


def test_what_would_change_something_or_shows_only_the_present_is_shut_in_the_past(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            off = Promotion("week", {"en": "Week"}, PercentOff(10_000), Goods(("milk",)))
            await done(served.shop, SetPromotion(off), SYSTEM)
            clock.advance(120)
            minute = datetime.fromtimestamp(clock.at_us / 1e6, ZoneInfo("Europe/Paris"))
            clock.advance(120)
            await done(served.shop, ChangePrice("milk", 777), SYSTEM)
            await page.open(served, "register=1&lang=en", "/manager/past")
            await page.page.goto(f"{served.url}/manager/past/go?at={minute:%Y-%m-%dT%H:%M}&to=/manager/products")
            await page.see("a[data-begins][aria-disabled=true]", "New product")
            await page.see("a[data-shut]:not([data-begins])", "Bulk edit")
            assert await page.page.locator("a[data-begins]").get_attribute("title") == (
                "This is the past. You can't change anything here."
            )
            await page.see("#goods a[href*='/manager/product?']", "Milk")
            await page.page.goto(f"{served.url}/manager/promotions?register=1&lang=en")
            await page.page.locator(".row-menu [data-menu]").first.click()
            menu = page.page.locator(".row-menu [popover]").first
            assert await menu.is_visible()
            assert await menu.locator("button:not([disabled])").count() == 0
            for address in ("products", "categories", "promotions", "suppliers", "purchasing", "shelf", "customers"):
                await page.page.goto(f"{served.url}/manager/{address}?register=1&lang=en")
                await page.see(".past-bar")
                assert await page.page.locator(".page-body a[data-begins][href]").count() == 0, address

    run(scenario())
