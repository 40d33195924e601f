"""Reports of each store at head office, as they were made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import asyncpg

from edge.analytics.insight.commands import JudgeAnomaly
from edge.analytics.insight.hub import AnomalyTables
from edge.analytics.insight.reports_part import keep_report
from edge.analytics.insight.rules import DaySpan
from edge.app.hub import tables
from edge.core.journal.rows import read_rows
from edge.counter.till.commands import AddLine, Pay
from sync.hub.model import Key
from tests.shop_fixture import CASHIER, MILK, SYSTEM, done, open_shop, run
from tests.unit.analytics.test_insight import follow


def test_head_office_has_the_reports_of_each_store(tmp_path: Path, empty_database: str) -> None:
    async def scenario() -> None:
        connection = await asyncpg.connect(empty_database)
        await connection.execute(tables()["insight"])
        async with open_shop(tmp_path) as shop:
            await done(shop, AddLine(MILK), CASHIER)
            await done(shop, Pay("card"), CASHIER)
            follow(shop, db := shop._writer._db)
            (day,) = db.execute("SELECT max(business_date) FROM receipt").fetchone()
            command = keep_report(db, "daily", DaySpan(day, day))
            await done(shop, command, SYSTEM)
            await done(shop, JudgeAnomaly("sales", "", day, True), SYSTEM)
            projector = AnomalyTables(shop.registry)
            rows = [row for row in read_rows(shop.reader, 1, 10_000) if row.type in projector.handlers]
            await projector.handlers["ReportMade"](connection, Key("demo", "corner", "box1"), rows)
        query = "SELECT kind, first_day, total_minor, report ->> 'kind' AS inside FROM period_report"
        assert [tuple(row) for row in await connection.fetch(query)] == [
            ("daily", date.fromisoformat(day), 120, "daily")
        ]
        assert await connection.fetchval("SELECT count(*) FROM anomaly_judged") == 1
        query = "SELECT store, kind, value, numerator, denominator FROM store_kpi WHERE name = $1"
        assert [tuple(row) for row in await connection.fetch(query, "sales")] == [("corner", "daily", 120, 120, 1)]
        assert await connection.fetchval("SELECT value FROM store_kpi WHERE name = 'pour_cost'") is None, "no data"
        await connection.close()

    run(scenario())
