"""Appliance, hub, broker and Postgres are killed at random moments while three tills sell: nothing lost or doubled."""

import asyncio
from pathlib import Path

import pytest

from sim.postgres import Postgres
from tests.kill_test import Till, everything, papers_wrong, sales_wrong, storm
from tests.shop_fixture import run
from tests.stack import PRODUCTS, store

pytestmark = pytest.mark.slow

KILLS = 25
SEED = 20261120
LIMIT_S = 400
"""A whole minute on a machine that does nothing else; at most a guard against hanging."""


def test_nothing_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Postgres(durable=False) as postgres:  # fsync is for power cuts; it takes seconds at each recovery
            async with everything(tmp_path, postgres) as (shop, office):
                outcome = await storm(shop, office, KILLS, SEED, print)
        assert outcome.wrong == []
        assert outcome.sales >= KILLS

    run(scenario(), LIMIT_S)


def test_what_is_lost_or_doubled_is_counted(tmp_path: Path) -> None:
    """Or the storm above would prove nothing."""

    async def scenario() -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            till = Till(shop, "1")
            selling = asyncio.create_task(till.sell())
            papers = [(await shop.printer.next_receipt()).text for _ in range(3)]
            selling.cancel()
            await asyncio.wait({selling})
            rows = shop.rows()
            assert sales_wrong("it", rows, [till]) == papers_wrong(papers, [1, 2, 3], set()) == []
            sale = next(row for row in rows if row.type == "SaleCompleted")
            (lost,) = sales_wrong("it", [row for row in rows if row != sale], [till])
            assert lost.startswith("lost: ")
            assert len(sales_wrong("it", [*rows, sale], [till])) == 2
            assert papers_wrong([*papers, papers[0]], [1, 2, 3], set()) == ["doubled: receipt 1 is on paper twice"]
            assert papers_wrong(papers[1:], [1, 2, 3], set()) == ["lost: receipt 1 is not on paper"]
            assert papers_wrong(papers[1:], [1, 2, 3], {1}) == []

    run(scenario())
