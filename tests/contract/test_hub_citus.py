"""The schema is one that Citus takes: its script runs against stand-ins that refuse what Citus's documentation says.

There is no Citus to be had here, so what it does beyond that is not tested.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from edge import hub
from sync.hub import sql

STAND_INS = Path(__file__).with_name("citus.sql")
ON_THE_COORDINATOR = {"api_key", "migration", "room", "server", "stand_in"}
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
"""
ASK_ALL_MACHINES = {
    "projecting.sql": {"get_behind", "try_again_what_an_older_release_could_not"},
    "failover.sql": {"server", "note_server", "page_of_devices"},
}
"""Statements that look for something in all tenants, now and then."""
JOIN = re.compile(r"JOIN (?!LATERAL)\w+(?: \w+)? (?:USING|ON) \(.*?\)")
NAMES_THE_TENANT = re.compile(r"tenant\)? = \(?\$1|\(tenant\b[^)]*\)\s*(VALUES \(|SELECT )\$1|hashtextextended\(\$1")
STATEMENTS = ("store.sql", "projecting.sql", "failover.sql", "giving.sql", "digesting.sql")


@asynccontextmanager
async def the_hub(dsn: str) -> AsyncIterator[Any]:
    """A connection to the hub's database, with the stand-ins."""
    async with hub.open_hub(dsn):
        pass
    connection = await asyncpg.connect(dsn)
    await connection.execute(STAND_INS.read_text())
    yield connection
    await connection.close()


async def spread(connection: Any) -> None:
    await connection.execute(files("sync.hub").joinpath("citus.sql").read_text())


def test_every_table_is_distributed_by_tenant_or_named_as_one_that_is_not(database: str) -> None:
    async def scenario() -> None:
        async with the_hub(database) as connection:
            await spread(connection)
            placed = {str(name): kind for name, kind in await connection.fetch("SELECT name::text, kind FROM stand_in")}
            groups = await connection.fetch("SELECT DISTINCT colocated FROM stand_in WHERE kind = 'distributed'")
            tables = {name for (name,) in await connection.fetch(TABLES)}
        assert [group for (group,) in groups] == ["device"], "a tenant's rows are together"
        assert {name for name, kind in placed.items() if kind == "reference"} == {"archived_month"}
        assert {"journal", "archived_stretch", "sale", "stock", "product"} < placed.keys()
        assert tables - placed.keys() == ON_THE_COORDINATOR

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("careless", "reason"),
    [
        ("CREATE TABLE loose (tenant text, id bigint PRIMARY KEY)", "does not contain the distribution column"),
        ("CREATE UNIQUE INDEX ON stock (sku)", "does not contain the distribution column"),
        ("CREATE TABLE loose (tenant text, room text REFERENCES room)", "not colocated"),
        ("CREATE TABLE loose (tenant int)", "cannot colocate"),
    ],
)
def test_a_table_that_would_not_spread_is_noticed(database: str, careless: str, reason: str) -> None:
    async def scenario() -> None:
        async with the_hub(database) as connection:
            await connection.execute(careless)
            with pytest.raises(asyncpg.RaiseError, match=reason):
                await spread(connection)

    asyncio.run(scenario())


def test_the_joins_of_every_view_stay_with_the_tenant(database: str) -> None:
    async def scenario() -> None:
        async with the_hub(database) as connection:
            found = await connection.fetch("SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'")
        assert len(found) >= 5
        for name, definition in found:
            joins = JOIN.findall(definition)
            assert all("tenant" in join for join in joins), f"{name}: {joins}"
            assert definition.count("JOIN") == len(joins) + definition.count("JOIN LATERAL"), name

    asyncio.run(scenario())


def test_every_statement_for_a_device_names_its_tenant() -> None:
    """So that it goes to one machine."""
    for file in STATEMENTS:
        for name, statement in sql.load(file).items():
            assert NAMES_THE_TENANT.search(statement) or name in ASK_ALL_MACHINES.get(file, set()), f"{file}: {name}"
