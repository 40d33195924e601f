"""A product that was counted is minded from then on, also where none of it was found, as no one thought there was."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.stock.commands import CountLine, PostCount, RecordMovement, StartCount
from edge.goods.stock.counting.bulk_counts import CountedStock, SyncLines
from edge.goods.stock.queries import low_stock
from tests.flow.goods.test_stock import bar
from tests.shop_fixture import run


@pytest.mark.parametrize("how", ["count", "sheet", "adjusted"])
def test_of_what_was_counted_as_none_too_few_are_there(tmp_path: Path, how: str) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            assert (one.item("lager").status, low_stock(one.shop.reader)) == ("", []), "nobody minds it yet"
            for _ in range(2):
                if how == "adjusted":
                    await one.do(RecordMovement("lager", "adjust"))
                elif how == "sheet":
                    await one.do(SyncLines((CountedStock("lager"),)))
                else:
                    number = await one.do(StartCount())
                    await one.do(CountLine(number, "lager"))
                    await one.do(PostCount(number))
            item = one.item("lager")
            assert (item.on_hand, item.status, item.rows) == (0, "critical", ())
            assert [(short.sku, short.missing_units) for short in low_stock(one.shop.reader)] == [("lager", 10_000)]
            moved = one.shop.reader.execute("SELECT count(*) FROM journal WHERE type = 'StockMoved'").fetchone()
            assert moved == (1,), "once it is known, finding the same again moves nothing"

    run(scenario())
