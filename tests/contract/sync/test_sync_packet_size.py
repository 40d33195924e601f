"""A broker with a lower size limit than ours: what can be split is split to fit, and the rest is reported."""

from __future__ import annotations

import asyncio
import random

import pytest

from sim.broker import Broker
from sync import limits
from sync.hub.publishing import publish
from sync.mqtt import BrokerConfig, connect
from sync.session import TooLong
from tests.sync_doubles import KEY, History, until
from tests.sync_fixture import a_hub, an_edge, held

LIMIT = 16 * 1024
LONG = 100_000
"""Bytes of a body that can't be compressed to `LIMIT`."""

STOPPED = "SELECT stopped_code FROM device"


def long_body() -> bytes:
    return b'"%s"' % random.Random(1).randbytes(LONG // 2).hex().encode()


@pytest.mark.parametrize("limit", [LIMIT, 128 * 1024])
def test_a_long_history_drains_through_a_narrow_broker(database: str, limit: int) -> None:
    async def scenario(port: int) -> None:
        history = History()
        history.append(9_942)
        async with a_hub(database, port), an_edge(history, port) as edge:
            await edge.all_acknowledged(60.0)
            assert edge.link.state.phase == "flowing"
        assert await held(database, KEY) == history.rows

    with Broker(extra=f"max_packet_size {limit}") as broker:
        asyncio.run(scenario(broker.port))


def test_a_row_that_no_message_can_hold_is_said_at_both_ends_and_goes_once_the_broker_takes_it(database: str) -> None:
    async def scenario() -> None:
        history = History()
        history.append(50)
        history.append(body=long_body())
        history.append(50)
        with Broker(extra=f"max_packet_size {LIMIT}") as narrow:
            async with a_hub(database, narrow.port) as store, an_edge(history, narrow.port) as edge:
                await until(lambda: edge.link.state.trouble.code == "row_too_long", "it is said")
                state = edge.link.state
                assert state.phase == "stopped"
                assert state.trouble.values["row"] == "52"
                assert int(state.trouble.values["size"]) > int(state.trouble.values["limit"])
                assert "max_packet_size" in state.advice
                await until(lambda: edge.link.state.through == 51, "what comes before it has gone")
                async with asyncio.timeout(30):
                    while await store.pool.fetchval(STOPPED) != "row_too_long":  # noqa: ASYNC110 - the hub does it
                        await asyncio.sleep(0.02)
        with Broker() as wide:
            async with a_hub(database, wide.port), an_edge(history, wide.port) as edge:
                await edge.all_acknowledged()
        assert await held(database, KEY) == history.rows

    asyncio.run(scenario())


def test_many_directives_are_cut_to_what_the_broker_takes(database: str) -> None:
    """An oversized message would break the hub's connection, and so the connection of all stores."""

    async def scenario(port: int) -> None:
        async with a_hub(database, port) as store, an_edge(History(), port) as edge:
            await edge.all_acknowledged()
            body = long_body()[: LIMIT // 3]
            for _ in range(10):
                await publish(store, BrokerConfig(port=port), KEY.tenant, KEY.store, "prices", body)
            await until(lambda: len(edge.journal.applied) == 10, "all arrive")

    with Broker(extra=f"max_packet_size {LIMIT}") as broker:
        asyncio.run(scenario(broker.port))


def test_what_is_too_long_is_not_sent_and_the_connection_stands() -> None:
    async def scenario(port: int) -> None:
        async with connect(BrokerConfig(port=port), "test", "echo/1", 4) as session:
            room = session.room("echo/1")
            with pytest.raises(TooLong, match=str(room)):
                await session.publish("echo/1", bytes(room + 1))
            assert await (await session.publish("echo/1", bytes(room))) == "taken"  # exactly the limit

    with Broker(extra=f"max_packet_size {LIMIT}") as broker:
        asyncio.run(scenario(broker.port))


def test_a_broker_that_names_no_limit_leaves_ours(broker: Broker) -> None:
    async def scenario() -> None:
        async with connect(BrokerConfig(port=broker.port), "test", None, 4) as session:
            assert session.room("echo/1") == limits.MESSAGE_BYTES

    asyncio.run(scenario())
