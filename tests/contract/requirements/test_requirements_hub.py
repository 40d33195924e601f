"""Head office's API for programs: the data of two stores, by store, page, filter and key."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from edge.analytics.insight.reports_part import keep_report
from edge.analytics.insight.rules import DaySpan
from edge.analytics.shelf.commands import RecordLook, SetPlanogram
from edge.app import hub
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from edge.core.messages import Command
from edge.counter.till.commands import AddLine, Pay, RefundSale
from edge.foundation.alerts.commands import RaiseAlert
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import ExpectStock, RecordMovement, ReserveLine, SetLevels, TransferLine
from edge.goods.transfers.commands import SendTransfer
from edge.lib.sight.kinds import Seen
from edge.ordering.orders.commands import AddToCart, OpenCart, PlaceOrder
from sim.postgres import Postgres
from sync.hub.api import keys
from sync.hub.model import Key
from tests import citus
from tests.contract.hub.test_hub_api import Client, House, an_api
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, done, open_shop
from tests.unit.analytics.test_insight import follow
from tests.unit.analytics.test_shelf_stock import LAYOUT, PICTURE, TEXT

LAGER = Product("lager", {"en": "Lager"}, ("5449000000996",), 500, box=24, minimum=30_000)
STORES = ("corner", "north")
START_S = 120.0


class Office:
    """Calls head office's API, by default with a key that may read all stores of a tenant."""

    def __init__(self, house: House, loop: asyncio.AbstractEventLoop) -> None:
        self.house, self.loop = house, loop
        self.all = self.client("demo", "read")

    def wait(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(START_S)

    def client(self, tenant: str, *may: str, stores: tuple[str, ...] = ()) -> Client:
        _, secret = self.wait(keys.add(self.house.owner, tenant, "test", may, stores=stores))
        return Client(self.house.session, self.house.base, secret)

    def ask(self, path: str, client: Client | None = None) -> tuple[int, Any]:
        status, body, _ = self.wait((client or self.all).get(f"/v1/{path}"))
        return status, body

    def rows(self, path: str, client: Client | None = None) -> list[dict[str, Any]]:
        status, body = self.ask(path, client)
        assert status == 200, (path, body)
        return list(body["rows"])


async def _trade(shop: CommandBus, clock: FakeClock) -> None:
    """A store's day: goods, a sale and its refund, an order, an alert, a transfer, an empty facing, and a report."""

    async def do(command: Command, actor: Any = SYSTEM) -> Any:
        return (await done(shop, command, actor)).result

    await do(SetProducts((LAGER,)))
    await do(RecordMovement("lager", "in", boxes=2, lot="A", expiry="2027-05-01", unit_cost_minor=90))
    await do(RecordMovement("milk", "in", units=9_000))
    await do(SetLevels("lager", par=24_000, reorder=12_000))
    await do(ExpectStock("purchase-1", (ReserveLine("lager", 24_000),)))
    await do(SendTransfer("south", (TransferLine("lager", 30_000, "A"),)))
    for _ in range(2):
        await do(AddLine(MILK), CASHIER)
        await do(Pay("card"), CASHIER)
    await do(RefundSale(1), MANAGER)
    cart = (await do(OpenCart())).id
    await do(AddToCart(cart, sku="milk", quantity=2_000))
    await do(PlaceOrder(cart, 240, name="Dana"))
    await do(RaiseAlert("disk_full", severity="critical", values={"free_mb": 200}))
    await do(SetPlanogram("bay", "Dairy", "eye", LAYOUT, PICTURE))
    for state, later_s in (*(("present", 300),) * 2, *(("gap", 300),) * 4, ("gap", 3_700)):
        clock.advance(later_s)
        seen = (Seen("a", state, 95), Seen("b", "present", 95))  # type: ignore[arg-type]
        await do(RecordLook("bay", 1, "ok", seen, PICTURE))
    follow(shop, db := shop._writer._db)
    (day,) = db.execute("SELECT max(business_date) FROM receipt").fetchone()
    await do(keep_report(db, "daily", DaySpan(day, day)))


async def _filled(dsn: str, folder: Path) -> None:
    """Fill a hub's tables with the days of two stores."""
    await hub.bring_up_to_date(dsn)
    connection = await asyncpg.connect(dsn)
    for store in STORES:
        clock = FakeClock()
        (folder / store).mkdir()
        async with open_shop(folder / store, clock, text=TEXT) as shop:
            await _trade(shop, clock)
            rows = read_rows(shop.reader, 1, 10_000)
            for projector in hub.projectors():
                for project in dict.fromkeys(projector.handlers.values()):
                    ours = [row for row in rows if projector.handlers.get(row.type) == project]
                    await project(connection, Key("demo", store, "box1"), ours)
    await connection.close()


@pytest.fixture(scope="module")
def office(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    asyncio.run(citus.say(postgres.dsn, "CREATE DATABASE requirements"))
    dsn, over = postgres.dsn_of("requirements"), asyncio.Event()
    begun: Future[tuple[House, asyncio.AbstractEventLoop]] = Future()

    async def live() -> None:
        await _filled(dsn, tmp_path_factory.mktemp("hub"))
        async with an_api(dsn) as house:
            begun.set_result((house, asyncio.get_running_loop()))
            await over.wait()

    with ThreadPoolExecutor(1, "office") as thread:
        life = thread.submit(asyncio.run, live())
        both: tuple[Future[Any], ...] = (begun, life)
        wait(both, START_S, FIRST_COMPLETED)
        if not begun.done():
            life.result(0)  # raises the reason why it didn't begin
        house, loop = begun.result(0)
        try:
            yield Office(house, loop)
        finally:
            loop.call_soon_threadsafe(over.set)
            life.result(START_S)


def test_what_there_is_of_each_product_by_store(office: Office) -> None:
    rows = office.rows("stock?sku=lager")
    assert [row["store"] for row in rows] == ["corner", "north"]
    wanted = {"on_hand": 18_000, "reserved": 0, "on_order": 24_000, "available": 18_000, "next_expiry": "2027-05-01"}
    assert {name: rows[0][name] for name in wanted} == wanted
    assert office.rows("stock?sku=milk&store=north")[0]["reserved"] == 2_000, "what the order keeps"
    assert [row["sku"] for row in office.rows("stock?store=corner&below=20000")] == ["lager", "milk"]
    assert [row["sku"] for row in office.rows("stock?store=corner&expiring_by=2027-06-01")] == ["lager"]
    (level,) = office.rows("stock/levels?store=corner")
    assert (level["par"], level["reorder"], level["available"], level["status"]) == (24_000, 12_000, 18_000, "normal")


def test_each_movement_says_when_why_and_how_much(office: Office) -> None:
    rows = office.rows("stock/movements?store=corner&sku=milk")
    assert [row["delta"] for row in rows] == [9_000, -1_000, -1_000, 1_000]
    assert {"at", "actor", "reason", "lot", "expiry", "location", "document", "unit_cost_minor"} <= set(rows[0])
    (came,) = office.rows("stock/movements?store=north&sku=lager&reason=received")
    assert (came["lot"], came["expiry"], came["unit_cost_minor"], came["boxes"]) == ("A", "2027-05-01", 90, 2)
    sold = office.rows("stock/movements?sku=milk&reason=sale")
    assert [row["store"] for row in sold] == ["corner", "corner", "north", "north"]
    assert office.rows("stock/movements?from=2027-02-01") == []


def test_goods_on_their_way_between_stores(office: Office) -> None:
    rows = office.rows("transfers?to_store=south")
    told = [(row["store"], row["sku"], row["quantity"], row["state"], row["got"]) for row in rows]
    assert sorted(told, key=str) == [(store, "lager", 30_000, "sent", None) for store in STORES]
    assert office.rows("transfers?state=received") == []


def test_orders_with_their_steps(office: Office) -> None:
    rows = office.rows("orders?state=placed")
    assert [row["store"] for row in rows] == ["corner", "north"]
    assert {row["total_minor"] for row in rows} == {240}
    assert "Dana" not in str(rows), "of people an id alone"
    steps = office.rows(f"orders/steps?order={rows[0]['order_id']}")
    assert [step["now"] for step in steps] == ["placed"]


def test_open_alerts_of_all_stores(office: Office) -> None:
    rows = office.rows("alerts?severity=critical&kind=disk_full")
    assert [(row["store"], row["state"], row["count"]) for row in rows] == [(s, "raised", 1) for s in STORES]
    assert office.rows("alerts?state=resolved&kind=disk_full") == []


def test_reports_and_figures_of_each_store(office: Office) -> None:
    (report,) = office.rows("insight/reports?store=corner&kind=daily")
    assert report["total_minor"] == 120, "two of 1.20, one came back"
    figures = {row["name"]: row for row in office.rows("insight/kpis?store=corner&kind=daily")}
    assert figures["sales"]["value"] == 120
    assert {"sales", "receipts", "basket", "margin", "waste"} <= set(figures)
    assert {row["store"] for row in office.rows("insight/kpis?name=sales")} == set(STORES)


def test_gaps_on_shelves(office: Office) -> None:
    rows = office.rows("shelf/findings?kind=gap")
    assert [(row["store"], row["bay"], row["sku"]) for row in rows] == [(s, "bay", "milk") for s in STORES]
    assert rows[0]["closed_at"] is None and rows[0]["on_hand"] is not None
    looks = office.rows("shelf/compliance?store=north&bay=bay")
    assert looks and looks[0]["seen_count"] > 0


def test_forecasts_have_an_address_also_where_none_was_made(office: Office) -> None:
    assert office.rows("forecasts/versions") == []


def test_sales_by_day_tender_tax_and_receipt(office: Office) -> None:
    (day,) = office.rows("sales?store=corner")
    assert (day["sales"], day["refunds"], day["paid_minor"], day["currency"]) == (2, 1, 120, "EUR")
    assert [(row["kind"], row["amount_minor"]) for row in office.rows("sales/tenders?store=corner")] == [("card", 120)]
    (tax,) = office.rows("sales/taxes?store=corner")
    assert (tax["net_minor"] + tax["tax_minor"], tax["tax_minor"]) == (120, 6)
    (sold,) = office.rows("sales/products?store=corner&sku=milk")
    assert (sold["sold"], sold["returned"], sold["amount_minor"]) == (2_000, 1_000, 120)
    assert len(office.rows("sales/receipts?store=corner")) == 2
    assert office.rows("sales/receipts/tenders?store=corner&number=1")[0]["kind"] == "card"


READS = {read.name: read for read in hub.reads() if not read.as_in_shop}
"""Reads by name, except those in the shop's format, which `test_unified_reads_hub.py` tests."""


@pytest.mark.parametrize("path", READS)
def test_pages_filters_and_keys_of_every_address(office: Office, path: str) -> None:
    whole = office.rows(path)
    after, rows = "", list[Any]()
    for _ in itertools.repeat(None, len(whole) + 1):
        status, page = office.ask(f"{path}?limit=1&after={after}")
        assert status == 200 and len(page["rows"]) <= 1
        rows += page["rows"]
        if (after := page["next"]) is None:
            break
    assert rows == whole and after is None, "each row once"
    if READS[path].by_store:
        if not READS[path].summed:
            assert {row["store"] for row in office.rows(f"{path}?store=north")} <= {"north"}
        assert office.rows(f"{path}?store=nowhere") == []
    for wrong in ("nothing=1", "limit=0", "limit=1001", "after=xyz"):
        status, problem = office.ask(f"{path}?{wrong}")
        assert (status, problem["status"]) == (400, 400) and problem["detail"], wrong


def test_a_key_of_one_store_reads_no_other(office: Office) -> None:
    mine = office.client("demo", "read", stores=("north",))
    for path in ("stock", "stock/movements", "orders", "alerts", "insight/kpis", "shelf/findings", "sales"):
        assert {row["store"] for row in office.rows(path, mine)} == {"north"}, path
        assert not office.rows(f"{path}?store=corner", mine)
        assert not office.rows(path, office.client("other", "read")), "another tenant's"
    one = [row["paid_minor"] for row in office.rows("sales?store=north")]
    assert [row["paid_minor"] for row in office.rows("sales/sums", mine)] == one, "sums are of its own store"
    assert not office.rows("sales/sums", office.client("other", "read"))


def test_without_a_key_or_below_no_address_it_says_so(office: Office) -> None:
    nobody = Client(office.house.session, office.house.base, "edge_wrong")
    assert office.ask("stock", nobody)[0] == 401
    status, problem = office.ask("weather")
    assert (status, problem["status"]) == (404, 404) and problem["detail"]
    assert office.ask("stock", office.client("demo", "publish"))[0] == 403
