"""`bench insight`: how long the key figures of any month take behind three years of 300 sales a day.

The rows that follow the journal are made as it would make them: what a month costs to read does not depend on how they
came. `kpi_p95_ms` is over all months, each with the month before it; `report_ms` the median of a month's whole report;
both of processor time, as these reads wait for nothing else.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from edge.analytics.insight.kpis import read_kpis
from edge.analytics.insight.reports import read_report
from edge.analytics.insight.rules import DaySpan
from edge.core.storage.database import open_reader
from edge.operations.ledger import Ledger
from tests.bench.fill import bench_config
from tests.bench.measure import percentile, result

FIRST, DAYS, SALES, PRODUCTS, SOLD_A_DAY = date(2024, 1, 1), 3 * 365, 300, 5_000, 400
_FIGURE = "INSERT INTO figure_day VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_MOVE = """
    INSERT OR IGNORE INTO figure_move (business_date, sku, reason, location, quantity, cost_minor, costed)
    VALUES (?, ?, ?, 'main', ?, ?, 1)
"""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench insight")
    parser.add_argument("--days", type=int, default=DAYS)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-insight-") as name:
        ledger = Ledger(bench_config(Path(name)))
        _fill(ledger, args.days)
        path = ledger.path
        ledger.close()
        db = open_reader(path)
        months = list(_months(args.days))
        kpis, reports = list[float](), list[float]()
        for month in months:
            began = time.thread_time()
            read_kpis(db, month)
            kpis.append((time.thread_time() - began) * 1000)
        for month in months[-6:]:
            began = time.thread_time()
            read_report(db, "monthly", month)
            reports.append((time.thread_time() - began) * 1000)
        db.close()
    figures = {"kpi_p95_ms": percentile(kpis, 0.95), "kpi_p50_ms": statistics.median(kpis)}
    figures["report_ms"] = statistics.median(reports)
    print(f"{len(months)} months: " + ", ".join(f"{name} {value:.1f}" for name, value in figures.items()))
    result(**figures)
    return 0


def _months(days: int) -> Iterator[DaySpan]:
    last = FIRST + timedelta(days=days - 1)
    start = FIRST
    while (following := (start + timedelta(days=31)).replace(day=1)) <= last:
        yield DaySpan(start.isoformat(), (following - timedelta(days=1)).isoformat())
        start = following


def _fill(ledger: Ledger, days: int) -> None:
    made = random.Random(3)  # nosec B311
    db = ledger.db
    db.execute("BEGIN IMMEDIATE")
    for at in range(days):
        day = (FIRST + timedelta(days=at)).isoformat()
        rows = [
            (kind, day, "", SALES, 0, SALES * 2_500, SALES * 2_100, SALES * 1_500, SALES * 2_000)
            for kind in ("all", "sales", "voids", "refunds")
        ]
        rows += [
            ("quarter", day, str(at * 96 + 28 + place), 5, 0, 12_500, 10_500, 7_500, 10_000) for place in range(60)
        ]
        rows += [("tender", day, kind, 150, 0, 375_000, 0, 0, 0) for kind in ("cash", "card")]
        rows += [("register", day, str(one), 75, 0, 187_500, 150_000, 110_000, 150_000) for one in range(4)]
        worth = made.randrange(-9_000, 10_000)
        rows += [("stock", day, "", 0, 0, worth, 0, 0, 0), ("place_stock", day, "main", 0, 0, worth, 0, 0, 0)]
        skus = made.sample(range(PRODUCTS), SOLD_A_DAY)
        rows += [("product", day, f"p{sku}", 2, 2_000, 1_900, 1_600, 1_100, 1_600) for sku in skus]
        db.executemany(_FIGURE, rows)
        db.executemany(_MOVE, [(day, f"p{sku}", "sale", -2_000, -1_100) for sku in skus])
        db.executemany(_MOVE, [(day, f"p{sku}", "lost", -1_000, -550) for sku in skus[:5]])
        db.execute("INSERT INTO demand_open VALUES (?, ?)", (day, SALES))
    db.execute("COMMIT")
