"""The launcher of a private Postgres."""

from __future__ import annotations

import asyncio
import os
import stat
import tempfile
from pathlib import Path

import asyncpg
import pytest

from sim.child import ServerError
from sim.postgres import Postgres
from tests.children import starter_killed


async def say(dsn: str, *statements: str) -> list[object]:
    connection = await asyncpg.connect(dsn)
    try:
        return [await connection.fetchval(statement) for statement in statements]
    finally:
        await connection.close()


def test_it_is_durable_speaks_only_to_this_machine_and_asks_for_a_password(postgres: Postgres) -> None:
    with Postgres() as server:
        fsync, listen, version = asyncio.run(
            say(server.dsn, "SHOW fsync", "SHOW listen_addresses", "SHOW server_version_num")
        )
        assert (fsync, listen) == ("on", "127.0.0.1")
        assert int(str(version)) >= 160_000
        with pytest.raises(asyncpg.InvalidPasswordError):
            asyncio.run(say(server.dsn.replace("edge:", "edge:x"), "SELECT 1"))
    assert asyncio.run(say(postgres.dsn, "SHOW fsync")) == ["off"], "for tests that do not need it"


def test_a_power_cut_keeps_what_was_committed() -> None:
    with Postgres() as server:
        asyncio.run(say(server.dsn, "CREATE TABLE kept AS SELECT 42 AS answer"))
        server.kill()
        server.restart()
        assert asyncio.run(say(server.dsn, "SELECT answer FROM kept")) == [42]


def test_a_folder_of_ones_own_keeps_the_cluster_between_runs() -> None:
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o755)
        folder = Path(parent) / "hub"
        with Postgres(folder, durable=False) as server:
            asyncio.run(say(server.dsn, "CREATE TABLE kept AS SELECT 42 AS answer"))
        with Postgres(folder, durable=False) as server:
            assert asyncio.run(say(server.dsn, "SELECT answer FROM kept")) == [42]
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_it_runs_inside_an_event_loop_and_leaves_nothing_behind() -> None:
    async def scenario() -> int:
        async with Postgres(durable=False) as server:
            assert await say(server.dsn, "SELECT 1") == [1]
            return server.pid

    pid = asyncio.run(scenario())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_it_ends_when_the_process_that_started_it_is_killed() -> None:
    assert starter_killed("from sim.postgres import Postgres as Server")


def test_a_server_that_cannot_start_says_why_with_the_end_of_its_log() -> None:
    with Postgres(durable=False) as server:
        server._running().stop(2)
        (server._data / "postgresql.conf").write_text("no_such_setting = on\n")
        with pytest.raises(ServerError, match="no_such_setting"):
            server.restart()
