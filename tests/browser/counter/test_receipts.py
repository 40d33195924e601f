"""Deliveries at the page: booked wrong and corrected, freight put on top, bad goods sent back; staff see no costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing import commands as buying
from edge.goods.purchasing.queries import read_purchase, read_returns
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_item
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
LAGER = Product("lager", {"en": "Lager", "he": "בירה"}, ("5449000000996",), 500, box=24)


def test_a_delivery_is_corrected_and_bad_goods_go_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1200, 900)) as page:
            await caller.set_pin()
            for command in (
                SetProducts((LAGER,)),
                RecordMovement("lager", "in", units=2_000, unit_cost_minor=90),
                buying.SetSupplier("brewery", {"en": "Old Brewery"}),
                buying.SetSupplierPrice("brewery", "lager", 100),
                buying.CreatePurchaseOrder("brewery", (buying.OrderLine("lager", 10_000),)),
                buying.ApprovePurchaseOrder(1),
                buying.SendPurchaseOrder(1),
                buying.CreatePurchaseOrder("brewery", (buying.OrderLine("lager", 20_000),)),
            ):
                await done(served.shop, command, SYSTEM)
            await page.open(served, "register=1&id=1", "/manager/purchase")
            await page.page.locator("#receive [name=note]").fill("DN 1")
            await page.page.locator("#all").click()
            await page.page.locator("#came [name=cause]").select_option("breakage")
            await page.page.locator("#receive [type=submit]").click()
            await page.see("#receipts", "broken")
            await page.page.locator("[data-receipt]").click()
            await page.page.locator("#receipt-dialog [name=quantity]").fill("8")
            await page.page.locator("#receipt-dialog [name=cost]").fill("1.20")
            await page.page.locator("#receipt-dialog [type=submit]").click()
            await page.see("#order .pill", "Partly received")
            await page.page.locator("[data-freight]").click()
            await page.page.locator("#freight-dialog [name=amount]").fill("0.80")
            await page.page.locator("#freight-dialog [type=submit]").click()
            await page.page.locator("#freight-dialog").wait_for(state="hidden")

            await page.open(served, "register=1&sku=lager", "/manager/stock/item")
            await page.see(".receipts", "1.30")
            await page.page.locator("#paid-plot canvas").wait_for()
            await page.open(served, path="/manager/returns")
            await page.page.locator("#return [name=quantity]").fill("8")
            await page.page.locator("#return [name=credit]").fill("1.20")
            offered = await page.page.locator("#came option").all_text_contents()
            assert [one.split()[0] for one in offered] == ["1"], "nothing came of the second order"
            number = page.page.locator("#return [name=number]")
            await number.fill("the first")
            await page.page.locator("#return [type=submit]").click()
            assert await number.evaluate("field => !field.validity.valid")
            await number.fill("1")
            await page.page.locator("#return [type=submit]").click()
            await page.see("#returned", "Lager")
            (back,) = read_returns(served.shop.reader)
            assert (back.quantity, back.credit_minor, back.location) == (8_000, 120, "quarantine")
            assert back.number == 1
            order, item = read_purchase(served.shop.reader, 1), read_item(served.shop.reader, "lager")
            assert order is not None and item is not None
            assert (order.state, item.on_hand, item.available) == ("part_received", 2_000, 2_000)
            assert not page.complaints, page.complaints

    run(scenario())
