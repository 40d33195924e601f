"""Another sum than was promised: whoever takes the money, and whoever pays, sees both first."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.orders.commands import AddToOrder, MoveOrder, PlaceOrder, ReplaceLine
from edge.ordering.orders.paying.advances import TakeAdvance
from tests.browser import serving
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.dated_taxes import HALIFAX, change_taxes
from tests.ordering import STAFF, do, kept, milk_cart, milk_order, sales
from tests.shop_fixture import CONFIG, MILK, SYSTEM, FakeClock, run

pytestmark = pytest.mark.needs("chromium")


def test_whoever_hands_an_order_over_is_asked_where_its_tax_is_another_by_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_taxes(monkeypatch, 15_000, 14_000)
    monkeypatch.setattr(serving, "PRODUCTS", (Product("milk", {"en": "Milk"}, (MILK,), 1000),))

    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, HALIFAX + "[panel]\nport = 0\n", clock=clock) as served, till() as manager:
            order = await milk_order(served.shop)
            clock.advance(24 * 3600)
            await manager.open(served, "register=1&lang=en", "/manager/orders")
            await manager.page.locator("[data-hand]").click()
            await manager.page.locator('#hand [value="card"]').click()
            await manager.see("#sure-dialog[open] .subject", "from $23.00 to $22.80")
            await manager.keys("Escape")
            await manager.gone("#sure-dialog")
            await manager.see("#hand-error", "from $23.00 to $22.80")
            assert kept(served.shop, order).state == "placed", "a no is a no"
            await manager.page.locator('#hand [value="card"]').click()
            await manager.agree("$22.80")
            await manager.gone(".ticket")
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
            await manager.page.locator('#hand [value="card"]').click()
            await manager.see("#hand-error", "from €2.40 to €3.60")
            await manager.page.locator("#sure-dialog [data-close]").click()
            assert (kept(shop, order).state, sales(shop)) == ("placed", []), "who saw 2.40 takes no 3.60"
            await manager.keys("Escape")
            await do(shop, ReplaceLine(order.id, 1, "goat", agreed=True), STAFF)
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            await manager.page.locator(f'[data-show="{order.id}"]').click()
            await manager.page.locator("summary", has_text="Partial handover").click()
            await manager.page.locator("#part label", has_text="Goat milk").locator("input").fill("1")
            await manager.page.locator('#part [type="submit"]').click()
            await manager.page.locator('#hand [value="card"]').click()
            await manager.gone("#hand-dialog[open]")
            assert [sale.total_minor for sale in sales(shop)] == [120]

    run(scenario())


@pytest.mark.parametrize(("language", "texts"), [("en", ("€1.20", "€1.00")), ("he", ("1.20", "1.00"))])
def test_who_hands_over_a_part_sees_what_it_comes_to_before_the_yes(
    tmp_path: Path, language: str, texts: tuple[str, str]
) -> None:
    async def scenario() -> None:
        tipped = f"{CONFIG}[orders]\ntips = 'all'\n"
        async with serve(tmp_path, tipped) as served, till((1024, 768)) as manager:
            shop = served.shop
            cart = await milk_cart(shop, 3)
            order = await do(shop, PlaceOrder(cart.id, 410, tip_minor=50))
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            await do(shop, TakeAdvance(order.id, 140), STAFF)
            await do(shop, Pay("card"), STAFF)
            await manager.open(served, f"register=1&lang={language}", "/manager/orders")

            async def part(pieces: int) -> None:
                await manager.page.locator(f'[data-show="{order.id}"]').click()
                await manager.page.locator("details:has(#part) > summary").click()
                await manager.page.locator("#part input").fill(str(pieces))
                await manager.page.locator('#part [type="submit"]').click()

            await part(0)
            await manager.page.locator("#details-error", has_text=order.said).wait_for()
            assert kept(shop, order).state == "accepted", "nothing counted is not all of it"
            await manager.keys("Escape")
            await part(1)
            await manager.page.locator("#hand-part", has_text=texts[0]).wait_for()
            assert "0.00" in await manager.page.locator("#hand-sum").inner_text()
            assert await manager.page.locator("#hand-money").is_hidden(), "it is paid ahead"
            await manager.page.locator("#hand-paid button").click()
            await manager.gone("#hand-dialog[open]")
            await part(1)
            await manager.page.locator("#hand-sum", has_text=texts[1]).wait_for()
            await manager.page.locator('#hand [value="card"]').click()
            await manager.gone("#hand-dialog[open]")
            await part(1)
            await manager.page.locator("#hand-sum", has_text="1.70").wait_for()
            assert "0.50" in await manager.page.locator("#hand-part").inner_text(), "the tip goes with the last part"
            await manager.page.locator('#hand [value="card"]').click()
            await manager.gone(".ticket")
            parts = [[(one.kind, one.amount_minor) for one in sale.tenders] for sale in sales(shop)[1:]]
            assert parts == [[("advance", 120)], [("advance", 20), ("card", 100)], [("card", 170)]]

    run(scenario())
