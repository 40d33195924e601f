"""How fast the past is shown: `./run bench asof [EVENTS]` (100,000, or 1,000,000; sales of eight lines, two events
each; `--years`: over so many, instead of one day).

Bases are made first, as by night; then random minutes are asked for, each the first time (`first_s`), and steps from
there to the next fact and the one before (`step_s`). `bases` is what the bases take, of the ledger's bytes.
`differing`: tables that hold something else at the head than the live ones.
`till_ratio`: p99 of scan to line while someone looks back without a pause, against a till alone.
`--folder`: where the ledger and its bases are made and kept; what is there is measured, `--make` makes it and no more.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TypeVar

import aiohttp
import msgspec

from edge.app.panel import looking_back
from edge.core.journal.moments import find_moment
from edge.core.journal.past import PastFiles, open_view, projectors_of_views
from edge.core.journal.past_reads import MakeView
from edge.core.journal.rows import facts, read_head
from edge.core.journal.shadow_rebuild import apply, clear
from edge.core.process.reading_process import NotRead, ReadingProcess
from edge.core.registry import Registry
from edge.core.storage.database import Connection, open_reader, open_writer
from edge.operations.ledger import Ledger, build_registry
from edge.runtime.config import Config
from tests.bench.disturbed import BASKET, PAUSE_MS, WARM_SCANS
from tests.bench.fill import bench_config, fill_products, fill_sales, follow
from tests.bench.growth import live
from tests.bench.measure import percentile, result
from tests.bench.till import SEED, Cashier, page_of
from tests.stack import store

EVENTS = 100_000
MINUTES = 12
A_COMMIT = 10_000
PRODUCTS, BASKETS, SCANS = 2_000, 5_000, 300
VIEW_S = 240.0
T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench asof")
    parser.add_argument("events", nargs="?", type=int, default=EVENTS)
    parser.add_argument("--years", type=int, default=0, help="the sales are of so many years")
    parser.add_argument("--scans", type=int, default=SCANS, help="0: without a till")
    parser.add_argument("--folder", type=Path, help="keep the ledger and its bases here, or use those that are here")
    parser.add_argument("--make", action="store_true", help="only make them")
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-asof-") as folder:
        past = args.folder or Path(folder) / "past"
        past.mkdir(exist_ok=True)
        made = _make_ledger(past, args.events, args.years)
        if args.make:
            result(**made)
            return 0
        figures = made | _looked_back(past)
        if args.scans:
            (Path(folder) / "till").mkdir()
            idle_ms, busy_ms, views = asyncio.run(_beside(Path(folder) / "till", args.scans))
            print(f"a line after {idle_ms:.1f} ms (p99), {busy_ms:.1f} ms while {views} views were made")
            figures |= {"till_ratio": busy_ms / idle_ms, "idle_p99_ms": idle_ms, "busy_p99_ms": busy_ms}
    result(**figures)
    return 0


def _make_ledger(folder: Path, events: int, years: int) -> dict[str, float]:
    """The ledger with its bases in a folder, and how long the bases took."""
    config, done = bench_config(folder), folder / "made.json"
    if not done.exists():
        live(config, events, years)
        registry, files = build_registry(config), PastFiles(config.ledger)
        project(config, registry)
        with closing(open_reader(config.ledger)) as db:
            bases_s, _ = timed(partial(_keep_all, files, db, registry))
            index_s, _ = timed(partial(find_moment, db, files.folder, 1))
        made = {"events": events, "years": years, "bases_s": round(bases_s, 1), "index_s": round(index_s, 2)}
        done.write_bytes(msgspec.json.encode(made))
    return msgspec.json.decode(done.read_bytes(), type=dict[str, float])


def _looked_back(folder: Path) -> dict[str, float]:
    config = bench_config(folder)
    registry, files = build_registry(config), PastFiles(config.ledger)
    with closing(open_reader(config.ledger)) as db:
        chance, firsts, steps = random.Random(70), [], []
        head = read_head(db).seq
        print(f"{head} facts; {len(files.bases())} bases", flush=True)
        for _ in range(MINUTES):
            seq = chance.randrange(2_000, head - 1)
            first_s, _ = timed(partial(_view, files, db, registry, seq))
            firsts.append(first_s)
            steps += [timed(partial(_view, files, db, registry, one))[0] for one in (seq + 1, seq - 1, seq - 2)]
        ledger_bytes = config.ledger.stat().st_size
        return {
            "first_s": round(percentile(firsts, 0.95), 2),
            "step_s": round(percentile(steps, 0.95), 2),
            "differing": _differing(files, db, registry, head),
            "bases": round(files.base_bytes() / ledger_bytes, 3),
            "ledger_mb": round(ledger_bytes / 1e6),
        }


def project(config: Config, registry: Registry) -> None:
    """The tables of a ledger that was written in bulk, as its shop would have made them."""
    projectors = projectors_of_views(registry)
    with closing(open_writer(config.ledger)) as db:
        db.execute("PRAGMA cache_size = -262144")
        head = read_head(db).seq
        db.execute("BEGIN")
        for projector in projectors:
            clear(db, projector)
        db.execute("COMMIT")
        for first in range(1, head + 1, A_COMMIT):
            db.execute("BEGIN")
            apply(db, projectors, facts(db, registry, first, min(first + A_COMMIT - 1, head)))
            db.execute("COMMIT")
            db.execute("PRAGMA wal_checkpoint(PASSIVE)")
        rows = [(head, projector.name) for projector in projectors]
        db.executemany("UPDATE projection SET seq = ? WHERE name = ?", rows)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _differing(files: PastFiles, db: Connection, registry: Registry, head: int) -> int:
    """Tables of which the view of the head doesn't have the live rows."""
    found = 0
    with closing(open_view(files.view(db, registry, head), files.ledger, head)) as then:
        for table in (table for projector in projectors_of_views(registry) for table in projector.tables):
            keys = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[5]]
            query = f"SELECT * FROM {table} ORDER BY {', '.join(keys)}"
            found += any(one != other for one, other in zip_longest(db.execute(query), then.execute(query)))
    return found


