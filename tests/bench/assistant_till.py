"""The till while everything of the assistant is busy, for `bench assistant`: p99 from a scan to its line, in peace and
while typed turns, a manager's questions and recognition of speech go on without a pause."""

from __future__ import annotations

import asyncio
import random
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path

import aiohttp

from edge.app.ledger import Ledger
from models.kinds import Listen
from models.registry import ENGINES
from models.runtime import Runtime, Settings
from models.runtime.priority import Priority
from models.runtime.worker_host import Plan
from tests.bench.fill import fill_products
from tests.bench.measure import percentile
from tests.bench.till import SEED, Cashier, page_of
from tests.speech import order_phrases, orders, pocketsphinx_folder, recording
from tests.stack import Store, store

PRODUCTS, BASKET, PAUSE_MS, WARM_SCANS = 5_000, 20, 20.0, 40


async def till_beside(scans: int) -> dict[str, float]:
    """`till_p99_ms` busy, `till_ratio` of that to peace."""
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
                tasks = [asyncio.create_task(one) for one in (_typing(shop), _asking(shop), _listening())]
                try:
                    busy = await cashier.scan(numbers[WARM_SCANS:], PAUSE_MS)
                finally:
                    for task in tasks:
                        task.cancel()
                    ended = await asyncio.gather(*tasks, return_exceptions=True)
                for one in ended:
                    if isinstance(one, Exception):
                        raise one
    calm, disturbed = percentile(idle, 0.99), percentile(busy, 0.99)
    return {"till_p99_ms": disturbed, "till_ratio": disturbed / calm}


async def _typing(shop: Store) -> None:
    for turn in count():
        said = {"text": f"how many product {turn % PRODUCTS} are there?", "turn": f"t{turn}"}
        await _post(shop, "chat/message", said)


async def _asking(shop: Store) -> None:
    for turn in count():
        query = ("what is running low?", "sales today", "which orders are late?")[turn % 3]
        await _post(shop, "copilot/query", {"query": query})


async def _post(shop: Store, path: str, body: dict[str, str]) -> None:
    headers = {"Grant": shop.api.token, "Surface": "panel", "Register": "1"}
    url = f"http://127.0.0.1:{shop.port}/api/v1/{path}"
    async with aiohttp.ClientSession() as web, web.post(url, json=body, headers=headers) as answer:
        if answer.status not in (200, 429, 503):
            raise AssertionError(f"{path}: {answer.status} {await answer.text()}")


async def _listening() -> None:
    """Recordings of orders, one after the other, by a worker of its own as the appliance has one."""
    folder = str(pocketsphinx_folder())
    plan = Plan("orders", "stt", ENGINES["stt", "pocketsphinx"], 150, {}, folder, (), ("en",))
    runtime = Runtime([plan], [], Settings(memory_mb=500), lambda _: None)
    try:
        for name in [*orders()] * 100:
            with suppress(TimeoutError):
                async with runtime.ask(Listen("en", 16_000, order_phrases()), 60.0, Priority.LIVE) as reply:
                    reply.feed(recording(name))
                    reply.end()
                    await reply
    finally:
        await runtime.stop()
