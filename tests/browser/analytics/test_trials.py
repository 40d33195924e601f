"""A manager tries a what-if result for real, sees what came of it, and stops it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import expect

from edge.analytics.trials.commands import EndTrial
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


async def _calculate(shown: Till, percent: str) -> None:
    page = shown.page
    await page.locator("[name=last]").fill("2027-01-14")
    prices = page.locator('[data-group="prices"]')
    await prices.locator("[data-add]").click()
    await prices.locator('[data-of="scope"]').select_option("sku")
    await prices.locator('[data-of="sku"]').fill(demo_catalog.products()[0].sku)
    await prices.locator('[data-of="percent"]').fill(percent)
    await page.locator('#whatif [type="submit"]').click()
    await shown.see("#answer")


def test_a_manager_tries_a_price_for_real(tmp_path: Path) -> None:
    live_through(config(tmp_path, SHOP), demo_catalog.products()[:40], date(2027, 1, 15), 35, 6)

    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, SHOP, clock=clock) as served, till() as shown:
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            page = shown.page
            await shown.open(served, "register=1&lang=en", "/manager/trials")
            await page.locator("#no-trials a.button").click()
            await _calculate(shown, "10")
            await page.locator("#try").click()
            await shown.see("#plan")
            assert await page.locator("#plan [name=first]").input_value() == "2027-01-16", "tomorrow, to begin with"
            await page.locator("#plan [name=limit]").fill("much")
            await page.locator('#plan [type="submit"]').click()
            assert await page.locator("#plan [name=limit]").evaluate("field => field.validationMessage")
            await page.locator("#plan [name=limit]").fill("50.00")
            await page.locator('#plan [type="submit"]').click()
            await shown.see("#trial-1 [data-stop]")
            clock.advance(20 * 86_400)
            for language in ("en", "fr", "he"):
                for width in WIDTHS:
                    await page.set_viewport_size({"width": width, "height": 844})
                    await page.goto(f"{page.url.split('?')[0]}?register=1&lang={language}")
                    await shown.see("#trial-1 .phases .on")
                    assert await page.evaluate("document.documentElement.scrollWidth") <= width, (language, width)
                    assert "trials." not in await page.locator("main").inner_text()
                found = await violations(page, language)
                assert found == [], found
            await page.goto(f"{page.url.split('?')[0]}?register=1&lang=en")
            await page.locator("#trial-1 [data-stop]").click()
            await page.locator("#sure-dialog [type=submit]").click()
            await expect(page.locator("#trial-1")).to_have_attribute("data-why", "stopped")
            await done(served.shop, EndTrial(1, "finished"), SYSTEM)
            await expect(page.locator("#trial-1")).to_have_attribute("data-why", "stopped")

    run(scenario(), 280)


def test_what_cannot_be_tried_is_said_with_the_way_back(tmp_path: Path) -> None:
    live_through(config(tmp_path, SHOP), demo_catalog.products()[:40], date(2027, 1, 15), 10, 4)

    async def scenario() -> None:
        async with serve(tmp_path, SHOP, clock=FakeClock()) as served, till() as shown:
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            page = shown.page
            await shown.open(served, "register=1&lang=en", "/manager/whatif")
            await page.locator('[data-group="promotions"] [data-add]').click()
            await page.locator('[data-group="promotions"] [data-of="share"]').fill("10")
            await _calculate(shown, "10")
            await page.locator("#try").click()
            await page.locator("#cannot a.button").click()
            await shown.see("#answer")
            await page.goto(f"{page.url.split('/manager')[0]}/manager/trials?register=1&lang=en&run=gone")
            await shown.see("#lost")

    run(scenario(), 200)
