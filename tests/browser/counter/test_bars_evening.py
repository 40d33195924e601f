"""A bar's evening by one hand at the pages, from the delivery to what it orders for tomorrow."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.goods.purchasing.queries import read_purchase
from edge.goods.stock.commands import SetLocation
from edge.goods.stock.queries import lot_where, read_item
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.scheduling import one_by_day
from tests.shop_fixture import SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
CODE = "5449000000996"
BOX = "01" + f"0{CODE}" + "17280301" + "10L7"
"""What is printed on a box of lager: its number, its last day, its lot."""
LAGER = Product("lager", {"en": "Lager", "he": "בירה"}, (CODE,), 500, box=24, minimum=40_000)
PHONE = (390, 800)


async def open_card(page: Till, served: Served, code: str, language: str) -> None:
    """A scan in the list of the stock leads to the product's card."""
    await page.open(served, f"register=1&lang={language}", "/manager/stock")
    await page.page.locator("[name=text]").fill(code)
    await page.page.locator("[name=text]").press("Enter")
    await page.see("#card .figure")
    await page.see('body[data-link="open"]')


async def act(page: Till, what: str, **fields: str) -> None:
    """One thing done with the product of the card."""
    await page.page.locator(f"[data-act={what}]").click()
    await page.see("#move-dialog[open]")
    for name, text in fields.items():
        field = page.page.locator(f"#move-dialog [name={name}]")
        await (field.select_option(text) if name in ("location", "to", "cause") else field.fill(text))
    await page.page.locator("#move-dialog [type=submit]").click()
    await page.gone("#move-dialog[open]")


async def count(page: Till, served: Served, found: str) -> None:
    """The closing count: what there is of the one product, and lot, that was scanned."""
    await page.open(served, path="/manager/stock/counts")
    await page.page.locator("#start [type=submit]").click()
    await page.see("#scan")
    await page.see('body[data-link="open"]')
    await page.page.locator("#scan [name=sku]").fill(BOX)
    await page.page.locator("#scan [name=units]").fill(found)
    await page.page.locator("#scan [type=submit]").click()
    await page.see("#lines .short")
    await page.page.locator("#post [type=submit]").click()
    await page.see(".pill", "Posted")


async def order_and_receive_a_part(page: Till, served: Served) -> None:
    """The proposal by one tap, and of what was ordered two bottles by scanner."""
    await page.open(served, path="/manager/purchasing")
    await page.see("#suggested", "minimum 40")
    await page.page.locator("[data-draft]").click()
    await page.see("h1", "Purchase order 1")
    await page.see("[data-do=ApprovePurchaseOrder]")
    await page.see('body[data-link="open"]')
    await page.page.locator("[data-do=ApprovePurchaseOrder]").click()
    await page.see("[data-do=SendPurchaseOrder]")
    await page.see('body[data-link="open"]')
    await page.page.locator("[data-do=SendPurchaseOrder]").click()
    await page.see("#receive")
    await page.see('body[data-link="open"]')  # its scanner is listened to
    await page.page.locator("#receive [name=note]").fill("DN 2")
    for times in ("1", "2"):
        await page.page.locator("#receive [name=scan]").fill(BOX.replace("L7", "L8"))
        await page.page.locator("#receive [name=scan]").press("Enter")
        await expect(page.page.locator("#came [name=quantity]").first).to_have_value(times)
    await page.page.locator("#receive [type=submit]").click()
    await page.see("#order .pill", "Partly received")


async def count_and_order(page: Till, served: Served) -> None:
    """The closing count, and what it leads to."""
    await count(page, served, "33")
    item = read_item(served.shop.reader, "lager")
    assert item is not None and item.on_hand == 39_000, "three were missing"
    await order_and_receive_a_part(page, served)
    item, order = read_item(served.shop.reader, "lager"), read_purchase(served.shop.reader, 1)
    assert item is not None and order is not None
    assert (item.on_hand, item.on_order) == (41_000, order.lines[0].quantity - 2_000)
    assert [row.total for row in lot_where(served.shop.reader, "lager", "L8")] == [2_000]


async def recall(page: Till, served: Served, language: str) -> None:
    """A lot is called back: the card says who bought of it, and the till sells no more."""
    await open_card(page, served, CODE, language)
    await page.page.locator("[data-recall=L7]").first.click()
    await page.page.locator("#sure-dialog[open] [type=submit]").click()
    said = await page.see(".recalled", "1-000001")
    assert "L7" in await said.inner_text()
    assert not page.complaints, page.complaints
    await page.open(served, f"register=1&lang={language}")
    await page.scan(BOX)
    await page.see("#notice", "L7")
    assert await page.page.locator(".how-much").count() == 0, "it is not in the basket"


@pytest.mark.parametrize("language", one_by_day(["en", "he"]))
def test_from_the_delivery_to_what_comes_tomorrow(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            await done(served.shop, SetLocation("rooftop", {"en": "Rooftop", "he": "גג"}, "bar"), SYSTEM)
            await done(served.shop, SetSupplier("brewery", {"en": "Brewery"}), SYSTEM)
            await done(served.shop, SetSupplierPrice("brewery", "lager", 120, pack=24), SYSTEM)

            await open_card(page, served, BOX, language)
            await act(page, "in", boxes="2")
            await page.see("#card .figure", "2")
            (lot,) = lot_where(served.shop.reader, "lager", "L7")
            assert (lot.boxes, lot.total, lot.expiry) == (2, 48_000, "2028-03-01"), "as the box said"

            await page.open(served, f"register=1&lang={language}")
            await page.scan(CODE)
            await page.see(".how-much", "1")
            await page.keys("4*" + CODE, "Enter")
            await page.see(".how-much", "5")
            await page.keys("F9")
            await page.see("#card-dialog[open]")
            await page.keys("Enter")
            await page.page.locator('[data-desk="sales"]:visible').click()
            await page.see("#sales", "1-000001")

            await open_card(page, served, CODE, language)
            await page.see("#card .figure", "19")  # one box and nineteen: five sold out of an opened one
            await act(page, "waste", units="1", cause="breakage")
            await page.see("#card .figure", "18")
            await act(page, "transfer", units="6", location="main", to="rooftop")
            await page.see("#card td", "Rooftop" if language == "en" else "גג")
            item = read_item(served.shop.reader, "lager")
            assert item is not None and item.on_hand == 42_000
            assert {row.location: row.total for row in item.rows} == {"main": 36_000, "rooftop": 6_000}
            if language == "en":
                await count_and_order(page, served)
            await recall(page, served, language)

    run(scenario())
