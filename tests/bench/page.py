"""`bench page`: the till's page over TLS against the same page without it, from the same appliance.

Both wires are spoken on one port; a connection is kept open, as browsers do, and asked in turn. What a new connection
costs, with its handshake, is said beside.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import aiohttp

from edge.operations.ledger import Ledger
from tests.bench.fill import fill_products
from tests.bench.measure import median_ratio, percentile, result
from tests.stack import CONFIG, store

PRODUCTS = 1000
WARM = 20
TURN = 50
"""Pages of one wire, and then as many of the other."""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench page")
    parser.add_argument("--turns", type=int, default=20, help="turns of each wire")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-page-") as folder:
        plain, tls, first_plain, first_tls = asyncio.run(_measure(Path(folder), args.turns))
    result(
        ratio=median_ratio(tls, plain),
        plain_ms=percentile(plain, 0.5),
        tls_ms=percentile(tls, 0.5),
        first_plain_ms=percentile(first_plain, 0.5),
        first_tls_ms=percentile(first_tls, 0.5),
    )
    return 0


async def _measure(folder: Path, turns: int) -> tuple[list[float], list[float], list[float], list[float]]:
    """The milliseconds of each page without TLS and with it, and of those that came with a new connection."""
    async with store(folder) as shop:
        shop.configure(CONFIG.replace("[panel]", '[panel]\nhost = "0.0.0.0"'), None)
        ledger = Ledger(shop.config)
        try:
            fill_products(ledger, PRODUCTS)
        finally:
            ledger.close()
        await shop.start()
        urls = [f"{scheme}://127.0.0.1:{shop.port}/" for scheme in ("http", "https")]
        kept: list[list[float]] = [[], []]
        first: list[list[float]] = [[], []]
        # the certificate is of the box's own authority: what is measured is the wire, not whom it is trusted by
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as session:
            for url in urls:
                await _pages(session, url, WARM)
            for _ in range(turns):
                for url, times_ms in zip(urls, kept, strict=True):
                    times_ms += await _pages(session, url, TURN)
        for _ in range(turns):
            for url, times_ms in zip(urls, first, strict=True):
                async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as session:
                    times_ms += await _pages(session, url, 1)
        return kept[0], kept[1], first[0], first[1]


async def _pages(session: aiohttp.ClientSession, url: str, count: int) -> list[float]:
    """The milliseconds of each of some pages, one behind the other."""
    times_ms = []
    for _ in range(count):
        began = time.perf_counter()
        async with session.get(url) as answer:
            assert answer.status == 200, answer.status
            await answer.read()
        times_ms.append((time.perf_counter() - began) * 1000)
    return times_ms
