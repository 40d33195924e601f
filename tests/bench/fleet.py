"""Many stores at one hub: what a row costs each process, whether all are served, and what one does to its neighbours.

`./run bench fleet [--rows N]`: stores that sell now and then, with and without one that floods and one whose events
can't be read. Then real sales from 1, 20 and 200 stores against 1, 2 and 4 workers, through a real broker, until
they are in head office's tables; CPU seconds by process per million rows. A store is new once in its life: what its
first rows cost is measured apart, and the ratio is given with and without. `--part` does one of the two.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg

from edge.app.hub import open_hub
from sim.broker import Broker
from sim.postgres import Postgres
from sync import limits
from sync.hub.model import Key
from sync.store_link import StoreLink
from sync.wire import Row
from tests.bench import neighbours
from tests.bench.measure import result
from tests.bench.sync import PROJECTORS, TABLES, emptied, hub_worker, linked, real_sales
from tests.sync_doubles import History, MemoryJournal, until

ROWS = 200_000
STORES = (1, 200, 20)
WORKERS = (1, 2, 4)
PARTS = ("neighbours", "rows")
PROCESSES = ("broker", "hub", "postgres")
NEIGHBOURS_WORKERS = 2
ROUNDS = 5
"""Of all runs: one alone says as much of the machine's other work as of ours."""
BUDGET_S = 900.0
"""After so long no further run is begun. A quiet machine of two cores needs nearly all of it."""
Runs = dict[tuple[int, int], list[dict[str, float]]]
"""By stores and workers, what each round came to."""
POSTGRES = {"shared_buffers": "1GB"}
"""A hub's machine keeps in memory what it works on; Postgres' own setting, 128 MB, is less than one run writes."""
LIMIT_S = 300.0
POLL_S = 0.2
SETTLED_S = 0.3
"""A worker that uses no tick of CPU for so long has started."""
WARM_ROWS = 100
"""Of each of the stores that are served before a run."""
FIRST_ROWS = 3
"""That a new store sends: its epoch, and one sale of two rows. The rest comes once they are in the tables."""
TICKS = os.sysconf("SC_CLK_TCK")
DONE = f"SELECT count(*) = {PROJECTORS} * $1 AND min(through) = $2 FROM projection"


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and of its children that ended (proc(5), stat: utime to cstime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def cpu_of_tree_s(pid: int) -> float:
    """The same with the children that live."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    total = cpu_s(pid)
    for child in children:
        try:
            total += cpu_s(int(child))
        except FileNotFoundError:
            continue  # it ended between the two looks; its time is its parent's now
    return total


def fleet(stores: int, rows: int) -> list[History]:
    """So many stores with as many rows each as make `rows` together."""
    return [real_sales(rows // stores, Key("acme", f"store-{number}", "box")) for number in range(stores)]


class House:
    """Broker and Postgres, for all runs."""

    def __init__(self, broker: Broker, postgres: Postgres, connection: asyncpg.Connection) -> None:
        self.broker, self.postgres, self.connection = broker, postgres, connection

    async def cpu(self, workers: Iterable[int]) -> dict[str, float]:
        """By process, so far."""
        return {
            "broker": cpu_s(self.broker.pid),
            "hub": sum(map(cpu_s, workers)),
            "postgres": cpu_of_tree_s(self.postgres.pid),
        }

    @asynccontextmanager
    async def workers(self, count: int) -> AsyncIterator[list[int]]:
        """That many hub workers, and empty tables."""
        await emptied(self.connection, TABLES)
        async with AsyncExitStack() as stack:
            pids = []
            for _ in range(count):
                running = hub_worker(self.postgres.dsn, self.broker.port, projecting=True)
                pids.append(await stack.enter_async_context(running))
            await self._warm(pids)
            yield pids

    async def _warm(self, workers: Sequence[int]) -> None:
        """Return once they have started, have opened their connections and prepared their statements, as workers that
        run have, and no longer count the stores of which they learned that (`limits.RECENT_S`)."""
        stores = limits.CONNECTIONS * len(workers)
        histories = fleet(stores, stores * WARM_ROWS)
        async with opened(self, histories) as shops:
            await asyncio.gather(*(shop.play() for shop in shops))
            await _projected(self.connection, histories)
        await asyncio.sleep(limits.RECENT_S)
        before = -1.0
        while (now := sum(map(cpu_s, workers))) != before:
            before = now
            await asyncio.sleep(SETTLED_S)
        await emptied(self.connection, TABLES)


class Store:
    """One store's box, which is connected by `link`; `rows` are all that it will have."""

    def __init__(self, journal: MemoryJournal, link: StoreLink, rows: list[Row]) -> None:
        self._journal = journal
        self._link = link
        self._rows = rows
        self.done_s = 0.0

    async def acknowledged(self) -> None:
        """Return once all it has is."""
        head = self._journal.history.head.seq
        await until(lambda: self._link.state.through == head, "all acknowledged", LIMIT_S)

    async def play(self) -> None:
        """Until the rest of its rows is acknowledged, too."""
        began = time.perf_counter()
        self._journal.history.rows = self._rows
        self._journal.grown.set()
        await self.acknowledged()
        self.done_s = time.perf_counter() - began


@asynccontextmanager
async def opened(house: House, histories: Sequence[History]) -> AsyncIterator[list[Store]]:
    """Stores of which the hub has the first rows."""
    stores = []
    async with AsyncExitStack() as stack:
        for history in histories:
            rows, history.rows = history.rows, history.rows[:FIRST_ROWS]
            journal = MemoryJournal(history)
            stores.append(
                Store(
                    journal,
                    await stack.enter_async_context(linked(journal, house.broker.port, journal.history.key)),
                    rows,
                )
            )
        await asyncio.gather(*(store.acknowledged() for store in stores))
        await _projected(house.connection, histories)
        yield stores


async def play(house: House, histories: Sequence[History], workers: int) -> dict[str, float]:
    """One run: CPU seconds per million rows by process, what a new store cost, and how unequally they were served."""
    rows = sum(len(history.rows) for history in histories)
    async with house.workers(workers) as pids:
        at_first = await house.cpu(pids)
        async with opened(house, histories) as stores:
            before, began = await house.cpu(pids), time.perf_counter()
            await asyncio.gather(*(store.play() for store in stores))
            acknowledged_s = time.perf_counter() - began
            await _projected(house.connection, histories)
            took_s, after = time.perf_counter() - began, await house.cpu(pids)
    assert await house.connection.fetchval("SELECT count(*) FROM journal") == rows
    assert not await house.connection.fetchval("SELECT count(*) FROM quarantine")
    new_s = _sum(before) - _sum(at_first)
    rest = rows - FIRST_ROWS * len(histories)
    cost = {name: (after[name] - before[name]) * 1e6 / rest for name in before}
    with_new = (_sum(after) - _sum(at_first)) * 1e6 / rows
    times = [store.done_s for store in stores]
    spread, behind = max(times) / min(times), max(times) / statistics.median(times)
    shown = ", ".join(f"{name} {seconds:.1f}" for name, seconds in cost.items())
    print(
        f"{len(histories):3} stores, {workers} workers: {rest / acknowledged_s:7,.0f} rows/s acknowledged, "
        f"{rest / took_s:7,.0f} projected; CPU s a million rows: {shown}; with what new stores cost "
        f"{with_new:.1f}; last/first store {spread:.2f}, last/median {behind:.2f}",
        flush=True,
    )
    new = {"with_new": with_new, "new_ms": new_s * 1000 / len(histories)}
    return {**cost, **new, "spread": spread, "behind": behind, "rows_per_s": rest / took_s}


async def _projected(connection: asyncpg.Connection, histories: Sequence[History]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not await connection.fetchval(DONE, len(histories), histories[0].head.seq):  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)


async def measure(rows: int, parts: Sequence[str] = PARTS) -> dict[str, float | int]:
    """All runs that there is time for; the figures."""
    figures: dict[str, float | int] = {}
    with Broker() as broker, Postgres(settings=POSTGRES) as postgres:
        async with open_hub(postgres.dsn):  # makes the tables
            pass
        connection = await asyncpg.connect(postgres.dsn)
        house = House(broker, postgres, connection)
        if "neighbours" in parts:
            async with house.workers(NEIGHBOURS_WORKERS):
                figures |= await neighbours.measure(postgres.dsn, broker.port)
        if "rows" in parts:
            figures |= _figures(await _all_runs(house, rows))
        await connection.close()
    return figures


async def _all_runs(house: House, rows: int) -> Runs:
    """What there is no time for is left out, and said."""
    began = time.perf_counter()
    runs: Runs = {(stores, workers): [] for workers in WORKERS for stores in STORES}
    for round_ in range(ROUNDS):
        for (stores, workers), costs in runs.items():
            if time.perf_counter() - began > BUDGET_S:
                print(f"The time is up in round {round_ + 1} of {ROUNDS}.", flush=True)
                return runs
            costs.append(await play(house, fleet(stores, rows), workers))
    return runs


def _figures(runs: Runs) -> dict[str, float | int]:
    """Ratios are those of runs that followed each other, and of each the median over the rounds."""
    most, some, least = max(STORES), sorted(STORES)[1], min(STORES)
    everything = [cost for costs in runs.values() for cost in costs]

    def ratio(stores: int, to: int, workers: int, names: Sequence[str] = PROCESSES) -> float:
        pairs = zip(runs[stores, workers], runs[to, workers], strict=False)
        return statistics.median(_sum(ours, names) / max(_sum(theirs, names), 1e-9) for ours, theirs in pairs)

    flat = {workers: ratio(most, least, workers) for workers in WORKERS if runs[most, workers]}
    return {
        "flat": max(flat.values(), default=0.0),
        **{f"flat_{workers}_workers": found for workers, found in flat.items()},
        f"flat_from_{some}": max(
            (ratio(most, some, workers) for workers in WORKERS if runs[some, workers]), default=0.0
        ),
        "flat_with_new": max((ratio(most, least, workers, ["with_new"]) for workers in flat), default=0.0),
        **{f"flat_{name}": max(ratio(most, least, workers, [name]) for workers in flat) for name in PROCESSES if flat},
        "new_store_ms": statistics.median(cost["new_ms"] for workers in flat for cost in runs[most, workers]),
        "cpu_s_a_million": statistics.median(_sum(cost) for cost in everything),
        "last_to_first": max(cost["spread"] for cost in everything),
        "last_to_median": max(cost["behind"] for cost in everything),
        "runs": len(everything),
    }


def _sum(cost: dict[str, float], names: Sequence[str] = PROCESSES) -> float:
    return sum(cost[name] for name in names)


def main(arguments: Sequence[str] = ()) -> int:
    """Print the figures; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="bench fleet")
    parser.add_argument("--rows", type=int, default=ROWS, help="of each run, of all its stores together")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this one")
    chosen = parser.parse_args(arguments)
    result(**asyncio.run(measure(chosen.rows, chosen.part or PARTS)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
