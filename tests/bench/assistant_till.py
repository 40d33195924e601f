"""The till while everything of the assistant is busy, for `bench assistant`: p99 from a scan to its line, in peace and
while typed turns, a manager's questions and recognition of speech go on without a pause."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from edge.operations.ledger import Ledger
from tests.bench.assistant_load import ASKED
from tests.bench.fill import fill_products
from tests.bench.measure import percentile
from tests.bench.till import SEED, Cashier, page_of
from tests.stack import Store, store

PRODUCTS, BASKET, PAUSE_MS, WARM_SCANS = 5_000, 20, 20.0, 40
WARM_S = 3.0
"""Until each of them is under way: the first recording loads the recogniser."""


async def till_beside(scans: int, spoken: str = "") -> dict[str, float]:
    """`till_p99_ms` busy, `till_ratio` of that to peace; with a language `spoken`, beside recordings in it alone."""
    with tempfile.TemporaryDirectory(prefix="bench-assistant-") as name:
        async with store(Path(name)) as shop:
            ledger = Ledger(shop.config)
            fill_products(ledger, PRODUCTS)
            ledger.close()
            await shop.start()
            async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
                await page.receive_str()
                numbers = random.Random(SEED).sample(range(PRODUCTS), WARM_SCANS + scans)
                cashier = Cashier(shop, page, BASKET)
                await cashier.scan(numbers[:WARM_SCANS], PAUSE_MS)
                idle = await cashier.scan(numbers[WARM_SCANS:], PAUSE_MS)
                async with busy(shop, spoken):
                    await asyncio.sleep(WARM_S)
                    disturbed = await cashier.scan(numbers[WARM_SCANS:], PAUSE_MS)
    calm_ms, busy_ms = percentile(idle, 0.99), percentile(disturbed, 0.99)
    return {"till_p99_ms": busy_ms, "till_ratio": busy_ms / calm_ms}


@asynccontextmanager
async def busy(shop: Store, spoken: str = "") -> AsyncIterator[None]:
    """All of the assistant is asked meanwhile, and each of it answered."""
    command = ("-m", "tests.bench.assistant_load", str(shop.port), shop.api.token, spoken)
    load = await asyncio.create_subprocess_exec(sys.executable, *command, stdin=PIPE, stdout=PIPE)
    try:
        yield
        said, _ = await asyncio.wait_for(load.communicate(b""), 60)
    finally:
        if load.returncode is None:
            load.kill()
            await load.wait()
    answered = json.loads(said or b"{}")
    print(f"beside the till: {answered}")
    if missing := [path for path in (ASKED[-1:] if spoken else ASKED) if not answered.get(path)]:
        raise AssertionError(f"never answered: {missing}")
