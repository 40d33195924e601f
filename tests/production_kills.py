"""A workshop whose process is killed in the middle of its history: what its ledger says behind that is what the same
history says at the step that was answered last, or at the one behind it, where no one kills anything.

    python -m tests.production_kills FOLDER SEED STEPS
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from edge.analytics.production.checks import production_stock_check
from edge.core.journal.verify import verify
from edge.core.storage.database import Connection
from tests.production_histories import begun
from tests.shop_fixture import open_shop

INSTANT_S = 0.02
"""Up to so long behind an answer: in the middle of whatever is going on."""
_STATE = (
    "SELECT sku, on_hand, average_micro FROM stock ORDER BY sku",
    "SELECT holder, sku, quantity FROM stock_claim ORDER BY holder, sku",
    "SELECT number, sku, state, good, scrap, taken_milli, brought_milli FROM work_order ORDER BY number",
    "SELECT number, sku, issued, returned, consumed, wip_milli FROM work_component ORDER BY number, sku",
    "SELECT id, body FROM bom ORDER BY id",
)
State = tuple[tuple[tuple[object, ...], ...], ...]


def state_of(db: Connection) -> State:
    """Stock, reservations, cost, orders and bills, as they are."""
    return tuple(tuple(db.execute(sql).fetchall()) for sql in _STATE)


async def undisturbed(seed: int, steps: int) -> list[State]:
    """How things stand at the start, and behind each step."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_shop(Path(folder)) as shop:
            history = await begun(shop, seed)
            found = [state_of(shop.reader)]
            for _ in range(steps):
                await history.step()
                found.append(state_of(shop.reader))
    return found


async def _live(folder: str, seed: int, steps: int) -> None:
    async with open_shop(Path(folder)) as shop:
        history = await begun(shop, seed)
        for step in range(steps + 1):
            print(step, flush=True)
            if step < steps:
                await history.step()


def killed(seed: int, steps: int) -> list[str]:
    """What is not as it should be behind a kill at a random instant; nothing, where all is."""
    chance, expected = random.Random(seed), asyncio.run(undisturbed(seed, steps))
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.production_kills", folder, str(seed), str(steps)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        wanted = chance.randrange(steps)
        for line in process.stdout:
            if line.strip() == str(wanted):
                break
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, INSTANT_S))
        process.kill()
        rest = [line for line in process.stdout.read().splitlines() if line.isdigit()]
        process.wait()
        told = int(rest[-1]) if rest else wanted
        return asyncio.run(_looked_at(folder, told, expected))


async def _looked_at(folder: str, told: int, expected: list[State]) -> list[str]:
    async with open_shop(Path(folder), stocked=False) as shop:
        found = [f"check: {one}" for one in production_stock_check(shop.reader, 0)]
        found += [f"verify: {one}" for one in verify(shop.reader, shop.registry).faults]
        if state_of(shop.reader) not in expected[told : told + 2]:
            found.append(f"killed behind step {told}: neither that nor the next")
    return found


if __name__ == "__main__":
    asyncio.run(_live(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
