"""An order on a till's counter: laid there by a code, asked about, and paid."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import Pay
from edge.foundation.access.rights import anonymous_actor
from edge.goods.catalog.product import Product
from edge.ordering.orders.commands import (
    AddToCart,
    HandOverOrder,
    PlaceOrder,
    TakeUpOrder,
)
from tests.browser import serving
from tests.browser.browsing import till
from tests.browser.ordering.test_kiosk import PHONES
from tests.browser.serving import serve
from tests.dated_taxes import HALIFAX, change_taxes
from tests.ordering import CARD, STAFF, do, kept, milk_cart, milk_order, sales
from tests.shop_fixture import BEER, CONFIG, MILK, FakeClock, run

pytestmark = pytest.mark.needs("chromium")
SMS = PHONES + '[notify.sms]\nurl = "http://127.0.0.1:9/sms"\naccount = "a"\ntoken = "t"\nsender = "+15005550006"\n'


def test_a_pickup_code_that_is_typed_lays_the_order_onto_the_counter(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, till() as manager:
            order = await milk_order(served.shop)
            await do(served.shop, TakeUpOrder(order.id), anonymous_actor("2"))
            await manager.open(served, "register=1&lang=en", "/manager/orders")
            form = manager.page.locator("#take-up")
            await form.locator('[name="code"]').fill("000000" if order.code != "000000" else "000001")
            await form.locator('[type="submit"]').click()
            await manager.see("#orders-error", "Order not found")
            await form.locator('[name="code"]').fill(f"{served.url}/order/{'x' * 24}#north")
            await form.locator('[type="submit"]').click()
            await manager.see("#orders-error", "another store: north")
            await form.locator('[name="code"]').fill(f"{order.code[:3]} {order.code[3:]}")
            await form.locator('[type="submit"]').click()
            await manager.agree()
            await manager.see("#lines", "Milk")
            await manager.see("#sums .order", f"Order {order.said}")
            await manager.page.set_viewport_size({"width": 1024, "height": 768})
            await manager.page.screenshot(path=tmp_path / "order.png")
            assert kept(served.shop, order).state == "placed", "it is handed over once it is paid"

    run(scenario())


def test_customer_and_cashier_see_what_was_promised_before_an_order_on_the_counter_is_paid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_taxes(monkeypatch, 15_000, 14_000)
    monkeypatch.setattr(serving, "PRODUCTS", (Product("milk", {"en": "Milk"}, (MILK,), 1000),))

    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, HALIFAX + "[panel]\nport = 0\n", clock=clock) as served:
            order = await milk_order(served.shop)
            clock.advance(24 * 3600)
            async with till() as cashier, till((1024, 768)) as customer, till((390, 844)) as phone:
                await phone.page.goto(f"{served.url}/order/{order.secret}?lang=fr")
                told = await phone.page.locator("#sum-changed").inner_text()
                assert "23,00" in told and "22,80" in told and "taxes en vigueur" in told
                await cashier.open(served, "register=1&lang=en")
                await customer.open(served, "register=1&lang=he", "/display")
                await do(served.shop, TakeUpOrder(order.id), STAFF)
                for text in ("23.00", "22.80"):
                    await cashier.see("#question dialog", text)
                    await customer.see("#display footer", text)
                await customer.see(".promised", "הסכום שסוכם")
                await cashier.keys("Enter")
                await customer.gone(".promised")
                await do(served.shop, Pay("card"), STAFF)
            assert sales(served.shop)[0].total_minor == 2280

    run(scenario())


def test_without_an_id_the_cashier_lets_the_rest_go_out_or_puts_all_of_it_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG) as served, till((1024, 768)) as cashier:
            cart = await milk_cart(served.shop)
            cart = await do(served.shop, AddToCart(cart.id, code=BEER, age_said=18))
            order = await do(served.shop, PlaceOrder(cart.id, cart.total_minor))
            await cashier.open(served, "register=1&lang=en")
            await do(served.shop, TakeUpOrder(order.id), STAFF)
            await cashier.see("#question dialog[open]", "Return to orders")
            await cashier.keys("Escape")
            await cashier.gone("#question dialog[open]")
            assert kept(served.shop, order).goods == order.goods
            await do(served.shop, TakeUpOrder(order.id), STAFF)
            await cashier.see("#question dialog[open]", "2.40")
            await cashier.page.locator('[data-answer="without"]').click()
            await cashier.gone("#question dialog[open]")
            await do(served.shop, Pay("card"), STAFF)
            assert sales(served.shop)[0].total_minor == 240

    run(scenario())


def test_a_page_that_stays_open_says_a_day_after_the_orders_end_that_it_is_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, CONFIG, clock=clock) as served, till((390, 844)) as phone:
            order = await milk_order(served.shop)
            await do(served.shop, HandOverOrder(order.id, CARD), STAFF)
            await phone.page.goto(f"{served.url}/order/{order.secret}?lang=en")
            assert await phone.page.locator("img.qr").count() == 1
            assert not await phone.page.locator("img.qr").is_visible(), "nothing is to be shown at the counter any more"
            clock.advance(24 * 3600 + 1)
            await milk_order(served.shop, 1)
            await phone.page.wait_for_selector("#state h1 >> text=This order has ended and its page is closed.")
            assert await phone.page.locator("img.qr, #again, #stop").count() == 0

    run(scenario())
