"""A manager asks what last month would have come to, sees it, opens a basket, and asks again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import expect

from edge.app.demo_shop import demo_catalog
from edge.app.demo_shop.demo_history import live_through
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.browsing import Till, till
from tests.browser.serving import serve
from tests.browser.web.test_axe import violations
from tests.http_client import PIN
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, config, done, run

pytestmark = pytest.mark.needs("chromium")
SHOP = CONFIG + '\n[[tax.class]]\nid = "exempt"\n'
WIDTHS = (390, 768, 1366)


async def _ask(shown: Till) -> None:
    await shown.page.locator('#whatif [type="submit"]').click()
    await shown.see("#answer")


async def _figure(shown: Till, name: str) -> list[str]:
    return await shown.page.locator(f'#figures [data-figure="{name}"] td').all_inner_texts()


def test_a_manager_prices_a_month_again(tmp_path: Path) -> None:
    live_through(config(tmp_path, SHOP), demo_catalog.products()[:40], date(2027, 1, 15), 20, 6)

    async def scenario() -> None:
        async with serve(tmp_path, SHOP, clock=FakeClock()) as served, till() as shown:
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            page = shown.page
            await shown.open(served, "register=1&lang=en", "/manager/whatif")
            assert await page.locator("[name=first]").input_value() == "2026-12-01", "the month before, to begin with"
            await page.locator("[name=last]").fill("2027-01-14")
            await _ask(shown)
            await shown.see("#unchanged")
            total = await _figure(shown, "total")
            assert total[1] == total[2] and total[3].endswith("0.00"), "unchanged rules give what was taken"
            prices = page.locator('[data-group="prices"]')
            await prices.locator("[data-add]").click()
            await prices.locator('[data-of="percent"]').fill("much")
            await page.locator('#whatif [type="submit"]').click()
            assert await prices.locator('[data-of="percent"]').evaluate("field => field.validationMessage")
            await prices.locator('[data-of="percent"]').fill("10")
            await page.locator('[data-group="promotions"] [data-add]').click()
            deal = page.locator('[data-group="promotions"] .item')
            await deal.locator('[data-of="deal"]').select_option("spend_share")
            await deal.locator('[data-of="spend"]').fill("20.00")
            await deal.locator('[data-of="share"]').fill("5")
            await _ask(shown)
            await shown.see("#baskets")
            total = await _figure(shown, "total")
            assert total[1] != total[2] and total[3].startswith("-"), total
            basket = page.locator("#baskets details").first
            await basket.locator("summary").click()
            await expect(basket.locator("tbody tr").first).to_be_visible()
            assert await page.locator('[data-group="prices"] [data-of="percent"]').input_value() == "10", "asked so"
            here = page.url
            for language in ("en", "fr", "he"):
                for width in WIDTHS:
                    await page.set_viewport_size({"width": width, "height": 844})
                    await page.goto(f"{here}&lang={language}")
                    await shown.see("#answer")
                    assert await page.evaluate("document.documentElement.scrollWidth") <= width, (language, width)
                    assert "whatif." not in await page.locator("main").inner_text()
                found = await violations(page, language)
                assert found == [], found
            await page.locator("[name=first]").fill("2027-01-14")
            await page.locator("[name=last]").fill("2027-01-01")
            await page.locator('#whatif [type="submit"]').click()
            await expect(page.locator("#whatif-error")).not_to_be_empty()

    run(scenario(), 280)


def test_a_shop_without_sales_is_told_where_to_begin(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, SHOP, clock=FakeClock()) as served, till() as shown:
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await shown.open(served, "register=1&lang=en", "/manager/whatif")
            await shown.see("#nothing-sold a.button")

    run(scenario(), 100)
