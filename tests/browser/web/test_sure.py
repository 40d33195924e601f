"""At the page: what is hardly meant is asked about, a wrong number is answered in words, money goes back by tender."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.queries import last_receipt
from tests.browser.browsing import till
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.shop_fixture import CASHIER, MILK, run

pytestmark = pytest.mark.needs("chromium")


def test_far_too_much_cash_is_asked_about_and_enter_does_not_take_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await page.scan(MILK)
            await page.see("#lines li", "€1.20")
            await page.keys("9", "0", "0", "0", "F8")
            await page.see("#sure-dialog .subject", "€8,998.80")
            await page.keys("Enter")
            await page.gone("#sure-dialog")
            assert await page.page.locator("#code").input_value() == "9000", "what was typed is there again"
            assert last_receipt(served.shop.reader, "1") is None
            await page.keys("F8")
            await page.page.locator('#sure-dialog [type="submit"]').click()
            await page.see("#change", "€8,998.80")
            assert [said for said in page.complaints if "422" not in said] == []

    run(scenario())


def test_a_wrong_number_is_answered_in_words_and_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await page.scan(MILK)
            await page.see("#lines li", "€1.20")
            await page.keys("F2")
            for typed, said in (("1.5", "Enter a whole number"), ("x", "Enter a number above 0")):
                await page.page.locator('#quantity-dialog [name="value"]').fill(typed)
                await page.keys("Enter")
                await page.see("#quantity-dialog .error", said)
                assert await page.page.locator('#quantity-dialog [name="value"]').input_value() == typed
            await page.page.locator('#quantity-dialog [name="value"]').fill("3")
            await page.keys("Enter")
            await page.gone("#quantity-dialog")
            await page.see("#lines li", "€3.60")
            await page.keys("F8")
            await page.page.locator('#cash-dialog [name="value"]').fill("a lot")
            await page.keys("Enter")
            await page.see("#cash-dialog .error", "Enter an amount, such as 12.50.")
            assert [said for said in page.complaints if "422" not in said] == []

    run(scenario())


def test_the_void_of_a_split_sale_says_what_goes_back_and_how(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await served.shop.do(AddLine(MILK), CASHIER)
            await served.shop.do(Pay("card", 100, "A1"), CASHIER)
            await served.shop.do(Pay("cash", 100), CASHIER)
            await page.open(served)
            await page.keys("F10")
            await page.see("#void-sale .drawer", "Refunded to card€1.00")
            await page.see("#void-sale .drawer", "Refunded in cash€0.20")
            await page.page.locator('#void-sale [name="reason"]').fill("changed their mind")
            await page.keys("Enter")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see(".ended.voided h2", "1-000001")
            assert await page.page.locator(".ended .huge").all_inner_texts() == ["€1.00", "€0.20"]
            await page.keys("F10")
            await page.see("#void-sale [data-refused]", "isn't a sale, so it can't be voided")
            assert await page.page.locator('#void-sale-dialog [type="submit"]').is_disabled()
            assert [said for said in page.complaints if "422" not in said] == []

    run(scenario())


def test_a_card_sale_goes_back_to_the_card_and_cash_instead_needs_a_reason(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            for _ in range(2):
                await served.shop.do(AddLine(MILK), CASHIER)
                await served.shop.do(Pay("card"), CASHIER)
            await page.open(served)
            for way in ("F9", "F8"):
                await page.keys("F3")
                await page.page.locator("#refundable .found").first.click()
                await page.page.locator("[data-all]").click()
                await page.see("#refund-sums", "Refunded to card")
                await page.keys(way)
                await page.see("#pin-dialog[open]")
                await page.keys(PIN, "Enter")
                if way == "F9":
                    await page.see(".ended .label", "Refunded to card")
                    await page.gone("#refund-dialog")
                    await served.shop.do(AddLine(MILK), CASHIER)
                    await served.shop.do(Pay("card"), CASHIER)
            await page.see("#refund-dialog .error", "Enter the reason for refunding in cash")
            await page.page.locator('#refund-dialog [name="reason"]').fill("the card is lost")
            await page.keys("F8")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see(".ended .label", "Refunded in cash")
            assert [said for said in page.complaints if "422" not in said] == []

    run(scenario())
