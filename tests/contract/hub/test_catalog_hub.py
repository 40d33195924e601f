"""Head office's catalogue of a store matches the store's, however the rows were divided into batches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.goods.catalog.commands import ChangePrice, RestoreProducts, RetireProducts, SetCategories, SetProducts
from edge.goods.catalog.hub import ProductTables
from edge.goods.catalog.product import Product, Source
from sync.hub.model import Key
from tests.importing import ean
from tests.shop_fixture import SYSTEM, open_shop, run

KEY, OTHER = Key("demo", "corner", "box1"), Key("demo", "corner", "box2")
TEA = Product("tea", {"en": "Tea", "he": "תה"}, (ean(1),), 300, brand="Leaf")
COMMANDS = (
    SetProducts((TEA, Product("mate", {"en": "Mate"}, (), 500))),
    ChangePrice("tea", 320),
    ChangePrice("tea", 350),
    RetireProducts(("mate", "milk")),
    SetProducts((Product("tea", {"en": "Green tea"}, (ean(1),), 360),)),
    ChangePrice("tea", 370),
    RestoreProducts(("milk",)),
    ChangePrice("beer", 260, Source("manager")),
    SetCategories(()),
)


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_the_hub_has_what_the_store_has(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in COMMANDS:
                await shop.do(command, SYSTEM)
            projector = ProductTables(shop.registry)
            rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in projector.handlers]
            connection = await asyncpg.connect(database)
            await connection.execute(hub.tables()["catalog"])
            project = projector.handlers["ProductSet"]
            for key in (KEY, OTHER):
                for at in range(0, len(rows), batch):
                    await project(connection, key, rows[at : at + batch])
            await projector.reset(connection, OTHER)
            theirs = await connection.fetch(
                "SELECT sku, names::text, price_minor, category, brand, retired FROM product ORDER BY sku"
            )
            await connection.close()
            assert [shown(row) for row in theirs] == [
                shown(row)
                for row in shop.reader.execute(
                    "SELECT sku, body ->> 'names', price_minor, category, brand, retired_us IS NOT NULL"
                    " FROM product ORDER BY sku"
                )
            ]

    run(scenario())


def shown(row: Any) -> tuple[Any, ...]:
    sku, names, *rest, retired = row
    return (sku, msgspec.json.decode(names), *rest, bool(retired))
