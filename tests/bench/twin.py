"""`bench twin`: what a second box costs a sale, and what a kill costs a shop: real processes, real wires, one machine.

Both boxes sync to the same disk here, and share its processor: two machines do better.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import msgspec

from sim.child import Child
from tests.bench.measure import percentile, result
from tests.stack import MILK, PRODUCTS
from tests.twin_boxes import CONFIG, Box, box_of, twin_boxes
from tests.twin_storm import CUT, FULL, KILLED, TEXT, StormOutcome, storm

REGISTERS = 8
EIGHT = 'registers = ["1", "2", "3", "4", "5", "6", "7", "8"]\n'
TURNS, TURN_S = 5, 2.0


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench twin")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--sales", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cuts", action="store_true", help="also cut cables and full disks, between the kills")
    parser.add_argument("--storm-only", action="store_true", help="without what a second box costs")
    args = parser.parse_args(argv)
    costs = {} if args.storm_only else _measured(args.sales)
    faults = (*KILLED, *CUT, FULL) if args.cuts else KILLED
    with tempfile.TemporaryDirectory(prefix="edge-twin-") as name:
        outcome = asyncio.run(_storm(Path(name), args.kills, args.seed, faults))
    for wrong in outcome.wrong[:50]:
        print(wrong)
    result(
        **costs,
        back_s=percentile(outcome.back_s or [0.0], 0.95),
        lost_or_doubled=len(outcome.wrong),
        kills=args.kills,
        sales=outcome.sales,
        papers_asked=outcome.papers_asked,
    )
    return 1 if outcome.wrong else 0


def _measured(sales: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="edge-twin-") as name:
        alone, together, eight, memory = asyncio.run(_costs(Path(name), sales))
    print(
        f"alone {percentile(alone, 0.5):.1f} ms, together {percentile(together, 0.5):.1f} ms; {eight:.2f}", flush=True
    )
    return {
        "overhead_ms": statistics.median(together) - statistics.median(alone),
        "overhead_p99_ms": percentile(together, 0.99) - percentile(alone, 0.99),
        "tills8": eight,
        "follower_mb": memory[0],
        "witness_mb": memory[1],
    }


async def _costs(folder: Path, sales: int) -> tuple[list[float], list[float], float, tuple[float, float]]:
    """How long each sale's payment took (ms), at one box and at two; eight tills at two against one; and the memory
    (MiB) of follower and witness. Both are asked in turn, so that whatever else the machine does slows both."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        one = box_of(folder / "one", session, EIGHT + CONFIG)
        stack.callback(one.process.stop, signal.SIGKILL)
        one.spawn()
        await one.ready(("panel",))
        await one.api.do("SetProducts", one.api.token, products=msgspec.to_builtins(PRODUCTS))
        shop = await stack.enter_async_context(twin_boxes(folder / "two", EIGHT + CONFIG))
        await shop.start()
        alone, together = [], []
        for _ in range(sales):
            alone.append(await _payment(one))
            together.append(await _payment(shop.a))
        alone8 = together8 = 0
        for _ in range(TURNS):
            alone8 += await _eight(one)
            together8 += await _eight(shop.a)
        memory = _memory_mib(shop.b.process), _memory_mib(shop.witness)
    return alone, together, together8 / alone8, memory


async def _payment(box: Box) -> float:
    await box.api.do("AddLine", code=MILK)
    began = time.perf_counter()
    status, answer = await box.api.ask_for("Pay", kind="card")
    assert status == 200, answer
    return (time.perf_counter() - began) * 1000


async def _eight(box: Box) -> int:
    """Sales in a while, at eight tills at once."""
    until = time.monotonic() + TURN_S

    async def till(register: str) -> int:
        count = 0
        while time.monotonic() < until:
            for command, fields in (("AddLine", {"code": MILK}), ("Pay", {"kind": "card"})):
                await box.api.post(f"/api/v1/commands/{command}", fields, Register=register)
            count += 1
        return count

    return sum(await asyncio.gather(*(till(str(number + 1)) for number in range(REGISTERS))))


async def _storm(folder: Path, kills: int, seed: int, faults: Sequence[str]) -> StormOutcome:
    async with twin_boxes(folder, TEXT + CONFIG, any(one in CUT for one in faults), has_printer=True) as shop:
        await shop.start()
        return await storm(shop, kills, seed, lambda line: print(line, flush=True), faults)


def _memory_mib(child: Child) -> float:
    """What it takes of the machine: its own, and its share of what others have as well (PSS, proc(5))."""
    rollup = Path(f"/proc/{child.pid}/smaps_rollup").read_text()
    kib = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return kib / 1024
