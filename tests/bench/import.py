# ruff: noqa: N999 - the name of the bench
"""`bench import`: a file of 58,612 shelf prices into an empty shop, and the same file once more.

Against it, sqlite-utils inserts the final rows of the journal, the catalogue and the search index into
the same tables and indexes. Ours ends when the job has and the search index has caught up. Both are measured by the
clock and by the processor's time, that of the process that reads the file included: on a busy machine the clock says
little.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import sqlite_vec
from sqlite_utils import Database

from edge.app.demo_shop import demo_catalog
from edge.core.bus import Bus
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.jobs.runner import JobRunner
from edge.core.jobs.store import JOBS, read_job
from edge.core.journal.projections import Follower
from edge.core.messages import Done
from edge.core.process.parts import Part, Supervisor
from edge.core.storage.database import open_reader, open_writer
from edge.core.storage.migrate import migrate
from edge.foundation.access.rights import ALL, system
from edge.goods.ingest.commands import ImportCatalog
from edge.goods.ingest.import_folders import bring
from edge.operations.ledger import Ledger
from tests.bench.disturbed import disturbed
from tests.bench.fill import bench_config
from tests.bench.measure import median_ratio, result
from tests.importing import five_chains_or_none
from tests.shop_fixture import CONFIG

HEBREW = CONFIG.replace('"EUR"', '"ILS"').replace('language = "en"', 'language = "he"')


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench import")
    parser.add_argument("--pairs", type=int, default=3, help="runs of each side, in turn")
    parser.add_argument("--scans", type=int, default=800, help="at a till, idle and while prices change")
    parser.add_argument("--prices", type=int, default=60_000, help="that change meanwhile")
    args = parser.parse_args(argv)
    ours, again, plain = list[Spent](), list[Spent](), list[Spent]()
    with tempfile.TemporaryDirectory(prefix="bench-import-") as name:
        file, text = _file(Path(name))
        for pair in range(args.pairs):
            folder = Path(name) / "shop"
            first, second, products = asyncio.run(_imported(folder, file, text))
            raw = _plain(bench_config(folder, text).ledger, folder / "plain.db")
            ours.append(first)
            again.append(second)
            plain.append(raw)
            print(
                f"pair {pair + 1}: {products} products, {first}, again {second}, plain {raw}",
                flush=True,
            )
            shutil.rmtree(folder)
        idle_ms, busy_ms, changed = asyncio.run(disturbed(Path(name), args.scans, args.prices))
    print(f"a till: p99 {idle_ms:.1f} ms idle, {busy_ms:.1f} ms while {changed} of {args.prices} prices changed")
    result(
        ratio=median_ratio(*_seconds(ours, plain)),
        again=median_ratio(*_seconds(again, ours)),
        cpu_ratio=median_ratio(*_cpu_seconds(ours, plain)),
        cpu_again=median_ratio(*_cpu_seconds(again, ours)),
        till_ratio=busy_ms / idle_ms,
        first_s=statistics.median(*_seconds(ours)),
        first_cpu_s=statistics.median(*_cpu_seconds(ours)),
    )
    return 0


class Spent(NamedTuple):
    """How long something took, and how long processors were at it, in seconds."""

    seconds: float
    cpu_seconds: float

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s ({self.cpu_seconds:.2f} of CPU)"


def _seconds(*runs: Sequence[Spent]) -> list[list[float]]:
    return [[one.seconds for one in run] for run in runs]


def _cpu_seconds(*runs: Sequence[Spent]) -> list[list[float]]:
    return [[one.cpu_seconds for one in run] for run in runs]


def _now() -> Spent:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Spent(time.perf_counter(), sum(one.ru_utime + one.ru_stime for one in used))


def _since(began: Spent) -> Spent:
    now = _now()
    return Spent(now.seconds - began.seconds, now.cpu_seconds - began.cpu_seconds)


def _file(folder: Path) -> tuple[Path, str]:
    """The real file with a shop of its currency; where it is not at hand, the demo's catalogue."""
    if found := five_chains_or_none():
        return found, HEBREW
    demo_catalog.write(folder / "catalogue.csv")
    return folder / "catalogue.csv", CONFIG


