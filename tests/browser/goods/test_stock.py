"""The stock at the page: received in two taps, thrown away, counted with a difference, in any language."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.core.jobs.runner import JobRunner
from edge.core.process.parts import Part
from edge.counter.till.commands import AddLine, Pay, UseCustomer
from edge.foundation.access.rights import ALL
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement, ReserveLine, ReserveStock, SetLocation
from edge.goods.stock.lists.listings import read_locations
from edge.goods.stock.queries import is_recalled, read_item, read_stock
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.customers import known
from tests.http_client import when
from tests.shop_fixture import MILK, SYSTEM, agreed, done, run

pytestmark = pytest.mark.needs("chromium")
CODE = "5449000000996"
LAGER = Product("lager", {"en": "Lager", "he": "בירה"}, (CODE,), 500, box=24, expiry_days=30)
PHONE = (390, 800)
DAY_US = 86_400_000_000


def test_an_evening_on_a_phone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            await done(served.shop, SetLocation("rooftop", {"en": "Rooftop"}, "bar"), SYSTEM)
            await page.open(served, path="/manager/stock")
            async with page.page.expect_response("**/fragments/stock?**"):
                await page.page.locator("[name=text]").fill("lag")
            await page.page.locator("#stock-list a", has_text="Lager").click()
            await page.see(".figure", "0")
            await page.page.locator("[data-act=in]").click()
            expected = served.config.business_date(served.shop.now_us() + 30 * DAY_US)
            assert await page.page.locator("#move-dialog [name=expiry]").input_value() == expected
            await page.page.locator("#move-dialog [type=submit]").click()
            await page.see(".figure", "1 case")
            await page.page.locator("[data-act=waste]").click()
            await page.page.locator("#move-dialog [type=submit]").click()
            await page.see(".figure", "23")
            await page.see(".moves", "Written off")
            await page.page.locator("[data-act=transfer]").click()
            await page.page.locator("#move-dialog [name=units]").fill("30")
            await page.page.locator("#move-dialog [type=submit]").click()
            await page.see("#move-dialog .error", "Only 23 of Lager is on hand")
            await page.page.locator("#move-dialog [name=units]").fill("8")
            await page.page.locator("#move-dialog [type=submit]").click()
            await page.see("#card td", "Rooftop")
            await done(served.shop, RecordMovement("lager", "in", units=2000), SYSTEM)
            await page.see(".figure", "25")  # pushed, whoever did it

            await page.open(served, path="/manager/stock/counts")
            await page.page.locator("#start [type=submit]").click()
            await page.see("#rest summary", "Not counted yet: 1")
            await page.page.locator("#scan [name=sku]").fill("5449000000996")
            await page.page.locator("#scan [name=units]").fill("9")
            await page.page.locator("#scan [type=submit]").click()
            await page.see("#lines .short", "-8")
            assert await page.page.locator("#rest").count() == 0, "all of it was counted"
            await page.page.locator("#post [type=submit]").click()
            await page.see("#sure-dialog .subject", "1 product differs a lot from the expected quantity: Lager.")
            await page.page.locator("#sure-dialog [data-close]").click()
            await page.page.locator("[data-look]").click()
            await page.page.locator("#scan [name=units]").fill("16")
            await page.page.locator("#scan [type=submit]").click()
            await page.see("#lines .short", "-1")
            await page.page.locator("#post [type=submit]").click()
            await page.see(".pill", "Posted")
            item = read_item(served.shop.reader, "lager")
            assert item is not None
            assert {row.location: row.total for row in item.rows} == {"main": 16_000, "rooftop": 8_000}
            assert all("422" in complaint for complaint in page.complaints), page.complaints

    run(scenario())


def test_the_lot_that_was_scanned_is_the_one_that_leaves(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            await done(served.shop, SetLocation("rooftop", {"en": "Rooftop"}, "bar"), SYSTEM)
            for lot, expiry in (("L1", "2028-01-01"), ("L2", "2028-06-01")):
                brought = RecordMovement("lager", "in", units=9000, lot=lot, expiry=expiry)
                await agreed(served.shop, brought, SYSTEM)
            query = "register=1&sku=lager&lot=L2&expiry=2028-06-01"
            await page.open(served, path="/manager/stock/item", query=query)
            for act, units, left in (
                ("out", "1", "17"),
                ("waste", "2", "15"),
                ("transfer", "1", "15"),
                ("adjust", "4", "14"),
            ):
                await page.page.locator(f"[data-act={act}]").click()
                await page.see("#move-dialog[open]")
                assert await page.page.locator("#move-dialog [name=lot]").is_visible(), "which lot is said"
                assert act != "adjust" or not await page.page.locator("#move-dialog [name=units]").input_value()
                await page.page.locator("#move-dialog [name=units]").fill(units)
                await page.page.locator("#move-dialog [type=submit]").click()
                await page.page.locator("#move-dialog").wait_for(state="hidden")
                await page.see(".figure", left)
            item = read_item(served.shop.reader, "lager")
            assert item is not None
            assert {(row.location, row.lot): row.total for row in item.rows} == {
                ("main", "L1"): 9_000,
                ("main", "L2"): 4_000,
                ("rooftop", "L2"): 1_000,
            }

    run(scenario())


def test_the_till_says_what_it_sold_of_no_lot_that_is_known_and_sells_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served), till() as page:
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            brought = RecordMovement("lager", "in", units=2000, lot="L1", expiry="2028-01-01")
            await agreed(served.shop, brought, SYSTEM)
            await page.open(served)
            for line, said in (
                (AddLine(CODE, quantity=2000), ""),
                (AddLine(MILK), ""),
                (AddLine(CODE), "Lager was sold without a lot"),
                (AddLine("0105449000000996" + "17280101" + "10L1"), "Lager: more of lot L1 was sold"),
            ):
                await done(served.shop, line)
                await done(served.shop, Pay("card"))
                await page.see(".ended #change")
                if said:
                    await page.see(".ended .short-lot", said)
                else:
                    assert await page.page.locator(".short-lot").count() == 0, "what is not kept by lot is no news"
            assert read_stock(served.shop.reader, "lager") == -2_000, "a notice, never a refusal"

    run(scenario())


def test_a_lot_that_is_gone_is_recalled_by_typing_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            await done(served.shop, RecordMovement("lager", "in", units=1000, lot="L1", expiry="2028-01-01"), SYSTEM)
            await done(served.shop, AddLine(CODE))
            await done(served.shop, UseCustomer(await known(served.shop)))
            await done(served.shop, Pay("card"))
            await page.open(served, path="/manager/stock/item", query="register=1&sku=lager")
            assert await page.page.locator("[data-recall=L1]").count() == 0, "it is sold: no row of it is left"
            await page.page.locator("details:has(#recall-gone) summary").click()
            await page.page.locator("#recall-gone [name=lot]").fill("L1")
            await page.page.locator("#recall-gone [type=submit]").click()
            asked = await (await page.see("#sure-dialog[open] .subject", "L1")).inner_text()
            assert "Still in stock: 0." in asked
            assert "Receipts with this lot: 1; known customers: 1." in asked
            await page.page.locator("#sure-dialog [data-close]").click()
            assert not is_recalled(served.shop.reader, "lager", "L1"), "nothing is done before the yes"
            await page.page.locator("#recall-gone [type=submit]").click()
            await page.page.locator("#sure-dialog[open] [type=submit]").click()
            await page.see(".recalled", "L1")
            await page.see(".recalled", "1-000001")
            assert is_recalled(served.shop.reader, "lager", "L1")

    run(scenario())


def test_what_is_over_is_thrown_away_and_a_place_is_made(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            old = RecordMovement("lager", "in", units=3000, lot="X", expiry="2020-01-01")
            await agreed(served.shop, old, SYSTEM)
            await page.open(served, path="/manager/stock/expiring", query="register=1&lang=he")
            await done(served.shop, ReserveStock("order:o7", (ReserveLine("lager", 1000),), said="K7"), SYSTEM)
            await page.page.locator("[data-waste]").click()
            await page.page.locator("#sure-dialog [type=submit]").click()
            await page.see("#sure-dialog .subject", "K7")  # promised, and past its day
            await page.page.locator("#sure-dialog [type=submit]").click()
            await page.gone("[data-waste]")
            assert read_stock(served.shop.reader, "lager") == 0
            await page.open(served, path="/manager/stock/places")
            await page.page.locator("[name='names.en']").fill("Cellar")
            await page.page.locator("#place [type=submit]").click()
            await page.see("td", "Cellar")
            await page.page.locator("[data-end$=cellar]").click()
            await page.gone("[data-end$=cellar]")
            assert len(page.complaints) == 1 and "422" in page.complaints[0], "the question"

    run(scenario())


def test_the_form_of_a_place_says_what_is_said_of_it_and_nothing_of_another(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1200, 900)) as page:
            await caller.set_pin()
            await done(served.shop, SetLocation("cave", {"en": "Cellar", "fr": "Cave"}, "storage"), SYSTEM)
            await done(served.shop, SetLocation("shelf", {"en": "Shelf", "he": "מדף"}, "storage", "cave"), SYSTEM)
            await page.open(served, path="/manager/stock/places")
            await page.page.locator("tr:has-text('cave') [data-change]").first.click()
            await page.page.locator("tr:has-text('shelf') [data-change]").click()
            await page.page.locator("#place [name='names.en']").fill("Shelves")
            async with page.page.expect_response("**/stock-locations/shelf"):
                await page.page.locator("#place [type=submit]").click()
            await page.see("td", "Shelves")
            shelf = next(one for one in read_locations(served.shop.reader) if one.id == "shelf")
            assert (shelf.names, shelf.parent) == ({"en": "Shelves", "he": "מדף"}, "cave")
            assert page.complaints == []

    run(scenario())


def test_a_file_of_counts_is_looked_at_and_posted(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1200, 900)) as page:
            await caller.set_pin()
            served.supervisor.start(Part("jobs", JobRunner(served.shop, served.shop.bus, ALL).run))
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            await done(served.shop, RecordMovement("lager", "in", units=5000), SYSTEM)
            file = tmp_path / "counts.csv"
            file.write_text("sku,quantity\nlager,4\nnothing,2\nlager,x\n")
            await page.open(served, "register=1&lang=he", "/manager/stock/counts")
            await page.page.locator("#upload [name=file]").set_input_files(file)
            await page.page.locator("#upload [type=submit]").click()
            await page.see("#understood", "בירה")
            await page.page.locator("[data-dry]").click()
            await page.see("#jobs", "1")
            await page.page.locator("#take [type=submit]").click()
            await page.page.locator("#take").wait_for(state="hidden")

            async def held() -> int:
                return read_stock(served.shop.reader, "lager")

            await when(held, lambda found: found == 4000, "posted")
            assert not page.complaints, page.complaints

    run(scenario())


@pytest.mark.parametrize(
    ("language", "word", "shown"), [("en", "cans", "can"), ("fr", "canettes", "canette"), ("he", "פחיות", "פחית")]
)
def test_loose_units_are_called_by_their_container(tmp_path: Path, language: str, word: str, shown: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((msgspec.structs.replace(LAGER, container="Can"),)), SYSTEM)
            await done(served.shop, RecordMovement("lager", "in", 2, 9_000), SYSTEM)
            await page.open(served, f"register=1&lang={language}", path="/manager/stock")
            await page.see("#stock-list", word)
            await page.open(served, f"register=1&lang={language}&sku=lager", path="/manager/stock/item")
            await page.see(".figure", word)
            await page.open(served, f"register=1&lang={language}&sku=lager", path="/manager/product")
            await page.page.locator("[name=container]").fill(shown[:3])
            await page.see("#picks", shown)
            assert page.complaints == []

    run(scenario())
