"""The first page of each area of head office, over a chain of many stores: `page_p95_ms` of the slowest one. Then what
is published to played boxes: how many get a bad release behind its first ring (`beyond`), and by how much a store costs
more where there are ten times as many (`publish_flat`).

Rows are written straight into head office's tables, as many as `--rows` of orders in `--stores` stores; they are asked
for as its page does, one request at a time. Processor and disk are the machine's own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Sequence

from sim.postgres import Postgres
from tests.bench import office_rollout
from tests.contract.hub.test_hub_api import House, an_api

DAYS = 100
"""Over which the orders are spread."""
YEARS = 3
"""Of which each store has what its days came to."""
FILL = (
    """
    INSERT INTO shop_order (tenant, store, device, epoch, seq, order_id, business_date, number, said, channel,
                            fulfilment, customer, placed_at, zone, currency, lines, total_minor, fee_minor, state,
                            changed_at, version)
    SELECT 'acme', 'store-' || (n % {stores}), 'box', 1, n, 'o' || n,
           date '2026-01-01' + (n::bigint * {days} / ({rows} + 1))::int, n, 'K-' || n,
           'kiosk', 'pickup', '', now(), '', 'EUR', 3, 1250, 0, 'ready', now(), 1
    FROM generate_series(1, {rows}) AS n
    """,
    """
    INSERT INTO store_record (tenant, store, name, currency)
    SELECT 'acme', 'store-' || n, 'Store ' || n, 'EUR' FROM generate_series(0, {stores} - 1) AS n
    """,
    """
    INSERT INTO alert (tenant, store, device, epoch, id, kind, subject, severity, worst, state, count, title, vals,
                       raised_at, last_at, raised_by)
    SELECT 'acme', 'store-' || n % {stores}, 'box', 1, n, 'low_stock', '', 'high', 'high',
           CASE WHEN n % 20 = 0 THEN 'raised' ELSE 'resolved' END, 1, 'Low', '{{}}', now(), now(), 'system'
    FROM generate_series(1, {rows} / 10) AS n
    """,
    """
    INSERT INTO sale_day (tenant, store, device, business_date, currency, sales, refunds, net_minor, paid_minor)
    SELECT 'acme', 'store-' || n, 'box', date '2026-04-10' - ago, 'EUR', 200, 3, 180000 + n, 200000 + ago
    FROM generate_series(0, {stores} - 1) AS n, generate_series(0, {sold_days} - 1) AS ago
    """,
    """
    INSERT INTO sale (tenant, store, device, register, number, seq, business_date, at, currency, net_minor, total_minor,
                      rounding_minor, lines)
    SELECT 'acme', 'store-' || n, 'box', '1', ago * 1000 + sold, ago * 1000 + sold, date '2026-04-10' - ago,
           timestamp '2026-04-10 08:00' - ago * interval '1 day' + sold * interval '3 minutes', 'EUR', 900, 1000, 0,
           '[{{"line": 1, "sku": "product-1", "quantity": 1000, "amount_minor": 500}},
             {{"line": 2, "sku": "product-2", "quantity": 2000, "amount_minor": 500}}]'
    FROM generate_series(0, {stores} - 1) AS n, unnest(ARRAY[0, 7]) AS ago, generate_series(1, 200) AS sold
    """,
    """
    INSERT INTO stock (tenant, store, device, sku, on_hand, watched)
    SELECT 'acme', 'store-' || shop, 'box', 'goods-' || n, CASE WHEN n % 100 = 0 THEN 0 ELSE 20000 END, true
    FROM generate_series(0, {stores} - 1) AS shop, generate_series(1, {goods}) AS n
    """,
    """
    INSERT INTO product (tenant, store, device, sku, names, price_minor, minimum)
    SELECT 'acme', 'store-' || shop, 'box', 'goods-' || n, '{{"en": "Goods"}}', 100, 5000
    FROM generate_series(0, {stores} - 1) AS shop, generate_series(1, {goods}) AS n
    """,
    """
    INSERT INTO tender_day (tenant, store, device, business_date, currency, kind, amount_minor)
    SELECT 'acme', 'store-' || n, 'box', date '2026-04-10' - ago, 'EUR', kind, 1000
    FROM generate_series(0, {stores} - 1) AS n, generate_series(0, {sold_days} - 1) AS ago,
        unnest(ARRAY['cash', 'card']) AS kind
    """,
    """
    INSERT INTO product (tenant, store, device, sku, names, price_minor)
    SELECT 'acme', 'store-' || shop, 'box', 'product-' || n, jsonb_build_object('en', 'Product ' || n), 100 + n % 900
    FROM generate_series(1, {prices}) AS n, generate_series(0, least({stores}, 5) - 1) AS shop
    """,
    """
    INSERT INTO publication (tenant, id, directives, reach, digest, made_by, state, kinds, lines)
    SELECT 'acme', 'p' || n, (SELECT json_build_array(json_build_object('kind', 'prices', 'body', json_build_object(
                'prices', json_agg(json_build_object('sku', 'product-' || of, 'price_minor', 100 + of % 900)))))
            FROM generate_series(1, {prices}) AS of),
           '{{}}', repeat('a', 64), 'person-1', 'done', '["prices"]', {prices}
    FROM generate_series(1, 10) AS n
    """,
    """
    INSERT INTO product_day (tenant, store, device, business_date, currency, sku, sold, returned, amount_minor)
    SELECT 'acme', 'store-' || n, 'box', date '2026-04-10' - ago, 'EUR', 'product-' || sku, 4000, 0, 4000
    FROM generate_series(0, {stores} - 1) AS n, generate_series(0, {sold_days} - 1) AS ago,
        generate_series(1, {products}) AS sku
    """,
    """
    INSERT INTO report_kpi (tenant, store, device, epoch, seq, kind, first_day, last_day, name, unit, value)
    SELECT 'acme', 'store-' || n, 'box', 1, ago, 'daily', date '2026-04-10' - ago, date '2026-04-10' - ago,
           CASE of WHEN 0 THEN 'sales' ELSE 'figure-' || of END, 'minor', 200000
    FROM generate_series(0, {stores} - 1) AS n, generate_series(0, {sold_days} - 1) AS ago,
        generate_series(0, {figures} - 1) AS of
    """,
    """
    INSERT INTO transfer_sent (tenant, store, device, id, n, to_store, at, note, sku, quantity, boxes, lot, expiry,
                               state)
    SELECT 'acme', 'store-' || n % {stores}, 'box', 't' || n, 0, 'store-' || n % 7, now(), '', 'milk', 1000, 0, '', '',
           CASE WHEN n % 1000 = 0 THEN 'sent' ELSE 'received' END
    FROM generate_series(1, {stores} * {sold_days} / 7) AS n
    """,
    """
    INSERT INTO sale_hour (tenant, store, device, business_date, currency, hour, sales, paid_minor)
    SELECT tenant, store, device, business_date, currency, date_trunc('hour', at, 'UTC'), count(*), sum(total_minor)
    FROM sale GROUP BY 1, 2, 3, 4, 5, 6
    """,
    "ANALYZE",
    "SELECT refresh_stock('acme', 'store-' || n, NULL) FROM generate_series(0, {stores} - 1) AS n",
    "VACUUM ANALYZE",
)
ASKED = {
    "day": "/v1/sales?limit=1000&from=2026-04-10&to=2026-04-10",
    "month": "/v1/sales/sums?limit=1000&from=2026-03-11&to=2026-04-10",
    "products_sold": "/v1/sales/products?limit=1000&from=2026-04-10&to=2026-04-10",
    "product_sold": "/v1/sales/products?limit=1000&sku=product-1&from=2026-04-10&to=2026-04-10",
    "figures": "/v1/insight/kpis?limit=1000&kind=daily&from=2026-04-10&to=2026-04-10",
    "figure": "/v1/insight/kpis?limit=1000&kind=daily&name=sales&from=2026-04-10&to=2026-04-10",
    "in_transit": "/v1/transfers?limit=1000&state=sent",
    "hours": "/v1/sales/hours/sums?limit=1000&from=2026-04-10&to=2026-04-10",
    "short": "/v1/stock?limit=1000&status=critical",
    "stock": "/v1/stock?limit=1000",
    "tenders": "/v1/sales/tenders/sums?limit=1000&from=2026-04-10&to=2026-04-10",
    "orders": "/v1/orders?limit=1000&from=2026-04-09&to=2026-04-10",
    "orders_all": "/v1/orders?limit=1000",
    "alerts": "/v1/alerts?limit=1000&state=raised",
    "stores": "/v1/stores?limit=1000",
    "products": "/v1/products?limit=1000",
    "names": "/v1/names?limit=1000&retired=false",
    "publications": "/v1/publications/states?limit=200",
}

COUNTS = ("stores", "rows", "sold_days", "prices", "goods", "products", "figures")
PARTS = ("pages", "beyond", "each", "prices")


async def _measure(house: House, asks: int) -> dict[str, float]:
    """p50 and p95 of each, in milliseconds, to the last byte."""
    client = await house.client("acme")
    found = {}
    for name, path in ASKED.items():
        took = []
        for _ in range(asks + 1):
            began_s = time.perf_counter()
            status, page, _ = await client.get(path)
            took.append((time.perf_counter() - began_s) * 1000)
            assert status == 200 and page["rows"], path
        found[f"{name}_p50_ms"] = round(statistics.median(took[1:]), 1)
        found[f"{name}_p95_ms"] = round(statistics.quantiles(took[1:], n=20)[-1], 1)
    return found


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench office", description=__doc__)
    parser.add_argument("--stores", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of orders; a tenth as many alerts")
    parser.add_argument("--sold-days", type=int, default=YEARS * 365, help="of each store, with what they came to")
    parser.add_argument("--products", type=int, default=10, help="that each store sells on each day")
    parser.add_argument("--figures", type=int, default=10, help="key figures of each store and day")
    parser.add_argument("--goods", type=int, default=500, help="in each store's stock")
    parser.add_argument("--asks", type=int, default=40, help="of each page")
    parser.add_argument("--boxes", type=int, default=200, help="to which is published; one a store")
    parser.add_argument("--prices", type=int, default=60_000, help="that are published to all of them")
    parser.add_argument("--one-each", type=int, default=2000, help="stores to which one directive is published")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this, several times; all")
    args = parser.parse_args(argv)
    found: dict[str, float] = {}
    with Postgres(durable=False) as server:
        for part in args.part or PARTS:
            found |= asyncio.run(_part(part, server.dsn, args))
            print(found, flush=True)  # each as it is known: the last one takes as long as all others together
    print(json.dumps(found))
    return 0


async def _part(part: str, dsn: str, args: argparse.Namespace) -> dict[str, float]:
    if part == "pages":
        return await _pages(dsn, args)
    if part == "beyond":
        return await office_rollout.beyond(dsn, args.boxes)
    if part == "each":
        return await office_rollout.one_each(dsn, args.one_each)
    return await office_rollout.publish_flat(dsn, args.boxes, args.prices)


async def _pages(dsn: str, args: argparse.Namespace) -> dict[str, float]:
    async with an_api(dsn) as house:
        print(f"{args.rows} orders of {args.stores} stores")
        for statement in FILL:
            counts = {name: getattr(args, name) for name in COUNTS}
            await house.owner.execute(statement.format(**counts, days=DAYS))
        while await house.owner.fetchval("SELECT add_day_months(2)"):
            pass
        await house.owner.execute("VACUUM ANALYZE")
        found = await _measure(house, args.asks)
    slowest = max(value for name, value in found.items() if name.endswith("_p95_ms"))
    return {"page_p95_ms": slowest, "stores": args.stores, **found}
