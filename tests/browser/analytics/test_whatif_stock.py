"""A manager asks what other reorder points would have come to, and sees it beside what happened."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import expect

from edge.app.demo_shop import demo_catalog
from edge.app.demo_shop.demo_history import live_through
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.browser.web.test_axe import violations
from tests.http_client import PIN
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, config, done, run

pytestmark = pytest.mark.needs("chromium")
SHOP = CONFIG + '\n[[tax.class]]\nid = "exempt"\n'
WIDTHS = (390, 768, 1366)


def test_a_manager_simulates_a_quarter_with_other_reorder_points(tmp_path: Path) -> None:
    products = demo_catalog.products()[:30]
    named = products[0]
    live_through(config(tmp_path, SHOP), products, date(2027, 1, 15), 35, 5)

    async def scenario() -> None:
        async with serve(tmp_path, SHOP, clock=FakeClock()) as served, till() as shown:
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            page = shown.page
            await shown.open(served, "register=1&lang=en", "/manager/whatif-stock")
            await page.locator("[name=first]").fill("2026-12-12")
            rules = page.locator('[data-group="rules"]')
            await rules.locator("[data-add]").click()
            await rules.locator('[data-of="scope"]').select_option("sku")
            await rules.locator('[data-of="sku"]').press_sequentially(named.names["en"][:5])
            await page.locator("#picks [role=option]").first.click()
            picked = await rules.locator('[data-of="sku"]').input_value()
            assert picked in {product.sku for product in products}
            await rules.locator('[data-of="scope"]').select_option("all")
            await rules.locator('[data-of="how"]').select_option("less")
            await rules.locator('[data-of="reorder"]').fill("many")
            await page.locator('#whatif-stock [type="submit"]').click()
            assert await rules.locator('[data-of="reorder"]').evaluate("field => field.validationMessage")
            await rules.locator('[data-of="reorder"]').fill("80")
            await page.locator('#whatif-stock [type="submit"]').click()
            await shown.see("#answer")
            cells = await page.locator('#figures [data-figure="stock"] td').all_inner_texts()
            assert cells[4].startswith("-"), cells
            made_of = await page.locator("#parts tfoot td").all_inner_texts()
            assert [cell.startswith(part) for cell, part in zip(cells[2:4], made_of[1:3], strict=True)] == [True, True]
            assert "Not known" in await page.locator('#figures [data-figure="lost"]').inner_text()
            assert await rules.locator('[data-of="reorder"]').input_value() == "80", "asked so"
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
            await page.locator("[name=first]").fill("2027-01-10")
            await page.locator('#whatif-stock [type="submit"]').click()
            await expect(page.locator("#whatif-error")).not_to_be_empty()

    run(scenario(), 280)


def test_a_shop_without_stock_is_told_where_to_begin(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, SHOP, clock=FakeClock()) as served, till() as shown:
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await shown.open(served, "register=1&lang=en", "/manager/whatif-stock")
            await shown.see("#nothing-stocked a.button")

    run(scenario(), 100)
