"""The WAL grows while the shop sells, and is given back to the disk when no one is at a till."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from edge.core import command_bus, limits
from edge.core.command_bus import Checkpointer
from edge.core.storage.database import Connection
from edge.core.till_first import TillFirst
from tests.http_client import when
from tests.shop_fixture import open_shop, run

MB = 1_000_000


def scribble(db: Connection) -> None:
    db.execute("INSERT OR REPLACE INTO write_probe VALUES (1, zeroblob(?))", (MB,))


@pytest.mark.parametrize("limit", [limits.WAL_LIMIT_PAGES, 100], ids=["growing", "begun again"])
def test_a_wal_is_given_back_to_the_disk_when_the_shop_is_at_rest(
    limit: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    till_active, looks = [True], [0]
    look = Checkpointer._is_truncation_due

    def counted(checkpointer: Checkpointer, pages: int) -> bool:
        looks[0] += 1
        return look(checkpointer, pages)

    monkeypatch.setattr(command_bus, "WAL_REST_S", 0.05)
    monkeypatch.setattr(command_bus, "WAL_LIMIT_PAGES", limit)
    monkeypatch.setattr(Checkpointer, "_is_truncation_due", counted)
    monkeypatch.setattr(TillFirst, "active", property(lambda till: till_active[0]))

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for _ in range(6):
                await shop.maintain(scribble)
            wal = shop.path.with_name("ledger.db-wal")
            grown, before = wal.stat().st_size, looks[0]
            assert grown > (3 * MB if limit > 100 else MB)
            await when(lambda: asyncio.sleep(0, looks[0]), lambda seen: seen > before + 2, "it was looked at")
            assert wal.stat().st_size == grown, "while somebody is at a till, it keeps the writer from nothing"
            till_active[0] = False
            await when(lambda: asyncio.sleep(0, wal.stat().st_size), lambda size: size == 0, "it is given back")

    run(scenario())
