"""The ledger's disk is full, or read-only, for real: said everywhere, nothing lost or doubled, well again by itself."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Literal

import aiohttp
import pytest

from edge.web.token import TOKEN_FILE
from sim.postgres import Postgres
from tests.disks import fill, small_disk
from tests.http_client import PIN, when
from tests.scheduling import each_by_day
from tests.shop_fixture import run
from tests.stack import MILK, PRODUCTS, Store, cloud, store

pytestmark = pytest.mark.slow


def remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


async def page(shop: Store, path: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{shop.port}{path}") as answer:
        return await answer.text()


async def sell_until_refused(shop: Store, numbers: list[int]) -> str:
    """Sell on while it goes: the WAL may have room yet. What is said of it in the end."""
    for _ in range(2_000):
        for command, fields in (("AddLine", {"code": MILK}), ("Pay", {"kind": "card"})):
            status, answer = await shop.api.ask_for(command, **fields)
            if status != 200:
                assert (status, answer["refused"]["code"]) == (503, "read_only"), answer
                return str(answer["refused"]["message"])
        numbers.append(int(answer["done"]["events"][0]["number"]))
    raise AssertionError("the disk never was full")


def test_a_full_disk_is_said_everywhere_and_selling_goes_on_once_there_is_room(tmp_path: Path) -> None:
    """Ledger, print jobs, the sync position and the log are all on the disk that is full."""

    async def scenario(disk: Path, postgres: Postgres) -> None:
        async with cloud(postgres, "full_disk", tmp_path) as office, store(tmp_path, office) as shop:
            shop.process.log = disk / "appliance.log"
            await shop.start(PRODUCTS)
            numbers = [await shop.sell() for _ in range(3)]
            for _ in numbers:
                await shop.printer.next_receipt()
            shop.printer.refuse()
            numbers.append(await shop.sell())  # its paper waits for the printer
            ballast = fill(disk)
            said = await sell_until_refused(shop, numbers)
            assert "The till can't save: the disk is full." in said and "Free up some space" in said

            health = await when(shop.api.health, lambda seen: seen["status"] == 503, "not healthy")
            assert health["ledger"] == "read-only: the disk is full"
            for path in ("/", "/manager"):
                assert "The till can&#39;t save: the disk is full" in await page(shop, path)
            check = await shop.edge("check")
            assert check.status == 1
            assert "WRONG  disk: 0 MiB free" in check.out
            assert "WRONG  ledger: it can't be written: the disk is full." in check.out
            await shop.printer.recover()
            rows = shop.rows()
            assert await office.holds(shop) == rows, "what was sold before gets to head office all the same"
            assert (await sell_until_refused(shop, [])) == said

            ballast.unlink()
            await when(shop.api.health, lambda seen: seen["ledger"] == "ok", "writable again", 15.0)
            assert shop.rows()[: len(rows)] == rows
            number = int((await shop.api.query("receipts", limit=1))[0]["number"])
            assert number == numbers[-1]
            if (await shop.api.query("basket")).get("lines"):  # what was scanned before there was no room left
                await shop.api.do("AbandonBasket")
            numbers.append(await shop.sell())
            printed = [(await shop.printer.next_receipt()).text for _ in numbers[3:]]
            assert [f"1-{number:06}" in text for number, text in zip(numbers[3:], printed, strict=True)]
            assert numbers == list(range(1, len(numbers) + 1))
            assert await office.holds(shop) == shop.rows()
            assert (await shop.edge("verify")).status == 0

    with Postgres(durable=False) as postgres, small_disk(tmp_path / "data") as disk:
        run(scenario(disk, postgres), 120)


@pytest.mark.parametrize(("kind", "ends"), each_by_day(["tmpfs", "ext4"], ["killed", "stopped"]))
def test_started_on_a_full_disk_it_shows_its_page_and_why_it_does_not_sell(
    tmp_path: Path, kind: Literal["tmpfs", "ext4"], ends: str
) -> None:
    """Not a byte of room: also behind a stop in good order, which leaves nothing that could be opened without some."""

    async def scenario(disk: Path) -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            assert (await shop.edge("pin", stdin=PIN + "\n")).status == 0
            numbers = [await shop.sell()]
            if ends == "killed":
                fill(disk)
                await sell_until_refused(shop, numbers)
                shop.process.kill()
                rows = shop.rows_of_copy(tmp_path / "copy")
            else:
                await shop.stop()
                rows = shop.rows()
            for _ in range(2):  # what was kept for the first time is there for the second
                ballast = fill(disk)
                shop.spawn()
                await shop.ready(("panel",))
                assert "the disk is full" in await page(shop, "/")
                assert "the disk is full" in await sell_until_refused(shop, numbers)
                check = await shop.edge("check")
                assert "WRONG  ledger: it can't be written: the disk is full." in check.out, check
                await shop.stop()
            fill(disk)
            shop.spawn()
            await shop.ready(("panel",))
            ballast.unlink()
            await when(shop.api.health, lambda seen: seen["ledger"] == "ok", "writable again", 15.0)
            if (await shop.api.query("basket")).get("lines"):  # what was scanned before there was no room left
                await shop.api.do("AbandonBasket")
            assert await shop.sell() > numbers[-1]
            assert (await shop.edge("pin", stdin=PIN + "\n")).status == 0, "the command line is let in"
            assert shop.rows()[: len(rows)] == rows
            assert (await shop.edge("verify")).status == 0

    with small_disk(tmp_path / "data", kind) as disk:
        run(scenario(disk), 120)


def test_a_command_line_that_could_not_be_told_is_told_once_there_is_room(tmp_path: Path) -> None:
    """The very first start, on a disk that fills up meanwhile: there is no older word to write over."""

    async def scenario(disk: Path) -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            await shop.stop()
            (disk / TOKEN_FILE).unlink()
            ballast = fill(disk)
            shop.spawn()
            await shop.ready(("panel",))
            ballast.unlink()
            await when(lambda: shop.edge("pin", stdin=PIN + "\n"), lambda ended: ended.status == 0, "let in", 20.0)

    with small_disk(tmp_path / "data") as disk:
        run(scenario(disk), 90)


def test_a_disk_that_is_read_only_at_the_start_is_named(tmp_path: Path) -> None:
    async def scenario(disk: Path) -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            await shop.sell()
            await shop.stop()
            remount(disk, "ro")
            started = await shop.edge("run")
            assert started.status == 1 and "Traceback" not in started.err
            assert "its disk is read-only" in started.err and "Restart the machine" in started.err
            remount(disk, "rw")
            await shop.start()
            assert await shop.sell() == 2

    with small_disk(tmp_path / "data") as disk:
        run(scenario(disk), 90)
