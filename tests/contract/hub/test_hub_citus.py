"""The schema works with Citus: its script runs against stand-ins that refuse what Citus's documentation excludes.

With a Citus (`EDGE_TEST_CITUS`), queries of devices and readers are checked to go to one shard, and the hub's other
tests run on it too (`conftest.py`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from edge.app import hub
from edge.app.head_office import hub_relay
from sim.broker import Broker
from sync.hub import sql, store
from sync.hub.api import fleet, reads
from sync.hub.model import Key
from sync.hub.store import act_for
from sync.mqtt import BrokerConfig
from tests import citus
from tests.sync_doubles import History
from tests.sync_fixture import a_hub, an_edge, held, query

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s")
CITUS = files("sync.hub").joinpath("citus.sql")
STAND_INS = Path(__file__).with_name("citus.sql")
ON_THE_COORDINATOR = {
    *("api_key", "migration", "room", "server", "staff_factor", "staff_recovery", "stand_in"),
    *("box_code", "membership", "staff", "staff_invitation", "staff_log", "staff_password_link", "staff_token"),
    *("conversation_begun", "office_read", "tenant_rows", "tenant_usage"),
}
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
"""
ASK_ALL_MACHINES = {
    "projection_runner.sql": {"get_behind", "try_again_what_an_older_release_could_not"},
    "store.sql": {"clock"},
    "failover.sql": {"server", "note_server", "page_of_devices"},
}
"""Occasional statements that search all tenants."""
COPIES = """
    SELECT coalesce(sum(pg_relation_size(oid)), 0)::bigint FROM pg_class
    WHERE relkind = 'r' AND relname ~ '^(device|journal_[0-9]{4}_[0-9]{2})$'
"""
PARAMETERS = "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'asked'"
VALUES = {
    **{
        "text": "'[]'",
        "text[]": "'{x}'",
        "bigint": "1",
        "bigint[]": "'{1}'",
        "bytea": "'x'",
        "bytea[]": "'{x}'",
        "boolean": "true",
    },
    **{"boolean[]": "'{true}'", "date": "'2026-11-20'", "timestamp with time zone": "now()"},
}
JOIN = re.compile(r"JOIN (?!LATERAL)\w+(?: \w+)? (?:USING|ON) \(.*?\)")
NAMES_THE_TENANT = re.compile(r"tenant\)? = \(?\$1|\(tenant\b[^)]*\)\s*(VALUES \(|SELECT )\$1|hashtextextended\(\$1")
STATEMENTS = ("store.sql", "projection_runner.sql", "failover.sql", "history_server.sql", "digest_server.sql")


@asynccontextmanager
async def the_hub(dsn: str) -> AsyncIterator[Any]:
    """Yield a connection to the hub's database, with the stand-ins."""
    async with hub.open_hub(dsn):
        pass
    connection = await asyncpg.connect(dsn)
    await connection.execute(STAND_INS.read_text())
    yield connection
    await connection.close()


async def spread(connection: Any) -> None:
    for statement in sql.split_statements(CITUS.read_text()):
        await connection.execute(statement)


def test_every_table_is_distributed_by_tenant_or_named_as_one_that_is_not(empty_database: str) -> None:
    async def scenario() -> None:
        async with the_hub(empty_database) as connection:
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
def test_a_table_that_would_not_spread_is_noticed(empty_database: str, careless: str, reason: str) -> None:
    async def scenario() -> None:
        async with the_hub(empty_database) as connection:
            await connection.execute(careless)
            with pytest.raises(asyncpg.RaiseError, match=reason):
                await spread(connection)

    asyncio.run(scenario())


def test_the_joins_of_every_view_stay_with_the_tenant(empty_database: str) -> None:
    async def scenario() -> None:
        async with the_hub(empty_database) as connection:
            found = await connection.fetch("SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'")
        assert len(found) >= 5
        for name, definition in found:
            joins = JOIN.findall(definition)
            assert all("tenant" in join for join in joins), f"{name}: {joins}"
            assert definition.count("JOIN") == len(joins) + definition.count("JOIN LATERAL"), name

    asyncio.run(scenario())


def test_every_statement_for_a_device_names_its_tenant() -> None:
    """So each statement goes to one machine."""
    for file in STATEMENTS:
        for name, statement in sql.load(file).items():
            assert NAMES_THE_TENANT.search(statement) or name in ASK_ALL_MACHINES.get(file, set()), f"{file}: {name}"


async def shards(connection: Any, statement: str) -> int:
    """Return the number of shards that Citus would query, whatever the parameters; 0: none, as for a lock."""
    await connection.execute(f"PREPARE asked AS {statement.rstrip(';')}")
    types = await connection.fetchval(PARAMETERS)
    values = f"({', '.join(VALUES.get(type_, 'NULL') for type_ in types)})" if types else ""
    plan = "\n".join(line for (line,) in await connection.fetch(f"EXPLAIN EXECUTE asked{values}"))
    await connection.execute("DEALLOCATE asked")
    found = re.search(r"Task Count: (\d+)", plan)
    return int(found[1]) if found else 0


