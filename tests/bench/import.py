# ruff: noqa: N999 - the name of the bench
"""`bench import`: a file of 58,612 shelf prices into an empty shop, and the same file once more.

Against it, sqlite-utils inserts the final rows of the journal, the catalogue and the search index into
the same tables and indexes. Ours ends when the job has and the search index has caught up.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlite_vec
from sqlite_utils import Database

from edge import demo_catalog
from edge.access.rights import ALL, system
from edge.core.bus import Bus
from edge.core.database import open_reader, open_writer
from edge.core.door import COMMITTED, Shop
from edge.core.jobs import JOBS, read_job
from edge.core.migrate import migrate
from edge.core.parts import Part, Supervisor
from edge.core.projections import Follower
from edge.core.running import JobRunner
from edge.core.shapes import Done
from edge.ingest.commands import ImportCatalog
from edge.ledger import Ledger
from tests.bench.disturbed import disturbed
from tests.bench.fill import bench_config
from tests.bench.measure import median_ratio, result
from tests.house import CONFIG
from tests.importing import five_chains_or_none

HEBREW = CONFIG.replace('"EUR"', '"ILS"').replace('language = "en"', 'language = "he"')


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench import")
    parser.add_argument("--pairs", type=int, default=3, help="runs of each side, in turn")
    parser.add_argument("--scans", type=int, default=800, help="at a till, idle and while prices change")
    parser.add_argument("--prices", type=int, default=60_000, help="that change meanwhile")
    args = parser.parse_args(argv)
    ours, again, plain = [], [], []
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
                f"pair {pair + 1}: {products} products, {first:.2f} s, again {second:.2f} s, plain {raw:.2f} s",
                flush=True,
            )
            shutil.rmtree(folder)
        idle_ms, busy_ms, changed = asyncio.run(disturbed(Path(name), args.scans, args.prices))
    print(f"a till: p99 {idle_ms:.1f} ms idle, {busy_ms:.1f} ms while {changed} of {args.prices} prices changed")
    result(
        ratio=median_ratio(ours, plain),
        again=median_ratio(again, ours),
        till_ratio=busy_ms / idle_ms,
        first_s=statistics.median(ours),
    )
    return 0


def _file(folder: Path) -> tuple[Path, str]:
    """The real file with a shop of its currency; where it is not at hand, the demo's catalogue."""
    if found := five_chains_or_none():
        return found, HEBREW
    demo_catalog.write(folder / "catalogue.csv")
    return folder / "catalogue.csv", CONFIG


async def _imported(folder: Path, file: Path, text: str) -> tuple[float, float, int]:
    """Seconds of the first time and of the second, and how many products there are then."""
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


async def _run(shop: Shop, file: Path, followers: list[Follower]) -> float:
    began = time.perf_counter()
    jobs, commits = shop.bus.subscribe(JOBS), shop.bus.subscribe(COMMITTED)
    queued = await shop.do(ImportCatalog(str(file)), system())
    assert isinstance(queued, Done), queued
    while (job := read_job(shop.reader, queued.result)) and job.state in ("queued", "running"):
        await jobs.next()
    assert job is not None and job.state == "done", job
    async with asyncio.timeout(60):
        while min(f.through for f in followers) < shop.head.seq or _unsettled(shop):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    shop.bus.unsubscribe(jobs)
    shop.bus.unsubscribe(commits)
    return time.perf_counter() - began


def _unsettled(shop: Shop) -> bool:
    return bool(shop.reader.execute("SELECT EXISTS (SELECT 1 FROM search_todo)").fetchone()[0])


def _plain(source: Path, target: Path) -> float:
    """Seconds in which sqlite-utils inserts what is in the ledger `source` into an empty one of the same tables."""
    reader = open_reader(source)
    tables = _tables(reader)
    writer = open_writer(target)
    migrate(writer)
    writer.close()
    db = Database(target)
    db.conn.enable_load_extension(True)
    sqlite_vec.load(db.conn)
    db.execute("PRAGMA journal_mode = WAL")
    began = time.perf_counter()
    for table, rows in tables.items():
        if rows:
            db[table].insert_all(rows, conversions={"vector": "vec_bit(?)"} if table == "search_vector" else None)
    seconds = time.perf_counter() - began
    db.close()
    reader.close()
    return seconds


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
