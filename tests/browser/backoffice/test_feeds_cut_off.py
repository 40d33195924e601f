"""The pages of feeds while the vendor, or the box itself, is out of reach: what is known is said, nothing is lost."""

from __future__ import annotations

from pathlib import Path

from edge.backoffice.feeds.commands import IngestFile, NoteAsked, SetConnector
from edge.backoffice.feeds.connector import Connector
from edge.backoffice.feeds.queries import read_staged
from edge.backoffice.feeds.routes import newest_job
from edge.core.jobs.runner import JobRunner
from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import ALL
from edge.goods.ingest.import_folders import bring
from edge.goods.purchasing.commands import SetSupplier
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.importing import until
from tests.shop_fixture import SYSTEM, run

PRICES = "supplier_id,sku,cost\ndairy,milk,0.80\ndairy,soap,1.00\ndairy,beer,0\n"
AWAY = Connector("erp", "ERP", "odoo", "Supplier", "https://erp.example", every_min=60)


def test_pages_say_what_is_known_without_the_vendor_and_send_once_what_was_said_while_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(PRICES)

    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            said = (
                SetPin(hash_pin(PIN)),
                SetSupplier("dairy", {"en": "Dairy"}),
                SetConnector(AWAY),
                NoteAsked("erp"),
                NoteAsked("erp", "undelivered.no_connection", "erp.example"),
                IngestFile(str(bring(served.shop.path.parent, file)), entity_type="SupplierPrice"),
            )
            for command in said:
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            served.supervisor.start(Part("jobs", JobRunner(served.shop, served.shop.bus, ALL).run))
            await until(served.shop, newest_job(served.shop.reader))
            await page.open(served, path="/manager/feeds")
            await page.see("[data-connector=erp] .pill.warning", "The server can't be reached.")
            await page.see("[data-connector=erp]", "Data is up to date")
            await page.see(".run[data-status=completed]", "needs approval: 1 · with errors: 1")
            await page.page.locator(".run header a").click()
            await page.see(".record.invalid", "product soap doesn't exist in this shop")
            await page.page.context.set_offline(True)
            await page.page.locator(".record.invalid [name=value]").fill("tomato")
            await page.page.locator(".record.invalid .mend button").click()
            await page.page.locator("body[data-unsaved]").wait_for()
            assert read_staged(served.shop.reader, 1, "invalid").records, "nothing of it came yet"
            await page.page.context.set_offline(False)
            await page.see(".feeds-page", "No records.")
            (mended,) = read_staged(served.shop.reader, 1, "valid").records
            assert (mended.cells["sku"], mended.came) == ("tomato", {"sku": "soap"})
            await page.page.locator(".states a").filter(has_text="valid").click()
            await page.see(".record.valid", "received as soap")

    run(scenario())
