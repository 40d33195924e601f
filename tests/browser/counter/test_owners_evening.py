"""A day by the pages for owners alone: each button is found by what docs/owner calls it, and does what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edge.counter.quick_keys.commands import SetQuickKeys
from edge.counter.quick_keys.layout import Key, KeyPage
from edge.counter.shifts.queries import read_shifts
from edge.counter.till.commands import AddLine, SendToKitchen
from edge.counter.till.queries import read_z_reports
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from tests.browser.browsing import Till, till
from tests.browser.calling import PIN
from tests.browser.serving import Served, serve
from tests.ordering import do
from tests.shop_fixture import CASHIER, MILK, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")

DAY = (Path(__file__).parents[3] / "docs" / "owner" / "en" / "3-every-day.md").read_text()
NAMED = {" ".join(name.split()) for name in re.findall(r"\*\*(.+?)\*\*", DAY, re.DOTALL)}


def told(name: str) -> str:
    """What the page calls a button; a page that stops saying so has to be walked again."""
    assert name in NAMED, f"docs/owner does not name {name!r} any more"
    return name


async def press(page: Till, name: str) -> None:
    """What someone does who reads: looks for that word on what can be pressed."""
    pressed = page.page.locator("button, a, summary").filter(has_text=re.compile(rf"^\W*{re.escape(told(name))}(?!\w)"))
    await pressed.locator("visible=true").first.click()


async def enter_pin(page: Till) -> None:
    await page.see("#pin-dialog[open]")
    await page.keys(PIN, "Enter")
    await page.gone("#pin-dialog[open]")


async def morning(page: Till) -> None:
    await press(page, "No shift")
    await page.see('[data-step-of="open"]')
    await page.keys("100")
    await press(page, "Open shift")
    await page.see("#shift", "Shift 1")
    await page.gone("#shift-dialog[open]")


async def sells_and_takes_back(served: Served, page: Till) -> None:
    """Two milks for cash, one of which comes back."""
    for _ in range(2):
        await page.scan(MILK)
    await page.see("#lines [data-line]", "2")
    await page.keys("F8")
    await page.see("#cash-dialog[open]")
    await page.keys("Enter")
    await page.see("#sales", "€2.40")
    await press(page, "Refund")
    await page.see("#refundable .found")
    await page.keys("Enter")
    await page.see("#refund-sale li")
    await page.keys("+")
    await page.see("#refund-sums .huge", "€1.20")
    await page.keys("F8")
    await enter_pin(page)
    await page.see(".ended .huge", "€1.20")
    await page.gone("#refund-dialog[open]")


async def evening(served: Served, page: Till) -> None:
    """The drawer is counted to the cent, then the day's paper is made."""
    await page.page.locator("#shift").click()
    await press(page, "Count and close")
    await page.page.locator('[data-value="10000"]').fill("1")
    await page.page.locator('[data-value="100"]').fill("1")
    await page.page.locator('[data-value="20"]').fill("1")
    await page.see("#counted", "€101.20")
    await page.page.locator('[data-step-of="count"] [type="submit"]').click()
    await page.see("#shift-sure .huge", "€101.20")
    await press(page, "Close shift")
    await page.see('[data-step-of="ended"]')
    await page.keys("Enter")
    await page.see("#shift", "No shift")
    (shift,) = read_shifts(served.shop.reader)
    assert shift.expected_minor == shift.counted_minor == 10_120
    await page.page.locator('[data-act="reports"]').click()
    await press(page, "Z report (close)")
    await page.keys("Enter")
    await enter_pin(page)
    await page.see("#reports [data-sums]", "€1.20")
    await page.keys("Enter")
    await page.see("#reports [role=status]", "Z report 1 created.")
    assert [z.number for z in read_z_reports(served.shop.reader, "1")] == [1]


def test_a_day_from_the_float_to_the_z_by_what_the_page_for_owners_says(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await page.open(served, "register=1&lang=en")
            await morning(page)
            await sells_and_takes_back(served, page)
            await evening(served, page)
            assert page.complaints == []
            await page.open(served, "register=1&lang=en", "/manager/alerts")
            await press(page, "Today")
            await page.see("main .figure", "€1.20")
            await press(page, "Sales")
            await page.see("main a", "1-000002")

    run(scenario())


def test_a_cooks_evening_by_what_the_page_for_owners_says(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as cook, till() as cashier:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await do(served.shop, SetCategories((Category("hot", {"en": "Hot"}),)), SYSTEM)
            soup = Product("soup", {"en": "Soup"}, price_minor=600, category="hot")
            await do(served.shop, SetProducts((soup,)), SYSTEM)
            await do(served.shop, SetQuickKeys((KeyPage({"en": "Hot"}, (Key(0, "soup"),), "brown"),)), SYSTEM)
            await cook.open(served, "register=1&lang=en", "/manager")
            await press(cook, "Orders")
            await press(cook, "Stations")
            await cook.page.fill('form.thing [name="names.en"]', "Grill")
            await cook.page.click('form.thing [type="submit"]')
            await cook.see('form[data-id="grill"]')
            await press(cook, "Kitchen screen")
            await cook.see("#kitchen .none", "No open tickets.")
            await cashier.open(served, "register=1&lang=en")
            await do(served.shop, AddLine(sku="soup"), CASHIER)
            await do(served.shop, SendToKitchen("Table 7"), CASHIER)
            await cook.see(".ticket .note", "Table 7")
            await press(cook, "Sold out")
            await cashier.see("[data-quick='soup'][disabled]")
            await press(cook, "Available again")
            await cashier.see("[data-quick='soup']:not([disabled])")
            await press(cook, "Done")
            await cook.gone(".ticket")
            await press(cook, "Recall")
            await cook.see(".ticket", "Soup")
            assert cook.complaints == []

    run(scenario())
