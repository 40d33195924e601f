"""A hub's database of any age is migrated to the newest schema, and keeps its data."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from msgspec.structs import astuple

from edge.app import hub
from edge.lib.errors import ConfigError
from sync import row_packing
from sync.hub import store as hub_store
from sync.hub.migrate import Migration, migrate, read
from sync.hub.row_verifier import COPY_COLUMNS, copy_of, open_rows
from sync.hub.store import dump_epochs, open_store
from tests.sync_doubles import KEY, History
from tests.sync_fixture import held, query

SCHEMA = """
    SELECT class.relname, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)
    FROM pg_class AS class
    JOIN pg_attribute ON attrelid = class.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = class.oid AND adnum = attnum
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
    ORDER BY relname, attname
"""
DEVICE = """
    INSERT INTO device (tenant, store, device, epoch, epochs, through, through_hash, stored)
    VALUES ($1, $2, $3, 1, $4::text::jsonb, $5, $6, $5)
"""


@pytest.fixture
def database(empty_database: str) -> str:
    return empty_database


def a_history() -> History:
    history = History()
    history.append(300)
    return history


async def fill(connection: Any, history: History) -> None:
    """Fill the database as a hub of this release would."""
    blocks = [open_rows(row_packing.pack(1, history.rows[at : at + 100])) for at in range(0, len(history.rows), 100)]
    records = [record for opened in blocks for record in opened.records]
    await connection.copy_to_table(
        "journal", source=copy_of(history.key, records), columns=COPY_COLUMNS, format="binary"
    )
    place = astuple(history.key)
    await connection.execute(DEVICE, *place, dump_epochs(history.epochs), history.head.seq, history.head.hash)
    await connection.execute("INSERT INTO quarantine VALUES ($1, $2, $3, 'sales', 1, 7, 'unknown')", *place)
    await connection.execute("INSERT INTO directive VALUES ($1, $2, 1, 'prices', '{}')", *place[:2])


def next_release() -> list[Migration]:
    """Return the migrations of this release, and a possible one of the next release."""
    known = read()
    more = "ALTER TABLE device ADD COLUMN mark text NOT NULL DEFAULT ''; CREATE TABLE mark (id bigint PRIMARY KEY)"
    return [*known, Migration(len(known) + 1, "mark", more)]


def test_an_old_database_keeps_everything_and_goes_on(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        history = a_history()
        connection = await asyncpg.connect(database)
        await migrate(connection, read())
        await fill(connection, history)
        await connection.close()
        monkeypatch.setattr(hub_store, "read", next_release)
        async with open_store(database) as store:
            assert await held(database, KEY) == history.rows
            history.append(200)
            rows = [
                open_rows(row_packing.pack(1, history.rows[at : at + 100])) for at in range(250, len(history.rows), 100)
            ]
            assert (await store.rows(KEY, rows, 500)).device.through == history.head.seq
        assert await held(database, KEY) == history.rows, "rows that were there already are not stored again"
        assert len(await query(database, "SELECT FROM quarantined WHERE seq = 7")) == 1
        assert len(await query(database, "SELECT FROM directive")) == 1

    asyncio.run(scenario())


def test_an_old_database_becomes_what_a_new_one_is(database: str) -> None:
    async def scenario() -> None:
        connection = await asyncpg.connect(database)
        await migrate(connection, read())
        await fill(connection, a_history())
        await migrate(connection, next_release())
        migrated = await query(database, SCHEMA)
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await migrate(connection, next_release())
        assert migrated == await query(database, SCHEMA)
        await connection.close()

    asyncio.run(scenario())


def test_a_database_of_before_the_first_release_is_named(database: str) -> None:
    async def scenario() -> None:
        await hub.bring_up_to_date(database)
        await query(database, "UPDATE migration SET name = 'begin' WHERE number = 1")
        with pytest.raises(ConfigError, match=r"0001_begin.*before the first release.*Create a new database"):
            await hub.bring_up_to_date(database)

    asyncio.run(scenario())


def test_one_who_may_not_change_the_schema_works_where_it_is_new_and_is_told_where_it_is_old(database: str) -> None:
    login = database.replace("edge:", "plain:")

    async def scenario() -> None:
        connection = await asyncpg.connect(database)
        password = database.partition("edge:")[2].partition("@")[0]
        await connection.execute(f"DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN PASSWORD '{password}'")
        with pytest.raises(ConfigError, match="edge hub migrate"):
            async with hub.open_hub(login):
                pass
        async with hub.open_hub(database):
            pass
        await connection.execute("GRANT edge_hub_worker TO plain")
        async with hub.open_hub(login) as store:
            assert await store.pool.fetchval("SELECT current_user::text") == "edge_hub_worker"
            for forbidden in ("DELETE FROM journal", "UPDATE journal SET seq = 1", "SELECT FROM api_key"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await store.pool.execute(forbidden)
        await connection.execute("DROP ROLE plain")
        await connection.close()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("what", "instead", "words"),
    [
        ("/test_", "/nowhere_", "does not exist"),
        ("//", "//ghost:wrong@", "password authentication failed|role .* does not exist"),
        ("postgresql:", "mysql:", "scheme"),
    ],
)
def test_an_address_that_postgres_does_not_let_in_by_is_the_installers_to_correct(
    empty_database: str, what: str, instead: str, words: str
) -> None:
    address = empty_database.replace(what, instead, 1)
    if instead.endswith("@"):
        address = instead.join((empty_database.partition("//")[0], empty_database.rpartition("@")[2]))

    async def scenario() -> None:
        async with hub.open_hub(address):
            pytest.fail("it was let in")

    with pytest.raises(ConfigError, match=words) as said:
        asyncio.run(scenario())
    assert "--database" in said.value.advice


LINES_WERE_A_TABLE = """
    DROP VIEW sale_line, sales_paper, sales_paper_line;
    CREATE TABLE sale_line (tenant text, store text, device text, register text, number bigint, line bigint, sku text,
                            quantity bigint, amount_minor bigint);
    CREATE OR REPLACE VIEW product_sales_by_day WITH (security_invoker = true) AS
        SELECT tenant, store, business_date, currency, sku, sum(quantity)::bigint AS sold, 0::bigint AS returned,
               sum(amount_minor)::bigint AS amount_minor
        FROM sale JOIN sale_line USING (tenant, store, device, register, number) GROUP BY 1, 2, 3, 4, 5;
    ALTER TABLE sale DROP COLUMN lines, DROP COLUMN lots, DROP COLUMN serials;
    UPDATE room SET sha256 = '' WHERE name = 'till'
"""
"""Recreates an older release's tables, in short form."""


def test_lines_that_were_a_table_become_a_part_of_their_sales(database: str) -> None:
    async def scenario() -> None:
        await hub.bring_up_to_date(database)
        new = await query(database, SCHEMA)
        connection = await asyncpg.connect(database)
        await connection.execute(LINES_WERE_A_TABLE)
        await connection.close()
        await hub.bring_up_to_date(database)
        assert await query(database, SCHEMA) == new
        await hub.bring_up_to_date(database)  # a repetition changes nothing

    asyncio.run(scenario())
