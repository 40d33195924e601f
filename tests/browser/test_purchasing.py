"""Orders at the page: suggested, drafted by one tap, sent, and received in part by scanner."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from edge.shop.catalog.commands import SetProducts
from edge.shop.catalog.product import Product
from edge.shop.purchasing.queries import read_purchase
from edge.shop.stock.commands import RecordMovement
from edge.shop.stock.queries import lot_where, read_stock
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import DEADLINE_S, serve
from tests.shop_fixture import SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
NAMES = {"en": "Lager", "he": "בירה"}
LAGER = Product("lager", NAMES, ("5449000000996",), 500, box=24, minimum=30_000)
PHONE = (390, 800)


def test_what_is_short_is_ordered_and_received_on_a_phone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            await done(served.shop, RecordMovement("lager", "in", units=5_000), SYSTEM)
            await page.open(served, path="/manager/supplier")
            await page.page.locator("#supplier [name=id]").fill("brewery")
            await page.page.locator("#supplier [name=name_en]").fill("Old Brewery")
            await page.page.locator("#supplier [name=contact_name]").fill("Dana")
            await page.page.locator("#supplier [type=submit]").click()
            await page.page.locator("#price [name=sku]").fill("5449000000996")
            await page.page.locator("#price [name=cost]").fill("1.20")
            await page.page.locator("#price [name=pack]").fill("24")
            await page.page.locator("#price [type=submit]").click()
            await page.see("main", "Lager")

            await page.open(served, path="/manager/purchasing")
            await page.see("#suggested", "below the minimum of 30")
            await page.page.locator("[data-draft]").click()
            await page.see("h2", "Purchase order 1")
            await page.see("[data-do=ApprovePurchaseOrder]")
            await page.see('body[data-link="open"]')
            await page.page.locator("[data-do=ApprovePurchaseOrder]").click()
            await page.see("[data-do=SendPurchaseOrder]")
            await page.see('body[data-link="open"]')
            await page.page.locator("[data-do=SendPurchaseOrder]").click()
            await page.see("#receive")
            await page.see('body[data-link="open"]')  # its scanner is listened to
            await page.page.locator("#receive [name=note]").fill("DN 1")
            for times in ("1", "2"):
                await page.page.locator("#receive [name=scan]").fill("0105449000000996" + "17280301" + "10L7")
                await page.page.locator("#receive [name=scan]").press("Enter")
                counted = page.page.locator("#came [name=quantity]").first
                await expect(counted).to_have_value(times, timeout=DEADLINE_S * 1000)
            await page.page.locator("#receive [type=submit]").click()
            await page.see("#order .pill", "Partly here")
            assert read_stock(served.shop.reader, "lager") == 7_000
            (lot,) = lot_where(served.shop.reader, "lager", "L7")
            assert (lot.total, lot.expiry) == (2_000, "2028-03-01"), "as the code said"
            await page.page.locator("#receive [name=note]").fill("DN 1")
            await page.page.locator("#all").click()
            await page.page.locator("#receive [type=submit]").click()
            await page.see("#receive-error", "received already")
            async with page.page.expect_download() as download:
                await page.page.locator("#csv").click()
            assert (await download.value).suggested_filename == "order-1.csv"
            await page.page.locator("#receive [name=note]").fill("DN 2")
            await page.page.locator("#receive [type=submit]").click()
            await page.see("#order .pill", "Received")
            order = read_purchase(served.shop.reader, 1)
            assert order is not None and order.state == "received"

    run(scenario())
