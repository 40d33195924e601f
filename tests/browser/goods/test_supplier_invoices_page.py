"""The pages of suppliers' invoices: brought, what lacks is said, approved and posted; in three languages."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import Page

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.purchasing.commands import (
    ApprovePurchaseOrder,
    CreatePurchaseOrder,
    OrderLine,
    ReceiptLine,
    ReceivePurchaseOrder,
    SendPurchaseOrder,
    SetSupplier,
    SetSupplierPrice,
)
from edge.goods.purchasing.queries import read_purchase
from edge.goods.supplier_invoices.queries import read_invoice_in
from sim.invoice_papers import pdf_of
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.invoice_papers import SLIP, needs_pdf
from tests.invoicing_in import ubl
from tests.shop_fixture import MILK, SYSTEM, run

SHOTS = os.environ.get("EDGE_SHOTS", "")
SIZES = (("en", (1024, 768)), ("he", (1024, 768)), ("fr", (390, 664)))
BOUGHT = (
    SetSupplier("dairy", {"en": "Dairy & Sons"}),
    SetSupplierPrice("dairy", "milk", 80),
    CreatePurchaseOrder("dairy", (OrderLine("milk", 10_000, 80),)),
    ApprovePurchaseOrder(1),
    SendPurchaseOrder(1),
    ReceivePurchaseOrder(1, "D-1", (ReceiptLine("milk", 10_000),)),
)


def test_an_invoice_is_brought_looked_at_and_posted(tmp_path: Path) -> None:
    file = tmp_path / "invoice.xml"
    file.write_bytes(ubl((MILK, "10", "0.85"), order=1, seller="The Dairy"))

    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            for command in (SetPin(hash_pin(PIN)), *BOUGHT):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            await page.open(served, path="/manager/supplier-invoices")
            await page.page.locator("#bring [name=file]").set_input_files(file)
            await page.page.locator("#bring button").click()
            await page.see(".invoices-in.one", "No matching order.")
            await page.page.locator("[data-command=SetInvoiceSupplier] select").select_option("dairy")
            await page.page.locator("[data-command=SetInvoiceSupplier] button").click()
            await page.page.locator("[data-command=SetInvoiceSupplier]").wait_for(state="detached")
            await page.see("[data-line]", "Price higher than ordered.")
            await page.see("[data-line] .hint", "10 pcs × 0.85")
            await page.see("[data-line] dd", "(milk)")
            for language, size in SIZES:
                await page.page.set_viewport_size({"width": size[0], "height": size[1]})
                for path, more in (("/manager/supplier-invoices", ""), ("/manager/supplier-invoice", "&id=1")):
                    await page.open(served, f"register=1&lang={language}{more}", path=path)
                    await page.see(".invoices-in h1")
                    if SHOTS:
                        name = f"{path.rpartition('/')[2]}-{language}-{size[0]}"
                        await page.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
                    wide = await page.page.evaluate("document.documentElement.scrollWidth > innerWidth")
                    assert not wide, (path, language, size)
            await page.open(served, "register=1&lang=en&id=1", path="/manager/supplier-invoice")
            await page.page.locator("#decide [name=note]").fill("agreed by phone")
            await page.page.locator("#decide [data-decide=ApproveInvoice]").click()
            await page.page.locator("[data-decide=PostInvoice]").click()
            await page.see(".pill.good", "posted")
            await page.see("#unpost-prices", "Supplier prices set by this invoice are kept")
            order = read_purchase(served.shop.reader, 1)
            assert order is not None and [one.unit_cost_minor for one in order.receipts] == [85]
            await page.page.locator("#decide [name=note]").fill("of another order")
            await page.page.locator("[data-decide=UnpostInvoice]").click()
            await page.see(".pill.working", "to review")
            assert page.complaints == []

    run(scenario())


async def press(page: Page, mark: str) -> None:
    """The paper, where a field is framed; the frame itself takes no presses."""
    await page.locator(f"[data-mark={mark}]").click(force=True)


def test_a_printed_invoice_is_looked_at_beside_its_paper(tmp_path: Path) -> None:
    needs_pdf()
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf_of(SLIP))

    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            for command in (SetPin(hash_pin(PIN)), *BOUGHT):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            await page.open(served, path="/manager/supplier-invoices")
            await page.page.locator("#bring [name=file]").set_input_files(file)
            await page.page.locator("#bring button").click()
            await page.see(".invoices-in.one", "Please check the invoice number.")
            assert await page.page.locator(".invoices-in .ask", has_text="Please check").count(), "no fault, a question"
            for language, size in SIZES:
                await page.page.set_viewport_size({"width": size[0], "height": size[1]})
                await page.open(served, f"register=1&lang={language}&id=1", path="/manager/supplier-invoice")
                await page.see("#correct")
                assert await page.page.locator("[data-mark]").count() == 7
                await page.page.wait_for_function("() => document.querySelector('[data-sheet]').naturalWidth > 500")
                if SHOTS:
                    await page.page.screenshot(path=f"{SHOTS}/printed-{language}-{size[0]}.png", full_page=True)
                wide = await page.page.evaluate("document.documentElement.scrollWidth > innerWidth")
                assert not wide, (language, size)
            await page.open(served, "register=1&lang=en&id=1", path="/manager/supplier-invoice")
            await page.page.wait_for_function("() => document.querySelector('[data-sheet]').naturalWidth > 500")
            await press(page.page, "date")  # no field was pressed: a frame leads to its own
            await page.page.locator("[data-field=date]:focus").wait_for()
            await page.page.locator("[data-field=order]").focus()
            await press(page.page, "number")
            await page.page.wait_for_function("() => document.querySelector('[data-field=order]').value === 'TD-2231'")
            await page.page.locator("[data-field=order]").fill("")
            await page.page.locator("[data-field=number]").focus()
            await page.page.locator("[data-mark=number].on").wait_for()
            await page.page.locator("[data-field=number]").fill("TD-2237")
            await page.page.locator("[data-row='1'] [data-drop]").check()
            await page.page.locator("#correct button").click()
            await page.see("h1", "TD-2237")
            await page.see(".error", "Total of lines")
            paper = read_invoice_in(served.shop.reader, 1)
            assert paper is not None and [line.name for line in paper.paper.lines] == ["Whole milk 1 l"]
            assert page.complaints == []

    run(scenario())
