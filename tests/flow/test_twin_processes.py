"""Two boxes and a witness as processes: one is killed, the other sells on, and nothing that was answered is lost."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from tests.stack import MILK
from tests.twin_boxes import TwinShop, twin_boxes

SALES = 5


async def _sells(shop: TwinShop) -> int:
    """One sale, as a till makes it; its receipt's number."""
    while True:
        await shop.do("AddLine", code=MILK)
        answer = await shop.do("Pay", kind="card")
        if "done" in answer:
            return int(answer["done"]["events"][0]["number"])
        # a line is answered before its commit, and may go with a box that ends in that moment


@pytest.mark.slow
def test_the_other_box_sells_on_and_the_first_one_follows(tmp_path: Path) -> None:
    async def sell() -> None:
        async with twin_boxes(tmp_path) as shop:
            await shop.start()
            numbers = [await _sells(shop) for _ in range(SALES)]
            shop.a.process.kill()
            began = time.monotonic()
            numbers.append(await _sells(shop))
            print(f"back after {time.monotonic() - began:.2f} s")
            assert numbers == [*range(1, SALES + 2)], "no number is skipped, none is given twice"
            assert [row.type for row in shop.b.rows()].count("SaleCompleted") == SALES + 1
            shop.a.spawn()
            await shop.paired(shop.b)
            shop.b.process.kill()
            numbers.append(await _sells(shop))
            assert numbers == [*range(1, SALES + 3)], "the first box took what it lacked, and leads again"
            ended = await shop.a.edge("verify")
            assert ended.status == 0, ended.out

    asyncio.run(sell())
