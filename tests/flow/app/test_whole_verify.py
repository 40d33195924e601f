"""`edge sync verify` against a whole cloud: all is the same; then someone has changed a sale at head office."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from edge.runtime.backup_state.replica_check import load
from sim.postgres import Postgres
from tests.shop_fixture import run
from tests.stack import MILK, PRODUCTS, cloud, store


def test_a_changed_sale_is_found_and_shown(tmp_path: Path, postgres: Postgres) -> None:
    async def scenario() -> None:
        async with cloud(postgres, "verified", tmp_path) as office, store(tmp_path, office) as shop:
            await shop.start(PRODUCTS)
            for _ in range(3):
                await shop.sell(MILK)
            await office.holds(shop)
            said = await shop.edge("sync", "verify")
            head = shop.head()
            assert (said.status, said.out) == (0, f"Hub matches store to #{head}, 0 missing, 0 different.\n"), said
            connection = await asyncpg.connect(office.dsn)
            try:
                await connection.execute(
                    "UPDATE journal SET body = replace(encode(body, 'escape'), '120', '20')::bytea"
                )
            finally:
                await connection.close()
            said = await shop.edge("sync", "verify")
            assert said.status == 1
            assert "Hub DIFFERS FROM store" in said.out and "Call head office" in said.out, said
            found = load(shop.config.folder)
            assert found is not None and found.proof.different > 0 and found.proof.missing == 0

    run(scenario(), 120)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres(durable=False) as server:
        yield server
