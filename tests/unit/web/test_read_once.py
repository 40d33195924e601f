"""An expensive query runs again after every commit, and only then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.storage.database import Connection
from edge.counter.till.commands import AddLine, Pay
from edge.web.api.query_runner import QueryRunner, questions_of
from tests.shop_fixture import MILK, done, open_shop, run


class Sales:
    """A query that counts how often it runs."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, db: Connection) -> int:
        self.runs += 1
        (sales,) = db.execute("SELECT count(*) FROM journal WHERE type = 'SaleCompleted'").fetchone()
        return int(sales)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[QueryRunner, Sales, CommandBus]]:
    async with open_shop(folder) as shop:
        asker = QueryRunner(shop, questions_of(shop.registry))
        try:
            yield asker, Sales(), shop
        finally:
            asker.close()


def test_a_second_view_of_unchanged_facts_reads_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(tmp_path) as (asker, sales, _):
            assert [await asker.read_once("today", sales) for _ in range(3)] == [0, 0, 0]
            assert sales.runs == 1
            await asker.read_once("yesterday", sales)
            assert sales.runs == 2

    run(scenario())


def test_a_view_after_a_sale_shows_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(tmp_path) as (asker, sales, shop):
            for sold in range(1, 4):
                assert await asker.read_once("today", sales) == sold - 1
                await done(shop, AddLine(MILK))
                await done(shop, Pay("cash"))
                assert await asker.read_once("today", sales) == sold

    run(scenario())
