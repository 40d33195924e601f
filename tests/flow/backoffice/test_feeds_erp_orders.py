"""Bills, work orders, orders of customers and sales of before, asked of Odoo and ERPNext over their wires."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.accounting.accounts.queries import read_sales_order
from edge.analytics.production.bom import BomLine
from edge.analytics.production.commands import EndBom
from edge.analytics.production.entities import BOMS
from edge.analytics.production.queries import read_work
from edge.backoffice.feeds.commands import MendRecord, TakeRecord
from edge.backoffice.feeds.connector import Connector, EntityType, Kind
from edge.backoffice.feeds.queries import FeedJob
from sim.vendors.erpnext import SimErpNext
from sim.vendors.odoo import SimOdoo
from tests import accounts
from tests.feeding import records
from tests.flow.backoffice.test_feeds_fetched import Fetching, fetching
from tests.flow.backoffice.test_feeds_orders import codes
from tests.flow.backoffice.test_feeds_systems import asked_by
from tests.flow.counter.test_bakery_day import stocked
from tests.shop_fixture import SYSTEM, done, run

OLD, NEW = "2026-11-01 10:00:00", "2026-11-20 10:00:00"
GOODS = {31: "flour", 32: "dough", 33: "cheese", 34: "bread"}


def odoo() -> SimOdoo:
    """A bakery's database: a bill with its lines, an order of work, one of a customer, an invoice and a credit note."""
    made = SimOdoo()
    for id, code in GOODS.items():
        made.put("product.product", id, OLD, default_code=code, product_tmpl_id=[id + 100, code.title()])
    made.put("mrp.bom", 5, OLD, product_id=False, product_tmpl_id=[132, "Dough"], product_qty=10.0, type="normal")
    made.put("mrp.bom", 6, OLD, product_id=False, product_tmpl_id=[134, "Bread"], product_qty=1.0, type="phantom")
    made.put("mrp.bom.line", 1, OLD, bom_id=[5, "Dough"], product_id=[31, "Flour"], product_qty=6.0)
    work = {"product_id": [32, "Dough"], "product_qty": 4.0, "qty_produced": 0.0, "date_start": "2027-01-16 06:00:00"}
    made.put("mrp.production", 1, OLD, name="WH/MO/1", state="confirmed", **work)
    made.put("sale.order", 1, OLD, name="S1", partner_id=[9, "Bistro"], state="sale")
    made.put("sale.order", 2, OLD, name="S2", partner_id=[9, "Bistro"], state="draft")
    sold = {"product_uom_qty": 3.0, "qty_delivered": 0.0}
    made.put("sale.order.line", 1, OLD, order_id=[1, "S1"], product_id=[33, "Cheese"], **sold)
    made.put("sale.order.line", 2, OLD, order_id=[1, "S1"], product_id=False, product_uom_qty=0.0)
    for id, kind, quantity in ((1, "out_invoice", 5.0), (2, "out_invoice", 2.0), (3, "out_refund", 1.0)):
        made.put("account.move", id, OLD, move_type=kind, state="posted", invoice_date="2026-10-02")
        quantity *= -1 if kind == "out_refund" else 1
        line = {"product_id": [34, "Bread"], "display_type": "product", "balance": -quantity * 4}
        made.put("account.move.line", id, OLD, move_id=[id, "INV"], quantity=abs(quantity), **line)
    return made


def erpnext() -> SimErpNext:
    """The same, as documents with child tables."""
    made = SimErpNext()
    bill = {"docstatus": 1, "is_active": 1, "is_default": 1, "process_loss_percentage": 2.5}
    flour = {"item_code": "flour", "stock_qty": 6.0}
    made.put("BOM", "BOM-dough-001", OLD, item="dough", quantity=10.0, items=[flour], **bill)
    made.put("BOM", "BOM-dough-002", OLD, item="dough", quantity=1.0, items=[flour], **{**bill, "is_default": 0})
    work = {"production_item": "dough", "qty": 4.0, "produced_qty": 0.0, "process_loss_qty": 0.0}
    made.put("Work Order", "WH/MO/1", OLD, status="Not Started", planned_start_date="2027-01-16 06:00:00", **work)
    cheese = {"item_code": "cheese", "stock_qty": 3.0, "delivered_qty": 0.0}
    order = {"customer": "Bistro", "delivery_date": "2027-01-20", "status": "To Deliver and Bill"}
    made.put("Sales Order", "S1", OLD, docstatus=1, items=[cheese], **order)
    made.put("Sales Order", "S2", OLD, docstatus=0, items=[cheese], **order)
    for name, back, quantity in (("I1", 0, 5.0), ("I2", 0, 2.0), ("I3", 1, -1.0)):
        line = {"item_code": "bread", "stock_qty": quantity, "base_net_amount": quantity * 4}
        made.put("Sales Invoice", name, OLD, docstatus=1, posting_date="2026-10-02", is_return=back, items=[line])
    return made


