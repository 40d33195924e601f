"""`bench till`: from a scan's last byte on the serial line to its line at the cashier's page.

The appliance is a process of its own with a full catalogue, its scanner a pty, its page a
real WebSocket; one clock, in this process, sees both ends. Scans come one after the other, as
fast as the quickest scanners read; every basket is paid and begun again. Then the same without
any pause: there, each scan meets the commit that saves the one before it. `--with-models`: in turn, a hundred scans
while the models rest and a hundred while a language model, speech recognition and a detector work without a pause (or
those of them that `--kinds` names: which one is in the till's way?).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import aiohttp

from edge.operations.ledger import Ledger
from tests.bench.busy import COUNTS, FLAG, KINDS_ASKED
from tests.bench.fill import fill_products, product
from tests.bench.measure import percentile, result
from tests.bench.vision import MODEL
from tests.http_client import when
from tests.stack import Store, store

DEADLINE_S = 10.0
LOAD_S = 120.0
TURN = 100
"""Scans with the models at rest, and then as many with them at work."""
SETTLE_S = 1.0
SEED = 7


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench till")
    parser.add_argument("--scans", type=int, default=2000)
    parser.add_argument("--products", type=int, default=60_000, help="products in the catalogue")
    parser.add_argument("--basket", type=int, default=20, help="lines of a basket before it is paid")
    parser.add_argument("--pause-ms", type=float, default=20.0, help="between two scans")
    parser.add_argument("--with-models", action="store_true", help="while the models work, against while they rest")
    parser.add_argument("--kinds", nargs="+", default=KINDS_ASKED, choices=KINDS_ASKED, help="models that work")
    args = parser.parse_args(argv)
    if args.with_models:
        return _beside_models(args)
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


def _beside_models(args: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="bench-till-") as folder:
        idle, busy, answers = asyncio.run(_measure_models(Path(folder), args))
    print(f"{len(idle)} scans while models rest, {len(busy)} while they work, in turn; answered: {answers}")
    for name, times_ms in (("rest", idle), ("work", busy)):
        p50, p99, worst = (percentile(times_ms, share) for share in (0.50, 0.99, 1.0))
        print(f"{name}  p50 {p50:.2f} ms   p99 {p99:.2f} ms   worst {worst:.2f} ms")
    idle_ms, busy_ms = percentile(idle, 0.99), percentile(busy, 0.99)
    result(ratio=busy_ms / idle_ms, idle_p99_ms=idle_ms, busy_p99_ms=busy_ms, models=len(answers))
    return 0


async def _measure_models(folder: Path, args: argparse.Namespace) -> tuple[list[float], list[float], dict[str, int]]:
    """The milliseconds of each scan while models rest, and while they work; and how often each answered meanwhile."""
    async with store(folder) as shop:
        ledger = Ledger(shop.config)
        try:
            fill_products(ledger, args.products)
        finally:
            ledger.close()
        data = shop.config.folder
        lend_detector(data)
        shop.process.spawn([sys.executable, "-m", "tests.bench.busy", "--config", str(shop.path), "run"], os.environ)
        await shop.ready()
        flag, kinds = data / FLAG, " ".join(args.kinds)
        flag.write_text(kinds)
        before = await when(lambda: counted(data), lambda seen: answered(seen, args.kinds), "models answer", LOAD_S)
        idle: list[float] = []
        busy: list[float] = []
        async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
            await page.receive_str()
            numbers = random.Random(SEED).sample(range(args.products), args.scans)
            cashier = Cashier(shop, page, args.basket)
            for start in range(0, args.scans, TURN):
                some = numbers[start : start + TURN]
                flag.unlink()
                await asyncio.sleep(SETTLE_S)
                await when(lambda: counted(data), lambda seen: seen[0] == seen[1], "every model rests", LOAD_S)
                idle += await cashier.scan(some, args.pause_ms)
                flag.write_text(kinds)
                await asyncio.sleep(SETTLE_S)
                busy += await cashier.scan(some, args.pause_ms)
        after = await counted(data)
        return idle, busy, {kind: after[1][kind] - before[1][kind] for kind in args.kinds if kind in after[1]}


async def counted(data: Path) -> list[dict[str, int]]:
    """How often each kind of model was asked, and is through, as the appliance writes it down."""
    try:
        counts: list[dict[str, int]] = json.loads((data / COUNTS).read_text())
    except FileNotFoundError:  # not yet
        return [{"": 1}, {"": 0}]
    return counts


def answered(seen: list[dict[str, int]], kinds: list[str]) -> bool:
    """Whether each of these has answered, as far as it is here."""
    return all(count for kind, count in seen[1].items() if kind in kinds or not kind)


def lend_detector(data: Path) -> None:
    """The shop's own detector: that of the data beside the project, where it is."""
    if MODEL.exists():
        place = data / "models" / "yolox-nano"
        place.mkdir(parents=True)
        (place / MODEL.name).symlink_to(MODEL)


class Cashier:
    """Scans products one after the other, and pays each basket when it is full.

    Pauses are as long as asked for, or up to `spread` times as long, at random: who knew when the next scan comes could
    get out of its way.
    """

    def __init__(self, shop: Store, page: aiohttp.ClientWebSocketResponse, basket: int, spread: float = 1.0) -> None:
        self._shop = shop
        self._page = page
        self._basket = basket
        self._spread = spread
        self._chance = random.Random(SEED)

    async def scan(self, numbers: list[int], pause_ms: float) -> list[float]:
        """The milliseconds that each scan took to show."""
        times_ms = []
        for place, number in enumerate(numbers, 1):
            await asyncio.sleep(pause_ms / 1000 * self._chance.uniform(1.0, self._spread))
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
