"""What is promised is what carts and orders hold, whatever happens, also when the shop is opened again in between."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from edge.core.journal.verify import verify
from tests.kiosk_histories import play, stocked
from tests.shop_fixture import FakeClock, open_shop, run


@pytest.mark.parametrize("seed", [1, 2])
def test_promised_is_what_carts_and_orders_hold(tmp_path: Path, seed: int) -> None:
    async def scenario() -> None:
        clock, choice = FakeClock(), random.Random(seed)
        for part in range(2):
            async with open_shop(tmp_path, clock, stocked=part == 0) as shop:
                if part == 0:
                    await stocked(shop)
                assert await play(shop, clock, choice, 120) == 0
                assert not verify(shop.reader, shop.registry).faults

    run(scenario())
