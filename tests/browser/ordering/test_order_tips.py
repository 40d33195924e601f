"""A tip as customers choose it on their phone, change it, and as it is said at the door."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import MoveOrder
from edge.ordering.orders.queries import read_shop_orders
from tests.browser.browsing import till
from tests.browser.ordering.test_kiosk import PHONES, put, touch
from tests.browser.serving import Served, serve
from tests.ordering import STAFF, sales
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
PICKUP = PHONES + 'tips = "all"\n'


async def town(served: Served) -> None:
    await served.shop.do(SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)


async def say_where(page: Page) -> None:
    """Who it is and where they live; the fee comes on top of a milk."""
    said = {"name": "Dana", "phone": "0123456789", "address": "1 Rue X", "postal_code": "75020"}
    for name, text in said.items():
        await page.fill(f'#place [name="{name}"]', text)
    await page.wait_for_selector('#place [type="submit"] >> text=€4.20')


def test_a_phone_chooses_a_tip_and_says_another_one_until_the_order_is_accepted(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served:
            await town(served)
            async with touch(served, (390, 844), "/shop?lang=en") as page:
                await put(page, "milk")
                await page.tap("#checkout")
                await page.wait_for_selector('#place [value="delivery"]')
                assert await page.locator(".tip").is_hidden(), "what is fetched is asked no tip"
                await page.tap('#place [value="delivery"]')
                await page.wait_for_selector(".tip legend")
                assert not await page.locator('[name="tip"]:checked').count(), "nothing is chosen beforehand"
                await say_where(page)
                await page.tap('[name="tip"][value="10000"]')
                await page.wait_for_selector('#place [type="submit"] >> text=€4.62')
                await page.tap('[name="tip"][value="own"]')
                await page.fill('[name="tip_sum"]', "a lot")
                await page.tap('#place [type="submit"]')
                await page.wait_for_selector("#place-error >> text=as an amount")
                assert not read_shop_orders(served.shop.reader)
                await page.fill('[name="tip_sum"]', "1.5")
                await page.wait_for_selector('#place [type="submit"] >> text=€5.70')
                await page.tap('#place [type="submit"]')
                await page.wait_for_url("**/order/**")
                (order,) = read_shop_orders(served.shop.reader)
                assert (order.goods.tip_minor, order.goods.total_minor) == (150, 570)
                await page.wait_for_selector("#state .tip >> text=€1.50")
                await page.tap(".edit summary")
                await page.fill('#tip [name="tip"]', "2,25")
                await page.tap('#tip [type="submit"]')
                await page.wait_for_selector("#state .tip >> text=€2.25")
                await page.fill('#tip [name="tip"]', "")
                await page.tap('#tip [type="submit"]')
                await page.wait_for_selector("#state .tip", state="detached")
                (order,) = read_shop_orders(served.shop.reader)
                assert order.goods.total_minor == 420

    run(scenario())


def test_a_kiosk_asks_where_the_shop_wants_it_and_the_order_is_placed_with_a_tip(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PICKUP) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            await page.tap('[data-start="en"]')
            await put(page, "milk")
            await page.tap("#checkout")
            await page.tap('[name="tip"][value="15000"]')
            await page.wait_for_selector('#place [type="submit"] >> text=€1.38')
            await page.tap('[name="tip"][value="0"]')
            await page.wait_for_selector('#place [type="submit"] >> text=€1.20')
            await page.tap('[name="tip"][value="5000"]')
            await page.wait_for_selector('#place [type="submit"] >> text=€1.26')
            await page.tap('#place [type="submit"]')
            await page.wait_for_selector("#done[open] #number")
            (order,) = read_shop_orders(served.shop.reader)
            assert (order.goods.tip_minor, order.goods.total_minor) == (6, 126)

    run(scenario())


def test_at_the_door_the_driver_says_another_tip(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served:
            await town(served)
            async with touch(served, (390, 844), "/shop?lang=en") as page:
                await put(page, "milk")
                await page.tap("#checkout")
                await page.tap('#place [value="delivery"]')
                await say_where(page)
                await page.tap('[name="tip"][value="10000"]')
                await page.wait_for_selector('#place [type="submit"] >> text=€4.62')
                await page.tap('#place [type="submit"]')
                await page.wait_for_url("**/order/**")
            (order,) = read_shop_orders(served.shop.reader)
            for state in ("accepted", "preparing", "ready", "out_for_delivery"):
                await served.shop.do(MoveOrder(order.id, state, driver="u1"), STAFF)
            async with till() as staff:
                await staff.open(served, "register=1&lang=en", "/manager/orders")
                await staff.see(".ticket", "Tip included €0.42")
                await staff.page.locator("[data-hand]").click()
                tip = staff.page.locator('#hand [name="tip"]')
                assert await tip.input_value() == "0.42"
                await tip.fill("1")
                await staff.see("#hand-sum", "€5.20")
                await staff.page.locator('#hand [value="cash"]').click()
                await staff.gone(".ticket")
            (sale,) = sales(served.shop)
            assert sale.total_minor == 520

    run(scenario())