async def ask(one: Fetching, vendor: Any, kind: Kind, url: str, entity: EntityType) -> FeedJob:
    account = {"odoo": "shop", "odoo_rpc": "shop/buyer"}.get(kind, "")
    connector = Connector(entity.lower(), kind=kind, entity_type=entity, address=url, account=account, every_min=5)
    await asked_by(one, connector, vendor.token if kind == "erpnext" else vendor.key)
    (job,) = await one.look()
    return job


@pytest.mark.parametrize("kind", ["odoo", "odoo_rpc", "erpnext"])
def test_bills_work_orders_customers_orders_and_sales_come_by_their_wires(tmp_path: Path, kind: Kind) -> None:
    async def scenario() -> None:
        vendor: Any = erpnext() if kind == "erpnext" else odoo()
        async with fetching(tmp_path) as one, vendor.serve() as url:
            shop = one.shop
            await stocked(shop)
            for id in ("bread", "dough"):
                await done(shop, EndBom(id), SYSTEM)
            await accounts.stocked(shop)
            customer = await accounts.on_account(shop, None)
            job = await ask(one, vendor, kind, url, "BOM")
            assert (job.applied, job.invalid, codes(shop, job)) == (1, 0, [[]]), (
                "kits and those not in use are not taken"
            )
            bill = next(one for one in BOMS.read(shop.reader) if one.id in ("odoo-5", "bom-dough-001"))
            assert (bill.sku, bill.makes, bill.lines) == ("dough", 10_000, (BomLine("flour", 6_000),))
            assert bill.yield_permille == (975 if kind == "erpnext" else 1_000)

            job = await ask(one, vendor, kind, url, "WorkOrder")
            assert job.applied == 1, codes(shop, job)
            work = read_work(shop.reader, 1)
            assert work is not None
            assert (work.sku, work.quantity, work.state, work.start_on) == ("dough", 4_000, "planned", "2027-01-16")

            job = await ask(one, vendor, kind, url, "SalesOrder")
            assert codes(shop, job) == [["unknown_account"]], "nobody said yet who that is here; a quote is no order"
            (row,) = records(shop, job)
            assert "Bistro" not in str(row), "a number, and no name"
            await done(shop, MendRecord(job.id, 0, "customer_id", customer), SYSTEM)
            await done(shop, TakeRecord(job.id, 0), SYSTEM)
            order = read_sales_order(shop.reader, 1)
            assert order is not None and [(one.sku, one.quantity) for one in order.lines] == [("cheese", 3_000)]

            job = await ask(one, vendor, kind, url, "SalesHistory")
            assert job.applied == 1, codes(shop, job)
            sold = shop.reader.execute("SELECT day, sku, sold, returned, minor FROM feed_sold").fetchall()
            assert sold == [("2026-10-02", "bread", 7_000, 1_000, 2_400)]

            _later(vendor, kind)
            jobs = {job.source_connector: job for job in await one.look(5)}
            sold = shop.reader.execute("SELECT sold, returned, minor FROM feed_sold").fetchall()
            assert sold == [(8_000, 1_000, 2_800)], "the day's sum anew, also of what did not change"
            assert [one.state for one in records(shop, jobs["salesorder"])] == ["same", "applied"], "it is known who"
            assert all(not job.applied for name, job in jobs.items() if name in ("bom", "workorder")), "nothing twice"

    run(scenario())


