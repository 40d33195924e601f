"""The unified reads at head office give the stores' own answers, over all stores of a tenant and no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge.accounting.accounts.commands import DeliveredLine, DeliverSalesOrder, OpenSalesOrder, OrderedLine
from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.commands import PlanWork, ReportWork, SetBom
from edge.app import hub
from edge.backoffice.unified_reads import queries
from edge.backoffice.unified_reads.inventory_history import unified_inventory_history
from edge.backoffice.unified_reads.paging import UnifiedPage
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from edge.goods.purchasing.commands import SetSupplier
from edge.goods.stock.commands import RecordMovement
from sync.hub.model import Key
from tests.accounts import OFFICE, OWNER, on_account, stocked
from tests.catch_up import catch_up
from tests.contract.hub.test_hub_api import Client, an_api
from tests.head_office import HeadOffice, head_office
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop

CORNER, NORTH, STRANGER = Key("demo", "corner", "box1"), Key("demo", "north", "box1"), Key("other", "corner", "box1")
BOARD = Bom("board", "wine", (BomLine("cheese", 2_500),), makes=10_000, yield_permille=980)
THIRDS = Bom("thirds", "milk", (BomLine("cheese", 1_000), BomLine("beer", 10)), makes=3_000)
DAY_S = 86_400
PAIRS: dict[str, Callable[..., UnifiedPage]] = {
    "skus": queries.unified_skus,
    "boms": queries.unified_boms,
    "work-orders": queries.unified_work_orders,
    "suppliers": queries.unified_suppliers,
    "sales-orders": queries.unified_sales_orders,
    "inventory/current": queries.unified_inventory,
    "orders/open": queries.unified_orders_open,
}
DAYS = ("2027-01-14", "2027-01-18")


async def _trade(shop: CommandBus, clock: FakeClock) -> None:
    """Three days of trade: a delivery at a new cost, started work, and an order on account that is partly delivered."""
    await stocked(shop)
    customer = await on_account(shop, None)
    await done(shop, SetBom(BOARD), SYSTEM)
    await done(shop, SetBom(THIRDS), SYSTEM)
    await done(shop, SetSupplier("mill", {"en": "Mill", "fr": "Moulin"}, lead_time_days=2), OWNER)
    clock.advance(DAY_S)
    await done(shop, RecordMovement("cheese", "in", units=7_000, unit_cost_minor=733), SYSTEM)
    await done(shop, PlanWork("wine", 10_000), SYSTEM)
    await done(shop, OpenSalesOrder(customer, (OrderedLine("cheese", 3_000), OrderedLine("wine", 2_000))), OFFICE)
    clock.advance(DAY_S)
    await done(shop, DeliverSalesOrder(1, (DeliveredLine("cheese", 1_500),)), OFFICE)
    await done(shop, ReportWork(1, 4_000, 1_000), SYSTEM)
    await catch_up(shop)


async def _told(office: HeadOffice, key: Key, shop: CommandBus) -> None:
    """Send the rows to head office as if another store had done the same."""
    rows = read_rows(shop.reader, 1, 10_000)
    async with office.store.pool.acquire() as connection:
        for projector in hub.projectors():
            for project in dict.fromkeys(projector.handlers.values()):
                await project(connection, key, [row for row in rows if projector.handlers.get(row.type) == project])


async def _asked(client: Client, path: str, **parameters: Any) -> Any:
    said = "&".join(f"{name}={value}" for name, value in parameters.items())
    status, body, _ = await client.get(f"/v1/unified/{path}?{said}")
    assert status == 200, (path, body)
    return body


def _without_place(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in ("store", "device")} for row in rows]


def _same(theirs: list[Any], ours: list[Any]) -> None:
    assert sorted(map(str, map(sorted, (row.items() for row in theirs)))) == sorted(
        map(str, map(sorted, (row.items() for row in ours)))
    )


def test_head_office_reads_what_the_store_reads_and_tenants_apart(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop, head_office(database) as office, an_api(database) as house:
            await _trade(shop, clock)
            await office.up(CORNER, shop)
            for key in (NORTH, STRANGER):
                await _told(office, key, shop)
            mine, north = await house.client("demo", "read"), await house.client("demo", "read", stores=("north",))
            nobody = await house.client("nobody", "read")
            for path, read in PAIRS.items():
                whole = read(shop.reader, limit=500).items
                for client, stores in ((mine, ("corner", "north")), (north, ("north",))):
                    rows = (await _asked(client, path, limit=500))["items"]
                    assert {row["store"] for row in rows} == set(stores), path
                    for store in stores:
                        _same(_without_place([row for row in rows if row["store"] == store]), whole)
                assert await _asked(nobody, path) == {"items": [], "next": ""}
            days = {"from_date": DAYS[0], "to_date": DAYS[1]}
            then = (await _asked(north, "inventory/history", limit=500, **days))["items"]
            _same(_without_place(then), unified_inventory_history(shop.reader, *DAYS, limit=500).items)
            assert (await _asked(nobody, "inventory/history", **days))["items"] == []

    asyncio.run(scenario())


def test_costs_are_decimals_finer_than_a_minor_unit(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop, head_office(database) as office, an_api(database) as house:
            await _trade(shop, clock)
            await office.up(CORNER, shop)
            mine = await house.client("demo", "read")
            (cheese,) = (await _asked(mine, "skus", sku="cheese"))["items"]
            assert cheese["unit_cost"] == "704.052632", "50 at 700 and 7 at 733"
            assert cheese["unit_cost"] == queries.unified_skus(shop.reader, sku="cheese").items[0]["unit_cost"]
            (beer,) = (await _asked(mine, "skus", sku="beer"))["items"]
            assert beer["unit_cost"] is None, "nobody said"

    asyncio.run(scenario())


def test_pages_skips_and_changes_are_asked_as_in_the_store(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop, head_office(database) as office, an_api(database) as house:
            await _trade(shop, clock)
            await office.up(CORNER, shop)
            mine = await house.client("demo", "read")
            for path in (*PAIRS, "inventory/history"):
                days = {"from_date": DAYS[0], "to_date": DAYS[1]} if path == "inventory/history" else {}
                whole = (await _asked(mine, path, limit=500, **days))["items"]
                assert (await _asked(mine, path, skip=1, limit=500, **days))["items"] == whole[1:], path
                rows, after = list[Any](), ""
                for _ in range(len(whole) + 1):
                    page = await _asked(mine, path, limit=1, after=after, **days)
                    rows += page["items"]
                    if not (after := page["next"]):
                        break
                assert rows == whole and whole, path
            since = await office.store.pool.fetchval("SELECT (extract(epoch FROM now()) * 1000000)::bigint + 1")
            for path in PAIRS:
                assert (await _asked(mine, path, updated_since=since))["items"] == [], path
            await done(shop, RecordMovement("wine", "in", units=1_000, unit_cost_minor=500), SYSTEM)
            await done(shop, PlanWork("wine", 5_000), SYSTEM)
            await office.up(CORNER, shop)
            changed = {path: (await _asked(mine, path, updated_since=since))["items"] for path in PAIRS}
            assert [row["sku_code"] for row in changed["skus"]] == ["wine"], "what it costs changed"
            assert [row["work_order_id"] for row in changed["work-orders"]] == [2]
            assert {row["sku_id"] for row in changed["inventory/current"]} >= {"wine"}
            assert changed["suppliers"] == changed["boms"] == changed["sales-orders"] == []
            wrong = ("skip=-1", "updated_since=x", "limit=501", "after=x", "from_date=2027-01-01", "status=planned")
            for text in wrong:
                status, problem, _ = await mine.get(f"/v1/unified/skus?{text}")
                assert status == 400 and problem["detail"], text
            for text in ("", "from_date=2027-01-02&to_date=2027-01-01", "from_date=2020-01-01&to_date=2027-01-01"):
                status, problem, _ = await mine.get(f"/v1/unified/inventory/history?{text}")
                assert status == 400 and "from_date" in problem["detail"], text

    asyncio.run(scenario())
