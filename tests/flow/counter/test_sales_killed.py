"""Killed while programs sell whole baskets, the shop has each one once, and gives its sale again under the same key."""

from __future__ import annotations

import asyncio
import random
import signal
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from tests.browser.calling import key
from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import MILK, PRODUCTS, Store, store

pytestmark = pytest.mark.slow

KILLS = 6
SEED = 20261121
SALES = "/api/v1/sales"
BASKET: dict[str, Any] = {"lines": [{"code": MILK}, {"code": MILK}], "tenders": [{"kind": "card"}], "print": False}
AGAIN_S = 0.02


class Program:
    """One basket after the other; what got no answer is asked again under its key."""

    def __init__(self, shop: Store) -> None:
        self._shop = shop
        self.sold: dict[str, dict[str, Any]] = {}

    async def sell(self) -> None:
        while True:
            id = key()
            self.sold[id] = await self.ask(id)

    async def ask(self, id: str) -> dict[str, Any]:
        while True:
            try:
                status, answer = await self._shop.api.post(SALES, BASKET, **{"Idempotency-Key": id})
            except (aiohttp.ClientError, ConnectionError):
                status, answer = 503, {}
            if status != 503:
                assert status == 201, answer
                return answer
            await asyncio.sleep(AGAIN_S)


def test_each_basket_is_sold_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        chance = random.Random(SEED)
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            program = Program(shop)
            selling = asyncio.create_task(program.sell())
            for _ in range(KILLS):
                enough = len(program.sold) + chance.randint(1, 8)
                await when(lambda: _count(program), lambda count, enough=enough: count >= enough, "sales", 30.0)
                await shop.stop(signal.SIGKILL)
                shop.spawn()
            enough = len(program.sold) + 1
            await when(lambda: _count(program), lambda count: count >= enough, "a sale after the last kill", 30.0)
            selling.cancel()
            await asyncio.wait({selling})
            for id, sale in program.sold.items():
                assert await program.ask(id) == sale
            rows = [row for row in shop.rows() if row.type == "SaleCompleted"]
            numbers = [int(msgspec.json.decode(row.body)["number"]) for row in rows]
            assert numbers == list(range(1, len(numbers) + 1))
            assert {sale["number"] for sale in program.sold.values()} <= set(numbers)
            assert len(numbers) - len(program.sold) in (0, 1), "the last one asked may have been sold unheard"
            assert (await shop.edge("verify")).status == 0

    run(scenario(), 120)


async def _count(program: Program) -> int:
    return len(program.sold)
