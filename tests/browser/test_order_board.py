"""Pages of orders by hand: something else instead, money of deliveries, the week, and a code at the kiosk."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Dialog

from edge.shop.access.commands import SetPin
from edge.shop.access.pin import hash_pin
from edge.shop.access.rights import anonymous_actor
from edge.shop.catalog.commands import SetProducts
from edge.shop.catalog.product import MANAGER as BY_HAND
from edge.shop.catalog.product import Product, Source
from edge.shop.customers.commands import SetCustomer
from edge.shop.orders.commands import (
    HandOverOrder,
    MoveOrder,
    PlaceOrder,
    SetHours,
    SetZone,
    TakeUpOrder,
)
from edge.shop.orders.driver_cash import read_driver_cash
from edge.shop.orders.hours import OpenSpan, StoreHours
from edge.shop.orders.queries import read_hours, read_shop_orders
from edge.shop.orders.zones import DeliveryZone
from edge.shop.till.commands import AddLine, TenderGiven
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.serving import serve
from tests.browser.test_kiosk import PHONES, put, touch
from tests.ordering import STAFF, do, kept, milk_cart, milk_order
from tests.shop_fixture import CASHIER, CONFIG, MILK, SYSTEM, run

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
            phone.on("dialog", lambda asked: asked.accept())
            await phone.goto(f"{served.url}/order/{order.secret}?lang=fr")
            await phone.tap(".edit summary")
            async with phone.expect_navigation():
                await phone.tap("#more")
            assert kept(served.shop, order).goods.total_minor == 660, "the new sum was accepted"
            await phone.tap(".edit summary")
            await phone.fill('#address [name="address"]', "2 rue Basse")
            await phone.fill('#address [name="postal_code"]', "92100")
            async with phone.expect_navigation():
                await phone.tap('#address [type="submit"]')
            now = kept(served.shop, order)
            assert (now.address, now.goods.total_minor) == ("2 rue Basse\n92100", 860)
            async with till() as manager:
                await manager.open(served, "register=1&lang=en", "/manager/orders")
                manager.page.on("dialog", lambda asked: asked.accept())
                await manager.page.locator("[data-show]").first.click()
                await manager.page.locator("summary", has_text="Add goods").click()
                await manager.page.locator('#add [name="code"]').fill("milk")
                await manager.page.locator('#add [type="submit"]').click()
                await manager.see("#pin-dialog[open]")
                await manager.keys(PIN, "Enter")
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


def test_a_till_orders_a_delivery_into_a_zone_of_another_province(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG + '[customers]\nprovince = "ON"\n') as served, till() as manager:
            await do(served.shop, SetZone(DeliveryZone("over", "Over", ("H2",), "mystery", 300, province="QC")), SYSTEM)
            await do(served.shop, AddLine(MILK), CASHIER)
            asked: list[str] = []

            async def yes(dialog: Dialog) -> None:
                asked.append(dialog.message)
                await dialog.accept()

            manager.page.on("dialog", yes)
            await manager.open(served, "register=1&lang=en", "/manager/orders")
            await manager.page.locator("#later").click()
            form = manager.page.locator("#later-form")
            await form.locator('[value="delivery"]').check()
            for name, text in (("name", "Dana"), ("phone", "4165550100"), ("address", "1 rue Haute")):
                await form.locator(f'[name="{name}"]').fill(text)
            await form.locator('[name="postal_code"]').fill("H2X 1Y4")
            await form.locator('[type="submit"]').evaluate("(button) => (button.click(), button.click())")
            await manager.see(".ticket", "Delivery")
            await manager.see("#order-dialog[open]", "T01")
            assert len(asked) == 1 and "€4.20" in asked[0], f"the zone is there for that province: {asked}"
            (order,) = read_shop_orders(served.shop.reader)
            assert (order.zone, order.goods.fee_minor) == ("over", 300)

    run(scenario())


def test_a_till_says_as_the_postal_code_is_typed_whether_it_is_delivered_there_and_when(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG) as served, till() as manager:
            always, mornings = ((OpenSpan(0, 1440),),) * 7, ((OpenSpan(480, 600),),) * 7
            await do(served.shop, SetHours(StoreHours(always, slot_min=60, days_ahead=2)), SYSTEM)
            town = DeliveryZone("town", "Town", ("750",), "mystery", 300, weekly=mornings)
            await do(served.shop, SetZone(town), SYSTEM)
            await do(served.shop, AddLine(MILK), CASHIER)
            manager.page.on("dialog", lambda asked: asked.accept())
            await manager.open(served, "register=1&lang=en", "/manager/orders")
            await manager.page.locator("#later").click()
            form = manager.page.locator("#later-form")
            times = form.locator('[name="slot"] option')
            await times.nth(20).wait_for(state="attached")
            every = await times.count()
            offered = await times.evaluate_all("(all) => all.map((one) => Number(one.value))")
            night = next(
                at for at in offered[1:] if datetime.fromtimestamp(at / 1e6, ZoneInfo("Europe/Paris")).hour == 3
            )
            await form.locator('[name="slot"]').select_option(str(night))
            await form.locator('[value="delivery"]').check()
            await form.locator('[name="postal_code"]').fill("9")
            await manager.see("#later-error", "deliver")
            assert await times.count() == 1, "as soon as possible, and no time at which nobody drives there"
            await form.locator('[name="postal_code"]').fill("75020")
            await times.nth(1).wait_for(state="attached")
            assert await form.locator("#later-error").inner_text() == ""
            assert 1 < await times.count() < every // 4, "the mornings alone"
            gone = await form.locator('[name="slot"]').evaluate("(one) => one.validationMessage")
            assert "Choose again" in gone, "a time that is gone is never silently another one"
            await form.locator('[name="slot"]').select_option(index=1)
            for name, text in (("name", "Dana"), ("phone", "0123456789"), ("address", "1 rue Haute")):
                await form.locator(f'[name="{name}"]').fill(text)
            await form.locator('[type="submit"]').click()
            await manager.see(".ticket", "Delivery")
            (order,) = read_shop_orders(served.shop.reader)
            at = datetime.fromtimestamp(order.slot_from_us / 1e6, ZoneInfo("Europe/Paris"))
            assert (order.zone, order.goods.total_minor, at.hour in (8, 9)) == ("town", 420, True)

    run(scenario())


def test_a_pickup_code_that_is_typed_lays_the_order_onto_the_counter(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, till() as manager:
            order = await milk_order(served.shop)
            await do(served.shop, TakeUpOrder(order.id), anonymous_actor("2"))
            manager.page.on("dialog", lambda asked: asked.accept())
            await manager.open(served, "register=1&lang=en", "/manager/orders")
            form = manager.page.locator("#take-up")
            await form.locator('[name="code"]').fill("000000" if order.code != "000000" else "000001")
            await form.locator('[type="submit"]').click()
            await manager.see("#orders-error", "no such order")
            await form.locator('[name="code"]').fill(f"{order.code[:3]} {order.code[3:]}")
            await form.locator('[type="submit"]').click()
            await manager.see("#lines", "Milk")
            assert kept(served.shop, order).state == "placed", "it is handed over once it is paid"

    run(scenario())

    run(scenario())
