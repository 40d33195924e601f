"""Tables by day are partitioned by month: rows go to their month, even older ones, and reading doesn't change."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from edge.app import hub
from sync.hub.store import Store, act_for

ROWS = """
    INSERT INTO product_day (tenant, store, device, business_date, currency, sku, sold, returned, amount_minor)
    SELECT of, 'corner', 'box', day::date, 'EUR', 'sku-1', 1000, 0, 120
    FROM unnest(ARRAY ['acme', 'zoo']) AS of, generate_series(date '2026-01-15', date '2026-03-14', '1 day') AS day
    UNION ALL SELECT 'acme', 'corner', 'box', day::date, 'EUR', 'sku-1', 1000, 0, 120
    FROM unnest(ARRAY ['1999-12-31', '2102-01-01']) AS day
"""
"""Two months of two tenants, and two days of a till with a wrong clock."""
MONTHS = "SELECT right(tableoid::regclass::text, -length('product_day_')), count(*) FROM product_day GROUP BY 1"
BY_MONTH = {"2026_01": 34, "2026_02": 56, "2026_03": 28}
COPY = "CREATE TABLE kept AS SELECT * FROM product_day"
SAME = """
    SELECT NOT EXISTS ((TABLE kept EXCEPT ALL TABLE product_day) UNION ALL (TABLE product_day EXCEPT ALL TABLE kept))
"""


async def months(connection: Any) -> dict[str, int]:
    """Return the number of rows by month."""
    return dict(await connection.fetch(MONTHS))


async def make_all(store: Store) -> None:
    while await store._make_months():
        pass


def test_rows_from_before_come_to_their_months(copied_database: str) -> None:
    async def scenario() -> None:
        async with hub.open_hub(copied_database) as store:
            owner = await asyncpg.connect(copied_database)
            await owner.execute(ROWS)
            await owner.execute(COPY)
            await make_all(store)
            assert await months(owner) == {**BY_MONTH, "other": 2}, "two days can't be true"
            assert await owner.fetchval(SAME)
            for tenant, days in (("acme", 61), ("zoo", 59)):
                async with owner.transaction():
                    await owner.execute("SET LOCAL ROLE edge_hub_reader")
                    await act_for(owner, tenant)
                    assert await owner.fetchval("SELECT count(*) FROM product_sales_by_day") == days
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await owner.fetchval("SELECT count(*) FROM product_day_2026_01")
            await owner.close()

    asyncio.run(scenario())


def test_new_days_are_written_to_the_month_that_waits_for_them(copied_database: str) -> None:
    async def scenario() -> None:
        async with hub.open_hub(copied_database) as store:
            await make_all(store)
            async with store.pool.acquire() as connection:
                await connection.execute(ROWS.replace("date '2026-01-15', date '2026-03-14'", "now(), now()"))
            owner = await asyncpg.connect(copied_database)
            found = await months(owner)
            assert found.pop("other") == 2 and list(found.values()) == [2]
            await owner.close()

    asyncio.run(scenario())


PLAIN = """
    ALTER TABLE product_day RENAME TO partitioned;
    CREATE TABLE product_day (LIKE partitioned INCLUDING ALL);
    DROP TABLE partitioned CASCADE;
    CALL protect_tables();
    UPDATE room SET sha256 = '' WHERE name = 'till'
"""
"""Recreates the table as in an earlier release."""


def test_a_plain_table_is_partitioned_with_what_is_in_it(copied_database: str) -> None:
    async def scenario() -> None:
        async with hub.open_hub(copied_database):
            pass
        owner = await asyncpg.connect(copied_database)
        await owner.execute(PLAIN)
        await owner.execute(ROWS)
        await owner.execute(COPY)
        async with hub.open_hub(copied_database) as store:
            assert await months(owner) == {"other": 120}, "no row was copied"
            await make_all(store)
        assert await months(owner) == {**BY_MONTH, "other": 2}
        assert await owner.fetchval(SAME)
        await owner.close()

    asyncio.run(scenario())
