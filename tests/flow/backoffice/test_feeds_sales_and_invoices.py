"""Sales of other tills and invoices of suppliers that a connector or a file brings: the one way of all records."""

from __future__ import annotations

from pathlib import Path

from edge.backoffice.feeds.commands import MendRecord, SetConnector, TakeRecord
from edge.backoffice.feeds.connector import Connector
from edge.backoffice.other_tills.commands import SetOtherTill, SetPosItem
from edge.backoffice.other_tills.other_till import OtherTill, PosItem
from edge.backoffice.other_tills.queries import read_held_lines, read_pos_sales
from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.goods.purchasing.commands import SetSupplier
from edge.goods.stock.queries import read_stock
from edge.goods.supplier_invoices.commands import ApproveInvoice, PostInvoice
from tests.feeding import ingest, records
from tests.flow.goods.test_supplier_invoices import Bought, bought
from tests.importing import csv_file
from tests.shop_fixture import MILK, SYSTEM, done, open_shop, run

HEAD = "transaction_id,kind,version,at,location,total,item,name,quantity,line_total\n"
SALES = HEAD + (
    "T-1,sale,1,2027-01-15T08:00:00+01:00,L1,5.00,latte,Latte,2,4.00\n"
    "T-1,sale,1,2027-01-15T08:00:00+01:00,L1,5.00,cake,Cake,1,1.00\n"
    "T-2,sale,1,2027-01-15T08:10:00+01:00,L1,2.00,latte,Latte,1,2.00\n"
)
FIXED = HEAD + "T-1,sale,2,2027-01-15T08:00:00+01:00,L1,2.00,latte,Latte,1,2.00\n"
BACK = HEAD + "T-2,refund,1,2027-01-15T09:00:00+01:00,L1,-2.00,latte,Latte,1,-2.00\n"
TILL = '[values]\npos = "bar"\n'


async def a_till(shop: CommandBus) -> None:
    """A till in the bar that no one asks: what it sells comes as files. A latte is a milk, a cake is nothing known."""
    await done(shop, SetOtherTill(OtherTill("bar", places="L1 = main", signature="body", header="X-Sign")), SYSTEM)
    await done(shop, SetPosItem(PosItem("bar", "latte", "milk")), SYSTEM)
    wanted = Connector("bar-sales", "POS", "upload", "PosSale", mapping=TILL)
    await done(shop, SetConnector(wanted), SYSTEM)


