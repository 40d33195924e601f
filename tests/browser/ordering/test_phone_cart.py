"""A phone whose cart was held for long enough: it asks, and lets go."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

from edge.goods.stock.commands import Moved, MoveStock
from edge.ordering.orders.commands import EndCarts
from tests.browser.ordering.test_kiosk import PHONES, put, touch
from tests.browser.ordering.test_kiosk_by_hand import seen
from tests.browser.serving import Served, serve
from tests.ordering import do, free
from tests.shop_fixture import SYSTEM, FakeClock, run

pytestmark = pytest.mark.needs("chromium")
HALF_HOUR_S = 1800


async def held_no_longer(served: Served, clock: FakeClock, page: Page) -> None:
    """Half an hour later the phone asks, and its piece is anyone's."""
    clock.advance(HALF_HOUR_S + 1)
    await do(served.shop, EndCarts(), SYSTEM)
    await page.clock.fast_forward((HALF_HOUR_S + 1) * 1000)
    await page.wait_for_selector("#sure[open]")
    assert "no longer reserved" in await page.inner_text("#sure-title")
    assert free(served.shop) == 1000, "it lets go while it asks"


def test_a_phone_is_asked_once_nothing_is_held_for_it_and_has_what_there_still_is_by_a_yes(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with (
            serve(tmp_path, PHONES, clock=clock) as served,
            touch(served, (390, 844), "/shop?lang=en", timed=True) as page,
        ):
            await do(served.shop, MoveStock("received", (Moved("milk", 1000),)), SYSTEM)
            await put(page, "milk")
            await page.wait_for_selector("#cart [data-line]")
            assert free(served.shop) == 0
            await held_no_longer(served, clock, page)
            await page.tap("#sure-no")
            assert await page.locator("#cart [data-line]").count() == 1, "the list stays"
            assert free(served.shop) == 1000
            await page.reload()
            await page.wait_for_selector("body[data-ready]")
            await held_no_longer(served, clock, page)
            async with page.expect_response(lambda answer: "touch=yes" in answer.url):
                await page.tap("#sure-yes")
            assert free(served.shop) == 0, "held once more, as they said yes"

    run(scenario())


HEIGHT = "(one) => document.querySelector(one).getBoundingClientRect().height"


def test_with_large_text_the_way_on_stays_in_sight_on_a_phone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (390, 664), "/shop?lang=fr") as page:
            await page.tap('[data-mode="large"]')
            for sku in ("milk", "tomato"):
                await put(page, sku)
            await page.wait_for_selector('#cart [data-line="2"]')
            assert await seen(page, "#checkout")

    run(scenario())


def test_an_empty_cart_leaves_a_phones_screen_to_the_goods_and_the_shops_name_is_whole(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (390, 664), "/shop?lang=en") as page:
            await page.wait_for_selector("#cart .empty")
            empty, goods = [await page.evaluate(HEIGHT, one) for one in (".basket", "#goods")]
            assert empty < 110 < 300 < goods
            name = page.locator(".shop-name")
            assert await name.evaluate(
                "(one) => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight + 2"
            )

    run(scenario())
