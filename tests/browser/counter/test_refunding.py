"""Goods come back at the page: the receipt is scanned, typed or chosen; by keys and by touch; in every language."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay, SetQuantity
from edge.counter.till.queries import last_receipt, read_refunded
from edge.goods.stock.queries import read_stock
from tests.browser.browsing import till
from tests.browser.calling import PIN, calling
from tests.browser.serving import Served, serve
from tests.scheduling import one_by_day
from tests.shop_fixture import CASHIER, CONFIG, MILK, TOMATO, run


async def sold(served: Served) -> None:
    """Three milks (3.60) and 1.25 kg of tomatoes (4.99)."""
    await served.shop.do(AddLine(MILK), CASHIER)
    await served.shop.do(SetQuantity(1, 3000), CASHIER)
    await served.shop.do(AddLine(TOMATO, quantity=1250), CASHIER)
    await served.shop.do(Pay("cash", 1000), CASHIER)


@pytest.mark.parametrize("language", one_by_day(["en", "he", "fr"]))
def test_one_of_three_by_keyboard_alone(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await sold(served)
            await page.open(served, f"register=1&lang={language}")
            await page.keys("F3")
            await page.see("#refundable .found")
            await page.page.keyboard.type("1-1", delay=60)  # slower than a scanner
            await page.see("#refundable .found", "1")
            await page.keys("Enter")
            await page.see("#refund-sale li")
            await page.keys("+")
            await page.see("#refund-sums .huge", served.site.renderer.texts[language].money(120))
            await page.keys("F8")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see(".ended .huge", served.site.renderer.texts[language].money(120))
            await page.gone("#refund-dialog")
            assert read_refunded(served.shop.reader, "1", 1) == {1: 1000}
            assert read_stock(served.shop.reader, "milk") == -2000
            await page.see("#paper", served.site.renderer.texts["en"].say("receipt.refund"))
            assert page.complaints == []

    run(scenario())


def test_all_of_it_by_touch_some_of_it_damaged(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await sold(served)
            await page.open(served)
            await served.shop.do(AddLine("R/1-000001"), CASHIER)  # on a scanner's own wire
            await page.page.locator("#notice [data-refund]").click()
            await page.page.locator("[data-all]").click()
            await page.see("#refund-sums .huge", "€8.59")
            await page.page.locator('[data-line="2"] [type="checkbox"]').check()
            await page.page.locator('[data-line="1"] [data-step="-1"]').click()
            await page.see("#refund-sums .huge", "€7.39")
            await page.page.locator('#refund-dialog [name="reason"]').fill("soft")
            await page.page.locator('#refund-dialog [data-give=""]').click()
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see(".ended .huge", "€7.39")
            await page.see("#sales .refund .amount", "-€7.39")
            assert (read_stock(served.shop.reader, "milk"), read_stock(served.shop.reader, "tomato")) == (-1000, -1250)
            await page.keys("F3")
            await page.see("#refundable .found", "-€7.39")
            await page.keys("9999")
            await page.see("#refundable .hint", "No sale found.")
            assert page.complaints == []

    run(scenario())


def test_while_the_next_basket_is_open_it_is_said_what_to_give_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await sold(served)
            await page.open(served)
            await page.scan(MILK)
            await page.see("#lines li", "€1.20")
            await page.keys("F10")
            await page.see("#void-sale .subject", "Receipt 1-000001")
            await page.see("#void-sale .huge", "€8.59")
            await page.see("#void-sale .drawer", "Refunded in cash")
            await page.keys("Enter")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see(".ended .huge", "€8.59")
            await page.see("#lines li", "€1.20")  # the basket is as it was
            await page.see("#sums .due", "€1.20")
            await page.scan(TOMATO)
            await page.see("#question dialog[open]")
            await page.gone(".ended")
            assert page.complaints == []

    run(scenario())


def test_a_scan_while_the_dialog_asks_and_what_was_refunded_already(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await sold(served)
            await page.open(served)
            await page.keys("F3")
            await page.see("#refundable .found")
            await served.shop.do(AddLine("R/1-000001"), CASHIER)
            await page.see("#refund-sale li", "Tomatoes")
            await page.page.locator("[data-all]").click()
            await page.keys("F9")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.gone("#refund-dialog")
            await page.keys("F3")
            await page.see("#refundable .found")
            await page.keys("Enter")
            await page.see("#refund-dialog .error", "Receipt 1-000001 has already been fully refunded.")

    run(scenario())


def test_without_a_receipt_only_where_the_store_takes_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = "till.refunds_without_receipt = true\n" + CONFIG
        async with serve(tmp_path, text=text) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await page.open(served)
            await page.scan(MILK)
            await page.see("#lines li")
            await page.keys("F3")
            await page.page.locator("[data-without]").click()
            await page.page.locator('#refund-dialog [name="reason"]').fill("a gift")
            await page.keys("F8")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see(".ended .huge", "€1.20")
            refund = last_receipt(served.shop.reader, "1")
            assert refund is not None
            assert (refund.kind, refund.total_minor) == ("refund", -120)
            assert page.complaints == []

    run(scenario())


def test_a_second_touch_gives_nothing_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await sold(served)
            await page.open(served)
            for count in (1, 2):
                await page.keys("F3")
                await page.see("#refundable .found")
                await page.keys("Enter")
                await page.see("#refund-sale li")
                await page.keys("+")
                cash = page.page.locator('#refund-dialog [data-give=""]')
                await cash.click(click_count=count)
                await page.see("#pin-dialog[open]")
                await page.keys(PIN, "Enter")
                await page.gone("#refund-dialog")
                assert read_refunded(served.shop.reader, "1", 1) == {1: count * 1000}

    run(scenario())
