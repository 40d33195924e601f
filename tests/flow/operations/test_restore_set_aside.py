"""Sales that only the replaced ledger has are brought by a restore, or are named until someone settles them."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import CONFIG, PRODUCTS, Store, store

BACKUP = """\
[backup]
folder = "{usb}"
same_disk = true
"""
SOLD_SINCE = 3


async def sold_since_the_backup(shop: Store, usb: Path) -> Path:
    """Two sales are in a backup, and three more in the ledger alone; the shop is stopped."""
    await shop.start(PRODUCTS)
    await when(lambda: asyncio.to_thread(lambda: list(usb.glob("*.edgebackup"))), bool, "the day's own backup", 40)
    for _ in range(2):
        await shop.sell()
    made = await shop.edge("backup", "now")
    assert made.status == 0, made
    for _ in range(SOLD_SINCE):
        await shop.sell()
    await shop.stop()
    return usb / made.out.split()[0].rstrip(":")


def sales(shop: Store) -> int:
    return sum(row.type == "SaleCompleted" for row in shop.rows())


def test_a_restore_brings_what_only_the_replaced_ledger_has(tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()

    async def scenario() -> None:
        async with store(tmp_path, text=CONFIG + BACKUP.format(usb=usb)) as shop:
            backup = await sold_since_the_backup(shop, usb)
            before = shop.rows()
            restored = await shop.edge("restore", backup, "--replace")
            assert restored.status == 0, restored
            assert f"({SOLD_SINCE} sales of " in restored.out and "They were restored too" in restored.out, restored.out
            assert shop.rows()[: len(before)] == before, "as they were, under their numbers"
            assert (await shop.edge("aside", "list")).out.startswith("Nothing to do")
            assert (await shop.edge("verify")).status == 0
            again = await shop.edge("restore", backup, "--replace")
            assert again.status == 0, again
            assert sales(shop) == 2 + SOLD_SINCE, "none twice, also over an epoch that the backup does not know"
            assert (await shop.edge("verify")).status == 0
            await shop.start()
            await shop.sell()
            await shop.part("backup", "ok")

    run(scenario(), 180)


def test_what_a_restore_leaves_is_named_until_it_is_brought_or_settled(tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()

    async def scenario() -> None:
        async with store(tmp_path, text=CONFIG + BACKUP.format(usb=usb)) as shop:
            backup = await sold_since_the_backup(shop, usb)
            restored = await shop.edge("restore", backup, "--replace", "--without-the-rest")
            (aside,) = shop.config.folder.glob("aside-*")
            assert f"{SOLD_SINCE} sales of " in restored.out and f"edge aside bring {aside.name}" in restored.out
            checked = await shop.edge("check")
            assert f"WRONG  ledger: {SOLD_SINCE} sales of " in checked.out, checked.out
            await shop.start()
            lost = await shop.part("backup", "lost")
            assert f"are only in {aside.name}" in lost["what"]
            await shop.sell()
            refused = await shop.edge("aside", "bring", aside.name)
            assert refused.status == 1, "not beside a shop that sells"
            await shop.stop()
            brought = await shop.edge("aside", "bring", aside.name)
            assert brought.status == 0 and "They were restored too" in brought.out, brought
            assert sales(shop) == 2 + 1 + SOLD_SINCE
            assert (await shop.edge("verify")).status == 0
            assert (await shop.edge("aside", "list")).out.startswith("Nothing to do")
            await shop.start()
            await shop.part("backup", "ok")
            await shop.sell()

    run(scenario(), 240)


@pytest.mark.slow
def test_sales_behind_damage_are_counted_and_settled_by_hand(tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()

    async def scenario() -> None:
        async with store(tmp_path, text=CONFIG + BACKUP.format(usb=usb)) as shop:
            backup = await sold_since_the_backup(shop, usb)
            seqs = [row.seq for row in shop.rows() if row.type == "SaleCompleted"]
            db = sqlite3.connect(shop.config.ledger)
            for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {trigger}")
            db.execute("UPDATE journal SET at_us = at_us + 1 WHERE seq = ?", (seqs[3],))
            db.commit()
            db.close()
            restored = await shop.edge("restore", backup, "--replace")
            assert restored.status == 0, restored
            assert "(1 sales of " in restored.out, "up to the damage"
            assert "2 sales of " in restored.out and "They are NOT in this ledger" in restored.out, restored.out
            (aside,) = shop.config.folder.glob("aside-*")
            settled = await shop.edge("aside", "settle", aside.name)
            assert settled.status == 0 and aside.is_dir()
            assert (await shop.edge("aside", "list")).out.startswith("Nothing to do")

    run(scenario(), 180)
