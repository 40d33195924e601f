"""Suppliers' invoices of which one line, or one paper, is right, and several together are not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from msgspec import structs

from edge.backoffice.feeds.connector import EntityType
from edge.goods.purchasing.commands import (
    ApprovePurchaseOrder,
    CreatePurchaseOrder,
    OrderLine,
    SendPurchaseOrder,
)
from edge.goods.supplier_invoices.commands import ApproveInvoice, PostInvoice, RejectInvoice
from edge.goods.supplier_invoices.paper import paper_of
from edge.lib.einvoice import check, read_xml
from tests.feeding import ingest
from tests.flow.goods.test_supplier_invoices import bought, codes
from tests.importing import csv_file
from tests.invoicing_in import ubl
from tests.shop_fixture import BEER, MILK, run

INVOICE: EntityType = "Invoice"


def test_several_lines_of_a_product_are_that_much_of_it_together(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            twice = await one.invoice(ubl((MILK, "6", "0.80"), (BEER, "6", "1.50"), (MILK, "6", "0.80"), order=1))
            assert codes(twice) == [["qty_over"], [], ["qty_over"]], "12 of the 10 that came"
            assert twice.lines[0].findings[0].values == {"invoiced": "12", "received": "10"}
            whole = await one.invoice(ubl((MILK, "4", "0.80"), (MILK, "6", "0.80"), order=1, number="F-2"))
            assert (codes(whole), whole.is_matched) == ([[], []], True)
            less = await one.invoice(ubl((MILK, "12", "0.80"), (MILK, "-2", "0.80"), order=1, number="F-3"))
            assert codes(less) == [[], []], "two of them came back before it was written"
            await one.do(ApproveInvoice(whole.invoice.number))
            await one.do(PostInvoice(whole.invoice.number))
            back = ubl((MILK, "6", "0.80"), (MILK, "6", "0.80"), order=1, number="C-1", type="381")
            assert codes(await one.invoice(back)) == [["credit_over"], ["credit_over"]]

    run(scenario())


def test_what_was_approved_is_not_posted_when_others_took_what_it_was_of(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            first, second = [
                (await one.invoice(ubl((MILK, "10", "0.80"), order=1, number=number))).invoice.number
                for number in ("F-1", "F-2")
            ]
            for number in (first, second):
                await one.do(ApproveInvoice(number))  # of each by itself nothing speaks against it
            await one.do(PostInvoice(first))
            assert one.matched(second).since_approved == ("qty_over",)
            assert await one.refused(PostInvoice(second)) == "invoice_since_approved"
            assert await one.refused(ApproveInvoice(second)) == "invoice_why"
            await one.do(ApproveInvoice(second, "ten more came without a note"))
            assert one.matched(second).since_approved == ()
            await one.do(PostInvoice(second))
            third = (await one.invoice(ubl((BEER, "6", "1.50"), order=1, number="F-3"))).invoice.number
            await one.do(ApproveInvoice(third))
            await one.do(RejectInvoice(third, "it was for another shop"))

    run(scenario())


def test_an_order_number_that_is_none_of_ours_leaves_the_delivery_note_to_say_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive(note="D-7")
            await one.do(CreatePurchaseOrder("dairy", (OrderLine("milk", 5_000, 80),)))
            await one.do(ApprovePurchaseOrder(2))
            await one.do(SendPurchaseOrder(2))
            content = ubl((MILK, "10", "0.80"), order=88_123)
            note = b"<cac:DespatchDocumentReference><cbc:ID>D-7</cbc:ID></cac:DespatchDocumentReference>"
            noted = content.replace(b"<cac:AccountingSupplierParty>", note + b"<cac:AccountingSupplierParty>")
            found = await one.invoice(noted)
            assert ([line.order for line in found.lines], codes(found)) == ([1], [[]])
            unsaid = await one.invoice(ubl((MILK, "10", "0.80"), order=88_123, number="F-2"))
            assert codes(unsaid) == [["no_order"]], "two orders are open, and nothing says which"

    run(scenario())


def test_a_credit_note_is_below_zero_however_it_is_written_and_whichever_way_it_comes(tmp_path: Path) -> None:
    written = read_xml(ubl((MILK, "2", "0.80"), number="C-1", type="381", order=1))
    kept = paper_of(written, check(written))
    assert (kept.credit, kept.net, kept.tax, kept.total, kept.payable) == (True, "-1.60", "-0.32", "-1.92", "-1.92")
    assert [(line.quantity, line.price, line.total) for line in kept.lines] == [("-2", "0.80", "-1.60")]
    below = structs.replace(written, total=Decimal("-1.92"))
    assert paper_of(below, ()).total == "-1.92", "one that is below zero already stays so"

    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            await one.invoice(ubl((MILK, "2", "0.80"), number="C-1", type="381", order=1))
            rows = "invoice_number,supplier_id,date,net,tax,total\nC-1,dairy,2027-01-10,-1.60,-0.32,-1.92\n"
            job = await ingest(one.shop, csv_file(tmp_path, rows, name="credits.csv"), entity_type=INVOICE)
            assert (job.same, job.applied, job.invalid) == (1, 0, 0), "their system says it, too"

    run(scenario())
