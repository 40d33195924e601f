"""Another sum than was promised: whoever takes the money, and whoever pays, sees both first."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Dialog

from edge.shop.catalog.commands import SetProducts
from edge.shop.catalog.product import Product
from edge.shop.orders.commands import AddToOrder, MoveOrder, ReplaceLine
from tests.browser import serving
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.flow.test_tax_of_the_day import CONFIG as NOVA_SCOTIA
from tests.flow.test_tax_of_the_day import fall
from tests.ordering import STAFF, do, kept, milk_order, sales
from tests.shop_fixture import MILK, SYSTEM, FakeClock, run

pytestmark = pytest.mark.needs("chromium")


def test_whoever_hands_an_order_over_is_asked_where_its_tax_is_another_by_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fall(monkeypatch)
    monkeypatch.setattr(serving, "PRODUCTS", (Product("milk", {"en": "Milk"}, (MILK,), 1000),))

    async def scenario() -> None:
        clock, asked = FakeClock(), list[str]()
        async with serve(tmp_path, NOVA_SCOTIA + "[panel]\nport = 0\n", clock=clock) as served, till() as manager:
            order = await milk_order(served.shop)
            clock.advance(24 * 3600)

            async def answer(dialog: Dialog) -> None:
                asked.append(dialog.message)
                await (dialog.accept() if len(asked) > 1 else dialog.dismiss())

            manager.page.remove_listener("dialog", manager._asked)
            manager.page.on("dialog", answer)
            await manager.open(served, "register=1&lang=en", "/manager/orders")
            await manager.page.locator("[data-hand]").click()
            await manager.page.locator('#hand [value="card"]').click()
            await manager.see("#hand-error", "it was CA$23.00 and is CA$22.80 now")
            assert kept(served.shop, order).state == "placed", "a no is a no"
            await manager.page.locator('#hand [value="card"]').click()
            await manager.gone(".ticket")
            assert "$22.80" in asked[1]
            assert sales(served.shop)[0].total_minor == 2280

    run(scenario())


def test_whoever_takes_the_money_is_asked_where_more_went_in_and_parts_have_what_stands_in_a_place(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as manager:
            shop = served.shop
            goat = Product("goat", {"en": "Goat milk"}, (), 150, "reduced")
            await do(shop, SetProducts((goat,)), SYSTEM)
            order = await milk_order(shop)
            await manager.open(served, "register=1&lang=en", "/manager/orders")
            await manager.page.locator("[data-hand]").click()
            await do(shop, AddToOrder(order.id, sku="milk", quantity=1000, accepted_total_minor=360), STAFF)
            manager.page.remove_listener("dialog", manager._asked)
            manager.page.on("dialog", lambda asked: asked.dismiss())
            await manager.page.locator('#hand [value="card"]').click()
            await manager.see("#hand-error", "it was €2.40 and is €3.60 now")
            assert (kept(shop, order).state, sales(shop)) == ("placed", []), "who saw 2.40 takes no 3.60"
            await manager.keys("Escape")
            await do(shop, ReplaceLine(order.id, 1, "goat", agreed=True), STAFF)
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            await manager.page.locator(f'[data-show="{order.id}"]').click()
            await manager.page.locator("summary", has_text="Hand over a part").click()
            await manager.page.locator("#part label", has_text="Goat milk").locator("input").fill("1")
            await manager.page.locator('#part [type="submit"]').click()
            await manager.page.locator('#hand [value="card"]').click()
            await manager.gone("#hand-dialog[open]")
            assert [sale.total_minor for sale in sales(shop)] == [120]

    run(scenario())
