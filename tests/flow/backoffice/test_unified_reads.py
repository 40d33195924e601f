"""What programs read of goods, bills, orders and stock: one paging and filter for all."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.accounting.accounts.commands import DeliveredLine, DeliverSalesOrder, OpenSalesOrder, OrderedLine
from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.commands import PlanWork, SetBom
from edge.backoffice.unified_reads import queries
from edge.backoffice.unified_reads.inventory_history import unified_inventory_history
from edge.backoffice.unified_reads.paging import UnifiedPage
from edge.core.messages import Refusal
from edge.foundation.access.commands import MakeKey
from edge.foundation.access.programs.api_key import digest, show
from edge.goods.purchasing.commands import (
    ApprovePurchaseOrder,
    CreatePurchaseOrder,
    OrderLine,
    SetSupplier,
    SetSupplierPrice,
)
from edge.goods.stock.commands import RecordMovement
from tests.accounts import OFFICE, OWNER, on_account, stocked
from tests.browser.calling import Answer, calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

BOARD = Bom("board", "wine", (BomLine("cheese", 2_500),), makes=10_000, yield_permille=980)
DAY_S = 86_400
YESTERDAY, TODAY = "2027-01-16", "2027-01-17"
"""The second and third day of a clock that begins where `FakeClock` does."""


def test_every_read_pages_filters_and_says_decimals(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await stocked(shop)
            customer = await on_account(shop, None)
            db = shop.reader
            assert [one["sku_code"] for one in queries.unified_skus(db).items] == [
                *("beer", "cheese", "milk", "mystery", "tomato", "wine")
            ]
            first = queries.unified_skus(db, limit=4)
            rest = queries.unified_skus(db, limit=4, after=first.next)
            assert [one["sku_code"] for one in rest.items] == ["tomato", "wine"] and rest.next == ""
            assert queries.unified_skus(db, skip=4).items == rest.items
            cheese = queries.unified_skus(db, sku="cheese").items[0]
            assert (cheese["description"], cheese["unit_cost"], cheese["is_active"]) == ("Cheese", "700", True)
            clock.advance(3_600)
            assert queries.unified_skus(db, updated_since=clock.at_us).items == []
            await done(shop, SetBom(BOARD), SYSTEM)
            (line,) = queries.unified_boms(db, updated_since=clock.at_us).items
            assert (line["quantity_per_unit"], line["yield_percent"], line["version"]) == ("0.25", "98", 1)
            await done(shop, PlanWork("wine", 10_000), SYSTEM)
            await done(shop, OpenSalesOrder(customer, (OrderedLine("cheese", 3_000),)), OFFICE)
            await done(shop, DeliverSalesOrder(1, (DeliveredLine("cheese", 1_000),)), OFFICE)
            await done(shop, SetSupplier("mill", {"en": "Mill"}, lead_time_days=2), OWNER)
            (work,) = queries.unified_work_orders(db, status="planned").items
            assert (work["work_order_id"], work["quantity"], work["scrap"]) == (1, "10", "0")
            assert queries.unified_work_orders(db, status="completed").items == []
            (sold,) = queries.unified_sales_orders(db, customer=customer).items
            assert (sold["quantity"], sold["delivered"], sold["status"]) == ("3", "1", "partial")
            assert queries.unified_suppliers(db).items[0]["name"] == "Mill"
            (there,) = queries.unified_inventory(db, sku="cheese").items
            assert (there["quantity_on_hand"], there["quantity_reserved"]) == (
                "49",
                "5",
            )  # 2, and 2.552 for work: three whole ones
            await catch_up(shop)
            (then,) = unified_inventory_history(db, "2027-03-01", sku="cheese").items
            assert (then["quantity_on_hand"], then["quantity_reserved"]) == ("49", "5")
            assert then["date"] == "2027-03-01"
            assert unified_inventory_history(db, "2027-01-01").items == []
            assert [one["kind"] for one in queries.unified_orders_open(db).items] == ["sales", "work"]
            assert queries.unified_orders_open(db, kind="purchase").items == []

    run(scenario())


def _skus(found: UnifiedPage) -> list[object]:
    return [one["sku_id"] for one in found.items]


def test_what_changed_since_is_read_alone_and_never_missed(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await stocked(shop)
            customer = await on_account(shop, None)
            db = shop.reader
            await catch_up(shop)
            clock.advance(DAY_S)
            then = clock.at_us
            for read in (queries.unified_inventory, queries.unified_orders_open, queries.unified_skus):
                assert read(db, updated_since=then).items == [], "nothing happened since"
            await done(shop, RecordMovement("milk", "in", units=4_000, unit_cost_minor=90), SYSTEM)
            assert "milk" in _skus(queries.unified_inventory(db, updated_since=then)), (
                "before it is among the movements"
            )
            await catch_up(shop)
            assert _skus(queries.unified_inventory(db, updated_since=then)) == ["milk"]
            assert [one["sku_code"] for one in queries.unified_skus(db, updated_since=then).items] == ["milk"]
            await done(shop, OpenSalesOrder(customer, (OrderedLine("cheese", 3_000),)), OFFICE)
            await catch_up(shop)
            assert _skus(queries.unified_inventory(db, updated_since=then)) == ["cheese", "milk"], (
                "what was promised, too"
            )
            order = CreatePurchaseOrder("mill", (OrderLine("milk", 10_000),))
            await done(shop, SetSupplier("mill", {"en": "Mill"}), OWNER)
            await done(shop, SetSupplierPrice("mill", "milk", cost_minor=90), OWNER)
            number = (await done(shop, order, OWNER)).result
            clock.advance(DAY_S)
            later = clock.at_us
            assert queries.unified_orders_open(db, updated_since=later).items == []
            await done(shop, ApprovePurchaseOrder(number), OWNER)
            (bought,) = queries.unified_orders_open(db, updated_since=later).items
            assert (bought["kind"], bought["order_id"]) == ("purchase", number)
            assert queries.unified_inventory(db, updated_since=later).items == [], "what is ordered is no stock"
            await done(shop, RecordMovement("wine", "out", units=1_000), SYSTEM)
            await catch_up(shop)
            assert _skus(unified_inventory_history(db, YESTERDAY, updated_since=then)) == ["cheese", "milk"]
            assert _skus(unified_inventory_history(db, YESTERDAY, updated_since=later)) == []
            (gone,) = unified_inventory_history(db, TODAY, updated_since=later).items
            assert (gone["sku_id"], gone["quantity_on_hand"], gone["quantity_reserved"]) == ("wine", "99", "0")

    run(scenario())


def test_a_range_of_days_is_read_day_by_day_in_pages(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await stocked(shop)
            for _ in range(2):
                clock.advance(DAY_S)
                await done(shop, RecordMovement("cheese", "in", units=4_000), SYSTEM)
            await catch_up(shop)
            db = shop.reader
            cheese = unified_inventory_history(db, "2027-01-14", "2027-01-18", sku="cheese").items
            told = [(one["date"], one["quantity_on_hand"]) for one in cheese]
            assert told == [
                ("2027-01-15", "50"),
                ("2027-01-16", "54"),
                ("2027-01-17", "58"),
                ("2027-01-18", "58"),  # a day without a movement stands as the one before
            ]
            whole = unified_inventory_history(db, "2027-01-14", "2027-01-18", limit=500)
            assert whole.next == "" and len(whole.items) % 4 == 0
            after, pages = "", list[object]()
            while True:
                part = unified_inventory_history(db, "2027-01-14", "2027-01-18", limit=3, after=after)
                pages += part.items
                if not (after := part.next):
                    break
            assert pages == whole.items, "each once, whatever the pages are"
            for skip in range(len(whole.items) + 1):
                left = unified_inventory_history(db, "2027-01-14", "2027-01-18", skip=skip, limit=500)
                assert left.items == whole.items[skip:], skip
            for wrong in (("2027-02-30", ""), ("2027-01-18", "2027-01-17"), ("2027-01-01", "2028-02-01"), ("", "")):
                with pytest.raises(Refusal, match="days_wrong"):
                    unified_inventory_history(db, *wrong)

    run(scenario())


def test_a_key_for_stock_reads_goods_without_what_they_cost_and_no_more_rows_than_are_allowed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            secret, tokens = "a" * 64, dict[str, str]()
            for n, right in enumerate(("stock", "manage", "production")):
                await done(served.shop, MakeKey(f"{n:016x}", right, (right,), digest(secret).hex()), SYSTEM)
                tokens[right] = show(f"{n:016x}", secret)
            await done(served.shop, RecordMovement("milk", "in", units=2_000, unit_cost_minor=70), SYSTEM)

            async def asked(path: str, right: str) -> Answer:
                return await caller.get(f"/api/v1/{path}", Authorization=f"Bearer {tokens[right]}")

            for path in ("unified/skus?sku=milk", "queries/unified_skus?sku=milk"):
                for right, cost in (("stock", None), ("manage", "70")):
                    answer = await asked(path, right)
                    (milk,) = answer.json.get("result", answer.json)["items"]
                    assert milk["unit_cost"] == cost, (path, right)
            assert (await asked("unified/inventory/current", "stock")).status == 200
            assert (await asked("unified/boms", "production")).status == 200
            for path, right in (("unified/sales-orders", "stock"), ("unified/skus", "production")):
                assert (await asked(path, right)).status == 403
            for path in ("unified/skus", "unified/inventory/history?from_date=2027-01-15"):
                joint = "&" if "?" in path else "?"
                assert (await asked(f"{path}{joint}limit=500", "stock")).status == 200
                for limit in (0, 501):
                    wrong = await asked(f"{path}{joint}limit={limit}", "stock")
                    assert (wrong.status, wrong.json["values"]["name"]) == (400, "limit"), wrong.text

    run(scenario())


def test_open_orders_are_read_by_their_kind(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await stocked(served.shop)
            customer = await on_account(served.shop, None)
            for _ in range(3):
                await done(served.shop, OpenSalesOrder(customer, (OrderedLine("cheese", 3_000),)), OFFICE)
            await done(served.shop, DeliverSalesOrder(1, (DeliveredLine("cheese", 1_000),)), OFFICE)
            await done(served.shop, DeliverSalesOrder(2, (DeliveredLine("cheese", 3_000),)), OFFICE)

            async def asked(query: str) -> tuple[list[tuple[int, str]], int]:
                answer = await caller.get(f"/api/v1/orders/open?{query}", Grant=served.site.door.token)
                return [(one["number"], one["state"]) for one in answer.json["orders"]], answer.json["before"]

            assert await asked("kind=sales&limit=1") == ([(3, "open")], 3)
            assert await asked("kind=sales&before=3") == ([(1, "partial")], 0)
            assert await asked("kind=purchase") == ([], 0) == await asked("")

    run(scenario())
