"""`bench start`: from starting the process to the first line on the counter, and the memory it takes.

The shop has 60,000 products and 100,000 sales behind it, a scanner, a printer, and a
broker behind which no hub listens. The time is that of `python -m edge run` from its
start until `AddLine` is answered over HTTP; the file cache is warm, as it is when the
watchdog starts the process again.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from edge.operations.ledger import Ledger
from edge.runtime.config import Config
from sim.broker import Broker
from tests.bench.fill import fill_products, fill_sales, follow, product
from tests.bench.measure import result
from tests.stack import CONFIG, Store, store

TRY_S = 0.002
"""Between attempts to reach a process that is starting."""
LIMIT_S = 30.0
ONLY_HERE = ("greenlet", "rich")
"""What tools of development bring and structlog loads where it is there: 3 MB that no box has."""
SALES = 50
LINES = 8


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench start")
    parser.add_argument("--products", type=int, default=60_000)
    parser.add_argument("--behind", type=int, default=100_000, help="sales in the journal")
    parser.add_argument("--starts", type=int, default=5)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="edge-start-") as name, Broker() as broker:
        hide(ONLY_HERE, Path(name, "hidden"))
        return asyncio.run(_bench(Path(name), broker, args))


async def _bench(folder: Path, broker: Broker, args: argparse.Namespace) -> int:
    ready, first_mb, later_mb = [], [], []
    async with store(folder, None, CONFIG) as shop:
        shop.configure(CONFIG, broker.port)
        fill(shop.config, args.products, args.behind)
        for number in range(args.starts):
            ready.append(await ready_s(shop))
            first_mb.append(rss_mb(shop.process.pid))
            held = ", ".join(f"{name} {mb:.1f}" for name, mb in largest_mb(shop.process.pid))
            await sell(shop)
            later_mb.append(rss_mb(shop.process.pid))
            await shop.stop()
            memory = f"{first_mb[-1]:.1f} MB ({held}), then {later_mb[-1]:.1f} MB"
            print(f"start {number + 1}: {ready[-1]:.3f} s, {memory}", flush=True)
    figures = {"ready_s": ready, "rss_ready_mb": first_mb, "rss_mb": later_mb}
    result(**{name: statistics.median(values) for name, values in figures.items()})
    return 0


def hide(names: Sequence[str], folder: Path) -> None:
    """Let no process that is started from here find these libraries, as on a box."""
    installed = Path("requirements.lock").read_text(encoding="utf-8")
    assert not [name for name in names if f"\n{name}==" in installed], "a box has it"
    folder.mkdir()
    for name in names:
        (folder / f"{name}.py").write_text(f'raise ImportError("no box has {name}")\n')
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))


def fill(config: Config, products: int, sales: int) -> None:
    """A ledger with a past."""
    ledger = Ledger(config)
    try:
        fill_products(ledger, products)
        fill_sales(ledger, config, sales)
        follow(ledger)
    finally:
        ledger.close()


async def ready_s(shop: Store) -> float:
    """Start the appliance; seconds until it has put the first line on the counter."""
    began = time.perf_counter()
    shop.spawn()
    while True:
        try:
            await shop.api.do("AddLine", code=product(1).codes[0])
            return time.perf_counter() - began
        except aiohttp.ClientConnectionError:
            assert time.perf_counter() < began + LIMIT_S, shop.log
            await asyncio.sleep(TRY_S)


async def sell(shop: Store) -> None:
    """Sales with their receipts on paper."""
    for number in range(SALES):
        await shop.sell(*(product(number * 11 + place).codes[0] for place in range(LINES)))
        await shop.printer.next_receipt()


def largest_mb(pid: int, most: int = 6) -> list[tuple[str, float]]:
    """What holds most of the memory: the program's own ("own"), and files that are mapped (proc(5), smaps)."""
    held: Counter[str] = Counter()
    name = ""
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        first, *rest = line.split()
        if not first.endswith(":"):
            name = Path(rest[4]).name if len(rest) > 4 and rest[4].startswith("/") else "own"
        elif first == "Rss:":
            held[name] += int(rest[0])
    return [(name, kb / 1024) for name, kb in held.most_common(most)]


def rss_mb(pid: int) -> float:
    """The memory that the process holds now (proc(5), VmRSS)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError("this kernel does not say VmRSS")
