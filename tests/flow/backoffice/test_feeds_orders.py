"""Bills of material, work orders, orders on account and sales of before, as connectors bring them."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import msgspec
import pytest

from edge.accounting.accounts.queries import read_sales_order
from edge.analytics.production.bom import BomLine
from edge.analytics.production.commands import EndBom
from edge.analytics.production.entities import BOMS as BILLS
from edge.analytics.production.queries import read_work
from edge.backoffice.feeds.applying.judging import judge
from edge.backoffice.feeds.commands import IngestFile, MendRecord, SetConnector, TakeRecord
from edge.backoffice.feeds.connector import Connector, EntityType
from edge.backoffice.feeds.queries import FeedJob
from edge.backoffice.feeds.reading.record_cells import Terms
from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.product import Product, Source
from edge.goods.ingest.import_folders import bring
from edge.goods.quality.commands import HoldProducts
from edge.goods.quality.events import GateReason
from edge.goods.quality.queries import held_products
from edge.goods.stock.commands import SetLocation
from edge.goods.stock.queries import read_stock
from tests import accounts
from tests.catch_up import catch_up
from tests.feeding import ingest, records
from tests.flow.analytics.test_insight import job_done, opened
from tests.flow.backoffice.test_feeds_fetched import Fetching, fetching, put
from tests.flow.counter.test_bakery_day import stocked
from tests.importing import csv_file
from tests.outgoing import Answers, http_server
from tests.shop_fixture import CASHIER, MILK, SYSTEM, FakeClock, done, open_shop, run

BOMS = (
    "bom_id,sku_id,component_sku_id,quantity_per_unit,yield_percent,is_active\n"
    "BOM/Dough 1,dough,flour,0.6,,yes\nBOM/Dough 1,dough,yeast,0.1,,\nBOM/Bread,bread,dough,0.5,97.5,yes\n"
)
WORK = "work_order_id,sku_id,quantity,status,scheduled_start\nMO-7,dough,10,{status},2027-01-16\n"


async def by_folder(one: Fetching, entity: EntityType) -> None:
    """A folder whose files are such records."""
    inbox = str(one.shop.path.parent.parent / "inbox")
    connector = Connector("erp", kind="folder", entity_type=entity, address=inbox, every_min=5)
    await done(one.shop, SetConnector(connector), SYSTEM)


async def by_address(one: Fetching, server: Answers, entity: EntityType, name: str) -> None:
    """An address behind which such records are."""
    connector = Connector("web", kind="http", entity_type=entity, address=f"{server.url}/{name}", every_min=5)
    await done(one.shop, SetConnector(connector), SYSTEM)


def told(job: FeedJob) -> tuple[int, int, int, int]:
    return (job.applied, job.same, job.held, job.invalid)


def codes(shop: CommandBus, job: FeedJob) -> list[list[str]]:
    return [[why.code for why in one.reasons] for one in records(shop, job)]


def test_bills_come_a_line_a_row_from_an_address_and_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            await stocked(one.shop)
            for bom in ("dough", "bread"):
                await done(one.shop, EndBom(bom), SYSTEM)
            await by_address(one, server, "BOM", "boms.csv")
            server.usual = (200, {}, BOMS)
            (job,) = await one.look()
            assert told(job) == (2, 0, 0, 0), [record.reasons for record in records(one.shop, job)]
            bills = {bill.id: bill for bill in BILLS.read(one.shop.reader)}
            assert bills["bom-dough-1"].lines == (BomLine("flour", 600), BomLine("yeast", 100))
            assert (bills["bom-bread"].yield_permille, bills["bom-bread"].version) == (975, 1)
            (job,) = await one.look(5)
            assert told(job) == (0, 2, 0, 0)
            server.usual = (200, {}, BOMS.replace("yeast,0.1", "yeast,0.2"))
            (job,) = await one.look(5)
            assert told(job) == (1, 1, 0, 0)
            again = {bill.id: bill.version for bill in BILLS.read(one.shop.reader)}
            assert again == {"bom-dough-1": 2, "bom-bread": 1}
            assert verify(one.shop.reader, one.shop.registry).faults == ()

    run(scenario())


def test_a_bill_of_which_a_line_is_wrong_is_not_taken_in_part_and_can_be_mended(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            await done(shop, EndBom("dough"), SYSTEM)
            text = "bom_id,sku,component,quantity\nd,dough,flour,0.6\nd,dough,sugar,0.1\n"
            job = await ingest(shop, csv_file(tmp_path, text), entity_type="BOM")
            (saved,) = records(shop, job)
            assert [(why.field, why.code) for why in saved.reasons] == [("component.2", "unknown_component")]
            assert "d" not in {bill.id for bill in BILLS.read(shop.reader)}
            await done(shop, MendRecord(job.run, 0, "component.2", "yeast"), SYSTEM)
            await done(shop, TakeRecord(job.run, 0), SYSTEM)
            found = {bill.id: bill for bill in BILLS.read(shop.reader)}
            assert found["d"].lines == (BomLine("flour", 600), BomLine("yeast", 100))
            assert isinstance(await shop.do(MendRecord(job.run, 0, "sku.2", "x"), SYSTEM), Refused)

            differ = "bom_id,sku,component,quantity\nx,dough,flour,1\nx,bread,yeast,1\n"
            job = await ingest(shop, csv_file(tmp_path, differ), entity_type="BOM")
            assert codes(shop, job) == [["reason.lines_differ"]]
            lost = "bom_id,sku,component,quantity\ny,dough,flour,1\ny,dough,yeast\nz,bread,dough,1\n"
            job = await ingest(shop, csv_file(tmp_path, lost), entity_type="BOM")
            assert job.applied == 0, "the row that cannot be read may have been a line of either"
            circle = "bom_id,sku,component,quantity,from\nc,dough,bread,1,2027-02-01\n"
            job = await ingest(shop, csv_file(tmp_path, circle), entity_type="BOM")
            assert codes(shop, job) == [["refused.bom_circle"]]

    run(scenario())


def test_a_work_order_is_planned_here_and_what_moves_stock_waits_for_approval(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one:
            shop, inbox = one.shop, tmp_path / "inbox"
            await stocked(shop)
            await by_folder(one, "WorkOrder")
            put(inbox, "a.csv", WORK.format(status="planned"), 1)
            (job,) = await one.look(5)
            assert told(job) == (1, 0, 0, 0)
            order = read_work(shop.reader, 1)
            assert order is not None
            assert (order.sku, order.quantity, order.state, order.start_on) == (
                "dough",
                10_000,
                "planned",
                "2027-01-16",
            )
            put(inbox, "b.csv", WORK.format(status="planned").replace(",10,", ",8,"), 2)
            (job,) = await one.look(5)
            changed = read_work(shop.reader, 1)
            assert changed is not None and changed.quantity == 8_000, "the same order, and no second one"
            assert read_work(shop.reader, 2) is None

            put(inbox, "c.csv", WORK.format(status="Completed").replace(",10,", ",8,"), 3)
            (job,) = await one.look(5)
            assert (told(job), codes(shop, job)) == ((0, 0, 1, 0), [["made_there"]])
            assert read_stock(shop.reader, "dough") == 0
            await done(shop, TakeRecord(job.run, 0), SYSTEM)
            made = read_work(shop.reader, 1)
            assert made is not None and (made.state, made.good) == ("completed", 8_000)
            assert (read_stock(shop.reader, "dough"), read_stock(shop.reader, "flour")) == (8_000, 7_200)
            put(inbox, "d.csv", WORK.format(status="done").replace(",10,", ",8,"), 4)
            (job,) = await one.look(5)
            assert told(job) == (0, 1, 0, 0)
            put(inbox, "e.csv", WORK.format(status="planned"), 5)
            (job,) = await one.look(5)
            assert codes(shop, job) == [["ended_here"]]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_work_that_was_begun_or_given_up_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop, flour=1_000)
            job = await ingest(shop, csv_file(tmp_path, WORK.format(status="in progress")), entity_type="WorkOrder")
            assert codes(shop, job) == [["begun_there"]]
            short = await shop.do(TakeRecord(job.run, 0), SYSTEM)
            assert isinstance(short, Refused) and short.code == "components_short", "and nothing of it was done"
            assert (read_work(shop.reader, 1), records(shop, job)[0].state) == (None, "held")
            job = await ingest(shop, csv_file(tmp_path, WORK.format(status="cancelled")), entity_type="WorkOrder")
            assert told(job) == (0, 1, 0, 0), "it was never here"
            await ingest(shop, csv_file(tmp_path, WORK.format(status="planned")), entity_type="WorkOrder")
            job = await ingest(shop, csv_file(tmp_path, WORK.format(status="cancelled")), entity_type="WorkOrder")
            found = read_work(shop.reader, 1)
            assert job.applied == 1 and found is not None and found.state == "cancelled"

    run(scenario())


def test_orders_on_account_are_opened_changed_and_closed_by_their_number(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            shop = one.shop
            await accounts.stocked(shop)
            customer = await accounts.on_account(shop)
            await by_address(one, server, "SalesOrder", "orders.json")

            def says(status: str, *lines: tuple[str, str, str]) -> None:
                rows = [
                    {"sales_order_id": "SO-1", "customer_id": customer, "status": status, "due": "2027-01-20"}
                    | dict(zip(("sku_id", "quantity", "price"), line, strict=True))
                    for line in lines
                ]
                server.usual = (200, {}, msgspec.json.encode(rows).decode())

            says("open", ("cheese", "2", "9.50"), ("wine", "6", ""))
            (job,) = await one.look()
            assert told(job) == (1, 0, 0, 0), codes(shop, job)
            order = read_sales_order(shop.reader, 1)
            assert order is not None
            assert [(line.sku, line.quantity, line.price_minor) for line in order.lines] == [
                ("cheese", 2_000, 950),
                ("wine", 6_000, 600),
            ]
            assert (await one.look(5))[0].same == 1
            says("open", ("cheese", "3", "9.50"))
            await one.look(5)
            order = read_sales_order(shop.reader, 1)
            assert order is not None and [(line.sku, line.quantity) for line in order.lines] == [("cheese", 3_000)]
            says("delivered", ("cheese", "3", "9.50"))
            (job,) = await one.look(5)
            assert codes(shop, job) == [["delivered_there"]], "what was delivered there is no receipt of ours"
            says("cancelled", ("cheese", "3", "9.50"))
            (job,) = await one.look(5)
            order = read_sales_order(shop.reader, 1)
            assert job.applied == 1 and order is not None and order.state == "cancelled"
            assert read_sales_order(shop.reader, 2) is None
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_sales_of_before_are_told_over_all_places_and_own_days_wait_for_approval(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetLocation("rooftop", {"en": "Rooftop"}, "bar"), SYSTEM)
            text = (
                "day,sku,location,sold,revenue\n"
                f"2026-12-01,milk,main,12,12.00\n2026-12-01,{MILK},rooftop,3,3.00\n2026-12-02,milk,moon,5,\n"
                "2026-12-02,milk,,4,\n2026-12-02,milk,,5,\n"
            )
            job = await ingest(shop, csv_file(tmp_path, text), entity_type="SalesHistory")
            assert codes(shop, job) == [[], [], ["unknown_location"], ["duplicate_key"], []]
            await catch_up(shop)
            rows = "SELECT business_date, sold, minor FROM demand_day WHERE sku = 'milk' ORDER BY 1"
            told_of = shop.reader.execute(rows).fetchall()
            assert told_of == [("2026-12-01", 15_000, 1_500), ("2026-12-02", 5_000, 0)]
            again = await ingest(shop, csv_file(tmp_path, text), entity_type="SalesHistory")
            assert (again.applied, again.same) == (0, 3)
            await done(shop, AddLine("milk"), CASHIER)
            await done(shop, Pay("cash", 10_000), CASHIER)
            await catch_up(shop)
            today = "day,sku,sold\n2027-01-15,milk,40\n"
            job = await ingest(shop, csv_file(tmp_path, today), entity_type="SalesHistory")
            assert (told(job), codes(shop, job)) == ((0, 0, 1, 0), [["own_day"]])
            await done(shop, TakeRecord(job.run, 0), SYSTEM)
            assert records(shop, job)[0].state == "applied"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


WRONG: tuple[tuple[str, EntityType, dict[str, str]], ...] = (
    ("missing_key", "BOM", {"bom_id": "b", "sku": "bread"}),
    ("id_wrong", "BOM", {"bom_id": "///", "sku": "bread", "component.1": "flour", "quantity.1": "1"}),
    ("measure_unknown", "BOM", {"bom_id": "b", "sku": "bread", "component": "flour", "quantity": "1", "measure": "oz"}),
    ("out_of_range", "BOM", {"bom_id": "b", "sku": "bread", "component": "flour", "quantity": "0"}),
    (
        "out_of_range",
        "BOM",
        {"bom_id": "b", "sku": "bread", "component": "flour", "quantity": "1", "yield_percent": "101"},
    ),
    (
        "not_yes_or_no",
        "BOM",
        {"bom_id": "b", "sku": "bread", "component": "flour", "quantity": "1", "is_active": "perhaps"},
    ),
    ("status_unknown", "WorkOrder", {"work_order_id": "1", "sku": "bread", "quantity": "1", "status": "?"}),
    ("no_bill", "WorkOrder", {"work_order_id": "1", "sku": "flour", "quantity": "1"}),
    ("unknown_sku", "WorkOrder", {"work_order_id": "1", "sku": "soap", "quantity": "1"}),
    ("unknown_location", "WorkOrder", {"work_order_id": "1", "sku": "bread", "quantity": "1", "to_location": "moon"}),
    ("date_wrong", "WorkOrder", {"work_order_id": "1", "sku": "bread", "quantity": "1", "due": "soon"}),
    ("not_whole", "WorkOrder", {"work_order_id": "1", "sku": "bread", "quantity": "1.5"}),
    ("unknown_account", "SalesOrder", {"sales_order_id": "1", "customer_id": "x", "sku.1": "bread", "quantity.1": "1"}),
    ("date_ahead", "SalesHistory", {"day": "2027-02-01", "sku": "bread", "sold": "1"}),
    ("negative", "SalesHistory", {"day": "2026-02-01", "sku": "bread", "sold": "-1"}),
    ("missing_key", "SalesHistory", {"sku": "bread", "sold": "1"}),
)


@pytest.mark.parametrize(("code", "entity", "cells"), WRONG)
def test_a_wrong_record_says_why(tmp_path: Path, code: str, entity: EntityType, cells: dict[str, str]) -> None:
    terms = Terms("EUR", "en", "Europe/Paris", FakeClock().at_us)

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            found = judge(shop.reader, entity, cells, terms, jump_percent=50)
            assert ([why.code for why in found.reasons], found.state) == ([code], "invalid")

    run(scenario())


def test_systems_are_not_asked_for_what_comes_in_files_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            wanted = Connector("o", kind="xero", entity_type="BOM", address="https://erp.example")
            outcome = await shop.do(SetConnector(wanted), SYSTEM)
            assert isinstance(outcome, Refused) and outcome.code == "feed_kind_has_none"

    run(scenario())


def test_the_pages_show_lines_by_number_and_what_fails_the_gate(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(tmp_path) as (served, caller):
            shop = served.shop
            text = "bom_id,sku,component,quantity\nd,milk,beer,1\nd,milk,sugar,1\n"
            path = bring(shop.path.parent, csv_file(tmp_path, text))
            asked = await done(shop, IngestFile(str(path), entity_type="BOM"), SYSTEM)
            await job_done(served, asked.result)
            page = unescape(await caller.page(f"/manager/feeds/records?lang=en&job={asked.result}"))
            assert (
                "Component 2" in page
                and 'value="quantity.1"' in page
                and "product sugar doesn't exist in this shop" in page
            )
            feeds = await caller.page("/manager/feeds?lang=he")
            assert "עצי מוצר" in feeds and 'id="enrich"' not in feeds, "there are no strains whose details are missing"
            gate = GateReason("published_thc", {"thc": "110"})
            odd = Product("odd", {"en": "Odd"}, cost_minor=100)
            await done(shop, HoldProducts((odd,), Source("ocs"), (7,), (gate,)), SYSTEM)
            (held,) = held_products(shop.reader)
            assert (held.reason, held.price_minor, held.gate) == ("gate", None, gate)
            assert "Invalid THC percentage: 110" in await caller.page("/quality?lang=en")

    run(scenario(), 200)
