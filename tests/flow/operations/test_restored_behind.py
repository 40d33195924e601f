"""A backup is restored that head office is ahead of: what was acknowledged stays in the books, and comes back."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.postgres import Postgres
from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import CONFIG, PRODUCTS, Cloud, Store, cloud, store

BACKUP = """\
[backup]
folder = "{usb}"
same_disk = true
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres(durable=False) as server:
        yield server


async def sold_and_lost(shop: Store, office: Cloud, usb: Path) -> tuple[Path, str]:
    """Four sales are in the backup, six more are acknowledged; then the box is gone. The backup, and its code."""
    await shop.start(PRODUCTS)
    await when(lambda: asyncio.to_thread(_made, usb), bool, "the day's own backup is made", 40)
    for _ in range(4):
        await shop.sell()
    made = await shop.edge("backup", "now")
    assert made.status == 0, made
    code = (await shop.edge("backup", "code")).out.splitlines()[0]
    for _ in range(6):
        await shop.sell()
    await office.holds(shop)
    await shop.stop()
    shutil.rmtree(shop.config.folder)
    return usb / made.out.split()[0].rstrip(":"), code


def _made(usb: Path) -> list[Path]:
    return list(usb.glob("*.edgebackup"))


def configured(usb: Path) -> str:
    return CONFIG + BACKUP.format(usb=usb)


def test_a_restore_fetches_what_the_backup_lacks(tmp_path: Path, postgres: Postgres) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()

    async def scenario() -> None:
        async with cloud(postgres, "fetched", tmp_path) as office, store(tmp_path, office, configured(usb)) as shop:
            backup, code = await sold_and_lost(shop, office, usb)
            restored = await shop.edge("restore", backup, stdin=f"{code}\n")
            assert restored.status == 0, restored
            assert "more entries, #" in restored.out and "They were restored too" in restored.out, restored.out
            await shop.start()
            assert await shop.sell() > 10
            assert await office.holds(shop) == shop.rows()
            assert await office.fetch("SELECT count(*) FROM sale") == [(11,)]
            assert (await shop.edge("verify")).status == 0
            verified = await shop.edge("sync", "verify")
            assert verified.status == 0, verified.out

    run(scenario(), 180)


@pytest.mark.slow
def test_what_a_restore_leaves_stays_in_the_books_and_is_said_until_it_is_back(
    tmp_path: Path, postgres: Postgres
) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()

    async def scenario() -> None:
        async with cloud(postgres, "behind", tmp_path) as office, store(tmp_path, office, configured(usb)) as shop:
            backup, code = await sold_and_lost(shop, office, usb)
            restored = await shop.edge("restore", backup, "--without-the-rest", stdin=f"{code}\n")
            assert restored.status == 0, restored
            assert "They are NOT in this ledger" in restored.out and "edge recover" in restored.out, restored.out
            checked = await shop.edge("check")
            assert "WRONG  head office: Head office has" in checked.out, checked.out
            verified = await shop.edge("sync", "verify")
            assert "DIFFERS" not in verified.out and "head office doesn't know yet" in verified.out, verified.out
            await shop.start()
            await shop.sell()
            await office.holds(shop)
            assert await office.fetch("SELECT count(*) FROM sale") == [(11,)], "what was acknowledged stays"
            lost = await shop.part("proof", "lost")
            assert "entries from this shop that this box is missing" in lost["what"]
            verified = await shop.edge("sync", "verify")
            assert verified.status == 1 and "that this box is missing" in verified.out, verified.out
            await shop.stop()
            recovered = await shop.edge("recover", "--replace")
            assert recovered.status == 0, recovered
            await shop.start()
            assert await shop.sell() > 11
            await office.holds(shop)
            assert await office.fetch("SELECT count(*) FROM sale") == [(12,)], "none twice"
            assert (await shop.edge("verify")).status == 0
            assert sum(row.type == "SaleCompleted" for row in shop.rows()) == 12
            await shop.part("proof", "ok")
            verified = await shop.edge("sync", "verify")
            assert verified.status == 0, verified.out

    run(scenario(), 240)
