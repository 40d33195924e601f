"""Broker, hub, Postgres and the appliance itself end while the shop sells: nothing is lost, nothing doubled."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from edge.core import ids
from sim.postgres import Postgres
from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import BREAD, MILK, PRODUCTS, Cloud, Store, cloud, store

pytestmark = pytest.mark.slow

WAITING = 'edge_print_jobs_waiting{register="1"}'
END_S = 40.0
"""Four stages of three seconds (core.limits.SHUTDOWN_STAGE_S)."""


@asynccontextmanager
async def everything(folder: Path) -> AsyncIterator[tuple[Store, Cloud]]:
    """The whole stack, ready to sell, of which the hub has heard."""
    with Postgres(durable=True) as postgres:
        async with cloud(postgres, "faults", folder) as office, store(folder, office) as shop:
            await shop.start(PRODUCTS)
            await office.holds(shop)
            yield shop, office


@asynccontextmanager
async def selling(shop: Store) -> AsyncIterator[list[int]]:
    """Sell one thing after the other meanwhile; the numbers of the receipts so far."""
    numbers: list[int] = []

    async def work() -> None:
        while True:
            numbers.append(await shop.sell(MILK))

    task = asyncio.create_task(work())
    try:
        yield numbers
        assert not task.done(), task.result()
    finally:
        task.cancel()
        await asyncio.wait({task})


async def more(numbers: Collection[object], count: int = 20) -> None:
    """Wait for so many more sales."""
    goal = len(numbers) + count

    async def sold() -> int:
        return len(numbers)

    await when(sold, lambda seen: seen >= goal, f"{count} more sales")


async def check(shop: Store, office: Cloud, numbers: Collection[int]) -> None:
    """Head office has every sale that was answered, each once, and the journal as it is."""
    rows = await office.holds(shop)
    assert rows == shop.rows()
    sales = [number for (number,) in await office.fetch("SELECT number FROM sale ORDER BY number")]
    assert sales == list(range(1, len(sales) + 1))
    assert set(numbers) <= set(sales)
    assert await office.fetch("SELECT on_hand FROM stock WHERE sku = 'milk'") == [(-1000 * len(sales),)]
    assert (await shop.edge("verify")).status == 0


def test_the_broker_is_killed_and_comes_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with everything(tmp_path) as (shop, office):
            async with selling(shop) as numbers:
                await more(numbers)
                office.broker.kill()
                await more(numbers)
                office.broker.restart()
                await more(numbers)
            await check(shop, office, numbers)

    run(scenario())


def test_the_hub_is_killed_and_comes_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with everything(tmp_path) as (shop, office):
            async with selling(shop) as numbers:
                await more(numbers)
                office.hub.kill()
                await more(numbers)
                office.spawn()
                await more(numbers)
            await check(shop, office, numbers)

    run(scenario())


def test_postgres_is_killed_and_comes_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with everything(tmp_path) as (shop, office):
            async with selling(shop) as numbers:
                await more(numbers)
                office.postgres.kill()
                await more(numbers)
                office.postgres.restart()
                await more(numbers)
            await check(shop, office, numbers)

    run(scenario())


def test_the_appliance_is_killed_in_the_middle_of_a_basket(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with everything(tmp_path) as (shop, office):
            numbers = [await shop.sell(MILK) for _ in range(5)]
            shop.scanner.type(MILK)
            shop.scanner.type(BREAD)
            before = await shop.basket(2)
            await when(shop.api.metrics, lambda seen: not seen[WAITING], "all receipts printed")
            shop.process.kill()
            await shop.start()
            assert await shop.basket(2) == before
            await shop.api.do("Pay", kind="cash")
            await when(shop.api.metrics, lambda seen: not seen[WAITING], "all receipts printed")
            assert len(shop.printer.receipts) == 6
            receipts = await shop.api.query("receipts", limit=200)
            assert [receipt["number"] for receipt in receipts] == [6, *reversed(numbers)]
            assert await office.holds(shop) == shop.rows()
            assert (await shop.edge("verify")).status == 0

    run(scenario())


def test_the_appliance_is_killed_while_it_takes_money(tmp_path: Path) -> None:
    """A client that got no answer sends the same command id again, and learns what became of it."""

    async def scenario() -> None:
        async with everything(tmp_path) as (shop, office):
            numbers: dict[str, int] = {}
            for _ in range(3):
                task = asyncio.create_task(_sell_until_killed(shop, numbers))
                await more(numbers, 15)
                shop.process.kill()
                in_doubt = await task
                await shop.start()
                assert [await _pay(shop, key) for key in numbers] == list(numbers.values())
                if number := await _pay(shop, in_doubt):
                    numbers[in_doubt] = number
            assert len(set(numbers.values())) == len(numbers)
            await check(shop, office, numbers.values())

    run(scenario())


async def _sell_until_killed(shop: Store, numbers: dict[str, int]) -> str:
    """Sell; the id of the payment that got no answer (if one was on its way at all)."""
    while True:
        key = ids.show(ids.command_id(time.time_ns() // 1000, os.urandom(10)))
        try:
            await shop.api.do("AddLine", code=MILK)
            numbers[key] = await _pay(shop, key)
        except aiohttp.ClientError:
            return key


async def _pay(shop: Store, key: str) -> int:
    """The number of the receipt; 0 if there was nothing to pay: the line was lost before it was saved."""
    status, answer = await shop.api.post("/api/v1/commands/Pay", {"kind": "card"}, **{"Idempotency-Key": key})
    if status == 200:
        return int(answer["done"]["events"][0]["number"])
    assert answer["refused"]["code"] == "basket_empty", answer
    return 0


def test_the_appliance_ends_in_good_order_whatever_it_is_doing(tmp_path: Path) -> None:
    """With a page open, a printer that takes no more bytes, and a cashier who goes on selling."""

    async def scenario() -> None:
        async with everything(tmp_path) as (shop, office), aiohttp.ClientSession() as browser:
            await shop.stop()
            words = ("-m", "edge", "--config", str(shop.path), "run")
            with (tmp_path / "log").open("w") as log:
                process = await asyncio.create_subprocess_exec(sys.executable, *words, stderr=log)
            await shop.ready()
            page = await browser.ws_connect(f"http://127.0.0.1:{shop.port}/ws?page=cashier&register=1")
            shop.printer.stall()
            numbers: dict[str, int] = {}
            task = asyncio.create_task(_sell_until_killed(shop, numbers))
            await more(numbers)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0, (tmp_path / "log").read_text()
            assert time.monotonic() - began < END_S
            await task
            await page.close()
            assert "didn't stop in time" not in (tmp_path / "log").read_text()
            await shop.printer.recover()
            await shop.start()
            await check(shop, office, numbers.values())

    run(scenario())
