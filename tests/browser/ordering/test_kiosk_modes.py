"""What a customer needs of the kiosk goes with them to its other pages and ends with them; nothing needed is hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.browsing import scan
from tests.browser.ordering.test_kiosk import PHONES, put, touch
from tests.browser.ordering.test_kiosk_by_hand import begun, seen
from tests.browser.serving import serve
from tests.http_client import when
from tests.ordering import milk_order
from tests.shop_fixture import run

pytestmark = pytest.mark.needs("chromium")
TIPPED = PHONES + 'tips = "all"\n'


def test_whoever_reads_slowly_keeps_their_number_as_long_as_they_touch_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            serve(tmp_path, PHONES) as served,
            touch(served, (1080, 1920), "/kiosk?register=2", timed=True) as page,
        ):
            await begun(page, "en", "large")
            await put(page, "milk")
            await page.tap("#checkout")
            await page.tap('#place [type="submit"]')
            await page.wait_for_selector("#done[open] #number")
            for _ in range(2):
                await page.clock.fast_forward(60_000)
                await page.tap("#done[open] #number")
            await page.clock.fast_forward(81_000)
            await page.wait_for_selector("#welcome:not([hidden])")

    run(scenario())


def test_the_conversation_looks_as_the_goods_did_and_ends_with_the_customer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            serve(tmp_path, PHONES) as served,
            touch(served, (1024, 768), "/kiosk?register=2", timed=True) as page,
        ):
            await begun(page, "en", "large", "contrast")
            await put(page, "milk")
            await page.wait_for_selector("#cart [data-line]")
            async with page.expect_navigation(url="**/talk?**"):
                await page.tap(".foot a.button")
            await page.wait_for_selector("body.shop-talk.large.contrast")
            assert await page.locator(".begin button[data-say] svg").count() == 5, "drawn, whatever fonts there are"
            await page.wait_for_selector(".basket >> text=Milk")
            await page.clock.fast_forward(51_000)
            await page.wait_for_selector("#still[open]")
            await page.locator("#still-no").dispatch_event("click")
            await page.wait_for_selector("body.kiosk #welcome:not([hidden])")
            await page.wait_for_selector("body.kiosk:not(.large):not(.contrast)[data-ready]")
            await page.wait_for_selector("#cart [data-line]", state="detached")

            async def carts() -> int:
                return int(served.shop.reader.execute("SELECT count(*) FROM cart").fetchone()[0])

            await when(carts, lambda count: not count, "what was in the cart went with the customer")

    run(scenario())


def test_a_phone_keeps_how_it_is_read_also_for_its_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (390, 844), "/shop?lang=he") as page:
            await page.tap('[data-mode="large"]')
            await page.reload()
            await page.wait_for_selector("body.large[data-ready]")
            await put(page, "milk")
            await page.tap("#checkout")
            await page.tap('#place [type="submit"]')
            await page.wait_for_selector("body.order.large")

    run(scenario())


def test_who_is_too_young_is_back_among_the_goods(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            await begun(page)
            await put(page, "beer")
            await page.tap("#age-no")
            await expect(page.locator("dialog[open]")).to_have_count(0)
            assert not await page.locator("#cart [data-line]").count()
            await put(page, "milk")
            await page.wait_for_selector("#cart [data-line]")

    run(scenario())


def test_another_tip_is_typed_in_sight_on_a_phone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, TIPPED) as served, touch(served, (390, 700), "/shop?lang=fr") as page:
            await put(page, "milk")
            await page.tap("#checkout")
            await page.tap('[name="tip"][value="own"]')
            await expect(page.locator('[name="tip_sum"]')).to_be_focused()
            assert await seen(page, '[name="tip_sum"]')

    run(scenario())


def test_an_order_that_is_read_begins_with_its_number(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1024, 768), "/kiosk?register=2") as page:
            order = await milk_order(served.shop)
            await begun(page, "fr", "large")
            await scan(page, f"{served.url}/order/{order.secret}")
            await page.wait_for_selector("#sheet[open] .number")
            assert await seen(page, "#sheet .number")

    run(scenario())
