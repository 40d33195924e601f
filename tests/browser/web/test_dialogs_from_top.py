"""Long dialogs on a phone: whoever opens one reads first what it is, wherever its first button stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.orders.commands import AddToCart, MoveOrder, OpenCart, PlaceOrder
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.serving import serve
from tests.ordering import STAFF, do
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")

PHONE = (390, 664)
LINES = 16
IN_SIGHT = """(id) => {
  const dialog = document.getElementById(id), title = dialog.querySelector("h2").getBoundingClientRect();
  return title.top >= dialog.getBoundingClientRect().top && title.bottom <= innerHeight;
}"""


def test_an_order_of_many_goods_opens_with_its_number(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE, touched=True) as manager:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            goods = tuple(Product(f"tea{at}", {"en": f"Tea {at}"}, price_minor=300 + at) for at in range(LINES))
            await do(served.shop, SetProducts(goods), SYSTEM)
            cart = await do(served.shop, OpenCart("kiosk"))
            for one in goods:
                cart = await do(served.shop, AddToCart(cart.id, sku=one.sku))
            order = await do(served.shop, PlaceOrder(cart.id, cart.total_minor))
            for state in ("accepted", "preparing", "ready"):
                await do(served.shop, MoveOrder(order.id, state), STAFF)
            await manager.open(served, "register=1&lang=en", "/manager/orders")
            await manager.page.locator("[data-show]").first.tap()
            await manager.see("#order-dialog[open]", "Tea 15")
            assert await manager.page.evaluate(IN_SIGHT, "order-dialog"), "its number scrolled away"
            await manager.page.locator("#order-dialog [data-close]").scroll_into_view_if_needed()
            await manager.page.locator("#order-dialog [data-close]").tap()
            await manager.gone("#order-dialog[open]")
            assert manager.complaints == []

    run(scenario())
