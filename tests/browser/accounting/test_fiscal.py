"""The manager's page of tax law: how it stands, a file made, verified and had, in three languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.accounting.fiscal import settings_of
from edge.accounting.fiscal.queries import fiscal_files
from edge.accounting.fiscal.service.quebec_enrolment import enrol
from sim.fiscal.quebec import quebec
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.fiscal_shop import DAY_S, FRANCE, QUEBEC, begin, close, sell
from tests.flow.accounting.test_fiscal_files import signing
from tests.shop_fixture import FakeClock, config, run

pytestmark = pytest.mark.needs("chromium")


def test_the_archive_of_a_closed_day_is_made_and_verified_on_the_page(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, FRANCE, clock=clock) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            shop, shown = served.shop, page.page
            await page.open(served, path="/manager/fiscal")
            await page.see(".pill.warning", "France")
            await begin(shop, "fr")
            await sell(shop)
            clock.advance(DAY_S)
            await close(shop)
            for language, words in (("fr", "Droit fiscal"), ("he", "חוקי מס"), ("en", "Tax law")):
                await page.open(served, query=f"register=1&lang={language}", path="/manager/fiscal")
                await page.see("h1", words)
            await page.see("article", "isn't certified")
            for name, day in (("since", "2027-01-15"), ("until", "2027-01-16")):
                await shown.locator(f'#file [name="{name}"]').fill(day)
            await shown.locator("#file [type=submit]").click()
            await page.see("#file-error", "isn't a valid period")
            await shown.locator('#file [name="until"]').fill("2027-01-15")
            await shown.locator("#file [type=submit]").click()
            await page.see("[data-download]", "Save")
            async with shown.expect_download() as download:
                await shown.locator('[data-download^="fiscal/files"]').first.click()
            assert (await download.value).suggested_filename.endswith(".zip")
            (file,) = fiscal_files(shop.reader)
            assert file.records > 5
            await shown.locator("#check").click()
            await page.see("#looked li", "valid")
            async with shown.expect_download() as download:
                await shown.locator("#fec button").first.click()
            books = await download.value
            assert books.suggested_filename == "732829320FEC20271231.txt"
            await books.save_as(tmp_path / "fec.txt")
            lines = (tmp_path / "fec.txt").read_text().splitlines()
            assert len(lines) >= 3 and all(len(line.split("\t")) == 18 for line in lines)
            await page.open(served, path="/manager/fiscal/attestation")
            await page.see(".sheet", "ATTESTATION INDIVIDUELLE")
            await page.see(".sheet", "732829320")
            assert all("422" in one for one in page.complaints), page.complaints

    run(scenario())


def test_quebecs_user_report_is_shown_in_french_and_sent(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with quebec(tmp_path) as sim:
            text = QUEBEC + f'host = "{sim.host}"\nenrolment = "{sim.enrolment}"\nca = "{sim.authority.ca}"\n'
            async with serve(tmp_path, text, clock=FakeClock()) as served, calling(served) as caller, till() as page:
                await caller.set_pin()
                await begin(served.shop, "ca-qc")
                await sell(served.shop)
                loaded = config(tmp_path, text)
                await enrol(signing(tmp_path), settings_of(loaded), "1", sim.code, loaded.notify.allow)
                await page.open(served, path="/manager/fiscal")
                await page.page.locator('[action$="user-report"] [type=submit]').click()
                await page.see(".sheet", "VENTES DE 2027")
                await page.page.locator("#send").click()
                await page.see("#sent", "Revenu Québec accepted it.")
                assert [one["AN"] for one in sim.reports] == ["2027"]
                sim.fault = "refuse"
                await page.page.locator("#send").click()
                await page.see("#send-error", "rejected it: 0402")
                assert not page.complaints

    run(scenario())
