"""Production at head office: bills of materials, orders and products made, as in the store."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.commands import CancelWork, EndBom, PlanWork, ReportWork, SetBom
from edge.analytics.production.hub import ProductionTables
from edge.app.hub import open_hub
from edge.core.journal.rows import read_rows
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from sync.hub.model import Key
from tests.shop_fixture import SYSTEM, done, open_shop, run

CORNER = Key("demo", "corner", "box1")
GOODS = (Product("bread", {"en": "Bread"}), Product("flour", {"en": "Flour"}, unit="kg"))
BILL = Bom("bread", "bread", (BomLine("flour", 500), BomLine("milk", 1_000)))


def test_head_office_knows_bills_orders_and_what_was_made(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop, open_hub(database) as store:
            for command in (
                SetProducts(GOODS),
                RecordMovement("flour", "in", units=9_000, unit_cost_minor=100),
                SetBom(BILL),
                SetBom(Bom("bread", "bread", (BomLine("flour", 600),))),
                SetBom(Bom("old", "milk", (BomLine("flour", 1),))),
                EndBom("old"),
                PlanWork("bread", 5_000),
                PlanWork("bread", 10_000, number=1),
                ReportWork(1, 4_000, 1_000),
                PlanWork("bread", 1_000),
                CancelWork(2),
            ):
                await done(shop, command, SYSTEM)
            tables = ProductionTables(shop.registry)
            rows = [row for row in read_rows(shop.reader, 1, 10_000) if row.type in tables.handlers]
            async with store.pool.acquire() as connection, connection.transaction():
                await tables.handlers["BomSet"](connection, CORNER, rows)
            orders = await store.pool.fetch(
                "SELECT number, quantity, state, good, scrap, taken_milli FROM work_order ORDER BY number"
            )
            assert [tuple(row) for row in orders] == [
                (1, 10_000, "in_progress", 4_000, 1_000, 300_000),
                (2, 1_000, "cancelled", 0, 0, 0),
            ]
            made = await store.pool.fetch("SELECT number, sku, good, lot FROM work_made")
            assert [tuple(row) for row in made] == [(1, "bread", 4_000, "W1")]
            lines = await store.pool.fetch("SELECT bom, component, quantity, version FROM bom_line")
            assert [tuple(row) for row in lines] == [("bread", "flour", 600, 2)], "as it is now"

    run(scenario())