def test_what_is_said_for_a_device_goes_to_one_shard(spread_database: str) -> None:
    async def scenario() -> None:
        connection = await asyncpg.connect(spread_database)
        await connection.execute("SET ROLE edge_hub_worker")
        wrong = []
        for file in STATEMENTS:
            for name, statement in sql.load(file).items():
                if name == "add_projections":
                    continue  # runs from a list through the coordinator, which Citus can't explain
                many = name in ASK_ALL_MACHINES.get(file, set()) - {"clock", "server", "note_server"}
                if (await shards(connection, statement) > 1) != many:
                    wrong.append(f"{file}: {name}")
        await connection.close()
        assert wrong == []

    asyncio.run(scenario())


def test_what_a_reader_asks_goes_to_one_shard(spread_database: str) -> None:
    async def scenario() -> None:
        connection = await asyncpg.connect(spread_database)
        await connection.execute("SET ROLE edge_hub_reader")
        for read in (*fleet.READS, *hub.reads()):
            statement, _, _ = reads.statement(read, "acme", {"from_date": "2026-11-20"} if read.by_days else {})
            async with connection.transaction():
                await act_for(connection, "acme")
                assert (await shards(connection, statement) > 1) == (read.name == "devices"), read.name
        await connection.close()

    asyncio.run(scenario())


def statements_in_python() -> dict[str, str]:
    """Return all complete SQL statements that head office's modules have as constants."""
    files = (*ROOT.glob("sync/hub/**/*.py"), *ROOT.glob("edge/**/hub*.py"), *ROOT.glob("edge/app/head_office/*.py"))
    modules = (file.relative_to(ROOT).with_suffix("") for file in files if file.stem != "__init__")
    names = sorted({".".join(module.parts) for module in modules})
    found = {}
    for name in names:
        for constant, value in vars(import_module(name)).items():
            values = value if isinstance(value, tuple | list) else (value,)
            for number, text in enumerate(values):
                if not isinstance(text, str) or not STATEMENT.match(text):
                    continue
                is_whole = constant != "INSERT" and "{" not in text.replace("'{}'", "")
                if is_whole:  # not SQLite's, and not filled in later
                    found[f"{name}.{constant}.{number}"] = text
    return found


def test_every_statement_of_head_office_is_one_that_citus_plans(spread_database: str) -> None:
    async def scenario() -> None:
        connection = await asyncpg.connect(spread_database)
        refused = {}
        asked = statements_in_python()
        assert len(asked) > 300
        for name, statement in asked.items():
            try:
                async with connection.transaction():
                    await shards(connection, statement)
            except asyncpg.PostgresError as error:
                refused[name] = str(error)
                with suppress(asyncpg.InvalidSQLStatementNameError):
                    await connection.execute("DEALLOCATE asked")
        await connection.close()
        assert not refused, "\n".join(f"{name}: {why}" for name, why in refused.items())

    asyncio.run(scenario())


def test_a_hub_that_is_in_use_is_spread_and_goes_on(machines: citus.Machines, broker: Broker) -> None:
    async def scenario() -> None:
        history, other = History(), History(Key("zoo", "park", "till-1"))
        dsn = await machines.make("in_use")
        for grows in (300, 200):
            history.append(grows)
            other.append(grows)
            async with (
                a_hub(dsn, broker.port),
                an_edge(history, broker.port) as one,
                an_edge(other, broker.port) as another,
            ):
                await one.all_acknowledged()
                await another.all_acknowledged()
            if grows == 300:
                await machines.spread("in_use")
        for device in (history, other):
            assert await held(dsn, device.key) == device.rows
        assert await query(dsn, COPIES) == [(0,)], "no old rows are left at the coordinator"
        await machines.drop("in_use")

    asyncio.run(scenario())


def test_machines_that_die_and_come_back_lose_nothing(
    machines: citus.Machines, spread_database: str, broker: Broker
) -> None:
    async def scenario() -> None:
        histories = [History(Key(tenant, "corner", "till-1")) for tenant in ("acme", "kiwi", "plum", "zoo")]
        async with a_hub(spread_database, broker.port), AsyncExitStack() as stack:
            edges = [await stack.enter_async_context(an_edge(history, broker.port)) for history in histories]
            for server in machines.servers[1:]:
                selling = asyncio.gather(*(edge.sell(2000) for edge in edges))
                server.kill()
                server.restart(wait=False)
                await selling
                for edge in edges:
                    await edge.all_acknowledged()
        for history in histories:
            assert await held(spread_database, history.key) == history.rows

    asyncio.run(scenario())


LATER = """
    ALTER TABLE sale ADD COLUMN IF NOT EXISTS tip_minor bigint;
    CREATE INDEX IF NOT EXISTS sale_by_tip ON sale (tenant, tip_minor);
    CREATE TABLE IF NOT EXISTS pet (tenant text NOT NULL, store text NOT NULL, name text NOT NULL,
                                    PRIMARY KEY (tenant, store, name));
    CREATE OR REPLACE VIEW tips WITH (security_invoker = true) AS SELECT tenant, sum(tip_minor) FROM sale GROUP BY 1;
"""
"""Possible later changes to a capability's tables."""


