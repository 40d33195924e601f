"""Head office has the same rows as the store, however the journal was cut into batches."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import msgspec
import pytest

from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.shop.catalog.commands import SetProducts
from edge.shop.catalog.product import Product
from edge.shop.stock import commands as stock
from edge.shop.stock.hub import StockTables
from edge.shop.till.commands import AddLine, Pay
from sync.hub.model import Key
from tests.shop_fixture import SYSTEM, done, open_shop, run

KEY, OTHER = Key("demo", "corner", "box1"), Key("demo", "corner", "box2")
LAGER = Product("lager", {"en": "Lager"}, ("5449000000996",), 500, box=24)
COMMANDS = (
    SetProducts((LAGER,)),
    stock.SetLocation("rooftop", {"en": "Rooftop"}),
    stock.RecordMovement("lager", "in", boxes=3, lot="A", expiry="2027-05-01", unit_cost_minor=90, document="DN 1"),
    stock.RecordMovement("lager", "in", units=5000),
    stock.TransferStock("main", "rooftop", (stock.TransferLine("lager", 30_000),)),
    stock.RecordMovement("lager", "waste", units=1000, location="rooftop", cause="spill"),
    SetProducts((msgspec.structs.replace(LAGER, box=6),)),
    stock.CloseBox("lager", 2),
)


@pytest.mark.parametrize("batch", [1, 100])
def test_the_hub_has_what_the_store_has(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in COMMANDS:
                await done(shop, command, SYSTEM)
            await done(shop, AddLine("5449000000996"))
            await done(shop, Pay("card"))
            connection = await asyncpg.connect(database)
            await connection.execute(hub.tables()["stock"])
            projector = StockTables(shop.registry)
            rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type == "StockMoved"]
            for key in (KEY, OTHER):
                for at in range(0, len(rows), batch):
                    await projector.handlers["StockMoved"](connection, key, rows[at : at + batch])
            await projector.reset(connection, OTHER)

            async def both(query: str) -> None:
                theirs = [tuple(row) for row in await connection.fetch(query)]
                assert theirs == list(shop.reader.execute(query).fetchall())

            await both("SELECT sku, on_hand FROM stock ORDER BY 1")
            fields = "sku, location, lot, expiry, quantity, boxes, box"
            await both(f"SELECT {fields} FROM stock_row WHERE quantity <> 0 ORDER BY 1, 2, 3, 4")
            near = await connection.fetch("SELECT expiry, location, quantity FROM stock_expiring ORDER BY 2")
            assert [tuple(row) for row in near] == [
                ("2027-05-01", "main", 41_000),
                ("2027-05-01", "rooftop", 29_000),
            ]
            first = await connection.fetchrow("SELECT reason, document, unit_cost_minor, boxes FROM stock_movement")
            assert first is not None and tuple(first) == ("received", "DN 1", 90, 3)
            await connection.close()

    run(scenario())
