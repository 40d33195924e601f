"""`bench siege`: a till's scans while strangers do all they can from the network.

The appliance is a process of its own, open to the network (`[panel] host`); strangers are another process, which comes
by this machine's own address of the network, as that is no loopback. They ask every route that the API describes, with
nothing, with forged cookies, grants and proxies' headers; leave requests and handshakes half; open pages; guess PINs.
In turn a hundred scans in peace and a hundred under siege.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from pathlib import Path

import aiohttp

from edge.core.addresses import is_loopback
from edge.core.tls.machine import addresses
from edge.operations.ledger import Ledger
from tests.bench.fill import fill_products
from tests.bench.measure import percentile, result
from tests.bench.strangers import FLAG, Counts
from tests.bench.till import SEED, Cashier, page_of
from tests.http_client import PIN
from tests.stack import CONFIG, store

TURN = 100
"""Scans in peace, and then as many under siege."""
SETTLE_S = 1.0
BASKET = 20
WARM = 100


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench siege")
    parser.add_argument("--scans", type=int, default=1000)
    parser.add_argument("--products", type=int, default=60_000, help="products in the catalogue")
    parser.add_argument("--strangers", type=int, default=50, help="strangers at the same time")
    parser.add_argument("--pause-ms", type=float, default=20.0, help="between two scans")
    args = parser.parse_args(argv)
    network = next((one for one in addresses() if "." in one and not is_loopback(one)), "")
    if not network:
        print("This machine has no address on a network: nobody can come from there.")
        result(strangers=0)
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-siege-") as folder:
        peace, siege, counts = asyncio.run(_measure(Path(folder), args, network))
    for name, times_ms in (("peace", peace), ("siege", siege)):
        p50, p99, worst = (percentile(times_ms, share) for share in (0.50, 0.99, 1.0))
        print(f"{name}  p50 {p50:.2f} ms   p99 {p99:.2f} ms   worst {worst:.2f} ms")
    print(f"{args.strangers} strangers at {network}: {counts}")
    peace_ms, siege_ms = percentile(peace, 0.99), percentile(siege, 0.99)
    asked = counts["asked"]
    result(till_ratio=siege_ms / peace_ms, let_in=counts["let_in"], asked=asked, peace_p99_ms=peace_ms, p99_ms=siege_ms)
    return 0


async def _measure(folder: Path, args: argparse.Namespace, network: str) -> tuple[list[float], list[float], Counts]:
    """The milliseconds of each scan in peace and under siege, and what the strangers counted."""
    async with store(folder) as shop:
        shop.configure(CONFIG.replace("[panel]", '[panel]\nhost = "0.0.0.0"'), None)
        ledger = Ledger(shop.config)
        try:
            fill_products(ledger, args.products)
        finally:
            ledger.close()
        await shop.start()
        assert (await shop.edge("pin", stdin=PIN + "\n")).status == 0
        flag = folder / FLAG
        command = [
            sys.executable,
            "-m",
            "tests.bench.strangers",
            network,
            str(shop.port),
            str(args.strangers),
            str(flag),
        ]
        strangers = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE, stdout=-1)
        peace: list[float] = []
        siege: list[float] = []
        async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
            await page.receive_str()
            numbers = random.Random(SEED).choices(range(args.products), k=WARM + args.scans)
            cashier = Cashier(shop, page, BASKET)
            await cashier.scan(numbers[:WARM], args.pause_ms)
            for start in range(WARM, WARM + args.scans, TURN):
                some = numbers[start : start + TURN]
                flag.unlink(missing_ok=True)
                await asyncio.sleep(SETTLE_S)
                peace += await cashier.scan(some, args.pause_ms)
                flag.touch()
                await asyncio.sleep(SETTLE_S)
                siege += await cashier.scan(some, args.pause_ms)
        out, _ = await strangers.communicate(b"")
        counts: Counts = json.loads(out.splitlines()[-1])
        return peace, siege, counts
