"""Directives from head office to the shop: published, pulled, applied, and confirmed."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import astuple

from sim.broker import Broker
from sync import limits
from sync.hub.publishing import publish
from sync.hub.store import Store, open_store
from sync.mqtt import BrokerConfig
from sync.wire import PROTOCOL, Directive, Directives, Hello, Pull, Stopped, WireError
from tests.sync_doubles import KEY, History, until
from tests.sync_fixture import a_hub, an_edge, query


def test_a_directive_is_hinted_pulled_applied_and_reported(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        async with a_hub(database, broker.port) as store, an_edge(History(), broker.port) as edge:
            await edge.all_acknowledged()
            one = await send(store, broker, b"one")
            await until(lambda: edge.journal.applied == [Directive(one, "prices", b"one")], "it is applied")
            two = await send(store, broker, b"two")
            assert two > one
            await until(lambda: len(edge.journal.applied) == 2, "it is applied")
            await until(lambda: edge.link.directives.waiting == 0, "nothing waits")
            assert edge.link.directives.applied == two
            await applied_at_the_hub(database, two)

    asyncio.run(scenario())


def test_a_device_that_was_away_gets_all_in_order(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        async with a_hub(database, broker.port) as store:
            versions = [await store.publish("acme", "corner", "prices", b"%d" % number) for number in range(450)]
            assert versions == sorted(set(versions))
            await store.publish("acme", "another-store", "prices", b"not ours")
            async with an_edge(History(), broker.port) as edge:
                await until(lambda: len(edge.journal.applied) == 450, "all are applied")
                assert [directive.version for directive in edge.journal.applied] == versions
                await applied_at_the_hub(database, versions[-1])

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


def test_versions_of_a_store_are_never_given_twice(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        async with a_hub(database, broker.port) as store:
            work = (store.publish("acme", "corner", "prices", b"") for _ in range(40))
            assert len(set(await asyncio.gather(*work))) == 40


def test_a_hub_restored_from_a_backup_goes_on_above_what_it_has_forgotten(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        async with a_hub(database, broker.port) as store, an_edge(History(), broker.port) as edge:
            await edge.all_acknowledged()
            await send(store, broker, b"remembered")
            saved = await query(database, "SELECT tenant, store, version FROM directive_head")
            await send(store, broker, b"forgotten")
            await until(lambda: len(edge.journal.applied) == 2, "both are applied")
            await query(database, "DELETE FROM directive WHERE version > $1", saved[0]["version"])
            await query(database, "UPDATE directive_head SET version = $1", saved[0]["version"])
            await send(store, broker, b"after the restore")
            await until(lambda: len(edge.journal.applied) == 3, "it is applied, not taken for an old one")
            assert edge.journal.applied[-1].body == b"after the restore"

    asyncio.run(scenario())


def test_a_hub_whose_clock_was_ahead_goes_on_counting(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        async with a_hub(database, broker.port) as store:
            first = await store.publish("acme", "corner", "prices", b"")
            await query(database, "UPDATE directive_head SET version = version + 10000000000000000")
            assert await store.publish("acme", "corner", "prices", b"") == first + 10_000_000_000_000_001

    asyncio.run(scenario())

    asyncio.run(scenario())


def test_who_is_fenced_gets_no_directive_and_hears_why_when_it_asks(database: str) -> None:
    async def scenario() -> None:
        async with open_store(database) as store:
            history = History()
            history.begin_epoch(5)
            head = history.head
            hello = Hello(PROTOCOL, *astuple(KEY), head.epoch, head.seq, head.hash, history.epochs)
            await store.hello(KEY, hello, 1)
            await store.publish("acme", "corner", "prices", b"{}")
            for pull in (Pull(0, 5), Pull(0)):  # a pull without an epoch is from before the box knew it
                given = await store.directives(KEY, pull)
                assert isinstance(given, Directives) and len(given.directives) == 1
            old = await store.directives(KEY, Pull(9, 1))
            assert isinstance(old, Stopped) and (old.epoch, old.code, old.by_hand) == (1, "fenced", False)
            told = await store.bar(KEY, "it was stolen")
            assert told == Stopped(5, "fenced", "Head office has fenced this box: it was stolen.", by_hand=True)
            assert [await store.directives(KEY, Pull(9, epoch)) for epoch in (5, 0)] == [told, told]
            assert await query(database, "SELECT applied FROM device") == [(0,)], "it says nothing of what was applied"
            await store.bar(KEY, "")
            assert isinstance(await store.directives(KEY, Pull(0, 5)), Directives)

    asyncio.run(scenario())


async def send(store: Store, broker: Broker, body: bytes) -> int:
    return await publish(store, BrokerConfig(port=broker.port), "acme", "corner", "prices", body)


async def applied_at_the_hub(dsn: str, version: int) -> None:
    """Wait until the device confirms the version with its next pull."""
    deadline = asyncio.get_running_loop().time() + 10
    while (await query(dsn, "SELECT applied FROM device"))[0][0] != version:
        assert asyncio.get_running_loop().time() < deadline, f"the hub does not hear that {version} is applied"
        await asyncio.sleep(0.02)
