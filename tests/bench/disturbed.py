"""How much a long job disturbs a till: an import of 60,000 prices (`bench import`), 10,000 counts (`bench stock`)."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

from edge.goods.ingest.import_folders import bring
from edge.goods.stock.counting import bulk_counts
from edge.operations.ledger import Ledger
from tests.bench.fill import fill_products
from tests.bench.measure import percentile
from tests.bench.till import SEED, Cashier, page_of
from tests.stack import Store, store

BASKET = 20
WARM_SCANS = 200
"""Before any is measured: the first receipt after a start waits for what it imports."""
PAUSE_MS = 20.0
Begin = Callable[[Store], Awaitable[int]]
"""Asks a shop for a job; its number."""


async def disturbed(folder: Path, scans: int, products: int) -> tuple[float, float, int]:
    """p99 of scan to line in ms, idle and while all prices change, and how many prices had changed by then."""
    file = folder / "prices.csv"
    rows = (f"sku{number},{(101 + number % 900) / 100:.2f}\n" for number in range(products))
    file.write_text("sku,price\n" + "".join(rows))
    mapping = '[columns]\nsku = "sku"\nprice = "price"\n'

    async def begin(shop: Store) -> int:
        path = str(bring(shop.config.folder, file))
        return int(await shop.api.do("ImportCatalog", shop.api.token, path=path, mapping=mapping))

    return await disturbed_by(begin, folder, scans, products)


async def disturbed_by_counts(folder: Path, scans: int, products: int) -> tuple[float, float, int]:
    """The same while 10,000 counted lines are posted."""
    lines = [
        bulk_counts.CountedStock(f"sku{number}", units=1000 * (number % 90), line=number) for number in range(10_000)
    ]

    async def begin(shop: Store) -> int:
        name = bulk_counts.keep(shop.config.folder, lines)
        return int(await shop.api.do("SyncStock", shop.api.token, file=name))

    return await disturbed_by(begin, folder, scans, products)


async def disturbed_by(begin: Begin, folder: Path, scans: int, products: int) -> tuple[float, float, int]:
    """p99 of scan to line in ms, idle and while the job goes on, and how far it had come by then."""
    async with store(folder) as shop:
        ledger = Ledger(shop.config)
        try:
            fill_products(ledger, products)
        finally:
            ledger.close()
        await shop.start()
        async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
            await page.receive_str()
            numbers = random.Random(SEED).sample(range(products), scans * 2)
            cashier = Cashier(shop, page, BASKET)
            await cashier.scan(numbers[:WARM_SCANS], PAUSE_MS)
            idle = await cashier.scan(numbers[:scans], PAUSE_MS)
            job = await begin(shop)
            while (await shop.api.query("job", job=job))["cursor"] == 0:
                await cashier.scan(numbers[:BASKET], PAUSE_MS)
            busy = await cashier.scan(numbers[scans:], PAUSE_MS)
            done = await shop.api.query("job", job=job)
    assert done["state"] in ("running", "done"), done
    return percentile(idle, 0.99), percentile(busy, 0.99), int(done["cursor"])
