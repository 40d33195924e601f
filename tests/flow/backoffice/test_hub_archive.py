"""Head office's old months leave by command while the shop sells, and come back by command, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from sim.postgres import Postgres
from tests.contract.hub.test_hub_retention import MAKE_OLD
from tests.shop_fixture import run
from tests.stack import MILK, PRODUCTS, Cloud, cloud, store

KEEP = ("--keep-months", "12")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres(durable=False) as server:
        yield server


async def grow_old(office: Cloud, rows: int) -> None:
    """As if the hub had received these first rows in May 2023."""
    connection = await asyncpg.connect(office.dsn)
    try:
        await connection.execute(MAKE_OLD.format(rows))
    finally:
        await connection.close()


@pytest.mark.slow
def test_an_old_month_leaves_while_the_shop_sells_and_comes_back(tmp_path: Path, postgres: Postgres) -> None:
    async def scenario() -> None:
        files = tmp_path / "files"
        files.mkdir()
        async with cloud(postgres, "archived", tmp_path) as office, store(tmp_path, office) as shop:
            await shop.start(PRODUCTS)
            for _ in range(3):
                await shop.sell(MILK)
            away = len(await office.holds(shop)) // 2
            await grow_old(office, away)

            said = await office.edge("hub", "archive", files, *KEEP, "--dry-run")
            assert (said.status, said.out) == (0, "2023-05 would be archived.\n"), said
            assert not list(files.iterdir())
            assert len(await office.holds(shop)) == shop.head()

            said = await office.edge("hub", "archive", files, *KEEP)
            assert said.status == 0 and said.out.startswith(f"2023-05: {away} rows moved to {files}"), said
            (file,) = files.iterdir()
            await shop.sell(MILK)
            assert await office.holds(shop) == shop.rows()[away:], "the shop goes on, and what is left is as it was"
            assert await office.fetch("SELECT count(*) FROM sale") == [(4,)], "head office's figures stay"
            assert (await shop.edge("sync", "verify")).status == 0
            again = await office.edge("hub", "archive", files, *KEEP)
            assert again.out == "Nothing in the journal is older than 12 months.\n", again

            (tmp_path / "spare").mkdir()
            async with store(tmp_path / "spare", office) as spare:
                said = await spare.edge("recover")
                assert said.status == 1 and "edge hub bring-back" in said.err, said

            said = await office.edge("hub", "bring-back", "2023-05", file)
            assert said.status == 0 and said.out.startswith(f"{away} rows of 2023-05 are in Postgres again."), said
            assert await office.holds(shop) == shop.rows()

    run(scenario(), 120)