def test_what_another_till_sold_comes_as_a_file_and_counts_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await a_till(shop)
            before = read_stock(shop.reader, "milk") or 0
            job = await ingest(shop, csv_file(tmp_path, SALES), connector="bar-sales")
            assert (job.record_count, job.applied, job.invalid) == (2, 2, 0), "rows of one sale are one record"
            assert (read_stock(shop.reader, "milk") or 0) - before == -3_000
            assert [one.item for one in read_held_lines(shop.reader, "bar")] == ["cake"], "it waits for its product"
            again = await ingest(shop, csv_file(tmp_path, SALES), connector="bar-sales")
            assert (again.same, again.applied) == (2, 0)
            job = await ingest(shop, csv_file(tmp_path, FIXED + BACK.removeprefix(HEAD)), connector="bar-sales")
            assert job.applied == 2
            assert (read_stock(shop.reader, "milk") or 0) - before == -1_000, "a newer version, and what came back"
            old = await ingest(shop, csv_file(tmp_path, SALES), connector="bar-sales")
            assert (old.applied, old.same) == (0, 2), "older versions say nothing"
            sums = {(one.document, one.number): one.total_minor for one in read_pos_sales(shop.reader, "bar")}
            assert sums == {("sale", "T-1"): 200, ("sale", "T-2"): 200, ("refund", "T-2"): -200}
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_sale_that_cannot_be_taken_says_why_and_can_be_mended(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await a_till(shop)
            text = "transaction_id,pos,kind,at,total,item,quantity\n" + "".join(
                f"{row},2027-01-15T08:00:00+01:00,1.00,latte,{quantity}\n"
                for row, quantity in (("A,pub,sale", "1"), ("B,bar,gift", "1"), ("C,bar,sale", ""), ("D,bar,void", ""))
            )
            job = await ingest(shop, csv_file(tmp_path, text), entity_type="PosSale")
            why = [[reason.code for reason in one.reasons] for one in records(shop, job)]
            assert why == [["unknown_till"], ["kind_unknown"], ["missing_key"], []]
            assert (job.invalid, job.applied) == (3, 1), "a void has no lines"
            await done(shop, MendRecord(job.run, 0, "pos", "bar"), SYSTEM)
            await done(shop, MendRecord(job.run, 0, "location", "L1"), SYSTEM)
            await done(shop, TakeRecord(job.run, 0), SYSTEM)
            assert {one.number for one in read_pos_sales(shop.reader, "bar")} == {"A", "D"}

    run(scenario())


INVOICE_HEAD = "invoice_number,supplier_id,date,order,net,tax,total,sku,description,quantity,unit_price,line_total\n"
INVOICE = INVOICE_HEAD + (
    f"F-7,dairy,2027-01-10,1,17.00,3.40,20.40,{MILK},Milk,10,0.80,8.00\n"
    "F-7,dairy,2027-01-10,1,17.00,3.40,20.40,beer,Beer,6,1.50,9.00\n"
)


def test_an_invoice_of_a_system_is_matched_and_posted_as_any_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            job = await ingest(one.shop, csv_file(tmp_path, INVOICE), entity_type="Invoice")
            assert (job.record_count, job.applied, job.invalid) == (1, 1, 0), records(one.shop, job)
            found = one.matched(1)
            assert (found.invoice.supplier, found.is_matched, found.faulty) == ("dairy", True, False)
            again = await ingest(one.shop, csv_file(tmp_path, INVOICE), entity_type="Invoice")
            assert (again.same, again.applied) == (1, 0)
            await one.do(ApproveInvoice(1))
            await one.do(PostInvoice(1))
            assert one.costs() == {"milk": 80, "beer": 150}
            other = INVOICE.replace("20.40", "20.50")
            job = await ingest(one.shop, csv_file(tmp_path, other), entity_type="Invoice")
            ((reason,),) = [kept.reasons for kept in records(one.shop, job)]
            assert (reason.code, reason.values) == ("invoice_other", {"number": 1, "total": "20.40"})

    run(scenario())


def test_an_invoice_whose_sums_do_not_hold_is_received_and_never_posted(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await _refused_post(one, INVOICE.replace("3.40,20.40", "3.40,21.40"), tmp_path)
            await done(one.shop, SetSupplier("mill", {"en": "The Mill"}), SYSTEM)
            credit = INVOICE_HEAD + f"C-1,mill,2027-01-10,,-8.00,-1.60,-9.60,{MILK},Milk,-10,0.80,-8.00\n"
            job = await ingest(one.shop, csv_file(tmp_path, credit), entity_type="Invoice")
            assert job.applied == 1 and one.matched(2).invoice.paper.credit, "a sum below zero is a credit note"
            late = INVOICE.replace("2027-01-10", "2027-02-01").replace("F-7", "F-8")
            job = await ingest(one.shop, csv_file(tmp_path, late), entity_type="Invoice")
            assert [reason.code for kept in records(one.shop, job) for reason in kept.reasons] == ["date_ahead"]

    run(scenario())


async def _refused_post(one: Bought, text: str, folder: Path) -> None:
    job = await ingest(one.shop, csv_file(folder, text), entity_type="Invoice")
    assert job.applied == 1
    assert [fault.code for fault in one.matched(1).invoice.paper.faults] == ["total_sum"]
    assert await one.refused(ApproveInvoice(1, "never mind")) == "invoice_sums_wrong"
