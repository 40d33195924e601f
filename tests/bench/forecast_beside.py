"""How much the making of forecasts disturbs a till: part of `bench forecast`."""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from pathlib import Path

import aiohttp
import numpy as np

from edge.operations.ledger import Ledger
from tests.bench.disturbed import BASKET, PAUSE_MS, WARM_SCANS
from tests.bench.fill import fill_products
from tests.bench.measure import percentile
from tests.bench.till import SEED, Cashier, page_of
from tests.stack import store


async def disturbed_by_forecasts(folder: Path, scans: int, products: int, days: int) -> tuple[float, float]:
    """p99 of scan to line in ms, idle and while forecasts of so many products and days are made."""
    async with store(folder) as shop:
        ledger = Ledger(shop.config)
        try:
            fill_products(ledger, products)
            today = date.fromisoformat(shop.config.business_date(time.time_ns() // 1000))
            _fill_history(ledger, products, days, today)
        finally:
            ledger.close()
        await shop.start()
        async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
            await page.receive_str()
            numbers = random.Random(SEED).sample(range(products), scans * 2)
            cashier = Cashier(shop, page, BASKET)
            await cashier.scan(numbers[:WARM_SCANS], PAUSE_MS)
            idle = await cashier.scan(numbers[:scans], PAUSE_MS)
            job = await shop.api.do("RetrainForecasts", shop.api.token)
            busy = list[float]()
            while (await shop.api.query("job", job=job))["state"] in ("queued", "running") or len(busy) < BASKET:
                busy += await cashier.scan(numbers[scans : scans + 4 * BASKET], PAUSE_MS)
            done = await shop.api.query("job", job=job)
    assert done["state"] == "done", done
    return percentile(idle, 0.99), percentile(busy, 0.99)


def _fill_history(ledger: Ledger, products: int, days: int, today: date) -> None:
    """What was sold, as the projection that follows the journal keeps it."""
    chance = np.random.default_rng(SEED)
    first = today - timedelta(days=days)
    sold = chance.poisson(chance.gamma(0.7, 2.0, (products, 1)), (products, days))
    db = ledger.db
    db.execute("BEGIN")
    for at in range(days):
        day = (first + timedelta(days=at)).isoformat()
        db.execute("INSERT OR IGNORE INTO demand_open VALUES (?, 1)", (day,))
        counts = sold[:, at].tolist()
        rows = [(f"sku{row}", day, count * 1000, count * 250) for row, count in enumerate(counts) if count]
        db.executemany("INSERT INTO demand_day (sku, business_date, sold, minor) VALUES (?, ?, ?, ?)", rows)
    db.execute("COMMIT")
