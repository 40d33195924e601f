"""What a cashier is told to give back: notes as they came, change taken again, store credit by a gift receipt."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, AddOpenAmount, AddReturn, Pay, VoidLine
from edge.money.tenders.commands import SetRate
from tests.browser.browsing import till
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.shop_fixture import MANAGER, MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")


def test_a_sale_paid_in_dollars_is_undone_by_its_notes_and_the_change(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, SetRate("USD", 915_000), SYSTEM)
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("cash_usd", 500))
            await page.open(served)
            await page.keys("F10")
            await page.see("#void-sale .drawer", "Refunded: $5.00")
            await page.see("#void-sale .drawer", "Taken again: Cash")
            await page.see("#void-sale .drawer", "€3.38")
            await page.keys("Enter")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see(".ended.voided", "Refunded: $5.00")
            await page.see(".ended.voided", "Taken again: Cash")
            assert page.complaints == []

    run(scenario())


def test_goods_for_other_goods_by_a_gift_receipt_leave_store_credit(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, AddOpenAmount("Vase", "standard", 1_250))
            await done(served.shop, Pay("card"))
            await done(served.shop, AddLine(MILK))
            await page.open(served)
            await page.keys("F3")
            await page.see("#refundable .found")
            await page.page.locator('#refund-dialog [name="text"]').fill("RG/1-000001")
            await page.see("#refundable .found[data-gift]")
            await page.keys("Enter")
            await page.see("#refund-sale .take")
            await page.page.locator("#refund-sale .take").first.click()
            await page.page.locator("[data-exchange]").click()
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see(".line.goes-back", "12.50")
            await page.keys("F8", "Enter")
            await page.see(".ended", "Store credit")
            await page.see(".ended .huge", "€11.30")
            assert page.complaints == []

    run(scenario())


def test_goods_that_come_back_alone_are_read_beside_the_last_receipt(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as page:
            await done(served.shop, AddOpenAmount("Vase", "standard", 1_250))
            await done(served.shop, Pay("card"))
            await page.open(served)
            await page.see(".paper-desk .paper")
            await done(served.shop, AddReturn(1), MANAGER)
            for part in (".name", ".amount"):
                shown = await page.see(f".line.goes-back {part}")
                on_top = "(one) => { const { x, y, width, height } = one.getBoundingClientRect();"
                on_top += " return one.contains(document.elementFromPoint(x + width / 2, y + height / 2)); }"
                assert await shown.evaluate(on_top), f"{part} is covered"

    run(scenario())


def test_a_line_that_was_struck_is_not_chosen_any_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as page:
            await done(served.shop, AddLine(MILK))
            await done(served.shop, AddOpenAmount("Vase", "standard", 1_250))
            await page.open(served)
            await page.see('.line[aria-selected="true"]', "Vase")
            await done(served.shop, VoidLine(2))
            await page.see('.line[aria-selected="true"]', "Milk")

    run(scenario())


def test_the_page_of_an_exchange_says_what_came_back_and_where_the_rest_went(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            await done(served.shop, AddOpenAmount("Vase", "standard", 1_250))
            await done(served.shop, Pay("card"))
            await done(served.shop, AddLine(MILK))
            await done(served.shop, AddReturn(1), MANAGER)
            await done(served.shop, Pay("cash"))
            page = (await caller.get("/manager/sale?register=1&number=2&lang=en", Grant=served.site.door.token)).text
            for said in ("Milk", "Vase", "Returned from receipt 1-000001", "-€12.50", "Refunded to card", "€11.30"):
                assert said in page, said

    run(scenario())
