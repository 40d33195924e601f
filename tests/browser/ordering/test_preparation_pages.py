"""What a kitchen and a picker have to do: lines ticked by tap and by scan, at each station its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER as BY_HAND
from edge.goods.catalog.product import Product, Source
from edge.ordering.orders.commands import AddToCart, ChangeOrder, MoveOrder, OpenCart, PlaceOrder
from edge.ordering.orders.fulfilment.preparing import order_ticks
from edge.ordering.orders.order import KeptOrder, LineWanted
from tests.browser.browsing import scan, till
from tests.browser.serving import Served, serve
from tests.flow.counter.test_slips import SLIPS
from tests.ordering import STAFF, do, kept
from tests.shop_fixture import MILK, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
PAGE = "/manager/orders/making"


async def soup_and_cola(served: Served) -> KeptOrder:
    """An order for two stations, and milk that no printer hears of."""
    shop = served.shop
    await do(shop, SetCategories((Category("drinks", {"en": "Drinks"}), Category("hot", {"en": "Hot"}))), SYSTEM)
    goods = (
        Product("soup", {"en": "Soup of the day", "he": "מרק היום"}, (), 700, category="hot"),
        Product("cola", {"en": "Cola", "he": "קולה"}, ("4000000000006",), 250, category="drinks"),
    )
    await do(shop, SetProducts(goods, Source(BY_HAND)), SYSTEM)
    cart = await do(shop, OpenCart("kiosk"))
    for sku, pieces in (("soup", 1), ("cola", 2), ("milk", 1)):
        cart = await do(shop, AddToCart(cart.id, sku=sku, quantity=pieces * 1000))
    order: KeptOrder = await do(shop, PlaceOrder(cart.id, cart.total_minor, name="Dana", note="no onions"))
    return order


def test_lines_are_ticked_by_tap_and_by_scan_until_the_order_is_ready(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, SLIPS) as served, till() as kitchen:
            page = kitchen.page
            await kitchen.open(served, path=PAGE)
            await kitchen.see("#making", "No orders to prepare.")
            order = await soup_and_cola(served)
            ticket = page.locator(f'[data-order="{order.id}"]')
            await expect(ticket.locator("[data-line]").first).to_be_disabled()
            await ticket.locator("[data-to=accepted]").click()
            await ticket.locator("[data-line]", has_text="Soup").click()
            await expect(ticket.locator("[aria-pressed=true]")).to_have_count(1)
            assert kept(served.shop, order).state == "preparing"
            await scan(page, "4000000000006")
            await kitchen.see(f'[data-order="{order.id}"]', "1 of 2")
            await scan(page, MILK)
            await expect(ticket.locator("[aria-pressed=true]")).to_have_count(2)
            await scan(page, MILK)
            await kitchen.see("#making-error", "has been fully picked")
            await ticket.locator("button[data-all]").click()
            await ticket.locator("[data-to=ready]").click()
            await expect(ticket).to_have_count(0)
            assert kept(served.shop, order).state == "ready"

    run(scenario())


def test_a_station_has_its_own_lines_and_what_was_struck_is_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, SLIPS) as served, till() as bar:
            order = await soup_and_cola(served)
            await do(served.shop, MoveOrder(order.id, "accepted"), STAFF)
            await bar.open(served, path=PAGE)
            lines = bar.page.locator(f'[data-order="{order.id}"] li:visible')
            await expect(lines).to_have_count(3)
            await bar.page.locator("#stations a", has_text="bar").click()
            await expect(lines).to_have_text(["2 × Cola", "1 × Milk"])
            await bar.page.locator("button[data-all]").click()
            await bar.page.locator("#stations a", has_text="kitchen").click()
            await bar.page.locator('[data-line][aria-pressed="false"]', has_text="Soup").wait_for()
            cola = next(line.id for line in order.goods.sold_lines if line.sku == "cola")
            await do(served.shop, ChangeOrder(order.id, (LineWanted(cola, 0),)), STAFF)
            await bar.page.locator("#stations a").first.click()
            await bar.see(f'[data-order="{order.id}"] .struck', "Removed: put it back")
            await bar.page.locator(".struck").click()
            await expect(lines).to_have_count(2)
            assert cola not in order_ticks(served.shop.reader, order.id)
            await bar.page.locator(f'[data-order="{order.id}"] footer a').click()
            await bar.see("#order-dialog[open]", "no onions")

    run(scenario())
