"""The fee of who does not come, by hand: read before an order is placed, and kept in the dialog that cancels it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import MoveOrder, PlaceOrder
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.advances import TakeAdvance
from edge.ordering.orders.queries import owing_orders, read_shop_orders
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.ordering.test_kiosk import PHONES, put, touch
from tests.browser.serving import Served, serve
from tests.ordering import STAFF, do, kept, milk_cart, sales
from tests.shop_fixture import CASHIER, MILK, SYSTEM, FakeClock, run

pytestmark = pytest.mark.needs("chromium")
FEE = PHONES + "no_show_fee_minor = 100\n"
BOARD = "/manager/orders"


async def missed(served: Served, clock: FakeClock) -> KeptOrder:
    """An order of yesterday that is ready and was paid ahead."""
    order = await do(served.shop, PlaceOrder((await milk_cart(served.shop)).id, 240, no_show_fee_minor=100))
    await do(served.shop, TakeAdvance(order.id), STAFF)
    await do(served.shop, Pay("card"), CASHIER)
    for step in ("accepted", "preparing", "ready"):
        await do(served.shop, MoveOrder(order.id, step), STAFF)
    clock.advance(24 * 3600)
    return kept(served.shop, order)


def test_a_phone_reads_what_is_kept_before_it_orders_and_on_the_page_of_the_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, FEE) as served:
            await do(served.shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
            async with touch(served, (390, 844), "/shop?lang=en") as page:
                await put(page, "milk")
                await page.tap("#checkout")
                told = page.locator("#terms [data-no-show-fee]")
                await told.wait_for()
                assert "up to €1.00" in await told.inner_text()
                await page.tap('#place [value="delivery"]')
                await told.wait_for(state="detached")  # who has it brought need not come
                await page.tap('#place [value="pickup"]')
                await told.wait_for()
                await page.tap('#place [type="submit"]')
                await page.wait_for_url("**/order/**")
                await page.wait_for_selector("#state >> text=up to €1.00")
                (order,) = read_shop_orders(served.shop.reader)
                assert order.no_show_fee_minor == 100

    run(scenario())


def test_a_kiosk_reads_it_in_the_language_of_who_stands_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, FEE) as served, touch(served, (1080, 1920), "/kiosk?register=2&lang=he") as page:
            await page.tap('[data-start="he"]')
            await page.wait_for_selector('html[lang="he"] body[data-ready]')
            await put(page, "milk")
            await page.tap("#checkout")
            told = page.locator("#terms [data-no-show-fee]")
            await told.wait_for()
            assert "1.00" in await told.inner_text()
            await page.tap('#place [type="submit"]')
            await page.wait_for_selector("#number")
            (order,) = read_shop_orders(served.shop.reader)
            assert order.no_show_fee_minor == 100

    run(scenario())


def test_an_order_for_later_says_it_at_the_counter(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, FEE) as served, till() as manager:
            await do(served.shop, AddLine(MILK), CASHIER)
            await manager.open(served, "register=1&lang=en", BOARD)
            await manager.page.locator("#later").click()
            await manager.see("#later-fee", "up to €1.00")
            await manager.page.locator('#later-form [type="submit"]').click()
            await manager.see("#order-dialog[open]", "T01")
            (order,) = read_shop_orders(served.shop.reader)
            assert order.no_show_fee_minor == 100

    run(scenario())


def test_the_dialog_that_cancels_asks_whether_the_fee_is_kept(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, FEE, clock=clock) as served, till() as manager:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            order, other = await missed(served, clock), await milk_cart(served.shop)
            fresh = await do(served.shop, PlaceOrder(other.id, 240, no_show_fee_minor=100))
            await manager.open(served, "register=1&lang=en", BOARD)
            await manager.page.locator(f'[data-show="{fresh.id}"]').first.click()
            await manager.page.locator(f'[data-cancel="{fresh.id}"]').click()
            assert await manager.page.locator("#why-fee").is_hidden(), "nobody missed it"
            await manager.page.locator("#why [data-close]").click()
            await manager.page.locator("#order-dialog [data-close]").click()
            await manager.page.locator(f'[data-show="{order.id}"]').first.click()
            await manager.page.locator(f'[data-cancel="{order.id}"]').click()
            await manager.see("#why-fee", "keep €1.00 of the prepayment, refund €1.40")
            assert not await manager.page.locator('#why [name="keep_fee"]').is_checked(), "a person says so each time"
            await manager.page.locator('#why [name="keep_fee"]').check()
            await manager.page.locator('#why [type="submit"]').click()
            await manager.see("#pin-dialog[open]")
            await manager.keys(PIN, "Enter")
            await manager.page.locator("#why-dialog").wait_for(state="hidden")
            assert [order.owed_minor for order in owing_orders(served.shop.reader)] == [140]
            assert sales(served.shop)[-1].total_minor == 100
            await manager.open(served, "register=1&lang=en", BOARD)
            await manager.page.locator(f'[data-show="{order.id}"]').first.click()
            await manager.see("#order-dialog tr.part", f"No-show fee for order {order.said} · 1-000002")

    run(scenario())
