"""The primary dies and its standby is promoted: acknowledged data is there, or its absence is noticed and it is sent
again.
"""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.broker import Broker
from sim.postgres import Postgres
from sync import limits
from sync.hub.failover import Failover
from sync.hub.model import Key
from sync.hub.store import open_pool, open_store
from sync.wire import ResendRequest
from tests.standby import either, say, standby_of
from tests.sync_doubles import KEY, History, until
from tests.sync_fixture import a_hub, an_edge, background, held, query

pytestmark = pytest.mark.slow

PROMOTE = "SELECT pg_promote()"
SYNCHRONOUS = ("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
HEARS_NOTHING = ("ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()")


@pytest.fixture
def pair() -> Iterator[tuple[Postgres, Postgres]]:
    """A primary with the hub's tables, and its standby."""
    with tempfile.TemporaryDirectory() as parent, Postgres(durable=False) as primary:
        Path(parent).chmod(0o755)
        asyncio.run(made(primary.dsn))
        with standby_of(primary, Path(parent) / "standby") as standby:
            yield primary, standby


async def made(dsn: str) -> None:
    async with open_store(dsn):
        pass


def test_with_a_synchronous_standby_nothing_acknowledged_is_lost(
    pair: tuple[Postgres, Postgres], broker: Broker
) -> None:
    primary, standby = pair

    async def scenario() -> None:
        await say(primary, *SYNCHRONOUS)
        history = History()
        async with (
            a_hub(either(primary, standby), broker.port),
            an_edge(history, broker.port) as edge,
            background(edge.sell(6_000)),
        ):
            await until(lambda: edge.link.state.through > 1_000, "some rows")
            primary.kill()
            acknowledged = edge.link.state.through
            await say(standby, PROMOTE)
            assert len(await held(standby.dsn, KEY)) >= acknowledged, "what was acknowledged is there"
            await until(lambda: history.head.seq >= 6_001, "all sold")
            await edge.all_acknowledged()
        assert await held(standby.dsn, KEY) == history.rows

    asyncio.run(scenario())


def test_what_an_asynchronous_standby_lacks_is_noticed_and_sent_again_though_no_one_sells(
    pair: tuple[Postgres, Postgres], broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SWEEP_S", 0.2)
    primary, standby = pair

    async def scenario() -> None:
        history = History()
        history.append(99)
        async with a_hub(either(primary, standby), broker.port), an_edge(history, broker.port) as edge:
            await edge.all_acknowledged()
            await until_follows(standby, 100)
            await say(standby, *HEARS_NOTHING)
            await until_hears_nothing(standby)
            edge.journal.append(50)
            await edge.all_acknowledged()
            primary.kill()
            # Before the promotion. The hub requests the missing rows again as soon as it finds a primary.
            assert len(await held(standby.dsn, KEY)) < edge.link.state.through == 150
            await say(standby, PROMOTE)
            await until_follows(standby, 150)
            await edge.all_acknowledged()
        assert await held(standby.dsn, KEY) == history.rows

    asyncio.run(scenario())


def test_a_pool_connects_as_soon_as_there_is_a_primary_however_often_it_failed_before(
    pair: tuple[Postgres, Postgres], caplog: pytest.LogCaptureFixture
) -> None:
    """The library's own reconnecting task waits longer each time, but callers don't wait for it."""
    primary, standby = pair

    async def scenario() -> None:
        async with open_pool(either(primary, standby), "edge_hub_worker", 1) as pool:
            assert await pool.fetchval("SELECT 1") == 1
            primary.kill()
            await until(
                lambda: caplog.text.count("Failed to restore the pool connection floor") >= 3, "given up thrice"
            )
            await say(standby, PROMOTE)
            async with asyncio.timeout(2):  # the task's next attempt would be 4 s after its third one
                assert await pool.fetchval("SELECT 1") == 1

    asyncio.run(scenario())


def test_a_server_that_is_gone_without_a_word_keeps_no_one_from_the_other(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dead machine may accept connections or lose what is sent; either way, nothing is answered."""
    monkeypatch.setattr(limits, "DATABASE_S", 2.0)

    async def scenario() -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            who, _, host = database.rpartition("@")
            dsn = f"{who}@127.0.0.1:{silent.getsockname()[1]},{host}?target_session_attrs=primary"
            async with asyncio.timeout(20), open_store(dsn) as store:
                assert await store.pool.fetchval("SELECT 1") == 1

    asyncio.run(scenario())


def test_a_postgres_that_does_not_say_which_server_it_is_ends_nothing(database: str) -> None:
    async def scenario() -> None:
        async def ask(key: object, want: object) -> bool:
            raise AssertionError("nobody is asked")

        async with open_store(database) as store:
            await query(database, "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
            await asyncio.wait_for(Failover(store, ask).run(), 20)
            await store.add_months()

    asyncio.run(scenario())


def test_a_standby_that_was_promoted_before_it_heard_of_any_server_asks_anyway(database: str) -> None:
    async def scenario() -> None:
        asked: list[tuple[Key, int]] = []

        async def ask(key: Key, want: ResendRequest) -> bool:
            asked.append((key, want.from_seq))
            return True

        async with open_store(database) as store:
            row = "INSERT INTO device (tenant, store, device, epoch, through, through_hash) "
            row += "VALUES ($1, $2, $3, 1, 100, '')"
            await query(database, row, KEY.tenant, KEY.store, KEY.device)
            failover = Failover(store, ask)
            await failover.look()
            assert asked == [(KEY, 101)], "its rows may end before what was acknowledged"
            await failover.look()
            assert len(asked) == 1, "once"

    asyncio.run(scenario())


async def until_follows(server: Postgres, through: int) -> None:
    async with asyncio.timeout(150):  # a busy machine takes long to promote, and to reconnect
        while not await query(server.dsn, "SELECT FROM device WHERE through = $1", through):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def until_hears_nothing(standby: Postgres) -> None:
    """Wait until the standby's receiver ends, after the reload that stops it. It still receives what is written until
    then.
    """
    async with asyncio.timeout(150):
        while await query(standby.dsn, "SELECT FROM pg_stat_wal_receiver"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
