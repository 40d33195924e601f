"""The capabilities' hub tables, declared in Python, match the recorded schema in Postgres.

Old tables become the same, and keep their rows.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from edge.app import hub
from sync.hub.table import Table
from tests.contract.hub_schema import KEPT, described, make_rooms, relations

OLD = Path(__file__).with_name("old_hub_tables.sql")
VALUES = {
    **{"text": "x", "integer": 1, "bytea": "x", "bigint": 1, "boolean": True, "jsonb": "{}", "text[]": ["x"]},
    **{"date": "2026-11-20", "timestamp with time zone": "2026-11-20T10:00:00Z"},
}
COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute
    WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
TABLES = [table for capability in hub.CAPABILITIES for table in capability.tables]


@pytest.fixture
def database(empty_database: str) -> str:
    return empty_database


def test_the_tables_are_what_they_are_known_to_be(database: str) -> None:
    async def scenario() -> str:
        connection = await asyncpg.connect(database)
        await make_rooms(connection)
        found = await described(connection, await relations(connection))
        await connection.close()
        return found

    assert asyncio.run(scenario()) == KEPT.read_text(), "read the change, then: python -m tests.contract.hub_schema"


def test_every_column_says_what_it_holds() -> None:
    columns = [line for line in KEPT.read_text().splitlines() if re.match(r"\w+\.\w+ ", line)]
    assert len(columns) > 500
    assert not [line for line in columns if " -- " not in line]


async def insert(connection: Any, table: Table) -> None:
    """Insert a row, whatever the table's columns."""
    columns = await connection.fetch(COLUMNS, table.name)
    values = ", ".join(f"${at}::text::{column['type']}" for at, column in enumerate(columns, 1))
    texts = ["{x}" if column["type"] == "text[]" else str(VALUES[column["type"]]) for column in columns]
    await connection.execute(f"INSERT INTO {table.name} VALUES ({values})", *texts)


def test_old_tables_come_to_the_same_and_keep_their_rows(database: str) -> None:
    async def scenario() -> None:
        connection = await asyncpg.connect(database)
        await connection.execute(OLD.read_text())
        old = [table for table in TABLES if await connection.fetchval("SELECT to_regclass($1)", table.name)]
        for table in old:
            await insert(connection, table)
        await make_rooms(connection)
        upgraded = await described(connection, await relations(connection), order="attname")
        assert {await connection.fetchval(f"SELECT count(*) FROM {table.name}") for table in old} == {1}
        await make_rooms(connection)
        assert await described(connection, await relations(connection), order="attname") == upgraded, "again: no change"
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await make_rooms(connection)
        assert await described(connection, await relations(connection), order="attname") == upgraded
        await connection.close()

    asyncio.run(scenario())


def test_no_table_is_made_beside_its_declaration() -> None:
    assert {"office_letter", "delivery_report", "coupon_told", "transfer_told"} <= {table.name for table in TABLES}
    assert not [capability.name for capability in hub.CAPABILITIES if "CREATE TABLE" in capability.views.upper()]


def test_a_table_says_of_every_column_what_it_is() -> None:
    assert len({table.name for table in TABLES}) == len(TABLES)
    for table in TABLES:
        assert table.text.endswith("."), table.name
        for column in table.columns:
            assert column.text.endswith((".", "...")), f"{table.name}.{column.name}: {column.text!r}"
