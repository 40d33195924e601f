"""X, Z and gift receipts by a person; today, as it is sold; a sale of before, looked up and printed again."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from edge.core.journal.rows import facts
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.events import GiftReceiptPrinted
from edge.counter.till.queries import read_receipt, read_z_reports
from edge.lib.i18n import LANGUAGES
from tests.browser.browsing import till
from tests.browser.calling import PIN, calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import CASHIER, MILK, FakeClock, run

pytestmark = pytest.mark.needs("chromium")
WIDE = ("/manager", "/manager/today", "/manager/sales", "/manager/sale", "/manager/technical")


async def sell(served: Served, times: int = 1) -> None:
    for _ in range(times):
        await served.shop.do(AddLine(MILK), CASHIER)
        await served.shop.do(Pay("card"), CASHIER)


def gifts(served: Served) -> list[GiftReceiptPrinted]:
    events = (fact.event for fact in facts(served.shop.reader, served.shop.registry, 1))
    return [event for event in events if isinstance(event, GiftReceiptPrinted)]


def printed(served: Served, kind: str) -> int:
    found = served.shop.reader.execute("SELECT count(*) FROM print_job WHERE kind = ?", (kind,)).fetchone()
    return int(found[0])


def test_papers_by_keys_and_a_z_that_asks_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await sell(served, 2)
            await page.open(served)
            await page.keys("#")
            await page.see('#reports [data-report="x"]')
            await page.keys("x")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see("#reports [data-sums]", "€2.40")  # on the screen first, also where no printer is
            assert printed(served, "report") == 0
            await page.keys("Enter")
            await page.gone("#reports-dialog")
            assert (printed(served, "report"), read_z_reports(served.shop.reader, "1")) == (1, [])
            await page.page.locator('[data-act="reports"]').click()
            await page.see('#reports [data-to="sure"]')
            await page.keys("z")
            await page.see("#reports .subject", "Z report 1 closes register 1")
            await page.see('[data-step-of="sure"] p', "2 sales")
            await page.page.locator('[data-to="choose"]').click()  # not yet
            await page.keys("z", "Enter")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see("#reports [data-sums]", "€2.40")
            await page.keys("Enter")
            await page.see("#reports [role=status]", "Z report 1 created.")
            await page.keys("Escape")
            await page.gone("#reports-dialog")
            assert [(z.number, z.total_minor) for z in read_z_reports(served.shop.reader, "1")] == [(1, 240)]
            await page.keys("#")
            await page.page.locator('[data-z="1"]').click()
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.gone("#reports-dialog")
            assert read_z_reports(served.shop.reader, "1")[0].copies == 1
            async with page.page.expect_response(lambda answer: "PrintGiftReceipt" in answer.url) as answered:
                await page.keys("!")
            assert (await answered.value).status == 200
            assert [fact.number for fact in gifts(served)] == [2]
            assert page.complaints == []

    run(scenario())


def test_today_follows_what_is_sold_and_has_its_numbers_as_a_table(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, till() as page:
            await sell(served)
            clock.advance(7 * 24 * 3600)
            await page.open(served, "register=1&lang=en", path="/manager")
            await page.see("#turnover", "€0.00")
            await page.see(".chart canvas")
            await page.see("#by-hour", "€1.20")
            await sell(served, 2)
            await page.see("#turnover", "€2.40")
            await page.see("#best", "Milk")
            await page.see("#tenders", "€2.40")
            await page.see("#needs", "Backups are off")
            day = await page.page.locator("#figures").get_attribute("data-day")
            await page.open(served, f"register=1&lang=en&day={day}", path="/manager/today")
            await page.see("#turnover", "€2.40")
            await page.page.locator("nav.groups a", has_text="Settings").click()
            await page.page.locator("nav.pages a", has_text="Technical").click()
            await page.see("#parts")
            assert page.complaints == []

    run(scenario())


def test_nothing_is_wider_than_the_screen(tmp_path: Path) -> None:
    """That of a laptop, and of a phone, in each language."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await sell(served)
            for language, path in product(LANGUAGES, WIDE):
                await page.open(served, f"register=1&number=1&lang={language}", path=path)
                for width, height in ((1366, 768), (390, 844)):
                    await page.page.set_viewport_size({"width": width, "height": height})
                    wide = await page.page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    assert wide <= 0, (path, language, width)

    run(scenario())


def test_a_sale_is_looked_up_and_printed_again_at_its_own_register(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await sell(served, 2)
            await page.page.goto(f"{served.url}/manager/sales?register=2&lang=en")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see("h1", "Sales")
            await page.page.goto(f"{served.url}/manager/sales?register=2&lang=en&product=mlik")
            await page.see(".hint", "Milk")
            await page.page.locator(".papers-list td:not(.row-menu) a").last.click()
            await page.see("#sale-lines", "Milk")
            await page.page.locator('[data-paper="ReprintReceipt"]').click()
            await page.see("#printed")
            receipt = read_receipt(served.shop.reader, "1", 1)
            assert receipt is not None
            assert receipt.copies == 1
            async with page.page.expect_response(lambda answer: "PrintGiftReceipt" in answer.url) as answered:
                await page.page.locator('[data-paper="PrintGiftReceipt"]').click()
            assert (await answered.value).status == 200
            assert [gift.number for gift in gifts(served)] == [1]

    run(scenario())


def test_goods_of_a_sale_that_was_looked_up_are_taken_back_at_the_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await sell(served, 2)
            await page.open(served, "register=1&number=1&lang=en", "/manager/sale")
            await page.page.locator("#refund").click()
            await page.see("#refund-dialog[open] .subject", "1-000001")
            await page.page.locator("#refund-dialog [data-all]").click()
            await page.see("#refund-sums", "€1.20")
            await page.page.locator('#refund-dialog [name="reason"]').fill("too many")
            await page.page.locator('#refund-dialog [data-give=""]').click()
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.gone("#refund-dialog[open]")
            await page.page.reload()
            await page.see('body[data-link="open"]')
            assert await page.page.locator("#refund-dialog[open]").count() == 0
            await page.open(served, "register=1&number=1&lang=en", "/manager/sale")
            await page.see("h1", "1-000001")
            assert await page.page.locator("#refund").count() == 0  # all of it came back

    run(scenario())
