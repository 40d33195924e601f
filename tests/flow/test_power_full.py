"""The ledger's disk is full, or read-only, for real: said everywhere, nothing lost or doubled, well again by itself."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from sim.postgres import Postgres
from tests.asking import when
from tests.house import run
from tests.stack import MILK, PRODUCTS, Store, cloud, store

SIZE = "16m"
CHUNK = 64 * 1024


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A disk of SIZE at `place`. Skips where this process may mount none."""
    place.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Write until nothing more goes."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (CHUNK, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC
    return ballast


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
            assert "The till cannot save: the disk is full." in said and "Free some space" in said

            health = await when(shop.api.health, lambda seen: seen["status"] == 503, "not healthy")
            assert health["ledger"] == "read-only: the disk is full"
            for path in ("/", "/manager"):
                assert "The till cannot save: the disk is full" in await page(shop, path)
            check = await shop.edge("check")
            assert check.status == 1
            assert "WRONG  disk: 0 MiB free" in check.out
            assert "WRONG  ledger: it cannot be written: the disk is full." in check.out
            await shop.printer.recover()
            rows = shop.rows()
            assert await office.holds(shop) == rows, "what was sold before gets to head office all the same"
            assert (await sell_until_refused(shop, [])) == said

            ballast.unlink()
            await when(shop.api.health, lambda seen: seen["ledger"] == "ok", "writable again", 15.0)
            assert shop.rows()[: len(rows)] == rows
            number = int((await shop.api.query("receipts", limit=1))[0]["number"])
            assert number == numbers[-1]
            while (await shop.api.query("basket")).get("lines"):
                await shop.api.do("VoidLine", line=1)
            numbers.append(await shop.sell())
            printed = [(await shop.printer.next_receipt()).text for _ in numbers[3:]]
            assert [f"1-{number:06}" in text for number, text in zip(numbers[3:], printed, strict=True)]
            assert numbers == list(range(1, len(numbers) + 1))
            assert await office.holds(shop) == shop.rows()
            assert (await shop.edge("verify")).status == 0

    with Postgres(durable=False) as postgres, small_disk(tmp_path / "data") as disk:
        run(scenario(disk, postgres), 120)


def test_killed_on_a_full_disk_it_comes_back_and_says_so(tmp_path: Path) -> None:
    """Started on a disk without a byte of room, the till shows its page, and why it does not sell."""

    async def scenario(disk: Path) -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            numbers = [await shop.sell()]
            ballast = fill(disk)
            await sell_until_refused(shop, numbers)
            shop.process.kill()
            rows = shop.rows()
            fill(disk)
            shop.spawn()
            await shop.ready(("panel",))
            assert "the disk is full" in await sell_until_refused(shop, [])
            assert "the disk is full" in await page(shop, "/")
            assert shop.rows() == rows
            ballast.unlink()
            await when(shop.api.health, lambda seen: seen["ledger"] == "ok", "writable again", 15.0)
            assert await shop.sell() > numbers[-1]
            assert shop.rows()[: len(rows)] == rows
            assert (await shop.edge("verify")).status == 0

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
            assert "its disk is read-only" in started.err and "restart the machine" in started.err
            remount(disk, "rw")
            await shop.start()
            assert await shop.sell() == 2

    with small_disk(tmp_path / "data") as disk:
        run(scenario(disk), 90)
