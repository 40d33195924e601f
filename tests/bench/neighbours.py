"""What a store that floods the hub, or sends what no one can read, costs the others: part of `bench fleet`.

Stores that sell now and then measure the time from a sale's commit to its acknowledgement by the hub, in
turns alone and beside a disturber. The disturber is a process of its own, at the lowest priority, that the
bench stops and continues: so its own work is not what the neighbours feel. (The kernel weighs priorities within one
session, sched(7), "The autogroup feature": this process and the hub are of the same one.)
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

import asyncpg

from sync.hub.model import Key
from tests.bench.measure import percentile
from tests.bench.sync import linked, real_sales
from tests.sync_doubles import History, MemoryJournal, until

STORES = 10
PAUSE_S = 0.1
"""Between two sales of a store."""
TURN_S = 1.5
PAIRS = {"flood": 13, "poison": 9}
BUDGET_S = 120.0
"""After so long no further pair is begun."""
FLOOD_ROWS = 150_000
POISON_ROWS = 30_000
PATIENCE_S = 120.0
"""For the hub to finish what a disturber sent; it takes its time with that, on purpose."""
IDLE = """
    SELECT coalesce(bool_and(projection.through = device.through), true)
    FROM projection JOIN device USING (tenant, store, device)
"""


class Timed(MemoryJournal):
    """A journal that notes how long each sale took from its commit to its acknowledgement."""

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.times_ms: list[float] = []
        self._sold: dict[int, float] = {}

    def sell(self) -> None:
        """A sale as the first one was, under the next number."""
        sale, moved = self.history.rows[1:3]
        number = b'"number":%d,' % (self.history.head.seq + 1)
        body = sale.body.replace(b'"number":1,', number, 1)
        self.history.append(type=sale.type, body=body, version=sale.version)
        self.history.append(type=moved.type, body=moved.body, version=moved.version)
        self._sold[self.history.head.seq] = time.perf_counter()
        self.grown.set()

    async def save_position(self, epoch: int, through: int, hash: bytes) -> None:
        now = time.perf_counter()
        for seq in [seq for seq in self._sold if seq <= through]:
            self.times_ms.append((now - self._sold.pop(seq)) * 1000)
        await super().save_position(epoch, through, hash)


async def measure(dsn: str, port: int) -> dict[str, float]:
    """The medians over pairs of turns, beside a disturber and alone: `neighbour` with a flooding store, `poisoned` with
    one that can't be read, each of the median time in a turn; `_p95` of its 95th percentile."""
    connection = await asyncpg.connect(dsn)
    try:
        async with _running(port) as journals:
            flood = await _compare(connection, journals, port, "flood")
            poison = await _compare(connection, journals, port, "poison")
    finally:
        await connection.close()
    return {
        "neighbour": flood.ratio,
        "neighbour_p95": flood.ratio_p95,
        "neighbour_ms": flood.alone_ms,
        "neighbour_added_ms": flood.added_ms,
        "poisoned": poison.ratio,
        "poisoned_p95": poison.ratio_p95,
        "poisoned_added_ms": poison.added_ms,
    }


class Compared(NamedTuple):
    """Medians over pairs."""

    ratio: float
    ratio_p95: float
    alone_ms: float
    added_ms: float


@asynccontextmanager
async def _running(port: int) -> AsyncIterator[list[Timed]]:
    """The stores that sell now and then, all acknowledged so far."""
    journals = [Timed(real_sales(3, Key("acme", f"quiet-{number}", "box"))) for number in range(STORES)]
    async with AsyncExitStack() as stack:
        for journal in journals:
            await stack.enter_async_context(linked(journal, port, journal.history.key))
        await _all_acknowledged(journals)
        yield journals


async def _compare(connection: Any, journals: list[Timed], port: int, kind: str) -> Compared:
    """Turns in pairs, close together in time: what else the machine does is felt by both of a pair."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.neighbours", str(port), kind), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    pairs: list[tuple[list[float], list[float]]] = []
    try:
        await process.stdout.readline()  # it is ready, and has stopped itself
        ends = time.perf_counter() + BUDGET_S
        while len(pairs) < PAIRS[kind] and (not pairs or time.perf_counter() < ends):
            await _at_rest(connection)
            alone = await _turn(journals)
            process.send_signal(signal.SIGCONT)
            pairs.append((alone, await _turn(journals)))
            process.send_signal(signal.SIGSTOP)
    finally:
        process.kill()
        await process.wait()
    compared = Compared(
        statistics.median(statistics.median(beside) / statistics.median(alone) for alone, beside in pairs),
        statistics.median(percentile(beside, 0.95) / percentile(alone, 0.95) for alone, beside in pairs),
        statistics.median(statistics.median(alone) for alone, _ in pairs),
        statistics.median(statistics.median(beside) - statistics.median(alone) for alone, beside in pairs),
    )
    ratios = sorted(statistics.median(beside) / statistics.median(alone) for alone, beside in pairs)
    print(
        f"{kind}: {len(pairs)} pairs of {len(pairs[0][0])} sales; alone {compared.alone_ms:.1f} ms; beside it "
        f"{compared.added_ms:+.1f} ms, x{compared.ratio:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}), "
        f"p95 x{compared.ratio_p95:.2f}",
        flush=True,
    )
    return compared


async def _at_rest(connection: Any) -> None:
    """The hub has nothing left to do."""
    async with asyncio.timeout(PATIENCE_S):
        while not await connection.fetchval(IDLE):  # noqa: ASYNC110
            await asyncio.sleep(PAUSE_S)


async def _turn(journals: list[Timed]) -> list[float]:
    """All stores sell for a while, each at its own moments; the times, once all are acknowledged."""
    for journal in journals:
        journal.times_ms.clear()
    ends = time.perf_counter() + TURN_S
    while time.perf_counter() < ends:
        for journal in journals:
            journal.sell()
            await asyncio.sleep(PAUSE_S / len(journals))
    await _all_acknowledged(journals)
    return [time_ms for journal in journals for time_ms in journal.times_ms]


async def _all_acknowledged(journals: list[Timed]) -> None:
    await until(
        lambda: all(journal.position[1] == journal.history.head.seq for journal in journals), "all acknowledged"
    )


async def _disturb(port: int, kind: str) -> None:
    """Send all there is as fast as the hub takes it, from when it is told to."""
    os.nice(19)
    history = _disturber(kind)
    print(json.dumps({"ready": len(history.rows)}), flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
    async with linked(MemoryJournal(history), port, history.key):
        await asyncio.Event().wait()


def _disturber(kind: str) -> History:
    key = Key("acme", kind, "box")
    if kind == "flood":
        return real_sales(FLOOD_ROWS, key)
    history = History(key)
    for _ in range(POISON_ROWS // 10):
        history.append(9, type="SaleCompleted", body=b'{"no": "sale"}')
        history.append(type="StockMoved", body=b'{"cause": "sale", "moves": []}')
    return history


if __name__ == "__main__":
    asyncio.run(_disturb(int(sys.argv[1]), sys.argv[2]))
