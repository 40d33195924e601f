"""A box sends a request to a room at head office, over MQTT: it is answered at once, or not at all."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sim.broker import Broker
from sync.hub.model import Key
from sync.session import LinkLost
from tests.sync_doubles import KEY, History, until
from tests.sync_fixture import a_hub, an_edge

PATIENT_S = 10.0


async def backwards(connection: Any, key: Key, body: bytes) -> bytes:
    assert key == KEY
    return bytes(reversed(body)) + str(await connection.fetchval("SELECT 7")).encode()


async def never(connection: Any, key: Key, body: bytes) -> bytes:
    raise ValueError("a question that the room cannot read")


def test_a_question_is_answered_by_its_room(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        rooms = {"words": backwards, "faulty": never}
        async with a_hub(database, broker.port, answers=rooms), an_edge(History(), broker.port) as edge:
            await until(lambda: edge.link.state.phase == "flowing", "the hub knows it")
            asked = [edge.link.ask("words", b"%d" % number, PATIENT_S) for number in (12, 34)]
            assert await asyncio.gather(*asked) == [b"217", b"437"]
            assert await edge.link.ask("nobody", b"?", PATIENT_S) == b""
            with pytest.raises(LinkLost):
                await edge.link.ask("faulty", b"?", 0.2)
            assert await edge.link.ask("words", b"", PATIENT_S) == b"7", "and the box goes on"
            long = bytes(range(256)) * 400
            assert await edge.link.ask("words", long, PATIENT_S) == long[::-1] + b"7", (
                "as long as a mail with its files"
            )

    asyncio.run(scenario())


def test_without_head_office_no_one_waits(broker: Broker) -> None:
    async def scenario() -> None:
        async with an_edge(History(), broker.port) as edge:
            with pytest.raises(LinkLost):
                await edge.link.ask("words", b"?", PATIENT_S)

    asyncio.run(scenario())
