"""Head office has the same rows as the store, however the journal was divided into batches."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.hub import ProductTables
from edge.goods.catalog.product import Product
from edge.goods.stock import commands as stock
from edge.goods.stock.hub import StockTables
from edge.goods.stock.queries import list_stock
from sync.hub.api.reads import statement
from sync.hub.model import Key
from sync.hub.table_projector import TableProjector
from tests.contract.hub_schema import make_rooms
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
            await make_rooms(connection)
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


def _drink(sku: str, **more: Any) -> Product:
    return Product(sku, {"en": sku.title()}, (), 500, **more)


def _line(sku: str, units: int) -> tuple[stock.ReserveLine, ...]:
    return (stock.ReserveLine(sku, units * 1000),)


def _came(sku: str, units: int, location: str = "main", expiry: str = "") -> stock.RecordMovement:
    return stock.RecordMovement(sku, "in", units=units * 1000, location=location, expiry=expiry)


STANDING = (
    SetProducts((LAGER, *(_drink(sku, minimum=10_000) for sku in ("cola", "water", "juice", "milk")))),
    SetProducts((_drink("mead"), _drink("wine"), _drink("cider"))),
    stock.SetLocation("apart", {"en": "Apart"}, "quarantine"),
    stock.SetLocation("rooftop", {"en": "Rooftop"}),
    stock.SetLocation("stall", {"en": "Stall"}),
    *(_came(sku, 50) for sku in ("lager", "cola", "mead", "wine")),
    *(_came("water", 20), _came("juice", 12), _came("milk", 5, expiry="2027-05-01")),
    stock.TransferStock("main", "apart", (stock.TransferLine("cola", 10_000),)),
    stock.SetLevels("lager", par=24_000, reorder=12_000),
    stock.SetLevels("lager", "rooftop", 24_000, 12_000),
    stock.SetLevels("wine", par=24_000, reorder=12_000),
    stock.SetLevels("mead", "stall", 24_000, 12_000),
    stock.RetireLocation("stall"),
    stock.SetLevels("cider", par=24_000, reorder=12_000),
    stock.SetLevels("cider"),
    _came("lager", 10, "rooftop"),
    stock.ReserveStock("order-1", (*_line("water", 6), *_line("juice", 7))),
    stock.ReserveStock("order-2", _line("cola", 4)),
    stock.ReserveStock("order-2", _line("cola", 12)),
    stock.FulfilReservation("order-1", _line("juice", 4)),
    stock.ReserveStock("order-3", _line("wine", 1)),
    stock.ReleaseStock("order-3"),
    stock.ReserveStock("order-4", _line("wine", 20)),
    stock.ExpectStock("purchase-1", _line("lager", 24)),
    stock.ExpectStock("purchase-2", (*_line("cola", 24), *_line("cider", 6))),
    stock.ExpectStock("purchase-1", ()),
)
STANDS = {"lager": "low", "cola": "excess", "water": "normal", "juice": "low", "milk": "critical", "wine": "excess"}


@pytest.mark.parametrize("batch", [1, 100])
def test_the_hub_says_what_is_available_and_how_it_stands(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in STANDING:
                await done(shop, command, SYSTEM)
            connection = await asyncpg.connect(database)
            await make_rooms(connection)
            projector = StockTables(shop.registry)
            for key in (KEY, OTHER):
                for one in (projector, ProductTables(shop.registry)):
                    await _project(connection, one, key, shop, batch)
            await projector.reset(connection, OTHER)

            async def read(name: str, **asked: str) -> list[Mapping[str, Any]]:
                (wanted,) = (one for one in StockTables.reads if one.name == name)
                query, values, _ = statement(wanted, "demo", asked)
                return list(await connection.fetch(query, *values))

            theirs = {row["sku"]: tuple(row.values())[2:] for row in await read("stock")}
            ours = {
                item.sku: (
                    *(item.on_hand, item.reserved, item.on_order, item.available),
                    *(item.status, item.next_expiry or None),
                )
                for item in list_stock(shop.reader).items
            }
            assert theirs == {sku: row for sku, row in ours.items() if sku in theirs}
            assert ours.keys() - theirs.keys() == {"beer", "mystery", "tomato"}, "these were never here"
            assert theirs["cola"] == (50_000, 12_000, 24_000, 28_000, "excess", None), "ten of them are apart"
            assert theirs["cider"] == (0, 0, 6_000, 0, "", None), "it never was here, and is on its way"
            assert {sku: theirs[sku][4] for sku in STANDS} == STANDS
            assert [row["sku"] for row in await read("stock", status="low")] == ["juice", "lager"]
            assert [row["sku"] for row in await read("stock", expiring_by="2027-06-01")] == ["milk"]
            levels = [tuple(row.values())[1:] for row in await read("stock/levels")]
            assert levels == [
                ("lager", "main", 24_000, 12_000, 50_000, "excess"),
                ("lager", "rooftop", 24_000, 12_000, 10_000, "low"),
                ("wine", "main", 24_000, 12_000, 30_000, "excess"),
            ]
            await connection.close()

    run(scenario())


async def _project(connection: Any, projector: TableProjector, key: Key, shop: CommandBus, batch: int) -> None:
    """Project rows like a worker: events with the same function are passed to it together, in order."""
    for project in dict.fromkeys(projector.handlers.values()):
        rows = [row for row in read_rows(shop.reader, 1, 1000) if projector.handlers.get(row.type) == project]
        for at in range(0, len(rows), batch):
            await project(connection, key, rows[at : at + batch])
