"""Old months move from the hub's database to verified files, and come back. Data still needed stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from sim.broker import Broker
from sync.hub import sql
from sync.hub.projection_runner import ARCHIVED, ProjectionRunner
from sync.hub.retention import RetentionError, archive, bring_back, months_back, old_months, strip
from sync.hub.store import open_store
from tests.contract.hub.test_hub_projection import NewerTotals, Totals, projected, sell, tables
from tests.sync_doubles import KEY, History, until
from tests.sync_fixture import a_hub, an_edge, background, held, query

OLD = date(2023, 5, 1)
MAKE_OLD = """
    CREATE TABLE journal_2023_05 (LIKE journal INCLUDING ALL);
    INSERT INTO journal_2023_05 SELECT * FROM journal WHERE seq <= {0};
    DELETE FROM journal WHERE seq <= {0};
    UPDATE journal_2023_05 SET month = '2023-05-01';
    ALTER TABLE journal ATTACH PARTITION journal_2023_05 FOR VALUES FROM ('2023-05-01') TO ('2023-06-01')
"""


@asynccontextmanager
async def a_hub_with_a_past(dsn: str, broker: Broker, history: History) -> AsyncIterator[Any]:
    """Create a projected history whose first rows were received long ago; yields the owner's connection."""
    await tables(dsn)
    async with a_hub(dsn, broker.port, [Totals()]), an_edge(history, broker.port):
        await projected(dsn, history, at=1)
    connection = await asyncpg.connect(dsn)
    for statement in sql.split_statements(MAKE_OLD.format(history.head.seq // 2)):
        await connection.execute(statement)
    assert await held(dsn, KEY) == history.rows
    yield connection
    await connection.close()


def sold(*sums: int) -> History:
    history = History()
    sell(history, *sums)
    return history


def test_a_month_leaves_for_a_file_and_comes_back_byte_for_byte(database: str, broker: Broker, tmp_path: Path) -> None:
    async def scenario() -> None:
        history = sold(*range(100, 400))
        async with a_hub_with_a_past(database, broker, history) as owner:
            assert await old_months(owner, date(2026, 11, 20), 12) == [OLD]
            file = await archive(owner, OLD, tmp_path)
            assert (file.rows, file.month) == (history.head.seq // 2, OLD)
            assert await held(database, KEY) == history.rows[file.rows :]
            assert await owner.fetchval("SELECT to_regclass('journal_2023_05') IS NULL")
            assert await bring_back(owner, OLD, file.file) == file.rows
            assert await held(database, KEY) == history.rows
            assert not await owner.fetch("SELECT FROM archived_month, archived_stretch")

    asyncio.run(scenario())


def test_a_store_goes_on_while_its_old_rows_are_away(database: str, broker: Broker, tmp_path: Path) -> None:
    async def scenario() -> None:
        history = sold(1, 2, 3, 4)
        async with a_hub_with_a_past(database, broker, history) as owner:
            await archive(owner, OLD, tmp_path)
            sell(history, 1000)
            async with a_hub(database, broker.port, [Totals()]), an_edge(history, broker.port) as edge:
                await edge.all_acknowledged()
                await projected(database, history, at=1)
            assert await owner.fetchval("SELECT sold FROM total") == 1010

    asyncio.run(scenario())


def test_what_must_begin_again_waits_for_the_archive_and_loses_nothing_meanwhile(
    database: str, broker: Broker, tmp_path: Path
) -> None:
    async def scenario() -> None:
        history = sold(1, 2, 3, 4)
        async with a_hub_with_a_past(database, broker, history) as owner:
            file = await archive(owner, OLD, tmp_path)
            async with open_store(database) as store, background(ProjectionRunner(store, [NewerTotals()]).run()):
                await waits(owner)
            assert await owner.fetchval("SELECT sold FROM total") == 10, "it stays as it was"
            await bring_back(owner, OLD, file.file)
            async with open_store(database) as store, background(ProjectionRunner(store, [NewerTotals()]).run()):
                await projected(database, history, at=2)
            assert await owner.fetchval("SELECT sold FROM total") == 10
            assert {note for (note,) in await query(database, "SELECT note FROM seen")} == {"second"}

    asyncio.run(scenario())


async def waits(owner: Any) -> None:
    found: list[str | None] = []

    async def look() -> None:
        while not found or found[-1] is None:
            found.append(await owner.fetchval("SELECT waiting FROM projection"))
            await asyncio.sleep(0.02)

    async with background(look()):
        await until(lambda: found and found[-1] is not None, "the projection waits")
    assert found[-1] == ARCHIVED


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("UPDATE device SET through = 1", "are waiting for earlier rows"),
        ("UPDATE projection SET through = 1", "haven't processed it yet"),
        ("UPDATE projection SET stale = true", "haven't processed it yet"),
        ("INSERT INTO quarantine VALUES ('acme', 'corner', 'till-1', 'totals', 1, 2, 'bad')", "in quarantine"),
    ],
)
def test_a_month_that_is_needed_stays(database: str, broker: Broker, tmp_path: Path, trouble: str, reason: str) -> None:
    async def scenario() -> None:
        history = sold(1, 2, 3, 4)
        async with a_hub_with_a_past(database, broker, history) as owner:
            await owner.execute(trouble)
            with pytest.raises(RetentionError, match=reason):
                await archive(owner, OLD, tmp_path)
            assert await owner.fetchval("SELECT count(*) FROM journal_2023_05") == 2

    asyncio.run(scenario())
    assert not list(tmp_path.iterdir()), "no file is left that looks like an archive"


def test_a_damaged_archive_is_not_taken_back(database: str, broker: Broker, tmp_path: Path) -> None:
    async def scenario() -> None:
        history = sold(*range(100, 140))
        async with a_hub_with_a_past(database, broker, history) as owner:
            file = (await archive(owner, OLD, tmp_path)).file
            whole = bytearray(file.read_bytes())
            whole[len(whole) // 2] ^= 1
            file.write_bytes(whole)
            with pytest.raises(RetentionError, match="damaged"):
                await bring_back(owner, OLD, file)
            with pytest.raises(RetentionError, match="isn't an archived month"):
                await bring_back(owner, date(2023, 6, 1), file)
            assert await owner.fetchval("SELECT count(*) FROM archived_stretch") == 1

    asyncio.run(scenario())


def test_the_newest_months_never_leave() -> None:
    assert months_back(date(2026, 1, 31), 1) == date(2025, 12, 1)
    assert months_back(date(2026, 1, 31), -1) == date(2026, 2, 1)
    assert months_back(date(2026, 1, 31), 13) == date(2024, 12, 1)
    with pytest.raises(RetentionError, match="at least"):
        asyncio.run(old_months(None, date(2026, 1, 1), 1))


def test_a_worker_makes_the_months_that_come(database: str) -> None:
    async def scenario() -> None:
        async with open_store(database) as store:
            await store.pool.execute("SELECT add_journal_months(14)")
            await store.add_months()
        names = await query(database, "SELECT inhrelid::regclass::text FROM pg_inherits ORDER BY 1")
        assert len({name for (name,) in names if name.startswith("journal_") and not name.endswith("key")}) == 15

    asyncio.run(scenario())


def test_a_removed_tenants_rows_leave_archived_months_and_its_neighbours_stay(
    database: str, broker: Broker, tmp_path: Path
) -> None:
    async def scenario() -> None:
        history = sold(*range(100, 200))
        async with a_hub_with_a_past(database, broker, history) as owner:
            half = history.head.seq // 2
            await owner.execute(
                'INSERT INTO journal_2023_05 SELECT (jsonb_populate_record(row, \'{"tenant": "other"}\')).* '
                "FROM journal_2023_05 AS row WHERE seq <= 5"
            )
            file = await archive(owner, OLD, tmp_path)
            assert file.rows == half + 5
            assert await strip(owner, OLD, file.file, "other") == 5
            assert await strip(owner, OLD, file.file, "other") == 0, "asked again"
            packed = file.file.read_bytes()
            assert not file.file.with_name(f"{file.file.name}.anew").exists()
            file.file.write_bytes(packed[:-40])
            with pytest.raises(RetentionError):
                await strip(owner, OLD, file.file, "other")
            file.file.write_bytes(packed)
            assert await bring_back(owner, OLD, file.file) == half, "those of all others come back"
            assert await owner.fetchval("SELECT count(*) FROM journal WHERE tenant = 'other'") == 0

    asyncio.run(scenario())
