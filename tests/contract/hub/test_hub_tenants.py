"""No tenant can read a neighbour: the reading role sees its own tenant in every table and view, and no other."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from edge.app import hub
from sync.hub.store import act_for, open_pool
from tests.sync_fixture import query

RELATIONS = """
    SELECT relname, relkind IN ('r', 'p') AND NOT relispartition AS is_table,
           EXISTS (SELECT FROM pg_attribute WHERE attrelid = class.oid AND attname = 'tenant') AS has_tenant
    FROM pg_class AS class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = class.oid AND deptype = 'e')
    ORDER BY relname
"""
COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute
    WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
      AND attidentity = '' AND (attnotnull AND NOT atthasdef OR attname IN ('epochs', 'through', 'lines'))
"""
VALUES = {"text": "'x'", "bigint": "1", "date": "'2025-11-20'", "timestamp with time zone": "now()", "boolean": "true"}
JSON = {
    "report": "'{\"kpis\": [{}]}'",
    "epochs": """'[{"epoch": 1, "first_seq": 1}]'""",
    "lines": """'[{"line": 1, "sku": "x", "quantity": 1, "amount_minor": 1}]'""",
}
PART = re.compile(r"journal_|product_day_")
"""A month's partition of a table, which is read through the whole table."""
TENANTS = ("mine", "neighbour")
SELECT = "SELECT tenant FROM {} WHERE tenant = '{}'"
"""The tenant is named because Citus requires this for `history`."""
SECRET = {"api_key"}
"""Tables with a tenant that no reader may read at all."""


UNSETTLED = "UPDATE payment SET state = 'captured', purpose = 'sale', settled_on = NULL"
"""Makes rows appear in `settlement_missing`."""
A_CATEGORY = "UPDATE shop_text SET key = 'category/x'"
"""Makes a row appear in `shop_category`."""


async def one_row_each(connection: Any, table: str) -> None:
    """Insert a row of each tenant, whatever the table's columns."""
    columns = await connection.fetch(COLUMNS, table)
    for tenant in TENANTS:
        values = {name: _value(name, type_, tenant) for name, type_ in columns}
        await connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(values.values())})")


def _value(name: str, type_: str, tenant: str) -> str:
    if name == "tenant":
        return f"'{tenant}'"
    if type_ in ("json", "jsonb"):
        return JSON.get(name, "'{}'")
    if type_ == "bytea":
        return f"'{tenant}'::bytea"
    return "'{}'" if type_.endswith("[]") else VALUES[type_]


@asynccontextmanager
async def two_tenants(dsn: str) -> AsyncIterator[dict[str, bool]]:
    """Create a database with a row of both tenants in every table.

    Yields its tables and views, and whether each has a tenant column.
    """
    async with hub.open_hub(dsn):
        pass
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "INSERT INTO archived_month VALUES ('2025-11-20', 'file', 1, ''); SET session_replication_role = replica"
    )
    relations = await connection.fetch(RELATIONS)
    for name, is_table, has_tenant in relations:
        if is_table and has_tenant:
            await one_row_each(connection, name)
    await connection.execute(UNSETTLED)
    await connection.execute(A_CATEGORY)
    await connection.close()
    yield {name: has_tenant for name, _, has_tenant in relations}


async def seen(pool: Any, relation: str, tenant: str | None) -> set[str] | None:
    """Return the tenants whose rows a reader sees there; None if it may not read there."""
    async with pool.acquire() as connection, connection.transaction():
        if tenant is not None:
            await act_for(connection, tenant)
        try:
            rows = [await connection.fetch(SELECT.format(relation, whose)) for whose in TENANTS]
        except asyncpg.InsufficientPrivilegeError:
            return None
    return {tenant for found in rows for (tenant,) in found}


@pytest.mark.parametrize("role", ["edge_hub_reader", "edge_hub_publisher"])
def test_every_table_and_view_shows_a_tenant_its_own_rows_alone(database: str, role: str) -> None:
    async def scenario() -> None:
        async with two_tenants(database) as relations, open_pool(database, role, 1) as pool:
            own = [name for name, has_tenant in relations.items() if has_tenant and not PART.match(name)]
            assert len(own) >= 15, "tables of the hub and of all capabilities, and their views"
            for name in own:
                for whose in TENANTS:
                    assert await query(database, SELECT.format(name, whose)), f"{name} has something to hide"
                assert await seen(pool, name, "mine") == (None if name in SECRET else {"mine"}), name
                assert not await seen(pool, name, None), f"{name} shows something to one who names no tenant"
                assert not await seen(pool, name, "nobody"), name

    asyncio.run(scenario())


