"""An order that a till takes for later: whose it is, when, and where to."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge.counter.till.commands import AddLine, UseCustomer
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import OpenSpan, StoreHours
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.queries import free_slots, read_shop_orders
from edge.people.customers.commands import SetCustomer
from tests.browser.browsing import till
from tests.browser.ordering.test_kiosk import PHONES
from tests.browser.serving import serve
from tests.ordering import do, milk_order
from tests.shop_fixture import CASHIER, CONFIG, MILK, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
SMS = PHONES + '[notify.sms]\nurl = "http://127.0.0.1:9/sms"\naccount = "a"\ntoken = "t"\nsender = "+15005550006"\n'


def test_a_till_orders_a_delivery_into_a_zone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG + '[customers]\nprovince = "ON"\n') as served, till() as manager:
            await do(served.shop, SetZone(DeliveryZone("over", "Over", ("M5",), "mystery", 300)), SYSTEM)
            await do(served.shop, AddLine(MILK), CASHIER)
            await manager.open(served, "register=1&lang=en", "/manager/orders")
            await manager.page.locator("#later").click()
            form = manager.page.locator("#later-form")
            await form.locator('[value="delivery"]').check()
            for name, text in (("name", "Dana"), ("phone", "4165550100"), ("address", "1 rue Haute")):
                await form.locator(f'[name="{name}"]').fill(text)
            await form.locator('[name="postal_code"]').fill("M5V 1A1")
            await form.locator('[type="submit"]').evaluate("(button) => (button.click(), button.click())")
            await manager.agree("€4.20")
            await manager.see(".ticket", "Delivery")
            await manager.see("#order-dialog[open]", "T01")
            assert not await manager.page.locator("#sure-dialog[open]").count(), "it is asked once"
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
            await manager.open(served, "register=1&lang=en", "/manager/orders")
            await manager.page.locator("#later").click()
            form = manager.page.locator("#later-form")
            times = form.locator('[name="slot"] option')
            await times.nth(20).wait_for(state="attached")
            every = await times.count()
            assert not any("M" in said.upper().split()[-1] for said in await times.all_inner_texts()), "no 08:30 PM"
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
            assert "Choose another one" in gone, "a time that is gone is never silently another one"
            await form.locator('[name="slot"]').select_option(index=1)
            for name, text in (("name", "Dana"), ("phone", "0123456789"), ("address", "1 rue Haute")):
                await form.locator(f'[name="{name}"]').fill(text)
            await form.locator('[type="submit"]').click()
            await manager.agree("€4.20")
            await manager.see(".ticket", "Delivery")
            (order,) = read_shop_orders(served.shop.reader)
            at = datetime.fromtimestamp(order.slot_from_us / 1e6, ZoneInfo("Europe/Paris"))
            assert (order.zone, order.goods.total_minor, at.hour in (8, 9)) == ("town", 420, True)

    run(scenario())


def test_an_order_for_later_is_the_baskets_customers_and_at_times_with_room_for_all_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG) as served, till((390, 844)) as manager:
            always = ((OpenSpan(0, 1440),),) * 7
            hours = StoreHours(always, slot_min=60, capacity=3, capacity_in="pieces", days_ahead=2)
            await do(served.shop, SetHours(hours), SYSTEM)
            paris = ZoneInfo("Europe/Paris")
            first, second = await served.site.asker.read(lambda db: free_slots(db, paris, served.shop.now_us(), 2, 3))
            await milk_order(served.shop, 1, slot_from_us=first.from_us)
            known = SetCustomer(name="Dana Lévy", phone="+33123456789", language="he")
            dana = await do(served.shop, known, SYSTEM)
            for _ in range(3):
                await do(served.shop, AddLine(MILK), CASHIER)
            await do(served.shop, UseCustomer(dana), CASHIER)
            await manager.open(served, "register=1&lang=en", "/manager/orders")
            await manager.page.locator("#later").click()
            form = manager.page.locator("#later-form")
            times = form.locator('[name="slot"] option')
            await times.nth(1).wait_for(state="attached")
            assert int(await times.nth(1).get_attribute("value") or 0) == second.from_us, "the first has room for two"
            assert await form.locator('[name="name"]').input_value() == "Dana Lévy"
            assert await form.locator('[name="phone"]').input_value() == "+33123456789"
            await form.locator('[type="submit"]').click()
            await manager.see("#order-dialog[open]", "T02")
            order = next(one for one in read_shop_orders(served.shop.reader) if one.channel == "till")
            assert (order.customer, order.name, order.language) == (dana, "Dana Lévy", "he")

    run(scenario())
