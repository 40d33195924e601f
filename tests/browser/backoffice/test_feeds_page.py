"""The page of feeds: a connector is made, a file brought, what is wrong mended; in three languages and on a phone."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from edge.backoffice.feeds.commands import NoteCountsGiven, SetConnector
from edge.backoffice.feeds.connector import Connector
from edge.backoffice.feeds.entities import CONNECTORS
from edge.core.jobs.runner import JobRunner
from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import ALL
from edge.goods.purchasing.commands import SetSupplier
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.shop_fixture import SYSTEM, run

SHOTS = os.environ.get("EDGE_SHOTS", "")
PRICES = "supplier_id,sku,cost\ndairy,milk,0.80\ndairy,soap,1.00\ndairy,beer,0\n"
SIZES = (("en", (1024, 768)), ("he", (1024, 768)), ("fr", (390, 664)), ("en", (390, 664)))


def test_a_file_comes_in_and_what_is_wrong_is_mended(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(PRICES)

    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            assert isinstance(await served.shop.do(SetSupplier("dairy", {"en": "Dairy"}), SYSTEM), Done)
            served.supervisor.start(Part("jobs", JobRunner(served.shop, served.shop.bus, ALL).run))
            await page.open(served, path="/manager/feeds")
            await page.page.locator(".new summary").click()
            await page.page.locator(".new [name=new_id]").fill("dairy-prices")
            await page.page.locator(".new [name=entity_type]").select_option("SupplierPrice")
            await page.page.locator(".new button.strong").click()
            await page.see("[data-connector=dairy-prices]", "supplier prices")
            made = CONNECTORS.find(served.shop.reader, "dairy-prices")
            assert made is not None and (made.kind, made.entity_type) == ("upload", "SupplierPrice")
            await page.page.locator("#bring [name=file]").set_input_files(file)
            await page.page.locator("#bring [name=connector]").select_option("dairy-prices")
            await page.page.locator("#bring button[type=submit]").click()
            counts = "Records: 3 · imported: 1 · unchanged: 0 · needs approval: 1 · with errors: 1"
            await page.see(".run[data-status=completed]", counts)
            await page.page.locator(".run header a").click()
            await page.see(".record.invalid", "product soap doesn't exist in this shop")
            await page.page.locator(".record.invalid summary").click()
            await page.see(".record.invalid details", "supplier_id")
            async with page.page.expect_download() as download:
                await page.page.get_by_text("Original file").click()
            assert await asyncio.to_thread((await (await download.value).path()).read_text) == PRICES
            await page.page.locator(".record.invalid [name=value]").fill("tomato")
            await page.page.locator(".record.invalid .mend button").click()
            await page.see(".feeds-page", "No records.")
            await page.page.locator(".states a").filter(has_text="valid").click()
            await page.page.locator(".record.valid [data-take]").click()
            await page.see(".feeds-page", "imported: 2")
            prices = served.shop.reader.execute("SELECT sku FROM supplier_price ORDER BY seq").fetchall()
            assert prices == [("milk",), ("tomato",)]
            await page.open(served, path="/quality")
            await page.page.locator("#look").click()
            await page.see("#report", "dairy-prices: Data is up to date")
            assert page.complaints == []
            erp = Connector(
                "erp-counts", "ERP", "odoo", "Inventory", "https://erp.example", every_min=60, push_counts=True
            )
            for command in (SetConnector(erp), NoteCountsGiven("erp-counts", 12, 3)):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            await page.open(served, path="/manager/feeds")
            await page.see("[data-connector=erp-counts]", "12 counts updated in the other system")
            await page.see("[data-connector=erp-counts]", "3 skipped")
            assert not await page.page.locator("[data-fetch=erp-counts]").count()
            for language, size in SIZES:
                await page.page.set_viewport_size({"width": size[0], "height": size[1]})
                for path, more in (("/manager/feeds", ""), ("/manager/feeds/records", "&job=1")):
                    await page.open(served, f"register=1&lang={language}{more}", path=path)
                    await page.see(".feeds-page h1")
                    if SHOTS:
                        name = f"{path.rpartition('/')[2]}-{language}-{size[0]}"
                        await page.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
                    wide = await page.page.evaluate("document.documentElement.scrollWidth > innerWidth")
                    assert not wide, (path, language, size)

    run(scenario())