def _later(vendor: Any, kind: Kind) -> None:
    """One more invoice of that day, and one more order of that customer."""
    if kind == "erpnext":
        line = {"item_code": "bread", "stock_qty": 1.0, "base_net_amount": 4.0}
        vendor.put("Sales Invoice", "I4", NEW, docstatus=1, posting_date="2026-10-02", is_return=0, items=[line])
        cheese = {"item_code": "cheese", "stock_qty": 1.0, "delivered_qty": 0.0}
        vendor.put("Sales Order", "S3", NEW, docstatus=1, customer="Bistro", status="To Deliver", items=[cheese])
        return
    vendor.put("account.move", 4, NEW, move_type="out_invoice", state="posted", invoice_date="2026-10-02")
    line = {"product_id": [34, "Bread"], "display_type": "product", "balance": -4.0}
    vendor.put("account.move.line", 4, NEW, move_id=[4, "INV"], quantity=1.0, **line)
    vendor.put("sale.order", 3, NEW, name="S3", partner_id=[9, "Bistro"], state="sale")
    vendor.put(
        "sale.order.line", 3, NEW, order_id=[3, "S3"], product_id=[33, "C"], product_uom_qty=1.0, qty_delivered=0.0
    )


@pytest.mark.parametrize("kind", ["odoo", "odoo_rpc"])
def test_a_dozen_there_is_not_one_here_and_a_night_has_its_day(tmp_path: Path, kind: Kind) -> None:
    async def scenario() -> None:
        vendor, dozen, gram = odoo(), [12, "Dozens"], [13, "g"]
        for id, code in GOODS.items():
            unit = [2, "kg"] if code == "flour" else [1, "Units"]
            vendor.put("product.product", id, OLD, default_code=code, product_tmpl_id=[id + 100, code], uom_id=unit)
        vendor.put(
            *("mrp.bom", 5, OLD),
            product_tmpl_id=[132, "Dough"],
            product_qty=10.0,
            type="normal",
            product_uom_id=[1, "U"],
        )
        line = {"bom_id": [5, "Dough"], "product_id": [31, "Flour"], "product_qty": 600.0}
        vendor.put("mrp.bom.line", 1, OLD, product_uom_id=gram, **line)
        work = {"product_id": [32, "Dough"], "product_qty": 4.0, "date_start": "2027-01-16 23:30:00"}
        vendor.put("mrp.production", 1, OLD, name="WH/MO/1", state="confirmed", product_uom_id=[1, "Units"], **work)
        sold = {"order_id": [1, "S1"], "product_uom_qty": 3.0, "qty_delivered": 0.0}
        unit = {"product_uom_id" if kind == "odoo" else "product_uom": dozen}
        vendor.put("sale.order.line", 1, OLD, product_id=[33, "Cheese"], **sold, **unit)
        bread = {"move_id": [1, "INV"], "product_id": [34, "Bread"], "display_type": "product", "quantity": 5.0}
        vendor.put("account.move.line", 1, OLD, balance=-20.0, product_uom_id=dozen, **bread)
        async with fetching(tmp_path) as one, vendor.serve() as url:
            shop = one.shop
            await stocked(shop)
            for id in ("bread", "dough"):
                await done(shop, EndBom(id), SYSTEM)
            job = await ask(one, vendor, kind, url, "BOM")
            assert codes(shop, job) == [[]]
            (bill,) = (one for one in BOMS.read(shop.reader) if one.id == "odoo-5")
            assert bill.lines == (BomLine("flour", 600_000, "g"),)
            await ask(one, vendor, kind, url, "WorkOrder")
            begun = read_work(shop.reader, 1)
            assert begun is not None and begun.start_on == "2027-01-17", "half past midnight in Paris"
            job = await ask(one, vendor, kind, url, "SalesOrder")
            (row,) = records(shop, job)
            assert (row.cells["quantity.1"], codes(shop, job)) == ("3.0 Dozens", [["not_a_number"]])
            job = await ask(one, vendor, kind, url, "SalesHistory")
            assert codes(shop, job) == [["not_a_number"]]

    run(scenario())


def test_what_was_delivered_by_the_box_is_complete(tmp_path: Path) -> None:
    async def scenario() -> None:
        vendor = erpnext()
        boxes = {"item_code": "cheese", "qty": 2.0, "stock_qty": 24.0, "delivered_qty": 2.0}
        order = {"customer": "Bistro", "delivery_date": "2027-01-20", "status": "To Bill"}
        vendor.put("Sales Order", "S1", OLD, docstatus=1, items=[boxes], **order)
        async with fetching(tmp_path) as one, vendor.serve() as url:
            await stocked(one.shop)
            await accounts.stocked(one.shop)
            job = await ask(one, vendor, "erpnext", url, "SalesOrder")
            (row,) = records(one.shop, job)
            assert (row.cells["status"], row.state) == ("complete", "same"), "nothing is left to deliver"

    run(scenario())