def test_a_later_release_changes_spread_tables_and_spreads_its_own(spread_database: str) -> None:
    async def scenario() -> None:
        await store.bring_up_to_date(spread_database, {"till": LATER})
        await citus.spread(spread_database)
        connection = await asyncpg.connect(spread_database)
        policies = "SELECT count(*) FROM pg_policies WHERE tablename LIKE ''pet_%'' OR tablename LIKE ''refund_line_%''"
        for (count,) in await connection.fetch(f"SELECT result FROM run_command_on_workers('{policies}')"):
            assert count == str(citus.SHARDS), "those of this machine's shards of both tables"
        await connection.execute("SET ROLE edge_hub_worker")
        await connection.execute("INSERT INTO pet VALUES ('acme', 'corner', 'Rex')")
        assert await shards(connection, "SELECT * FROM pet JOIN tips USING (tenant) WHERE tenant = 'acme'") == 1
        await connection.close()

    asyncio.run(scenario())


DAYS = """
    INSERT INTO product_day (tenant, store, device, business_date, currency, sku, sold, returned, amount_minor)
    SELECT tenant, 'corner', 'box', day::date, 'EUR', 'sku-1', 1000, 0, 120
    FROM unnest(ARRAY ['acme', 'zoo']) AS tenant,
         generate_series(date '2026-01-15', date '2026-03-14', '1 day') AS day
"""
SUMS = "SELECT tenant, count(*), sum(sold)::bigint FROM product_day GROUP BY 1 ORDER BY 1"
ALL_DAYS = [("acme", 59, 59_000), ("zoo", 59, 59_000)]


def test_days_are_moved_to_their_months_on_all_machines(spread_database: str) -> None:
    async def scenario() -> None:
        owner = await asyncpg.connect(spread_database)
        await owner.execute(DAYS)
        async with store.open_pool(spread_database, "edge_hub_worker", 1) as pool:
            hub_store = store.Store(pool)
            assert [await hub_store._make_months() for _ in range(4)] == [1, 1, 1, 0]
        assert await owner.fetch(SUMS) == ALL_DAYS
        assert await owner.fetch(SUMS.replace("product_day", "product_day_2026_02")) == [
            ("acme", 28, 28_000),
            ("zoo", 28, 28_000),
        ]
        assert await owner.fetchval("SELECT count(*) FROM product_day_other") == 0
        async with owner.transaction():
            await owner.execute("SET LOCAL ROLE edge_hub_reader")
            await act_for(owner, "acme")
            assert await owner.fetchval("SELECT count(*) FROM product_sales_by_day") == 59
            day = "SELECT sum(sold) FROM product_sales_by_day WHERE tenant = $1 AND business_date = $2::date"
            assert await shards(owner, day) == 1
        await owner.close()

    asyncio.run(scenario())


SENT = """
    INSERT INTO transfer_sent (tenant, store, device, id, n, to_store, at, note, sku, quantity, boxes, lot, expiry,
                               ended_at)
    SELECT tenant, 'corner', 'box', 't1', 0, 'north', now(), '', 'milk', 1000, 0, '', '',
           CASE tenant WHEN 'acme' THEN now() END FROM unnest(ARRAY ['acme', 'zoo']) AS tenant;
    INSERT INTO transfer_came (tenant, store, device, id, n, at, refused, note, got)
    SELECT tenant, to_store, device, id, n, ended_at, false, '', 1000 FROM transfer_sent WHERE tenant = 'acme';
    INSERT INTO transfer_told (tenant, store, id, what) VALUES ('acme', 'corner', 't1', 'announced')
"""


def test_an_upgrade_partitions_a_plain_table_on_all_machines_and_keeps_what_is_in_it(spread_database: str) -> None:
    async def scenario() -> None:
        owner = await asyncpg.connect(spread_database)
        await owner.execute("CREATE TABLE plain (LIKE product_day INCLUDING ALL)")
        await owner.execute("SELECT create_distributed_table('plain', 'tenant', colocate_with => 'device')")
        await owner.execute("DROP TABLE product_day CASCADE")
        await owner.execute("ALTER TABLE plain RENAME TO product_day")
        await owner.execute(DAYS)
        await owner.execute(SENT)
        await owner.execute("UPDATE room SET sha256 = ''")
        await hub.bring_up_to_date(spread_database)
        assert await owner.fetch(SUMS) == ALL_DAYS
        async with store.open_pool(spread_database, "edge_hub_worker", 1) as pool:
            hub_store = store.Store(pool)
            assert [await hub_store._make_months() for _ in range(4)] == [1, 1, 1, 0]
            assert [row["tenant"] for row in await pool.fetch(hub_relay._UNTOLD, 10)] == ["zoo"], "acme's was told"
            assert [row["tenant"] for row in await pool.fetch(hub_relay._UNSETTLED, 10)] == ["acme"]
            relay = hub_relay.TransferRelay(hub_store, BrokerConfig(port=9))
            assert await relay.turn() + await relay.turn() == 3
        assert await owner.fetch(SUMS) == ALL_DAYS
        await owner.close()

    asyncio.run(scenario())
