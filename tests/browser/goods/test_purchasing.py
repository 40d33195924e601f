"""Orders at the page: suggested, drafted by one tap, sent, and received in part by scanner."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Pack, Product
from edge.goods.purchasing.commands import (
    ApprovePurchaseOrder,
    CorrectReceipt,
    CreatePurchaseOrder,
    OrderLine,
    ReceiptLine,
    ReceivePurchaseOrder,
    SendPurchaseOrder,
    SetSupplier,
    SetSupplierPrice,
)
from edge.goods.purchasing.queries import read_purchase
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import lot_where, read_stock
from edge.lib.i18n.dates import written_day
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, FakeClock, done, run

pytestmark = pytest.mark.needs("chromium")
NAMES = {"en": "Lager", "he": "בירה"}
LAGER = Product("lager", NAMES, ("5449000000996",), 500, box=24, minimum=30_000)
PHONE = (390, 800)
CASE = "15449000000993"


async def enter_step(page: Till) -> None:
    """A price that falls from ten packs on."""
    await page.page.locator("#steps [name=step_packs]").fill("10")
    await page.page.locator("#steps [name=step_cost]").fill("1.30")
    await page.page.locator("#price [type=submit]").click()
    await page.see("#price-error", "more packs and a lower price")
    await page.page.locator("#steps [name=step_cost]").fill("1.05")
    await page.page.locator("#price [type=submit]").click()
    await page.see("main", "from 10 packs: €1.05")


async def enter_key(page: Till) -> None:
    """The key of their own system, which wants the address that it is for."""
    await page.page.locator("#supplier [name=api_key]").fill("opener-of-doors")
    await page.page.locator("#supplier [type=submit]").click()
    await page.see("#supplier-error", "An API key needs an address")
    await page.page.locator("#supplier [name=order_url]").fill("https://brewery.example/orders")
    async with page.page.expect_navigation():
        await page.page.locator("#supplier [type=submit]").click()
    await page.see("#supplier label", "API key: set")
    assert await page.page.locator("#supplier [name=api_key]").input_value() == ""
    await page.see('body[data-link="open"]')


def test_what_cannot_be_ordered_is_named_with_what_is_missing_and_mended_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            for command in (
                SetProducts((LAGER,)),
                RecordMovement("lager", "in", units=5_000),
                SetSupplier("brewery", {"en": "Old Brewery"}),
            ):
                await done(served.shop, command, SYSTEM)
            await page.open(served, path="/manager")
            await page.see("#to-order", "To order: 1")
            await page.page.locator("#to-order").click()
            await page.see("#unmet", "no supplier price")
            await page.page.locator('[data-price-of="lager"]').click()
            await page.page.locator("#price [name=cost]").fill("1.20")
            await page.page.locator("#price [name=pack]").fill("24")
            await page.page.locator("#price [type=submit]").click()
            await page.see('[data-draft="brewery"]')
            await page.see("#suggested .end", "72")
            assert page.complaints == []

    run(scenario())


def test_what_is_short_is_ordered_and_received_on_a_phone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            await done(served.shop, RecordMovement("lager", "in", units=5_000), SYSTEM)
            await page.open(served, path="/manager/supplier")
            await page.page.locator("#supplier [name=id]").fill("brewery")
            await page.page.locator("#supplier [name='names.en']").fill("Old Brewery")
            await page.page.locator("#supplier [name=contact_name]").fill("Dana")
            await page.page.locator("#supplier [type=submit]").click()
            await page.see("#price")
            await page.see('body[data-link="open"]')
            await enter_key(page)
            await page.page.locator("#price [name=sku]").fill("5449000000996")
            await page.page.locator("#price [name=cost]").fill("1.20")
            await page.page.locator("#price [name=pack]").fill("24")
            await enter_step(page)

            await page.open(served, path="/manager/purchasing")
            await page.see("#suggested", "minimum 30")
            await page.page.locator("#suggested .parts summary").first.click()
            await page.see("#suggested .parts dl", "Target stock level")
            numbers = "(all) => all.map((one) => Number(one.dataset.part ?? -one.dataset.sum))"
            parts = await page.page.locator("#suggested .parts dd").evaluate_all(numbers)
            assert len(parts) > 2 and sum(parts) == 0
            await page.page.locator("[data-draft]").click()
            await page.see("h1", "Purchase order 1")
            await page.see("#lines", "from 10 packs: €1.05")
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
                await expect(counted).to_have_value(times)
            await page.page.locator("#receive [type=submit]").click()
            await page.see("#order .pill", "Partly received")
            assert read_stock(served.shop.reader, "lager") == 7_000
            (lot,) = lot_where(served.shop.reader, "lager", "L7")
            assert (lot.total, lot.expiry) == (2_000, "2028-03-01"), "as the code said"
            await page.page.locator("#receive [name=note]").fill("DN 1")
            await page.page.locator("#all").click()
            await page.page.locator("#receive [type=submit]").click()
            await page.see("#receive-error", "already been received")
            async with page.page.expect_download() as download:
                await page.page.locator("#csv").click()
            assert (await download.value).suggested_filename == "order-1.csv"
            await page.page.locator("#receive [name=note]").fill("DN 2")
            await page.page.locator("#came [name=cost]").fill("1.22")
            await page.page.locator("#receive [type=submit]").click()
            await expect(page.page.locator("#order .pill")).to_have_text("Received")  # and not "Partly received"
            assert await page.page.locator(".price-off").count() == 0, "less than 2 % off"
            order = read_purchase(served.shop.reader, 1)
            assert order is not None and order.state == "received"

    run(scenario())


def test_what_came_at_another_price_stays_on_the_page_of_the_order_until_it_is_corrected(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            await caller.set_pin()
            for command in (
                SetProducts((LAGER,)),
                SetSupplier("brewery", {"en": "Old Brewery"}),
                SetSupplierPrice("brewery", "lager", 120),
                CreatePurchaseOrder("brewery", (OrderLine("lager", 2_000),)),
                ApprovePurchaseOrder(1),
                SendPurchaseOrder(1, "phone"),
            ):
                await done(served.shop, command, SYSTEM)
            await page.open(served, path="/manager/purchase", query="register=1&id=1")
            await page.page.locator("#receive [name=note]").fill("DN 9")
            await page.page.locator("#all").click()
            await page.page.locator("#came [name=cost]").fill("1.30")
            await page.page.locator("#receive [type=submit]").click()
            await page.see("#order .pill", "Received")
            await page.see(".price-off", "Lager: €1.30 · Ordered: €1.20 · Delivery note DN 9")
            await page.open(served, path="/manager/purchase", query="register=1&id=1&lang=he")
            await page.see(".price-off", "התקבל במחיר שונה")
            order = read_purchase(served.shop.reader, 1)
            assert order is not None
            await done(served.shop, CorrectReceipt(order.receipts[0].movement, "lager", unit_cost_minor=120), SYSTEM)
            await page.open(served, path="/manager/purchase", query="register=1&id=1&lang=en")
            await page.see("#order .pill", "Received")
            assert await page.page.locator(".price-off").count() == 0

    run(scenario())


def test_the_code_of_a_case_orders_a_case_and_a_key_without_an_address_is_not_dropped(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            cased = Product("lager", NAMES, ("5449000000996",), 500, packs=(Pack(CASE, 24),))
            for command in (
                SetProducts((cased, Product("ale", {"en": "Ale"}, ("96385074",), 500))),
                SetSupplier("brewery", {"en": "Old Brewery"}),
                SetSupplierPrice("brewery", "lager", 120),
                SetSupplierPrice("brewery", "ale", 120),
            ):
                await done(served.shop, command, SYSTEM)
            await page.open(served, path="/manager/supplier", query="register=1&id=brewery")
            await page.page.locator("#supplier [name=api_key]").fill("opener-of-doors")
            await page.page.locator("#supplier [type=submit]").click()
            await page.see("#supplier-error", "An API key needs an address")
            await page.page.locator("#supplier [name=api_key]").fill("")
            await page.page.locator("#first [name=sku]").click()
            await page.scan("96385074")
            await page.see("h1", "Purchase order 1")
            await page.see('body[data-link="open"]')
            await page.page.locator("#add [name=sku]").click()
            await page.scan(CASE)
            await page.see('#lines [data-sku="lager"]')
            order = read_purchase(served.shop.reader, 1)
            assert order is not None
            assert {line.sku: line.quantity for line in order.lines} == {"ale": 1_000, "lager": 24_000}
            await page.open(served, path="/manager/supplier", query="register=1&id=brewery")
            await page.page.locator("#first [name=sku]").click()
            await page.scan(CASE)
            await page.see("h1", "Purchase order 2")
            order = read_purchase(served.shop.reader, 2)
            assert order is not None and [line.quantity for line in order.lines] == [24_000]

    run(scenario())


def test_the_page_of_an_order_proposes_to_close_it_once_its_rest_hardly_comes(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller, till(PHONE) as page:
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            await done(served.shop, SetSupplier("brewery", {"en": "Old Brewery"}, lead_time_days=2), SYSTEM)
            await done(served.shop, SetSupplierPrice("brewery", "lager", 120), SYSTEM)
            for number in (1, 2):
                for command in (
                    CreatePurchaseOrder("brewery", (OrderLine("lager", 9_000),)),
                    ApprovePurchaseOrder(number),
                    SendPurchaseOrder(number, "phone"),
                    ReceivePurchaseOrder(number, f"DN {number}", (ReceiptLine("lager", 4_000),)),
                ):
                    await done(served.shop, command, SYSTEM)
                if number == 1:
                    clock.advance(6 * 24 * 3600)
            await caller.set_pin()
            await page.open(served, path="/manager/purchase", query="register=1&id=2")
            await page.see("#order .pill", "Partly received")
            assert await page.page.locator("#rest-overdue").count() == 0, "it may still come"
            order = read_purchase(served.shop.reader, 1)
            assert order is not None
            await page.open(served, path="/manager/purchase", query="register=1&id=1")
            await page.see("#rest-overdue", f"The rest was expected on {written_day(order.expected_on, 'en_GB')}")
            await page.page.locator("[data-do=ClosePurchaseOrder]").click()
            await page.page.locator('#sure-dialog [type="submit"]').click()
            await page.see("#order .pill", "Closed")
            assert await page.page.locator("#rest-overdue").count() == 0

    run(scenario())