async def _imported(folder: Path, file: Path, text: str) -> tuple[Spent, Spent, int]:
    """What the first time took and the second, and how many products there are then."""
    ledger = Ledger(bench_config(folder, text))
    bus = Bus()
    shop = ledger.shop(bus)
    shop.start()
    supervisor = Supervisor(bus)
    supervisor.start(Part("jobs", JobRunner(shop, bus, ALL).run))
    followers = [Follower(shop, projector) for projector in shop.registry.projectors if not projector.strict]
    for number, follower in enumerate(followers):
        supervisor.start(Part(f"follower {number}", follower.run))
    try:
        first = await _run(shop, file, followers)
        second = await _run(shop, file, followers)
        products = shop.reader.execute("SELECT count(*) FROM product").fetchone()[0]
    finally:
        await supervisor.stop()
        shop.close()
        ledger.close()
    return first, second, products


async def _run(shop: CommandBus, file: Path, followers: list[Follower]) -> Spent:
    began = _now()
    jobs, commits = shop.bus.subscribe(JOBS), shop.bus.subscribe(COMMITTED)
    queued = await shop.do(ImportCatalog(str(bring(shop.path.parent, file))), system())
    assert isinstance(queued, Done), queued
    while (job := read_job(shop.reader, queued.result)) and job.state in ("queued", "running"):
        await jobs.next()
    assert job is not None and job.state == "done", job
    async with asyncio.timeout(60):
        while min(f.through for f in followers) < shop.head.seq or _unsettled(shop):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    shop.bus.unsubscribe(jobs)
    shop.bus.unsubscribe(commits)
    return _since(began)


def _unsettled(shop: CommandBus) -> bool:
    return bool(shop.reader.execute("SELECT EXISTS (SELECT 1 FROM search_todo)").fetchone()[0])


def _plain(source: Path, target: Path) -> Spent:
    """What sqlite-utils takes to insert what is in the ledger `source` into an empty one of the same tables."""
    reader = open_reader(source)
    tables = _tables(reader)
    writer = open_writer(target)
    migrate(writer)
    writer.close()
    db = Database(target)
    db.conn.enable_load_extension(True)
    sqlite_vec.load(db.conn)
    db.execute("PRAGMA journal_mode = WAL")
    began = _now()
    for table, rows in tables.items():
        if rows:
            db[table].insert_all(rows, conversions={"vector": "vec_bit(?)"} if table == "search_vector" else None)
    spent = _since(began)
    db.close()
    reader.close()
    return spent


def _tables(db: Any) -> dict[str, list[dict[str, Any]]]:
    """The rows of the journal, the catalogue and the search index, as sqlite-utils takes them."""
    names = [
        name
        for (name,) in db.execute(
            "SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT GLOB 'search_[tsv]*_*'"
            " AND (name = 'journal' OR name GLOB 'product*' OR name GLOB 'price*' OR name GLOB 'search_*')"
        )
    ]
    queries = {name: f"SELECT * FROM {name}" for name in names}
    queries["search_vector"] = "SELECT id, vector FROM search_vector"
    queries["search_spelling"] = "SELECT id AS rowid, word FROM search_word"
    # The index keeps no text: what it was made of is what it has of each product.
    db.execute("PRAGMA query_only = OFF")
    db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, search_text, instance)")
    queries["search_text"] = "SELECT doc AS rowid, group_concat(term, ' ') AS terms FROM temp.terms GROUP BY doc"
    tables = {}
    for name, query in queries.items():
        cursor = db.execute(query)
        columns = [column[0] for column in cursor.description]
        tables[name] = [dict(zip(columns, row, strict=True)) for row in cursor]
    return tables
