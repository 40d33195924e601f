"""A file is brought, understood, looked at and taken on the manager's page; its report and an export are saved."""

from __future__ import annotations

import csv
import sqlite3  # as whoever reads the export has it: no ledger is opened by it
from contextlib import closing
from pathlib import Path

from edge.core.jobs.runner import JobRunner
from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import ALL
from edge.goods.catalog.queries import count_products, find_by_code
from edge.goods.ingest.commands import ImportCatalog
from edge.runtime.config import CONFIG as CONFIGURATION
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.importing import ean
from tests.shop_fixture import CONFIG, SYSTEM, run

FILE = f"""\
Barcode;Description;Wert;THC
{ean(1)};Blue Dream;12,50;15-21%
{ean(2)};OG Kush;14,00;<1%
4006381333932;Wrong digit;1,00;
"""


def test_a_file_is_brought_understood_and_taken(tmp_path: Path) -> None:
    file = tmp_path / "supplier 2026-11-20.csv"
    file.write_text(FILE)

    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            served.supervisor.start(Part("jobs", JobRunner(served.shop, served.shop.bus, ALL).run))
            before = count_products(served.shop.reader)
            await page.open(served, path="/import")
            await page.page.locator("[name=file]").set_input_files(file)
            await page.page.locator("#upload button").click()
            await page.see("#understood", "columns for the code and the price")
            await page.page.locator("select[data-column=Wert]").select_option("price")
            await page.see("#understood tbody", "€12.50")
            await page.see("#understood tbody", "15-21%")
            await page.see("#understood tbody", "it should end in 1")
            assert await page.page.locator("[name=source]").input_value() == "supplier"
            await page.page.locator("[data-run=dry]").click()
            await page.see(".job.done", "2 new")
            assert count_products(served.shop.reader) == before, "a dry run changes nothing"
            await page.page.locator("#run button[type=submit]").click()
            await page.see(".job.done .pill.good")
            while count_products(served.shop.reader) == before:
                await page.page.wait_for_timeout(20)
            found = find_by_code(served.shop.reader, ean(1))
            assert found is not None and found.attributes is not None
            assert (found.price_minor, found.attributes["THC"].high) == (1250, 21000)
            async with page.page.expect_download() as saving:
                await page.page.locator("[data-report]").first.click()
            report = await (await saving.value).path()
            rows = list(csv.reader(report.read_text("utf-8-sig").splitlines()))
            assert rows[1] == ["4", "Barcode", "4006381333932", "wrong check digit: it should end in 1"]
            async with page.page.expect_download() as saving:
                await page.page.locator("[data-export=csv]").click()
            assert "Blue Dream" in (await (await saving.value).path()).read_text("utf-8-sig")
            served.site.services.of(CONFIGURATION).file.write_text(CONFIG)  # read by the process that writes it
            async with page.page.expect_download() as saving:
                await page.page.locator("[data-export-shop]").click()
            with closing(sqlite3.connect(await (await saving.value).path())) as fetched:
                named = "SELECT price FROM product_decimal WHERE name = 'Blue Dream'"
                assert fetched.execute(named).fetchall() == [(12.5,)]
            await page.page.locator("[data-look-back]").first.click()
            await page.see(".job.done details[open]", "was new: would be discontinued")
            assert find_by_code(served.shop.reader, ean(1)) is not None, "looking at it changes nothing"
            await page.page.locator("[data-back]").first.click()
            await page.see(".job.done:not(:has(.pill:nth-of-type(2))) strong", "Undo import")
            gone = ImportCatalog(str(tmp_path / "gone.csv"))
            assert isinstance(await served.shop.do(gone, SYSTEM), Done)
            await (await page.see(".job.failed [data-again]")).click()
            await page.page.locator(".job.failed").nth(1).wait_for()
            assert page.complaints == []

    run(scenario())


def test_percentages_that_may_be_shares_of_one_are_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "shares.csv"
    rows = "".join(f"{ean(number)},Thing {number},1.00,0.{number + 10}55\n" for number in range(25))
    file.write_text("barcode,name,price,THC\n" + rows)

    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            served.supervisor.start(Part("jobs", JobRunner(served.shop, served.shop.bus, ALL).run))
            await page.open(served, path="/import")
            await page.page.locator("[name=file]").set_input_files(file)
            await page.page.locator("#upload button").click()
            await page.see("#understood", "All values in THC are 1 or less")
            await page.page.locator("select[data-column=THC]").select_option("share.THC")
            await page.gone("#understood .warn")
            await page.page.locator("#run button[type=submit]").click()
            await page.see(".job.done .pill.good")
            found = find_by_code(served.shop.reader, ean(1))
            assert found is not None and found.attributes is not None
            said = found.attributes["THC"]
            assert (said.text, said.low, said.high, said.unit) == ("0.1155", 11_550, 11_550, "%")
            assert page.complaints == []

    run(scenario())


def test_what_is_no_file_of_products_says_so_in_the_pages_language(tmp_path: Path) -> None:
    file = tmp_path / "invoice.csv"
    file.write_bytes(b"%PDF-1.7")

    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, "register=1&lang=fr", path="/import")
            await page.page.locator("[name=file]").set_input_files(file)
            await page.page.locator("#upload button").click()
            await page.see("#import-error", "Demandez-le en CSV ou XLSX")

    run(scenario())


def test_a_number_is_typed_on_the_screen_with_its_point(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(touched=True) as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/import")
            await page.page.locator("main").evaluate("room => room.prepend(document.createElement('input'))")
            field = page.page.locator("main > input")
            await field.evaluate("field => Object.assign(field, { type: 'number', step: 'any', value: 20 })")
            await field.tap()
            for key in ("erase", "erase", "1", ".", ".", "5"):
                await page.page.locator(f'#letters [data-letter="{key}"]').tap()
            assert await field.input_value() == "1.5"
            for key in ("erase", "erase", "0"):
                await page.page.locator(f'#letters [data-letter="{key}"]').tap()
            assert await field.input_value() == "10"

    run(scenario())
