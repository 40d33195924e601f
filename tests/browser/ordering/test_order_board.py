"""Pages of orders by hand: something else instead, money of deliveries, the week, and a code at the kiosk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.counter.till.commands import TenderGiven
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.queries import read_hours
from edge.foundation.opening_hours.rules import OpenSpan, StoreHours
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import MANAGER as BY_HAND
from edge.goods.catalog.product import Product, Source
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.queries import read_driver_cash
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import HandOverOrder, MoveOrder, PlaceOrder
from edge.people.customers.commands import SetCustomer
from tests.browser.browsing import agree, till
from tests.browser.calling import PIN
from tests.browser.ordering.test_kiosk import PHONES, put, touch
from tests.browser.serving import serve
from tests.ordering import STAFF, do, kept, milk_cart, milk_order
from tests.shop_fixture import SYSTEM, FakeClock, run

pytestmark = pytest.mark.needs("chromium")
SMS = PHONES + '[notify.sms]\nurl = "http://127.0.0.1:9/sms"\naccount = "a"\ntoken = "t"\nsender = "+15005550006"\n'


def test_the_customer_is_asked_for_something_else_and_says_yes_on_their_phone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (390, 844), "/shop") as phone:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await do(served.shop, SetProducts((Product("oat", {"en": "Oat drink"}, (), 100),), Source(BY_HAND)), SYSTEM)
            await put(phone, "milk")
            await phone.wait_for_selector("#cart [data-line]")
            await phone.tap("#checkout")
            await phone.tap('#place [type="submit"]')
            await phone.wait_for_selector('body.order[data-state="placed"]')
            async with till() as manager:
                await manager.open(served, "register=1&lang=en", "/manager/orders")
                await manager.page.locator("[data-show]").first.click()
                await manager.page.locator("[data-replace]").click()
                await manager.page.locator('#substitute [name="code"]').fill("oat")
                await manager.page.locator('#substitute [type="submit"]').click()
                await manager.see("#pin-dialog[open]")
                await manager.keys(PIN, "Enter")
                await manager.see("#order-dialog .part", "Oat drink")
                await phone.wait_for_selector('[data-will-do="yes"]')
                await phone.tap('[data-will-do="yes"]')
                await phone.wait_for_selector("[data-will-do]", state="detached")
                await manager.see(".ticket li", "Oat drink")

    run(scenario())


def test_more_goes_into_a_placed_order_and_it_goes_elsewhere(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (390, 844), "/shop") as phone:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await do(served.shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
            await do(served.shop, SetZone(DeliveryZone("hills", "Hills", ("92",), "mystery", 500)), SYSTEM)
            to: Any = {"fulfilment": "delivery", "name": "Dana", "phone": "0123456789", "address": "1 rue Haute"}
            cart = await milk_cart(served.shop, channel="phone")
            order = await do(served.shop, PlaceOrder(cart.id, 540, postal_code="75011", **to))
            await put(phone, "milk")
            await phone.wait_for_selector("#cart [data-line]")
            await phone.goto(f"{served.url}/order/{order.secret}?lang=fr")
            await phone.tap(".edit summary")
            async with phone.expect_navigation():
                await phone.tap("#more")
                await agree(phone, "6,60")
            assert kept(served.shop, order).goods.total_minor == 660, "the new sum was accepted"
            await phone.tap(".edit summary")
            await phone.fill('#address [name="address"]', "2 rue Basse")
            await phone.fill('#address [name="postal_code"]', "92100")
            async with phone.expect_navigation():
                await phone.tap('#address [type="submit"]')
                await agree(phone, "8,60")
            now = kept(served.shop, order)
            assert (now.address, now.goods.total_minor) == ("2 rue Basse\n92100", 860)
            async with till() as manager:
                await manager.open(served, "register=1&lang=en", "/manager/orders")
                await manager.page.locator("[data-show]").first.click()
                await manager.page.locator("summary", has_text="Add product").click()
                await manager.page.locator('#add [name="code"]').fill("milk")
                await manager.page.locator('#add [type="submit"]').click()
                await manager.see("#pin-dialog[open]")
                await manager.keys(PIN, "Enter")
                await manager.agree("9.80")
                await manager.see("#order-dialog .total", "9.80")
                await manager.page.locator("summary", has_text="Another address").click()
                await manager.page.locator('#readdress [name="address"]').fill("3 rue Neuve")
                await manager.page.locator('#readdress [name="postal_code"]').fill("92100")
                await manager.page.locator('#readdress [type="submit"]').click()
                await manager.see("#order-dialog .facts", "3 rue Neuve")

    run(scenario())


def test_staff_say_whose_order_it_is_with_the_person_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            shop = served.shop
            id = await do(shop, SetCustomer(name="Dana Mizrahi", phone="+33123456789"), SYSTEM)
            order = await milk_order(shop)
            async with till((1024, 768)) as page:
                await page.open(served, "register=1&lang=en", "/manager/orders")
                await page.page.locator("[data-show]").first.click()
                await page.page.locator("#attach summary").click()
                await page.page.locator('#attach [name="whose"]').fill("dana")
                await page.see("#attach-found", "Dana Mizrahi")
                await page.page.locator("#attach-found [data-customer]").click()
                await page.see("#order-customer", "Dana Mizrahi")
                assert not await page.page.locator("#attach").count()
            assert kept(shop, order).customer == id

    run(scenario())


def test_a_driver_hands_in_and_the_week_lists_what_is_to_come(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served:
            shop = served.shop
            await do(shop, SetPin(hash_pin(PIN)), SYSTEM)
            await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
            door: Any = {"fulfilment": "delivery", "postal_code": "75011", "address": "1 rue Haute"}
            for paid in (True, False):
                cart = await milk_cart(shop, channel="phone")
                order = await do(shop, PlaceOrder(cart.id, 540, name="Dana", phone="0123456789", **door))
                if paid:
                    for to in ("accepted", "preparing", "ready", "out_for_delivery"):
                        await do(shop, MoveOrder(order.id, to, driver="u1"), STAFF)
                    await do(shop, HandOverOrder(order.id, (TenderGiven("cash"),)), STAFF)
            async with till() as manager:
                await manager.open(served, "register=1&lang=en", "/manager/orders")
                await manager.page.locator("[data-owing]").click()
                await manager.page.locator('#cash [name="counted"]').fill("5.40")
                await manager.page.locator('#cash [type="submit"]').click()
                await manager.gone("[data-owing]")
                assert not read_driver_cash(shop.reader)
                await manager.open(served, "register=1&lang=en&list=runs", "/manager/orders/week")
                await manager.see(".week-page td", "rue Haute")
                async with manager.page.expect_download() as file:
                    await manager.page.locator("#csv").click()
                    await manager.see("#pin-dialog[open]")
                    await manager.keys(PIN, "Enter")
                saved = tmp_path / "runs.csv"
                await (await file.value).save_as(saved)
                text = saved.read_text("utf-8-sig")
                assert "rue Haute" in text
                await manager.open(served, "register=1&lang=en", "/manager/orders")
                for to in ("accepted", "preparing", "ready", "out_for_delivery"):
                    await do(shop, MoveOrder(order.id, to, driver="u1"), STAFF)
                await manager.see('.columns [data-run="u1"]', "Print deliveries")
                await do(shop, HandOverOrder(order.id, (TenderGiven("card"),)), STAFF)
                await manager.see(f'.ended tr[data-order="{order.id}"]', "delivered")

    run(scenario())


def test_a_customer_signs_in_at_the_kiosk_and_a_holiday_becomes_a_day_that_is_otherwise(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, SMS) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            shop = served.shop
            await do(shop, SetPin(hash_pin(PIN)), SYSTEM)
            await do(shop, SetCustomer(name="Dana", phone="+33123456789"), SYSTEM)
            await page.tap('[data-start="en"]')
            await put(page, "milk")
            await page.wait_for_selector("#cart [data-line]")
            await page.tap("#checkout")
            await page.tap("#sign-in")
            await page.fill('#sign-in-form [name="to"]', "01 23 45 67 89")
            await page.tap('#sign-in-form [type="submit"]')
            await page.wait_for_selector("#sign-in-code:not([hidden])")
            (code,) = shop.reader.execute("SELECT code FROM sign_in").fetchone()
            await page.fill('#sign-in-code [name="code"]', code)
            await page.tap('#sign-in-code [type="submit"]')
            await page.wait_for_selector("#place")
            assert not await page.locator("#sign-in").count(), "they are known now"
            await do(shop, SetHours(StoreHours(((OpenSpan(0, 1440),),) * 7)), SYSTEM)
            async with till() as manager:
                await manager.open(served, "register=1&lang=en", "/manager/hours")
                await manager.page.locator('[data-holiday="closed"]').first.click()
                await manager.page.locator('#hours [type="submit"]').click()
                await manager.see("#saved:not([hidden])")
            (closed,) = read_hours(shop.reader).exceptions
            assert closed.why and not closed.spans

    run(scenario())


@pytest.mark.parametrize("language", ["en", "he"])
def test_a_phones_board_says_how_long_orders_wait_and_its_menu_shows_where_one_is(
    tmp_path: Path, language: str
) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, PHONES, clock=clock) as served, till((390, 844)) as manager:
            await milk_order(served.shop)
            clock.advance(7 * 60)
            await manager.open(served, f"register=1&lang={language}", "/manager/orders/making")
            await manager.see("#making [data-wanted]", "7")
            await manager.open(served, f"register=1&lang={language}", "/manager/orders")
            await manager.see("#orders-board [data-wanted]", "7")
            for path in ("/manager/hours", "/manager/settings"):
                await manager.open(served, f"register=1&lang={language}", path)
                for menu in (".groups", ".pages"):
                    here = await manager.page.locator(f"{menu} [aria-current]").bounding_box()
                    assert here and here["x"] >= 0 and here["x"] + here["width"] <= 390, f"{path}: {menu} {here}"

    run(scenario())


def test_a_screen_reader_tells_buttons_of_two_orders_apart(tmp_path: Path) -> None:
    deeds = {"en": "Accept, order {said}", "fr": "Accepter, commande {said}", "he": "אישור, הזמנה {said}"}
    past = {"en": "Past orders", "fr": "Commandes passées", "he": "הזמנות קודמות"}

    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, till((1024, 768)) as page:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            first, second, ready = [await milk_order(served.shop, name=name) for name in ("Dana", "Avi", "Noa")]
            for move in (
                MoveOrder(ready.id, "accepted"),
                MoveOrder(ready.id, "preparing"),
                MoveOrder(ready.id, "ready"),
            ):
                await do(served.shop, move, STAFF)
            for language, deed in deeds.items():
                for path in ("/manager/orders", "/manager/orders/making"):
                    await page.open(served, f"register=1&lang={language}", path)
                    for order in (first, second):
                        accept = page.page.get_by_role("button", name=deed.format(said=order.said), exact=True)
                        assert await accept.count() == 1, (language, path)
                await page.open(served, f"register=1&lang={language}", "/manager/orders")
                assert await page.page.get_by_role("table", name=past[language], exact=True).count() == 1
            await page.open(served, "register=1&lang=en", "/manager/orders")
            hand = page.page.get_by_role("button", name=f"Hand over, order {ready.said}", exact=True)
            assert await hand.count() == 1

    run(scenario(), 120)
