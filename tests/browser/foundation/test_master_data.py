"""Master data on its page: a table is brought, and says line by line what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.goods.stock.commands import SetLocation
from edge.goods.stock.entities import LEVELS, LOCATIONS
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, done, run


def file(text: str) -> Any:
    return {"name": "places.csv", "mimeType": "text/csv", "buffer": text.encode()}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


def test_a_table_is_taken_whole_or_says_what_is_wrong(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as page:
            await caller.set_pin()
            await done(served.shop, SetLocation("cellar", {"en": "Cellar"}, "storage"), SYSTEM)
            await page.open(served, path="/manager/stock/places")
            bring = page.page.locator("[data-table=stock_location] [type=file]")
            await bring.set_input_files(file("id,names.en,kind,parent\nrack,Rack,round,cellar\nbin,Bin,bar,attic\n"))
            await page.see("[data-table] output", "Line 2, kind")
            await bring.set_input_files(file("id,names.en,kind,parent\nrack,Rack,storage,cellar\nbin,Bin,bar,attic\n"))
            await page.see("[data-table] output", "Line 3: Location attic not found")
            assert [one.id for one in LOCATIONS.read(served.shop.reader)] == ["cellar"]
            await bring.set_input_files(file("id,names.en,kind,parent\nrack,Rack,storage,cellar\nbin,Bin,bar,rack\n"))
            await page.see("td", "Bin")
            async with page.page.expect_download() as saved:
                await page.page.locator("[data-save-table]").click()
            assert (await saved.value).suggested_filename == "stock_location.csv"
            assert len(page.complaints) == 2 and all("422" in one for one in page.complaints)

    run(scenario())


def test_the_levels_of_all_products_go_out_and_in_as_a_table(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as page:
            await caller.set_pin()
            await page.open(served, path="/manager/stock")
            bring = page.page.locator("[data-table=stock_level] [type=file]")
            async with page.page.expect_event("load"):  # the page shows what was taken
                await bring.set_input_files(file("sku,location,reorder,par\nmilk,main,6000,24000\n"))
            async with page.page.expect_download() as saved:
                await page.page.locator("[data-save-table]").click()
            assert "milk,main," in text_of(await (await saved.value).path())
            (one,) = LEVELS.read(served.shop.reader)
            assert (one.sku, one.reorder, one.par) == ("milk", 6000, 24000)

    run(scenario())