def _keep_all(files: PastFiles, db: Connection, registry: Registry) -> int:
    while files.keep_bases(db, registry, most=8):
        pass
    return len(files.bases())


def _view(files: PastFiles, db: Connection, registry: Registry, seq: int) -> None:
    with closing(open_view(files.view(db, registry, seq), files.ledger, seq)) as then:
        assert then.execute("SELECT max(seq) FROM journal").fetchone() == (seq,)
        then.execute("SELECT * FROM stock_row LIMIT 100").fetchall()


async def _beside(folder: Path, scans: int) -> tuple[float, float, int]:
    """p99 of scan to line in ms, alone and while someone looks back; and how many views were made meanwhile."""
    async with store(folder) as shop:
        ledger = Ledger(shop.config)
        try:
            fill_products(ledger, PRODUCTS)
            fill_sales(ledger, shop.config, BASKETS)
            follow(ledger)
        finally:
            ledger.close()
        with closing(open_reader(shop.config.ledger)) as db:
            head = read_head(db).seq
        await shop.start()
        async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
            await page.receive_str()
            numbers = random.Random(SEED).sample(range(PRODUCTS), min(PRODUCTS // 2, scans) * 2)
            cashier = Cashier(shop, page, BASKET)
            await cashier.scan(numbers[:WARM_SCANS], PAUSE_MS)
            idle = await cashier.scan(numbers[: len(numbers) // 2], PAUSE_MS)
            made: list[str] = []
            with closing(looking_back(shop.config)) as process:
                looks = asyncio.create_task(_look_back(process, head, made))
                busy = await cashier.scan(numbers[len(numbers) // 2 :], PAUSE_MS)
                looks.cancel()
                with suppress(asyncio.CancelledError):
                    await looks
    return percentile(idle, 0.99), percentile(busy, 0.99), len(made)


async def _look_back(process: ReadingProcess, head: int, made: list[str]) -> None:
    """Ask for one view after the other, until cancelled."""
    chance = random.Random(70)
    process.begin()
    while True:
        try:
            made.append(await process.ask(MakeView(chance.randrange(2, head)), VIEW_S))
        except NotRead:
            await asyncio.sleep(0.1)  # it is still loading
