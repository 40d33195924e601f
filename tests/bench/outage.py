"""`bench outage`: a week without a network, 200,000 events, and then they drain while a cashier scans.

A shop with that past and no broker; broker, hub and Postgres come. Every byte of the journal must be in Postgres
(`dropped`); p99 from scan to line without a network and while it drains (`till_ratio`); what the appliance's memory
grew by while it drained (`grew_mb`, at most), and rows a second. Then the broker alone is away for a minute while the
shop sells: from its return until Postgres has all of it (`back_s`). Head office has a processor of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import tempfile
import time
from pathlib import Path

import aiohttp

from edge.core.journal.rows import read_head
from edge.core.storage.database import open_reader
from edge.goods.catalog.codes import in_store
from tests.bench.apart import head_office, there
from tests.bench.disturbed import WARM_SCANS
from tests.bench.measure import percentile, result
from tests.bench.start import fill, rss_mb
from tests.bench.till import SEED, Cashier, page_of
from tests.stack import Cloud, Store, store

BASKET = 20
PAUSE_MS = 20.0
SPREAD = 5.0
"""Pauses of 20 to 100 ms."""
DRAINED_S = 600.0
SALE_EVERY_S = 1.0
LOOK_S = 0.02
PRODUCTS = 1000
_HELD = "SELECT coalesce(max(through), 0) FROM device"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench outage")
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--scans", type=int, default=400, help="without a network")
    parser.add_argument("--away", type=float, default=60.0, help="seconds without the broker alone")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-outage-") as name:
        figures = asyncio.run(_measure(Path(name), args.events, args.scans, args.away))
    result(**figures)
    return 1 if figures["dropped"] else 0


async def _measure(folder: Path, events: int, scans: int, away_s: float) -> dict[str, float]:
    async with head_office("outage", folder) as office, store(folder, office) as shop:
        await asyncio.to_thread(office.hub.stop, signal.SIGTERM)
        office.broker.stop()
        fill(shop.config, PRODUCTS, events // 2)
        await shop.start()
        async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
            await page.receive_str()
            chance = random.Random(SEED)
            cashier = Cashier(shop, page, BASKET, SPREAD)
            await cashier.scan(chance.choices(range(PRODUCTS), k=WARM_SCANS), PAUSE_MS)
            alone = await cashier.scan(chance.choices(range(PRODUCTS), k=scans), PAUSE_MS)
            before_mb = most_mb = rss_mb(shop.process.pid)
            with there():
                office.broker.restart()
                office.spawn()
            waiting, began = shop.head(), time.monotonic()
            busy: list[float] = []
            while (held := (await office.fetch(_HELD) or [(0,)])[0][0]) < waiting:
                busy += await cashier.scan(chance.choices(range(PRODUCTS), k=BASKET), PAUSE_MS)
                most_mb = max(most_mb, rss_mb(shop.process.pid))
                assert time.monotonic() - began < DRAINED_S, f"{held} of {waiting} after {DRAINED_S:.0f} s"
            seconds = time.monotonic() - began
        back_s = await _back(office, shop, away_s)
        dropped = await _dropped(office, shop)
    print(f"{waiting} rows in {seconds:.1f} s; {len(busy)} scans meanwhile; memory {before_mb:.0f} to {most_mb:.0f} MB")
    alone_ms, busy_ms = percentile(alone, 0.99), percentile(busy, 0.99)
    return {
        "dropped": dropped,
        "till_ratio": busy_ms / alone_ms,
        "alone_p99_ms": alone_ms,
        "busy_p99_ms": busy_ms,
        "grew_mb": most_mb - before_mb,
        "rows_per_s": waiting / seconds,
        "back_s": back_s,
    }


async def _back(office: Cloud, shop: Store, away_s: float) -> float:
    """Seconds from the broker's return, after it was away for so long, until what was sold meanwhile is in Postgres."""
    await asyncio.to_thread(office.broker.stop)
    await shop.part("hub", "lost")
    ends = time.monotonic() + away_s
    while time.monotonic() < ends:
        await shop.sell(in_store(0))
        await asyncio.sleep(SALE_EVERY_S)
    with there():
        office.broker.restart()
    began, head = time.monotonic(), shop.head()
    while (await office.fetch(_HELD))[0][0] < head:
        assert time.monotonic() - began < DRAINED_S, "what was sold meanwhile does not arrive"
        await asyncio.sleep(LOOK_S)
    return time.monotonic() - began


async def _dropped(office: Cloud, shop: Store) -> int:
    """Rows of the journal that are not in Postgres as they are here."""
    db = open_reader(shop.config.ledger)
    try:
        head = read_head(db).seq
        ours = [bytes(row[0]) for row in db.execute("SELECT hash FROM journal ORDER BY seq")]
    finally:
        db.close()
    deadline = time.monotonic() + DRAINED_S
    while (await office.fetch(_HELD))[0][0] < head:
        assert time.monotonic() < deadline, "what was sold meanwhile does not arrive"
        await asyncio.sleep(0.2)
    theirs = [bytes(row[0]) for row in await office.fetch("SELECT hash FROM history ORDER BY seq")]
    return sum(mine != their for mine, their in zip(ours, theirs, strict=False)) + abs(len(ours) - len(theirs))
