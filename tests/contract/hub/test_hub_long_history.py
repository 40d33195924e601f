"""Pages over many stores and years read their rows by an index, however much history there is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any

import asyncpg
import pytest

from edge.app import hub
from edge.app.head_office import hub_relay
from sync.hub.api import reads
from sync.hub.store import act_for

FILL = """
    INSERT INTO transfer_sent (tenant, store, device, id, n, to_store, at, note, sku, quantity, boxes, lot, expiry,
                               state, ended_at, announced, settled)
    SELECT 'acme', 'store-' || n % 50, 'box', 't' || n, 0, 'store-' || n % 49, now(), '', 'milk', 1000, 0, '', '',
           CASE WHEN n % 1000 = 0 THEN 'sent' ELSE 'received' END, CASE WHEN n % 1000 > 0 THEN now() END,
           n % 2000 > 0, n % 1000 > 3
    FROM generate_series(1, 20000) AS n;
    INSERT INTO transfer_came (tenant, store, device, id, n, at, refused, note, got)
    SELECT tenant, to_store, device, id, n, ended_at, false, '', 1000 FROM transfer_sent WHERE ended_at IS NOT NULL;
    INSERT INTO product_day (tenant, store, device, business_date, currency, sku, sold, returned, amount_minor)
    SELECT 'acme', 'store-' || n, 'box', date '2026-04-10' - ago, 'EUR', 'sku-' || sku, 1000, 0, 120
    FROM generate_series(1, 20) AS n, generate_series(0, 99) AS ago, generate_series(1, 10) AS sku;
    INSERT INTO report_kpi (tenant, store, device, epoch, seq, kind, first_day, last_day, name, unit, value)
    SELECT 'acme', 'store-' || n, 'box', 1, ago, 'daily', date '2026-04-10' - ago, date '2026-04-10' - ago,
           'kpi-' || of, 'minor', 1
    FROM generate_series(1, 20) AS n, generate_series(0, 99) AS ago, generate_series(1, 10) AS of;
    ANALYZE
"""
DAY = {"from": "2026-04-10", "to": "2026-04-10"}
ASKED: Mapping[str, tuple[str, Mapping[str, str], int]] = {
    "in_transit": ("transfers", {"state": "sent"}, 20),
    "sent_to_a_store": ("transfers", {"state": "sent", "to_store": "store-1"}, 1),
    "products_of_a_day": ("sales/products", DAY, 200),
    "a_product": ("sales/products", {"sku": "sku-1", **DAY}, 20),
    "figures_of_a_day": ("insight/kpis", {"kind": "daily", **DAY}, 200),
    "a_figure": ("insight/kpis", {"kind": "daily", "name": "kpi-1", **DAY}, 20),
}
"""By name: the read, its arguments, and the number of rows that it may touch."""


def _scans(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "Relation Name" in plan or "Index Name" in plan:
        yield plan
    parts = list(plan.get("Plans", ()))
    for task in plan.get("Distributed Query", {}).get("Job", {}).get("Tasks", ()):  # on a Citus
        parts += [remote["Plan"] for (remote,) in task["Remote Plan"]]
    for part in parts:
        yield from _scans(part)


@pytest.mark.parametrize("name", ASKED)
def test_a_page_touches_only_the_rows_it_shows(database: str, name: str) -> None:
    of, asked, most = ASKED[name]

    async def scenario() -> None:
        async with hub.open_hub(database):
            pass
        connection = await asyncpg.connect(database)
        await connection.execute(FILL)
        while await connection.fetchval("SELECT add_day_months(2)"):
            pass
        await connection.execute("ANALYZE")
        read = next(one for one in hub.reads() if one.name == of)
        statement, values, _ = reads.statement(read, "acme", asked)
        async with connection.transaction():
            await connection.execute("SET LOCAL ROLE edge_hub_reader")
            await act_for(connection, "acme")
            (found,) = await connection.fetchrow(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *values)
        await connection.close()
        scans = list(_scans(json.loads(found)[0]["Plan"]))
        assert scans and all(scan["Node Type"] != "Seq Scan" for scan in scans), found
        for scan in scans:
            touched = (scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)) * scan["Actual Loops"]
            assert touched <= most, found

    asyncio.run(scenario())


@pytest.mark.parametrize(("waiting", "most"), [(hub_relay._UNTOLD, 10), (hub_relay._UNSETTLED, 60)])
def test_a_turn_of_transfers_touches_only_open_ones(copied_database: str, waiting: str, most: int) -> None:
    async def scenario() -> None:
        async with hub.open_hub(copied_database):
            pass
        connection = await asyncpg.connect(copied_database)
        await connection.execute(FILL)
        (found,) = await connection.fetchrow(f"EXPLAIN (ANALYZE, FORMAT JSON) {waiting}", 200)
        await connection.close()
        plan = json.loads(found)[0]["Plan"]
        scans = [scan for scan in _scans(plan) if scan.get("Relation Name") != "device"]
        assert plan["Actual Rows"] == (10 if most == 10 else 60)
        assert scans and all(scan["Node Type"] != "Seq Scan" for scan in scans), found
        for scan in scans:
            touched = (scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)) * scan["Actual Loops"]
            assert touched <= most, found

    asyncio.run(scenario())
