"""An invoice at the till by keys alone, from the page of a sale, on its sheet, and what forgetting says is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.accounting.invoices.queries import read_invoice, read_invoices
from edge.counter.till.commands import RefundedLine, RefundSale
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.customers import known
from tests.invoicing import BOOKKEEPER, BUYER, buyer, issued, sold
from tests.shop_fixture import MANAGER, FakeClock, done, run

pytestmark = pytest.mark.needs("chromium")


def test_the_last_sale_is_invoiced_by_keys_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await sold(served.shop)
            await page.open(served)
            await page.keys("+")
            await page.see('[data-counter="more"]')
            await page.keys("n")
            await page.see('[data-counter="invoice"] .subject', "1-000001")
            await page.keys("Enter")
            await page.see("#counter-dialog .error", "Enter a name for the invoice.")
            await page.page.locator('[data-counter="invoice"] [name="name"]').fill("Bakery")
            await page.keys("Tab", "123", "Enter")
            await page.see("#counter-dialog .error", "This isn't a valid business tax number")
            await page.page.locator('[data-counter="invoice"] [name="tax_number"]').fill("FR 83 404833048")
            await page.keys("Enter")
            await page.gone("#counter-dialog[open]")
            (one,) = read_invoices(served.shop.reader)
            to = buyer(served.shop, one.number)
            assert to is not None and (to.name, to.tax_number, to.checked) == ("Bakery", "FR83404833048", "ok")
            await page.keys("+")
            await page.see('[data-counter="more"]')
            await page.keys("n")
            await page.see('[data-counter="invoice"] a', f"Open {one.number}")
            assert len(page.complaints) == 2 and all("422" in one for one in page.complaints), "what was refused above"

    run(scenario())


def test_a_sale_is_invoiced_later_printed_and_corrected_by_the_manager(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            shop, shown = served.shop, page.page
            await sold(shop)
            await shown.add_init_script("window.print = () => (window.sheets = (window.sheets ?? 0) + 1)")
            await page.open(served, query="register=1&number=1", path="/manager/sale")
            await shown.locator("#invoice").click()
            await page.see("#invoice-form")
            await shown.locator("#invoice-form [name=name]").fill("Boulangrie Côté")
            await shown.locator("#invoice-form [name=address]").fill("1, rue du Four\nParis")
            await shown.locator("#invoice-form [name=language]").select_option("fr")
            await shown.locator("#invoice-form [type=submit]").click()
            await page.see('.sheet[lang="fr"] h2', "FACTURE")
            await page.see("#invoice-to", "Boulangrie Côté")
            await page.see("#invoice-sums .total", "6,10")
            assert await shown.locator(".sheet .mark").count() == 0
            await shown.locator('[data-print="sheet"]').click()
            await page.see(".sheet .mark", "1")
            await shown.emulate_media(media="print")  # on paper, what opens looks like any other sum
            line = "(one) => getComputedStyle(one).textDecorationLine"
            assert await shown.locator("#invoice-sums .opens").first.evaluate(line) == "none"
            await shown.emulate_media(media="screen")
            await shown.locator("#correct-form [name=name]").fill("Boulangerie Côté")
            await shown.locator("#correct-form [type=submit]").click()
            await page.see(".sheet", "Remplace INV-2027-00001")
            await done(shop, RefundSale(1, lines=(RefundedLine(1, 1000),)), MANAGER)
            await page.open(served, path="/manager/invoices")
            await page.see("tr.credit", "Boulangerie Côté")
            await page.see("tr.undone", "Replaced by INV-2027-00002")
            await shown.locator("[name=find]").fill("inv-2027-00003")
            await page.keys("Enter")
            await page.see("tr.credit", "INV-2027-00003")
            await page.gone("tr.invoice")
            assert page.complaints == []

    run(scenario())


def test_who_forgets_a_customer_is_told_which_invoices_the_law_keeps(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            id = await known(served.shop)
            one = await issued(served.shop, await sold(served.shop), BOOKKEEPER, **BUYER, customer=id)
            await page.open(served, query=f"register=1&id={id}", path="/manager/customer")
            await page.page.locator('[data-form="forget"] [type=submit]').click()
            await page.page.locator("#sure-dialog [type=submit]").click()
            await page.see("#sure-dialog .subject", f"{one.number} until 31/12/2033")
            await page.page.locator("#sure-dialog [type=submit]").click()
            await page.page.wait_for_url("**/manager/customers**")
            found = read_invoice(served.shop.reader, one.number)
            assert found is not None and found.buyer is not None and found.buyer.name == BUYER["name"]
            assert page.complaints == []

    run(scenario())
