"""Head office with two brokers, one of which is killed.

Either each broker has its own worker, as in a cluster, or each worker uses both.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from types import TracebackType
from typing import Self

from msgspec.structs import astuple

from sim.broker import Broker
from sync.hub.model import Key
from sync.hub.publishing import give_hint
from sync.hub.store import Store
from sync.hub_rpc import asking
from sync.mqtt import BrokerConfig
from sync.uplink import DeviceIdentity
from sync.wire import Fetch
from tests.sync_doubles import History, until
from tests.sync_fixture import Edge, a_hub, an_edge, background, held

PIECE = 65_536


class OneAddress:
    """The address to which boxes connect. Like a load balancer, it forwards to working brokers in turn."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._lines: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = 0
        self.given: list[int] = []
        self._turn = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        for line in self._lines:
            line.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        first, self._turn = self._turn % len(self._ports), self._turn + 1
        for port in (*self._ports[first:], *self._ports[:first]):
            try:
                there, to_there = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            self.given.append(port)
            self._lines.add(to_there)
            await asyncio.wait(
                [asyncio.ensure_future(_copy(reader, to_there)), asyncio.ensure_future(_copy(there, writer))],
                return_when=asyncio.FIRST_COMPLETED,
            )
            to_there.close()
            break
        writer.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while piece := await source.read(PIECE):
            target.write(piece)
            await target.drain()
    except OSError:
        return


@asynccontextmanager
async def two_workers(database: str, first: Broker, second: Broker) -> AsyncIterator[Store]:
    """Run a worker at each broker, on one database."""
    async with a_hub(database, first.port) as store, a_hub(database, second.port):
        yield store


def test_a_broker_that_is_killed_takes_no_row_along_and_its_boxes_go_on_at_the_other(
    database: str, broker: Broker
) -> None:
    async def scenario(other: Broker) -> None:
        histories = [History(Key("acme", f"store-{number}", "box"), seed=number) for number in range(4)]
        async with (
            two_workers(database, broker, other) as store,
            OneAddress([broker.port, other.port]) as address,
            AsyncExitStack() as stack,
        ):
            edges: list[Edge] = [await stack.enter_async_context(an_edge(one, address.port)) for one in histories]
            for edge in edges:
                await edge.all_acknowledged()
            assert {broker.port, other.port} == set(address.given), "both have boxes"
            for edge in edges:
                await stack.enter_async_context(background(edge.sell(4_000)))
            await until(lambda: all(edge.link.state.through > 500 for edge in edges), "all are at it")
            other.kill()
            for edge, history in zip(edges, histories, strict=True):
                await until(lambda own=history: own.head.seq >= 4_001, "it has sold all", 60.0)
                await edge.all_acknowledged(60.0)
            version = await store.publish("acme", "store-1", "prices", b'{"prices":[]}')
            edges[1].journal.append()
            await edges[1].all_acknowledged()
            assert version > 0
        for history in histories:
            assert await held(database, history.key) == history.rows, "each row once"

    with Broker() as other:
        asyncio.run(asyncio.wait_for(scenario(other), 180))


def took(edge: Edge, body: bytes) -> bool:
    return any(one.body == body for one in edge.journal.applied)


def test_workers_at_both_brokers_lose_and_double_nothing_and_tell_boxes_wherever_they_are(
    database: str, broker: Broker
) -> None:
    async def scenario(other: Broker) -> None:
        both = BrokerConfig(port=broker.port, others=(("127.0.0.1", other.port),))
        histories = [History(Key("acme", f"store-{number}", "box"), seed=number) for number in range(4)]
        async with (
            a_hub(database, both.port, others=both.others) as store,
            a_hub(database, both.port, others=both.others),
            OneAddress([broker.port, other.port]) as address,
            AsyncExitStack() as stack,
        ):
            edges: list[Edge] = [await stack.enter_async_context(an_edge(one, address.port)) for one in histories]

            async def publish(body: bytes) -> None:
                """Publish prices, and wait until the boxes have them. The hint makes this faster than their poll once a
                minute.
                """
                for edge in edges:
                    shop = edge.history.key.store
                    version = await store.publish("acme", shop, "prices", body)
                    await give_hint(store, both, "acme", shop, version)
                for edge in edges:
                    await until(partial(took, edge, body), "it was told")

            for edge in edges:
                await edge.all_acknowledged()
            assert {broker.port, other.port} == set(address.given), "both have boxes"
            await publish(b'{"prices":[1]}')
            for edge in edges:
                await stack.enter_async_context(background(edge.sell(4_000)))
            await until(lambda: all(edge.link.state.through > 500 for edge in edges), "all are at it")
            other.kill()
            await until(lambda: all(history.head.seq >= 4_001 for history in histories), "all is sold", 60.0)
            for edge in edges:
                await edge.all_acknowledged(60.0)
            await publish(b'{"prices":[2]}')
            other.restart()
            for edge in edges:
                edge.journal.append(50)
                await edge.all_acknowledged()
        for history in histories:
            assert await held(database, history.key) == history.rows, "each row once"

    with Broker() as other:
        asyncio.run(asyncio.wait_for(scenario(other), 180))


def test_a_box_with_several_addresses_goes_on_at_the_next_by_itself(database: str, broker: Broker) -> None:
    """And it returns when the second broker dies too."""

    async def scenario(other: Broker) -> None:
        history = History(Key("acme", "corner", "box"))
        places = (("127.0.0.1", other.port),)
        async with (
            a_hub(database, broker.port, others=places),
            an_edge(history, broker.port, others=places) as edge,
            background(edge.sell(4_000)),
        ):
            await until(lambda: edge.link.state.through > 500, "it is at it")
            assert edge.link.place == f"127.0.0.1:{broker.port}"
            broker.kill()
            await until(lambda: edge.link.place == f"127.0.0.1:{other.port}", "it is at the other", 30.0)
            there = edge.link.state.through
            await until(lambda: edge.link.state.through > there, "and goes on", 30.0)
            broker.restart()
            await until(lambda: history.head.seq >= 4_001, "it has sold all", 60.0)
            await edge.all_acknowledged(60.0)
            other.kill()
            edge.journal.append(50)
            await edge.all_acknowledged(60.0)
            assert edge.link.place == f"127.0.0.1:{broker.port}"
        assert await held(database, history.key) == history.rows, "each row once"

    with Broker() as other:
        asyncio.run(asyncio.wait_for(scenario(other), 180))


def test_a_question_of_a_command_reaches_whichever_broker_answers(database: str, broker: Broker) -> None:
    async def scenario(other: Broker) -> None:
        history = History(Key("acme", "corner", "box"))
        history.append(30)
        async with a_hub(database, other.port), an_edge(history, other.port) as edge:
            await edge.all_acknowledged()
            broker.kill()
            both = BrokerConfig(port=broker.port, others=(("127.0.0.1", other.port),))
            who = DeviceIdentity(*astuple(history.key))
            found = await asking(who, both, lambda questions: questions.fetch(Fetch(0, 1)))
            assert found.through == history.head.seq

    with Broker() as other:
        asyncio.run(asyncio.wait_for(scenario(other), 60))
