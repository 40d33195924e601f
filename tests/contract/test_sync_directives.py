"""Directives from head office to the shop: published, pulled, applied, reported back."""

from __future__ import annotations

import asyncio

import pytest

from sim.broker import Broker
from sync import limits
from sync.hub.publishing import publish
from sync.hub.store import Store
from sync.mqtt import BrokerConfig
from sync.wire import Directive, WireError
from tests.sync_house import a_hub, an_edge, query
from tests.wires import History, until


def test_a_directive_is_hinted_pulled_applied_and_reported(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        async with a_hub(database, broker.port) as store, an_edge(History(), broker.port) as edge:
            await edge.all_acknowledged()
            assert await send(store, broker, b"one") == 1
            await until(lambda: edge.journal.applied == [Directive(1, "prices", b"one")], "it is applied")
            assert await send(store, broker, b"two") == 2
            await until(lambda: len(edge.journal.applied) == 2, "it is applied")
            await until(lambda: edge.link.directives.waiting == 0, "nothing waits")
            assert edge.link.directives.applied == 2
            await applied_at_the_hub(database, 2)

    asyncio.run(scenario())


def test_a_device_that_was_away_gets_all_in_order(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        async with a_hub(database, broker.port) as store:
            for number in range(1, 451):
                assert await store.publish("acme", "corner", "prices", b"%d" % number) == number
            await store.publish("acme", "another-store", "prices", b"not ours")
            async with an_edge(History(), broker.port) as edge:
                await until(lambda: len(edge.journal.applied) == 450, "all are applied")
                assert [directive.version for directive in edge.journal.applied] == list(range(1, 451))
                await applied_at_the_hub(database, 450)

    asyncio.run(scenario())


def test_large_directives_come_as_many_as_a_message_holds(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        async with a_hub(database, broker.port) as store:
            for _ in range(5):
                await store.publish("acme", "corner", "catalogue", bytes(limits.DIRECTIVE_BYTES))
            with pytest.raises(WireError, match="split it"):
                await store.publish("acme", "corner", "catalogue", bytes(limits.DIRECTIVE_BYTES + 1))
            async with an_edge(History(), broker.port) as edge:
                await until(lambda: len(edge.journal.applied) == 5, "all are applied")

    asyncio.run(scenario())


def test_one_that_cannot_be_applied_is_shown_and_tried_again(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        async with a_hub(database, broker.port) as store, an_edge(History(), broker.port) as edge:
            edge.journal.refusal = "There is no tax class 'B'."
            await edge.all_acknowledged()
            await send(store, broker, b"one")
            await until(lambda: edge.link.directives.why == "There is no tax class 'B'.", "it is shown")
            edge.journal.refusal = None
            await until(lambda: len(edge.journal.applied) == 1, "it is applied")
            await until(lambda: edge.link.directives.why == "", "and no longer shown")

    asyncio.run(scenario())


def test_versions_of_a_store_have_no_gaps_under_concurrency(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        async with a_hub(database, broker.port) as store:
            work = (store.publish("acme", "corner", "prices", b"") for _ in range(40))
            assert sorted(await asyncio.gather(*work)) == list(range(1, 41))

    asyncio.run(scenario())


async def send(store: Store, broker: Broker, body: bytes) -> int:
    return await publish(store, BrokerConfig(port=broker.port), "acme", "corner", "prices", body)


async def applied_at_the_hub(dsn: str, version: int) -> None:
    """The device says so in its next pull."""
    deadline = asyncio.get_running_loop().time() + 10
    while (await query(dsn, "SELECT applied FROM device"))[0][0] != version:
        assert asyncio.get_running_loop().time() < deadline, f"the hub does not hear that {version} is applied"
        await asyncio.sleep(0.02)
