"""Head office's view of suppliers' invoices: corrected, approved, and unchanged by a second delivery."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.goods.supplier_invoices.commands import ApproveInvoice, CorrectedField, CorrectPrintedInvoice, SetInvoiceLine
from edge.goods.supplier_invoices.hub import SupplierInvoiceTables
from sim.invoice_papers import PaperGoods, pdf_of
from sync.hub.model import Key
from tests.flow.goods.test_supplier_invoices import bought
from tests.flow.goods.test_supplier_invoices_on_paper import GOODS, as_read, received
from tests.invoice_papers import SLIP, needs_pdf
from tests.shop_fixture import run

KEY = Key("demo", "corner", "box1")


def test_the_hub_has_what_was_read_and_what_became_of_it(tmp_path: Path, database: str) -> None:
    needs_pdf()

    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive(beer=0)
            goods = (PaperGoods("DY-1", "Whole milk", 10, GOODS[0].price),)
            number = await received(one, pdf_of(SLIP._replace(goods=goods, seller="The Dairy", order="1")))
            await one.do(SetInvoiceLine(number, 0, "milk"))
            await one.do(as_read(one, number))
            await one.do(CorrectPrintedInvoice(number, (CorrectedField("number", "TD-2237"),)))
            await one.do(ApproveInvoice(number, "agreed"))
            connection = await asyncpg.connect(database)
            projector = SupplierInvoiceTables(one.shop.registry)
            await connection.execute(hub.tables()["supplier_invoices"])
            rows = [row for row in read_rows(one.shop.reader, 1, 1000) if row.type in projector.handlers]
            for _ in range(2):  # receiving them twice changes nothing
                for row in rows:
                    await projector.handlers[row.type](connection, KEY, [row])
            (found,) = await connection.fetch("SELECT * FROM supplier_invoice")
            await connection.close()
            assert (found["supplier"], found["seller"], found["said_number"]) == ("dairy", "The Dairy", "TD-2237")
            assert (found["total"], found["lines"], found["read_by"], found["state"]) == ("9.84", 1, "text", "approved")

    run(scenario())
