"""`bench till`: from a scan's last byte on the serial line to its line at the cashier's page.

The appliance is a process of its own with a full catalogue, its scanner a pty, its page a
real WebSocket; one clock, in this process, sees both ends. Scans come one after the other, as
fast as the quickest scanners read; every basket is paid and begun anew. Then the same without
any pause: there, each scan meets the commit that saves the one before it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path

import aiohttp

from edge.ledger import Ledger
from tests.bench.fill import fill_products, product
from tests.bench.measure import percentile, result
from tests.stack import Store, store

DEADLINE_S = 10.0
SEED = 7


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench till")
    parser.add_argument("--scans", type=int, default=2000)
    parser.add_argument("--products", type=int, default=60_000, help="products in the catalogue")
    parser.add_argument("--basket", type=int, default=20, help="lines of a basket before it is paid")
    parser.add_argument("--pause-ms", type=float, default=20.0, help="between two scans")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-till-") as folder:
        paced, burst = asyncio.run(_measure(Path(folder), args))
    print(f"{args.scans} scans, {args.products} products, baskets of {args.basket}: last byte to line at the page")
    for name, times_ms in ((f"{args.pause_ms:.0f} ms apart", paced), ("without a pause", burst)):
        p50, p99, worst = (percentile(times_ms, share) for share in (0.50, 0.99, 1.0))
        print(f"{name:16}  p50 {p50:.2f} ms   p99 {p99:.2f} ms   worst {worst:.2f} ms")
    result(p50_ms=percentile(paced, 0.50), p99_ms=percentile(paced, 0.99))
    return 0


async def _measure(folder: Path, args: argparse.Namespace) -> tuple[list[float], list[float]]:
    async with store(folder) as shop:
        ledger = Ledger(shop.config)
        try:
            fill_products(ledger, args.products)
        finally:
            ledger.close()
        await shop.start()
        async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
            await page.receive_str()
            numbers = random.Random(SEED).sample(range(args.products), args.scans)
            cashier = Cashier(shop, page, args.basket)
            return await cashier.scan(numbers, args.pause_ms), await cashier.scan(numbers, 0.0)


class Cashier:
    """Scans products one after the other, and pays each basket when it is full."""

    def __init__(self, shop: Store, page: aiohttp.ClientWebSocketResponse, basket: int) -> None:
        self._shop = shop
        self._page = page
        self._basket = basket

    async def scan(self, numbers: list[int], pause_ms: float) -> list[float]:
        """The milliseconds that each scan took to show."""
        times_ms = []
        for place, number in enumerate(numbers, 1):
            await asyncio.sleep(pause_ms / 1000)
            times_ms.append(await self._one(number))
            if place % self._basket == 0 or place == len(numbers):
                await self._shop.api.do("Pay", kind="cash")
                await self._shown('data-count="0"')
        return times_ms

    async def _one(self, number: int) -> float:
        self._shop.scanner.type(product(number).codes[0])
        began = time.perf_counter()
        await self._shown(f">Product {number}</bdi>")
        return (time.perf_counter() - began) * 1000

    async def _shown(self, text: str) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while text not in await self._page.receive_str():
                pass


def page_of(shop: Store) -> str:
    return f"http://127.0.0.1:{shop.port}/ws?register=1&lang=en"
