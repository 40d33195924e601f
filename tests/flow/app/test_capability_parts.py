"""What capabilities do by themselves runs where the shop runs, without anyone having wired it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.counter import open_counter


def test_what_a_capability_does_by_itself_runs_in_the_appliance(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_counter(tmp_path, "") as counter:
            names = set(counter.shop.registry.parts)
            assert {"carts", "reservations", "night_orders", "forecasts", "reports"} <= names
            for name in names:
                await counter.part_is(name, "ok")

    asyncio.run(scenario())
