"""A whole shop that is restored while it runs: asked for as its page does, it restarts into the backup."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import aiohttp

from edge.runtime.backup_state import restore_request
from sim.postgres import Postgres
from tests.http_client import PIN, when
from tests.shop_fixture import run
from tests.stack import CONFIG, PRODUCTS, Store, cloud, store

BACKUP = """\
[backup]
folder = "{usb}"
same_disk = true
"""
SINCE = 2


async def posted(shop: Store, path: str, body: object) -> tuple[int, dict[str, Any]]:
    grant = await shop.api.grant()
    return await shop.api.post(f"/api/v1/backups{path}", body, Grant=grant, Surface="panel")


async def page_of(shop: Store) -> str:
    """What stands on the page of backups."""
    headers = {"Grant": await shop.api.grant(), "Surface": "panel"}
    address = shop.api.url("/manager/backups?lang=en")
    async with aiohttp.ClientSession() as session, session.get(address, headers=headers) as answer:
        return await answer.text()


async def deleted(shop: Store, aside: str) -> int:
    headers = {"Grant": await shop.api.grant(), "Surface": "panel"}
    address = shop.api.url(f"/api/v1/backups/replaced/{aside}")
    async with aiohttp.ClientSession() as session, session.delete(address, headers=headers) as answer:
        return answer.status


async def again(shop: Store) -> None:
    """Wait until the box has restarted and restored."""

    async def over() -> object:
        waits = await asyncio.to_thread(restore_request.load, shop.config.folder)
        return waits is None and await shop.api.metrics()

    await when(over, bool, "restored and open", 120)
    await shop.ready()


def sales(shop: Store) -> int:
    return sum(row.type == "SaleCompleted" for row in shop.rows())


async def own_backup(usb: Path) -> None:
    """Wait until the box has made its own first backup, which replaces an older one of the same day."""

    async def files() -> list[Path]:
        return await asyncio.to_thread(lambda: list(usb.glob("*.edgebackup")))

    await when(files, bool, "the first backup", 120)


async def looked_into(shop: Store, path: Path) -> None:
    status, answer = await posted(shop, "/look", {"path": str(path)})
    assert status == 200, answer
    await when(lambda: page_of(shop), lambda text: 'id="restore-form"' in text, "the backup's facts", 60, 0.5)


def test_a_running_shop_is_restored_and_the_sales_left_out_come_back(tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()

    async def scenario() -> None:
        async with store(tmp_path, text=CONFIG + BACKUP.format(usb=usb)) as shop:
            await shop.start(PRODUCTS)
            assert (await shop.edge("pin", stdin=f"{PIN}\n")).status == 0
            await shop.sell()
            await own_backup(usb)
            made = await shop.edge("backup", "now")
            assert made.status == 0, made
            path = usb / made.out.split()[0].rstrip(":")
            for _ in range(SINCE):
                await shop.sell()
            asked = {"what": "backup", "shop": "corner  SHOP", "keep_since": False}
            status, answer = await posted(shop, "/restore", asked)
            assert (status, answer["refused"]["code"]) == (422, "restore_not_looked"), answer
            status, answer = await posted(shop, "/look", {"path": "/etc/passwd"})
            assert (status, answer["refused"]["code"]) == (422, "restore_not_listed"), answer
            await looked_into(shop, path)
            status, answer = await posted(shop, "/restore", {**asked, "shop": "Corner"})
            assert (status, answer["refused"]["code"]) == (422, "restore_name"), answer
            await shop.api.do("AddLine", code="4006381333931")
            status, answer = await posted(shop, "/restore", asked)
            assert (status, answer["refused"]["code"]) == (422, "restore_open_sale"), answer
            await shop.sell()
            assert sales(shop) == 1 + SINCE + 1

            status, answer = await posted(shop, "/restore", asked)
            assert status == 200, answer
            await again(shop)
            assert sales(shop) == 1
            text = await page_of(shop)
            assert "The backup was restored" in text and "Left out by a restore" in text
            await shop.sell()

            (aside,) = shop.config.folder.glob("aside-*")
            assert await deleted(shop, aside.name) == 422, "its sales are nowhere else"
            status, answer = await posted(shop, "/left-out", {"folder": aside.name, "answer": "settle"})
            assert (status, answer["refused"]["code"]) == (422, "aside_reason"), answer
            status, answer = await posted(shop, "/left-out", {"folder": aside.name, "answer": "bring"})
            assert status == 200, answer
            await again(shop)
            assert sales(shop) == 1 + SINCE + 1 + 1
            assert "The entries left out were added again" in await page_of(shop)
            assert (await shop.part("backup", "ok"))["what"] == ""
            assert await deleted(shop, aside.name) == 200 and not aside.exists()
            assert await deleted(shop, aside.name) == 404, "it is gone"
            assert [row.type for row in shop.rows()].count("AsideLedgerDeleted") == 1
            await shop.stop()
            assert (await shop.edge("verify")).status == 0

    run(scenario(), 300)


def test_a_box_killed_while_it_restores_is_restored_when_it_starts(tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()

    async def scenario() -> None:
        async with store(tmp_path, text=CONFIG + BACKUP.format(usb=usb)) as shop:
            await shop.start(PRODUCTS)
            assert (await shop.edge("pin", stdin=f"{PIN}\n")).status == 0
            await shop.sell()
            await own_backup(usb)
            made = await shop.edge("backup", "now")
            path = usb / made.out.split()[0].rstrip(":")
            await shop.sell()
            await looked_into(shop, path)
            status, answer = await posted(shop, "/restore", {"what": "backup", "shop": "Corner Shop"})
            assert status == 200, answer

            async def began() -> object:
                waits = await asyncio.to_thread(restore_request.load, shop.config.folder)
                return waits is None or waits.tries

            await when(began, bool, "the restore begins", 60)
            await shop.stop(signal.SIGKILL)
            await shop.start()
            assert sales(shop) == 2 and restore_request.load(shop.config.folder) is None
            await shop.sell()

    run(scenario(), 300)


def test_a_shop_is_restored_from_head_office_by_its_page(tmp_path: Path) -> None:
    asked = {"what": "office", "shop": "Corner Shop"}

    async def scenario(postgres: Postgres) -> None:
        async with cloud(postgres, "by_button", tmp_path) as office, store(tmp_path, office) as shop:
            await shop.start(PRODUCTS)
            assert (await shop.edge("pin", stdin=f"{PIN}\n")).status == 0
            for _ in range(3):
                await shop.sell()
            held = await office.holds(shop)
            page = await page_of(shop)
            assert 'id="office-copy"' in page and f"#{len(held)}" in page, page
            status, answer = await posted(shop, "/restore", {**asked, "shop": "Corner"})
            assert (status, answer["refused"]["code"]) == (422, "restore_name"), answer

            await asyncio.to_thread(office.hub.stop, signal.SIGTERM)
            await shop.sell()
            await shop.part("hub", "lost", 60)
            status, answer = await posted(shop, "/restore", asked)
            assert (status, answer["refused"]["code"]) == (422, "restore_office_away"), (
                "the till isn't closed for nothing"
            )
            assert sales(shop) == 4

            office.spawn()
            await shop.part("hub", "ok", 60)
            status, answer = await posted(shop, "/restore", asked)
            assert status == 200, answer
            await again(shop)
            assert shop.rows()[: len(held)] == held, "head office's copy, row by row"
            assert sales(shop) == 4
            assert (await shop.edge("pin", stdin=f"{PIN}\n")).status == 0, "head office keeps no PINs"
            page = await page_of(shop)
            assert "The shop was restored from head office" in page
            assert 'id="replaced"' in page, "the data from before is kept, and can be deleted"
            assert await shop.sell() > 4
            assert await office.holds(shop) == shop.rows()
            await shop.stop()
            assert (await shop.edge("verify")).status == 0

    with Postgres(durable=False) as server:
        run(scenario(server), 300)
