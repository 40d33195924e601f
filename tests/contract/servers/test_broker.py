"""The launcher of a private Mosquitto."""

from __future__ import annotations

import asyncio
import os
import random

import pytest

from sim.broker import Broker
from sim.child import ServerError
from sync.mqtt import BrokerConfig, connect
from tests.children import starter_killed


async def echo(port: int, **config: str) -> bytes:
    """Return what comes back after a message was sent."""
    broker = BrokerConfig(port=port, **config)  # type: ignore[arg-type]
    async with connect(broker, "test", "echo/#", 4) as session:
        sent = random.randbytes(200_000)
        receipt = await session.publish("echo/1", sent)
        incoming = await session.messages.get()
        incoming.done()
        assert await receipt == "taken"
        assert incoming.payload == sent
        return incoming.payload


def test_it_passes_messages_on_and_comes_back_on_the_same_port() -> None:
    with Broker() as broker:
        port = broker.port
        asyncio.run(echo(port))
        broker.kill()
        with pytest.raises(Exception, match="No broker is running"):
            asyncio.run(echo(port))
        broker.restart()
        asyncio.run(echo(port))


def test_passwords_and_access_lists_are_in_force() -> None:
    async def may_write(topic: str) -> str:
        async with connect(BrokerConfig(port=broker.port, user="till", password="secret"), "test", None, 4) as session:
            return await (await session.publish(topic, b"x"))

    with Broker(passwords={"till": "secret"}, acl="user till\ntopic readwrite echo/#\n") as broker:
        asyncio.run(echo(broker.port, user="till", password="secret"))
        assert asyncio.run(may_write("other/1")) == "refused"
        assert asyncio.run(may_write("echo/2")) == "unheard"
        with pytest.raises(Exception, match="rejected"):
            asyncio.run(echo(broker.port, user="till", password="wrong"))


def test_two_run_side_by_side_and_leave_nothing_behind() -> None:
    async def scenario() -> list[int]:
        async with Broker() as one, Broker() as other:
            await asyncio.gather(echo(one.port), echo(other.port))
            return [one.pid, other.pid]

    for pid in asyncio.run(scenario()):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_it_ends_when_the_process_that_started_it_is_killed() -> None:
    assert starter_killed("from sim.broker import Broker as Server")


def test_a_wrong_line_is_said_with_the_end_of_its_log() -> None:
    with pytest.raises(ServerError, match="no_such_option"), Broker(extra="no_such_option true"):
        pass
