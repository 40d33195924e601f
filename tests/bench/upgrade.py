"""An upgrade of a ledger with a past: `./run bench upgrade [EVENTS]` (300,000; sales of eight lines, two events each).

The next version is made up: one more table, and another version of the projection of receipts. It is tried and prepared
beside a selling till (`prepare_s`; `till_ratio`: p99 of scan to line, against the till alone), in so much room
(`disk_times`: the ledger's size). Then the shop opens with it (`open_s`; `open_unprepared_s`: if nothing had been
prepared).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from edge.operations.ledger import PREPARED
from tests.bench.disturbed import BASKET, PAUSE_MS, WARM_SCANS
from tests.bench.growth import PRODUCTS, derived, live
from tests.bench.measure import percentile, result
from tests.bench.till import SEED, Cashier, page_of
from tests.next_version import next_version
from tests.stack import Store, store

EVENTS, SCANS = 300_000, 300
LOOK_S = 0.25
OPEN = """
import sys, time
from pathlib import Path
from edge.operations.ledger import Ledger
from edge.runtime import config
loaded, began = config.load(Path(sys.argv[1])), time.perf_counter()
Ledger(loaded).close()
print(time.perf_counter() - began)
"""


def main(arguments: Sequence[str] = ()) -> int:
    parser = argparse.ArgumentParser(prog="bench upgrade")
    parser.add_argument("events", nargs="?", type=int, default=EVENTS)
    parser.add_argument("--scans", type=int, default=SCANS)
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="edge-bench-") as name:
        later = next_version(Path(name) / "later")
        (Path(name) / "shop").mkdir()
        figures = asyncio.run(_measure(Path(name) / "shop", args.events, args.scans, later))
    result(events=args.events, **figures)
    return 0


async def _measure(folder: Path, events: int, scans: int, later: dict[str, str]) -> dict[str, float]:
    async with store(folder) as shop:
        derived(shop.config, live(shop.config, events))
        ledger_bytes = shop.config.ledger.stat().st_size
        print(f"{events:,} events in {ledger_bytes / 1e6:,.0f} MB", flush=True)
        await shop.start()
        idle, busy, prepare_s, room = await _beside_a_till(shop, scans, later)
    prepared, open_s, open_unprepared_s = _openings(shop, folder / "copy", later)
    return {
        "ledger_mb": ledger_bytes / 1e6,
        "prepared_mb": prepared / 1e6,
        "prepare_s": prepare_s,
        "prepare_s_per_million": prepare_s / events * 1e6,
        "disk_times": room / ledger_bytes,
        "open_s": open_s,
        "open_unprepared_s": open_unprepared_s,
        "idle_p99_ms": percentile(idle, 0.99),
        "busy_p99_ms": percentile(busy, 0.99),
        "till_ratio": percentile(busy, 0.99) / percentile(idle, 0.99),
    }


async def _beside_a_till(shop: Store, scans: int, later: dict[str, str]) -> tuple[list[float], list[float], float, int]:
    """Times from scan to line in ms, alone and during the trial; its seconds, and the most bytes that it took."""
    async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
        await page.receive_str()
        numbers = random.Random(SEED).sample(range(PRODUCTS), scans)
        cashier = Cashier(shop, page, BASKET)
        await cashier.scan(numbers[:WARM_SCANS], PAUSE_MS)
        idle = await cashier.scan(numbers, PAUSE_MS)
        before, most = _bytes_in(shop.config.folder), 0
        began = time.monotonic()
        trial = await _start_trial(shop, later)
        ended = asyncio.create_task(trial.wait())
        busy: list[float] = []
        took_s = 0.0
        while not ended.done() or not busy:
            scanning = asyncio.create_task(cashier.scan(numbers[:WARM_SCANS], PAUSE_MS))
            while not scanning.done():
                most = max(most, _bytes_in(shop.config.folder) - before)
                took_s = took_s or (time.monotonic() - began if ended.done() else 0.0)
                await asyncio.sleep(LOOK_S)
            busy += await scanning if not ended.done() or not busy else []
        assert trial.returncode == 0, "the trial failed"
    return idle, busy, took_s or time.monotonic() - began, most


async def _start_trial(shop: Store, later: dict[str, str]) -> asyncio.subprocess.Process:
    command = ("nice", "-n", "15", sys.executable, "-m", "edge", "--config", str(shop.path), "upgrade", "--prepare")
    return await asyncio.create_subprocess_exec(*command, env=later)


def _bytes_in(folder: Path) -> int:
    found = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                found += Path(place, name).stat().st_size
            except FileNotFoundError:
                continue  # removed meanwhile
    return found


def _openings(shop: Store, copy: Path, later: dict[str, str]) -> tuple[int, float, float]:
    """The bytes prepared, and seconds until the ledger is open, with and without them."""
    folder = shop.config.folder
    prepared = (folder / PREPARED).stat().st_size
    shutil.copytree(folder, copy)
    open_s = _opened(shop, later)
    shutil.rmtree(folder)
    copy.rename(folder)
    (folder / PREPARED).unlink()
    return prepared, open_s, _opened(shop, later)


def _opened(shop: Store, later: dict[str, str]) -> float:
    """Seconds until the next version has opened the ledger."""
    command = (sys.executable, "-c", OPEN, str(shop.path))
    return float(subprocess.run(command, env=later, check=True, capture_output=True, text=True).stdout.split()[-1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
