"""Suppliers' invoices that stand in Odoo, ERPNext, QuickBooks or Xero, by their wires; matched and posted as any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.backoffice.books_out.commands import BeginBooksDocument, NoteBooksSent, SetBooksTarget
from edge.backoffice.books_out.document import BooksDocument, BooksLine
from edge.backoffice.books_out.target import BooksTarget
from edge.backoffice.feeds.commands import MendRecord, TakeRecord
from edge.backoffice.feeds.connector import Connector, Kind
from edge.backoffice.feeds.queries import FeedJob
from edge.goods.supplier_invoices.commands import ApproveInvoice, PostInvoice
from sim.vendors.accounts import SimQuickBooks, SimXero
from sim.vendors.erpnext import SimErpNext
from sim.vendors.odoo import SimOdoo
from tests.feeding import records
from tests.flow.backoffice.test_feeds_fetched import Fetching, fetching
from tests.flow.backoffice.test_feeds_systems import asked_by
from tests.flow.goods.test_supplier_invoices import Bought, ordered
from tests.shop_fixture import SYSTEM, done, run

AGO, NEW, LATER = "2025-01-10 10:00:00", "2027-01-10 10:00:00", "2027-01-15 10:00:00"
GOODS = (("milk", 10, 8.0), ("beer", 6, 9.0))
CONTACT = "BD2270C3-8706-4C11-9CFB-000B551C3F51"


class Odoo(SimOdoo):
    theirs, account = "odoo-7", "shop"

    @property
    def secret(self) -> str:
        return self.key

    def bill(self, number: str, changed: str, goods: Any = GOODS, credit: bool = False, draft: bool = False) -> None:
        """A bill of theirs, or what is taken off."""
        id, net = len(self.models.get("account.move", [])) + 1, sum(one[2] for one in goods)
        sums = {"amount_untaxed": net, "amount_tax": round(net / 5, 2), "amount_total": round(net * 1.2, 2)}
        about = {"name": f"BILL/{id}", "ref": number, "partner_id": [7, "Dairy"], "currency_id": [1, "EUR"]}
        state = {"state": "draft" if draft else "posted", "move_type": "in_refund" if credit else "in_invoice"}
        self.put("account.move", id, changed, invoice_date="2027-01-10", **about, **state, **sums)
        for at, (sku, quantity, worth) in enumerate(goods):
            self.put("product.product", at + 1, changed, default_code=sku, product_tmpl_id=[at + 50, sku])
            line = {"quantity": float(quantity), "price_subtotal": worth, "name": f"[{sku}] {sku}"}
            more = {"move_id": [id, number], "product_id": [at + 1, sku], "product_uom_id": [1, "Units"]}
            self.put("account.move.line", id * 10 + at, changed, display_type="product", **more, **line)
        self.put("account.move.line", id * 10 + 9, changed, display_type="tax", move_id=[id, number], product_id=False)


class ErpNext(SimErpNext):
    theirs, account = "the-dairy", ""

    @property
    def secret(self) -> str:
        return self.token

    def bill(self, number: str, changed: str, goods: Any = GOODS, credit: bool = False, draft: bool = False) -> None:
        sign = -1 if credit else 1
        net = sum(one[2] for one in goods) * sign
        lines = [
            {"item_code": sku, "item_name": sku, "stock_qty": float(quantity) * sign, "net_amount": worth * sign}
            for sku, quantity, worth in goods
        ]
        sums = {"net_total": net, "total_taxes_and_charges": round(net / 5, 2), "grand_total": round(net * 1.2, 2)}
        about = {"supplier": "The Dairy", "bill_no": number, "bill_date": "2027-01-10", "currency": "EUR"}
        items = [{**line, "stock_uom": "Nos"} for line in lines]
        self.put("Purchase Invoice", f"P{number}", changed, docstatus=0 if draft else 1, items=items, **about, **sums)


class QuickBooks(SimQuickBooks):
    theirs, account = "quickbooks-56", SimQuickBooks.realm

    def bill(self, number: str, changed: str, goods: Any = GOODS, credit: bool = False, draft: bool = False) -> None:
        if draft:
            return  # a bill there stands once it is saved
        lines: list[dict[str, Any]] = [{"DetailType": "DescriptionOnly", "Description": "by lorry"}]
        for sku, quantity, worth in goods:
            id, at = {"milk": "3", "beer": "4"}[sku], changed.replace(" ", "T") + "+00:00"
            self.put("Item", id, at, Sku=sku, Type="Inventory")
            detail = {"ItemRef": {"value": id, "name": sku}, "Qty": quantity}
            lines.append({"DetailType": "ItemBasedExpenseLineDetail", "Amount": worth, _DETAIL: detail})
        net = sum(one[2] for one in goods)
        sums = {"TotalAmt": round(net * 1.2, 2), "TxnTaxDetail": {"TotalTax": round(net / 5, 2)}}
        about = {"DocNumber": number, "TxnDate": "2027-01-10", "VendorRef": {"value": "56"}, "Line": lines}
        kind, at = "VendorCredit" if credit else "Bill", changed.replace(" ", "T") + "+00:00"
        self.put(kind, f"9{len(self.kinds.get(kind, []))}", at, CurrencyRef={"value": "EUR"}, **about, **sums)


_DETAIL = "ItemBasedExpenseLineDetail"


class Xero(SimXero):
    theirs, account = "xero-bd2270c3", SimXero.tenant

    def bill(self, number: str, changed: str, goods: Any = GOODS, credit: bool = False, draft: bool = False) -> None:
        """Amounts of lines with taxes in them, as someone may enter a bill there."""
        lines = [
            {"ItemCode": sku, "Quantity": float(quantity), "LineAmount": round(worth * 1.2, 2), "TaxAmount": worth / 5}
            for sku, quantity, worth in goods
        ]
        net = sum(one[2] for one in goods)
        sums = {"SubTotal": net, "TotalTax": round(net / 5, 2), "Total": round(net * 1.2, 2), "CurrencyCode": "EUR"}
        about = {"Status": "DRAFT" if draft else "PAID", "Contact": {"ContactID": CONTACT, "Name": "The Dairy"}}
        number_of = {"CreditNoteNumber": number} if credit else {"InvoiceNumber": number}
        kind, of = ("CreditNotes", "ACCPAYCREDIT") if credit else ("Invoices", "ACCPAY")
        when = {"DateString": "2027-01-10T00:00:00", "LineAmountTypes": "Inclusive", "LineItems": lines}
        self.put(kind, changed.replace(" ", "T"), Type=of, **about, **number_of, **when, **sums)


def vendor_of(kind: Kind) -> Any:
    return {"odoo": Odoo, "odoo_rpc": Odoo, "erpnext": ErpNext, "quickbooks": QuickBooks, "xero": Xero}[kind]()


async def connected(one: Fetching, vendor: Any, kind: Kind, url: str) -> None:
    account = "shop/buyer" if kind == "odoo_rpc" else vendor.account
    connector = Connector("bills", kind=kind, entity_type="Invoice", address=url, account=account, every_min=5)
    await asked_by(one, connector, vendor.secret)


def codes(one: Fetching, job: FeedJob) -> list[list[str]]:
    return [[reason.code for reason in kept.reasons] for kept in records(one.shop, job)]


@pytest.mark.parametrize("kind", ["odoo", "odoo_rpc", "erpnext", "quickbooks", "xero"])
def test_a_bill_there_is_matched_and_posted_here_and_a_credit_note_taken_off(tmp_path: Path, kind: Kind) -> None:
    async def scenario() -> None:
        vendor = vendor_of(kind)
        vendor.bill("F-1", AGO)
        vendor.bill("F-7", NEW)
        vendor.bill("F-9", NEW, draft=True)
        async with fetching(tmp_path) as one, vendor.serve() as url:
            await ordered(buyer := Bought(one.shop))
            await buyer.receive()
            await connected(one, vendor, kind, url)
            (job,) = await one.look()
            assert job.record_count == 1, "no draft, and none of years before"
            (row,) = records(one.shop, job)
            assert (codes(one, job), row.cells["supplier_id"]) == ([["unknown_supplier"]], vendor.theirs)
            await done(one.shop, MendRecord(job.run, 0, "supplier_id", "dairy"), SYSTEM)
            await done(one.shop, TakeRecord(job.run, 0), SYSTEM)
            found = buyer.matched(1)
            paper = found.invoice.paper
            assert (paper.number, paper.net, paper.tax, paper.total) == ("F-7", "17.0", "3.4", "20.4"), paper
            assert (found.invoice.supplier, found.is_matched, found.faulty) == ("dairy", True, False), found
            await buyer.do(ApproveInvoice(1))
            await buyer.do(PostInvoice(1))
            assert buyer.costs() == {"milk": 80, "beer": 150}

            vendor.bill("C-1", LATER, (("milk", 2, 1.6),), credit=True)
            (job,) = await one.look(5)
            assert (job.applied, job.invalid) == (1, 0), "whose it is was said once"
            credit = buyer.matched(2).invoice
            assert (credit.supplier, credit.paper.credit, float(credit.paper.lines[0].quantity)) == ("dairy", True, -2)
            (job,) = await one.look(5)
            assert (job.applied, job.invalid, job.same) == (0, 0, job.record_count), "nothing twice"

    run(scenario())


def test_a_bill_that_was_changed_there_waits_for_someone(tmp_path: Path) -> None:
    async def scenario() -> None:
        vendor = QuickBooks()
        vendor.bill("F-7", NEW)
        async with fetching(tmp_path) as one, vendor.serve() as url:
            await ordered(buyer := Bought(one.shop))
            await connected(one, vendor, "quickbooks", url)
            (job,) = await one.look()
            await done(one.shop, MendRecord(job.run, 0, "supplier_id", "dairy"), SYSTEM)
            await done(one.shop, TakeRecord(job.run, 0), SYSTEM)
            (bill,) = vendor.kinds.pop("Bill")
            vendor.bill("F-7", LATER, (("milk", 10, 8.0),))
            (job,) = await one.look(5)
            assert codes(one, job) == [["invoice_other"]] and bill["DocNumber"] == "F-7"
            assert buyer.matched(1).invoice.paper.total == "20.4", "what was received is as it was"

    run(scenario())


@pytest.mark.parametrize("kind", ["quickbooks", "xero"])
def test_a_bill_that_we_sent_there_does_not_come_back(tmp_path: Path, kind: Kind) -> None:
    async def scenario() -> None:
        vendor: Any = vendor_of(kind)
        vendor.bill("F-7", NEW)
        (theirs,) = vendor.kinds["Bill" if kind == "quickbooks" else "Invoices"]
        theirs["InvoiceID"] = "11111111-2222"
        async with fetching(tmp_path) as one, vendor.serve() as url:
            sums = (BooksLine("purchases", 2040, "5000"),)
            bill = BooksDocument("bill", "1", "2027-01-10", "F-7", "EUR", sums, "dairy", "56")
            target = BooksTarget("books", "2027-01-01", kind, url, vendor.account, sends_bills=True)  # type: ignore[arg-type]
            await done(one.shop, SetBooksTarget(target), SYSTEM)
            await done(one.shop, BeginBooksDocument("books", bill, "r-1"), SYSTEM)
            id = theirs["Id"] if kind == "quickbooks" else theirs["InvoiceID"]
            await done(one.shop, NoteBooksSent("books", "bill", "1", id), SYSTEM)
            await connected(one, vendor, kind, url)
            assert await one.look() == [], "there is nothing that is news here"
            vendor.bill("F-8", LATER)
            (job,) = await one.look(5)
            assert [row.cells["invoice_number"] for row in records(one.shop, job)] == ["F-8"]

    run(scenario())


def test_units_are_told_or_asked(tmp_path: Path) -> None:
    """A dozen is no piece: no one guesses how many were bought."""

    async def scenario() -> None:
        vendor = Odoo()
        vendor.bill("F-7", NEW)
        for line in vendor.models["account.move.line"]:
            line["product_uom_id"] = [12, "Dozens"]
        async with fetching(tmp_path) as one, vendor.serve() as url:
            await ordered(buyer := Bought(one.shop))
            await connected(one, vendor, "odoo", url)
            (job,) = await one.look()
            await done(one.shop, MendRecord(job.run, 0, "supplier_id", "dairy"), SYSTEM)
            await done(one.shop, TakeRecord(job.run, 0), SYSTEM)
            found = [[finding.code for finding in line.findings] for line in buyer.matched(1).lines]
            assert found == [["unit_unclear"], ["unit_unclear"]]

    run(scenario())
