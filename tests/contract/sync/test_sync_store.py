"""The hub's schema and its store, with the real Postgres."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest
from msgspec.structs import astuple

from sync import row_packing
from sync.hub.migrate import MigrationError, migrate, read
from sync.hub.model import Block
from sync.hub.row_verifier import open_rows
from sync.hub.sql import load
from sync.hub.store import open_store
from sync.wire import PROTOCOL, Ack, Hello, Stopped
from tests.sync_doubles import KEY, History
from tests.sync_fixture import held, query


def test_many_workers_may_start_at_once_on_an_empty_database(empty_database: str) -> None:
    async def start() -> None:
        async with open_store(empty_database):
            return

    async def scenario() -> None:
        await asyncio.gather(*(start() for _ in range(5)))
        assert [number for (number,) in await query(empty_database, "SELECT number FROM migration")] == [
            migration.number for migration in read()
        ]

    asyncio.run(scenario())


def test_a_migration_that_was_changed_afterwards_is_refused(empty_database: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        file = tmp_path / "0001_one.sql"
        connection = await asyncpg.connect(empty_database)
        file.write_text("CREATE TABLE one (a int)")
        await migrate(connection, read(tmp_path))
        file.write_text("CREATE TABLE one (a int, b int)")
        with pytest.raises(MigrationError, match="0001_one was changed"):
            await migrate(connection, read(tmp_path))
        await connection.close()

    asyncio.run(scenario())


def test_a_migration_that_fails_leaves_nothing_of_itself(empty_database: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        connection = await asyncpg.connect(empty_database)
        (tmp_path / "0001_one.sql").write_text("CREATE TABLE one (a int)")
        (tmp_path / "0002_two.sql").write_text("CREATE TABLE two (a int); SELECT 1 / 0")
        with pytest.raises(asyncpg.DivisionByZeroError):
            await migrate(connection, read(tmp_path))
        assert await connection.fetchval("SELECT to_regclass('one') IS NOT NULL AND to_regclass('two') IS NULL")
        await connection.close()

    asyncio.run(scenario())


def test_migrations_are_numbered_without_a_gap(tmp_path: Path) -> None:
    (tmp_path / "0002_two.sql").write_text("SELECT 1")
    with pytest.raises(MigrationError, match="without gaps"):
        read(tmp_path)


@pytest.mark.parametrize("file", ["store.sql", "projection_runner.sql"])
def test_every_statement_has_a_name_of_its_own(file: str) -> None:
    assert all(statement.endswith(";") for statement in load(file).values())


def test_rows_repeated_and_out_of_order_are_stored_once(database: str) -> None:
    async def scenario() -> None:
        history = History()
        history.append(99)
        blocks = [open_rows(row_packing.pack(1, history.rows[at : at + 10])) for at in range(0, 100, 10)]
        async with open_store(database) as store:
            assert (await store.hello(KEY, hello(history), 500)).replies == [Ack(1, 0, 500, 1, history.rows[0].prev)]
            for order in ([3, 1], [1, 3, 9], [0], [4, 5, 6, 7, 8, 2]):
                await store.rows(KEY, [blocks[number] for number in order], 500)
            assert (await store.look(KEY)).device.through == 100
        assert await held(database, KEY) == history.rows

    asyncio.run(scenario())


def test_workers_at_the_same_time_store_each_row_once(database: str) -> None:
    async def scenario() -> None:
        history = History()
        history.append(399)
        blocks = [open_rows(row_packing.pack(1, history.rows[at : at + 10])) for at in range(0, 400, 10)]
        async with open_store(database) as one, open_store(database) as other:
            await one.hello(KEY, hello(history), 500)
            await asyncio.gather(
                *(store.rows(KEY, [some, another], 500) for some, another in pairs(blocks) for store in (one, other))
            )
        assert await held(database, KEY) == history.rows

    asyncio.run(scenario())


def test_a_stop_is_kept_with_its_time_and_cleared_by_a_right_hello(database: str) -> None:
    async def scenario() -> None:
        history = History()
        async with open_store(database) as store:
            await store.hello(KEY, hello(history), 500)
            await store.stop(KEY, Stopped(1, "rolled_back", "The hub holds more."))
            (before,) = await query(database, "SELECT stopped_code, stopped_text, stopped_at FROM device")
            assert (before[0], before[1]) == ("rolled_back", "The hub holds more.")
            await store.stop(KEY, Stopped(1, "rolled_back", "The hub holds more still."))
            (after,) = await query(database, "SELECT stopped_at FROM device")
            assert after[0] == before[2], "since when, not how often"
            await store.hello(KEY, hello(history), 500)
            assert await query(database, "SELECT stopped_code, stopped_at FROM device") == [(None, None)]

    asyncio.run(scenario())


def hello(history: History) -> Hello:
    head = history.head
    return Hello(PROTOCOL, *astuple(KEY), head.epoch, head.seq, head.hash, history.epochs, number=1)


def pairs(some: list[Block]) -> list[tuple[Block, Block]]:
    """Pair the first with the last, the second with the second to last, and so on."""
    return list(zip(some, reversed(some), strict=True))
