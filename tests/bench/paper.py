"""`bench paper`: how soon a receipt is on the wire, and whether any is lost or doubled by whatever befalls the printer.

Latency: the appliance is a process of its own; from sending the payment of sixty lines to the
receipt's last byte at the printer, with the printer asked before whether it is well. English goes as letters, Hebrew
as pictures of its lines, in turn.
Faults: jobs go through a simulated printer whose paper, lid, cutter, cable and power fail at random, from
a seed, while the printing part itself ends and starts again; then the paper is compared with the states.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from msgspec.structs import replace

from drivers.roles import PrinterConnection, ReceiptPrinter
from edge.core.messages import Command, Done, Outcome
from edge.core.process import log
from edge.foundation.printing.commands import QueuePrint, SettlePrint
from edge.foundation.printing.document import Document, Text
from edge.foundation.printing.printers import part
from edge.foundation.printing.printers.actions import PrinterTimeouts
from edge.goods.catalog.product import Product
from sim.printer.server import SimPrinter
from tests.bench.measure import percentile, result
from tests.printing import Desk, desk
from tests.shop_fixture import CASHIER
from tests.stack import CONFIG, Store, store

LINES = 60
AT_ONCE = 20
"""Jobs that wait at most."""
SHOP = tuple(Product(f"p{n}", {"en": f"Product number {n}"}, (str(2_000_000 + n),), 100 + n) for n in range(LINES))
PAPERS = {"en": ("", "Product number"), "he": ("pictures = true\n", "מוצר מספר")}
"""By language: how it is printed, and what its products are called."""
PRINTS = CASHIER.with_rights("manage")
HASTE = PrinterTimeouts(
    answer_s=0.15, ask_again_s=0.03, confirm_s=0.4, slowest_bytes_s=10**6, idle_look_s=0.2, trouble_look_s=0.02
)
"""So that ten thousand jobs take minutes: nothing here is slow but the faults."""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench paper")
    parser.add_argument("--receipts", type=int, default=60, help="receipts of sixty lines to time")
    parser.add_argument("--jobs", type=int, default=10_000, help="jobs to print through faults")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args(argv)
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="bench-paper-") as folder:
        if args.receipts:
            figures |= asyncio.run(_latency(Path(folder), args.receipts))
        if args.jobs:
            (Path(folder) / "faults").mkdir()
            log.set_up("error")
            states, faults, wrong = asyncio.run(faults_run(Path(folder) / "faults", args.jobs, args.seed))
            print(f"{args.jobs} jobs through {sum(faults.values())} faults: {dict(faults)}; ended as {dict(states)}")
            for line in wrong[:20]:
                print(line)
            figures["lost_or_doubled"] = len(wrong)
    result(**figures)
    return 0


async def _latency(folder: Path, receipts: int) -> dict[str, float]:
    """Two shops in turn: one prints English as letters, the other Hebrew as pictures of its lines."""
    times_ms: dict[str, list[float]] = {"en": [], "he": []}
    async with AsyncExitStack() as stack:
        shops = {}
        for language, (paper, names) in PAPERS.items():
            (folder / language).mkdir()
            shops[language] = shop = await stack.enter_async_context(store(folder / language))
            shop.configure(CONFIG.replace('zone = "Europe/Paris"', f'language = "{language}"') + paper, None)
            await shop.start([replace(product, names={language: f"{names} {product.sku}"}) for product in SHOP])
        for _ in range(receipts + 3):
            for language, shop in shops.items():
                times_ms[language].append(await _receipt_ms(shop))
    of = {name: [percentile(times[3:], share) for share in (0.50, 0.95, 1.0)] for name, times in times_ms.items()}
    for name, (p50, p95, worst) in of.items():
        print(f"{receipts} receipts of {LINES} lines ({name}), payment to last byte on the wire:")
        print(f"p50 {p50:.1f} ms   p95 {p95:.1f} ms   worst {worst:.1f} ms")
    return {"p95_ms": of["en"][1], "hebrew_p95_ms": of["he"][1], "hebrew_ratio": of["he"][1] / of["en"][1]}


async def _receipt_ms(shop: Store) -> float:
    for product in SHOP:
        await shop.api.do("AddLine", code=product.codes[0])
    began = time.monotonic()
    await shop.api.do("Pay", kind="card")
    receipt = await shop.printer.next_receipt()
    return (receipt.cut_s - began) * 1000


class Watched:
    """A printer's driver of which is known which jobs' bytes it was given."""

    def __init__(self, printer: ReceiptPrinter, written: set[int]) -> None:
        self._printer = printer
        self._written = written
        self.open = printer.open
        self.send = printer.send
        self.close = printer.close

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[PrinterConnection]:
        async with self._printer.turn() as line:
            yield WatchedLine(line, self._written)


class WatchedLine:
    """See Watched."""

    def __init__(self, line: PrinterConnection, written: set[int]) -> None:
        self._line = line
        self._written = written
        self.reads = line.reads
        self.shared = line.shared
        self.read = line.read
        self.finish = line.finish

    async def write(self, data: bytes) -> None:
        self._written.update(int(number) for number in re.findall(rb"\[(\d{6})\]", data))
        await self._line.write(data)


async def faults_run(folder: Path, jobs: int, seed: int) -> tuple[Counter[str], Counter[str], list[str]]:
    """How the jobs ended, which faults there were, and what is wrong with the paper."""
    chance = random.Random(seed)
    faults: Counter[str] = Counter()
    written: set[int] = set()
    with mock.patch.object(part.PrinterLost, "again_s", HASTE.trouble_look_s):
        async with SimPrinter() as printer, desk(folder) as till:
            states: dict[int, str] = {}  # kept here: the shop forgets old jobs
            till.shop.listen(lambda command, _, outcome: _note(states, command, outcome))
            plug = _plug(till, printer, written)
            plug()
            paper: list[str] = []
            tasks = [
                asyncio.ensure_future(_collect(printer, paper)),
                asyncio.ensure_future(_trouble(till, printer, plug, chance, faults)),
            ]
            ids = await _queue(till, jobs)
            tasks[1].cancel()
            await asyncio.wait({tasks[1]})
            await printer.recover()
            await till.when(lambda: not _open(till), lambda: f"{_open(till)} jobs still wait", 60)
            paper.append((await printer.tear()).text)
            tasks[0].cancel()
            await asyncio.wait({tasks[0]})
    ends = {id: states.get(id, "queued") for id in ids}
    return Counter(ends.values()), faults, _compare(ends, "".join(paper), written)


def _note(states: dict[int, str], command: Command, outcome: Outcome) -> None:
    if isinstance(command, SettlePrint) and isinstance(outcome, Done):
        states[command.job] = command.state


def _plug(till: Desk, printer: SimPrinter, written: set[int]) -> Callable[[], None]:
    def plug() -> None:
        till.plug(printer.port, wrap=lambda made: Watched(made, written), timeouts=HASTE)

    return plug


async def _queue(till: Desk, jobs: int) -> list[int]:
    ids = []
    for number in range(jobs):
        mark = f"{number + 1:06d}"
        rows = (Text(f"[{mark}]"), *(Text(f"line {row} of a slip") for row in range(6)), Text(f"({mark})"))
        done = await till.shop.do(QueuePrint("slip", Document("en", rows)), PRINTS)
        assert isinstance(done, Done), done
        ids.append(int(done.result))
        await till.when(lambda: _open(till) < AT_ONCE, lambda: "the queue moves", 60)
    return ids


def _open(till: Desk) -> int:
    found = till.shop.reader.execute("SELECT count(*) FROM print_job WHERE state IN ('queued', 'sending')")
    return int(found.fetchone()[0])


async def _collect(printer: SimPrinter, paper: list[str]) -> None:
    while True:
        paper.append((await printer.next_receipt()).text)


async def _trouble(
    till: Desk, printer: SimPrinter, plug: Callable[[], None], chance: random.Random, faults: Counter[str]
) -> None:
    """One fault after the other, each for a moment."""
    kinds: dict[str, Callable[[], None]] = {
        "paper out": lambda: printer.paper_out(after_lines=chance.randrange(12)),
        "cover": printer.open_cover,
        "cutter": printer.jam_cutter,
        "overheated": printer.overheat,
        "off": printer.refuse,
        "cable": lambda: printer.cut_after(chance.randrange(1, 300)),
        "power": lambda: printer.power_cycle(chance.randrange(300)),
        "stall": printer.stall,
        "liar": printer.lie,
        "mute": printer.never_answer,
        "held": printer.hold,
        "slow": lambda: printer.print_slowly(0.005),
    }
    while True:
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        kind = chance.choice([*kinds, "restart"])
        faults[kind] += 1
        if kind == "restart":
            await till.unplug()
            plug()
        else:
            kinds[kind]()
        await asyncio.sleep(chance.uniform(0.01, 0.25))
        await printer.recover()


def _compare(states: dict[int, str], paper: str, written: set[int]) -> list[str]:
    """What does not agree: every job is on paper once, or its state says that this is not known."""
    begun, ended = (Counter(map(int, re.findall(mark, paper))) for mark in (r"\[(\d{6})\]", r"\((\d{6})\)"))
    wrong = []
    for number, state in enumerate(states.values(), 1):
        copies = max(begun[number], ended[number])
        if copies > 1:
            wrong.append(f"job {number} ({state}) is on paper {copies} times")
        elif state == "printed" and not (begun[number] and ended[number]):
            wrong.append(f"job {number} is said to be printed and is not whole")
        elif state == "unknown" and number not in written:
            wrong.append(f"job {number} is in doubt, and no byte of it was sent")
        elif state not in ("printed", "unknown"):
            wrong.append(f"job {number} ended as {state}")
    return wrong