def test_what_carries_no_tenant_and_parts_of_tables_are_closed_to_readers(database: str) -> None:
    async def scenario() -> None:
        async with two_tenants(database) as relations, open_pool(database, "edge_hub_reader", 1) as pool:
            closed = [name for name, has_tenant in relations.items() if not has_tenant or PART.match(name)]
            assert len(closed) >= 6
            for name in closed:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await pool.execute(f"SELECT FROM {name}")

    asyncio.run(scenario())


@pytest.mark.parametrize("role", ["edge_hub_reader", "edge_hub_publisher"])
def test_neither_a_reader_nor_a_publisher_writes_for_a_neighbour(database: str, role: str) -> None:
    async def scenario() -> None:
        async with two_tenants(database) as relations, open_pool(database, role, 1) as pool:
            before = await theirs(database, relations)
            assert sum(before.values()) >= 15
            for name in before:
                for change in (f"UPDATE {name} SET tenant = 'mine'", f"DELETE FROM {name}"):
                    await as_mine(pool, change)
            add = (
                "INSERT INTO directive (tenant, store, version, kind, body) VALUES ('neighbour', 'x', 9, 'prices', '')"
            )
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await as_mine(pool, add, swallow=False)
            assert await theirs(database, relations) == before

    asyncio.run(scenario())


async def theirs(dsn: str, relations: dict[str, bool]) -> dict[str, int]:
    """Return the number of the neighbour's rows in each table and view."""
    names = [name for name, has_tenant in relations.items() if has_tenant]
    return {name: len(await query(dsn, f"SELECT FROM {name} WHERE tenant = 'neighbour'")) for name in names}


async def as_mine(pool: Any, statement: str, *, swallow: bool = True) -> None:
    async with pool.acquire() as connection:
        try:
            async with connection.transaction():
                await act_for(connection, "mine")
                await connection.execute(statement)
        except asyncpg.PostgresError:
            if not swallow:
                raise


def test_a_view_that_would_show_its_owners_rows_is_not_made(database: str) -> None:
    async def scenario() -> None:
        async with hub.open_hub(database):
            pass
        connection = await asyncpg.connect(database)
        await connection.execute("CREATE VIEW careless AS SELECT * FROM device")
        with pytest.raises(asyncpg.RaiseError, match="careless would show all tenants"):
            await connection.execute("CALL protect_tables()")
        await connection.close()

    asyncio.run(scenario())


def test_a_view_that_came_with_an_extension_stops_no_one(database: str) -> None:
    """pg_stat_statements and Citus have such views."""

    async def scenario() -> None:
        async with hub.open_hub(database):
            pass
        connection = await asyncpg.connect(database)
        await connection.execute("CREATE VIEW careless AS SELECT * FROM device")
        await connection.execute("ALTER EXTENSION plpgsql ADD VIEW careless")
        await connection.execute("CALL protect_tables()")
        assert not await connection.fetchval("SELECT has_table_privilege('edge_hub_reader', 'careless', 'SELECT')")
        await connection.close()

    asyncio.run(scenario())


def test_every_table_with_a_tenant_is_keyed_by_tenant_first(database: str) -> None:
    """So it can be distributed by tenant without a change. `store` comes second if there is one."""
    keys = """
        SELECT relname, array_agg(attname::text ORDER BY array_position(conkey, attnum)) AS columns
        FROM pg_constraint JOIN pg_class AS class ON class.oid = conrelid
        JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
        WHERE contype = 'p' AND relnamespace = 'public'::regnamespace GROUP BY relname
    """

    async def scenario() -> None:
        async with two_tenants(database) as relations:
            found = {name: list(columns) for name, columns in await query(database, keys)}
            for name, has_tenant in relations.items():
                if has_tenant and name in found and name not in SECRET:
                    begins = ["tenant", "store"] if "store" in found[name] else ["tenant"]
                    assert found[name][: len(begins)] == begins, name

    asyncio.run(scenario())
