"""On a phone the tables of a product's stock card and of a supplier's prices stay inside their own boxes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing import commands as buying
from edge.goods.purchasing.rules import PriceBreak
from edge.goods.stock.commands import RecordMovement
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
LAGER = Product("lager", {"en": "Old Town Lager unfiltered", "he": "בירה עתיקה לא מסוננת"}, (), 500, box=24)
SHOTS = os.environ.get("EDGE_SHOTS", "")
PHONE = (390, 844)
BROKEN = """() => [...document.querySelectorAll("td .pill")].flatMap(one => {
    const text = one.firstChild, lines = (from, to) => {
        const range = document.createRange();
        range.setStart(text, from);
        range.setEnd(text, to);
        return range.getClientRects().length;
    };
    return [...text.textContent.matchAll(/\\S+/g)].filter(({ 0: word, index }) => lines(index, index + word.length) > 1)
        .map(([word]) => word);
})"""
"""The words of a table's pills that stand on more than one line."""
TOO_WIDE = """() => [...document.querySelectorAll(".scroll, .card")]
    .filter(one => one.scrollWidth > one.clientWidth)
    .map(one => `${one.className} ${one.scrollWidth - one.clientWidth}`)"""

HIDDEN = """bar => {
    const [own, places] = [bar, ".side .groups"].map((one) => document.querySelector(one).getBoundingClientRect());
    return own.bottom > places.top + 1 || own.top < 0;
}"""
"""Whether a bar is out of sight, or beneath the five places of a phone."""


@pytest.mark.parametrize("language", ["en", "he"])
def test_tables_stay_inside_their_boxes_on_a_phone(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            await caller.set_pin()
            cheaper = (PriceBreak(10, 98_765), PriceBreak(50, 87_654))
            for command in (
                SetProducts((LAGER,)),
                buying.SetSupplier("brewery", {"en": "Old Brewery of the Mill", "he": "המבשלה הישנה"}),
                buying.SetSupplierPrice("brewery", "lager", 123_456, "OB-1", pack=24, min_packs=2, breaks=cheaper),
                buying.CreatePurchaseOrder("brewery", (buying.OrderLine("lager", 48_000),)),
                RecordMovement(
                    *("lager", "in", 5, 3_000), lot="LOT-2027-000123", expiry="2027-12-31", unit_cost_minor=123_456
                ),
            ):
                await done(served.shop, command, SYSTEM)
            for path, query, shown in (
                ("stock/item", "sku=lager", "#offers .stacked"),
                ("supplier", "id=brewery", "#price ~ .scroll .stacked"),
            ):
                await page.open(served, f"register=1&lang={language}&{query}", path=f"/manager/{path}")
                await page.page.wait_for_selector(shown)
                if SHOTS:
                    name = f"{path.replace('/', '-')}-{language}.png"
                    await page.page.screenshot(path=f"{SHOTS}/{name}", full_page=True)
                assert await page.page.evaluate(TOO_WIDE) == [], path
            for path, shown in (("stock", "#stock-list .pill"), ("purchasing", "td .pill")):
                await page.open(served, f"register=1&lang={language}", path=f"/manager/{path}")
                await page.page.wait_for_selector(shown)
                assert await page.page.evaluate(BROKEN) == [], path
            await page.open(served, f"register=1&lang={language}&sku=lager", path="/manager/stock/item")
            await page.page.wait_for_selector(".moves")
            row = page.page.locator(".moves tbody tr").first
            boxes = [await row.locator("td").nth(place).bounding_box() for place in (0, 1)]
            assert all(boxes), "when, and what was done"
            when, what = (box for box in boxes if box)
            assert when["y"] + when["height"] <= what["y"] + 1, "each on lines of its own"

    run(scenario())


def test_what_can_be_done_stands_above_the_places_of_a_phone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((390, 664)) as page:
            await caller.set_pin()
            many = (Product(f"ale-{n}", {"en": f"Ale {n}"}, (), 500) for n in range(20))
            await done(served.shop, SetProducts((LAGER, *many)), SYSTEM)
            await done(served.shop, RecordMovement("lager", "in", 5, 3_000), SYSTEM)
            await page.open(served, "register=1&lang=fr&sku=lager", path="/manager/stock/item")
            await page.see(".acts", "Réceptionner")
            assert not await page.page.evaluate(HIDDEN, ".acts")
            await page.open(served, "register=1&lang=fr", path="/manager/products")
            await page.page.locator("tbody .tick-row").first.check()
            await page.see(".bulk-bar", "Sélection : 1")
            assert not await page.page.evaluate(HIDDEN, ".bulk-bar")

    run(scenario())
