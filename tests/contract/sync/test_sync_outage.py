"""A shortened long outage of the network: all collected rows arrive, and the amount in transit stays limited."""

from __future__ import annotations

import asyncio

import pytest

from sim.broker import Broker
from sync import limits, store_link
from sync.session import Session
from tests.sync_doubles import KEY, History, until
from tests.sync_fixture import Edge, a_hub, background, held


@pytest.mark.slow
def test_what_gathered_without_a_network_drains_whole_and_bounded(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        broker.stop()
        history = History()
        edge = Edge(history, broker.port)
        on_their_way = [0]

        def watch(session: Session) -> int:
            return len(session._receipts) + edge.link._outbox.qsize()

        async def look() -> None:
            while True:
                if edge.link._session is not None:
                    on_their_way.append(watch(edge.link._session))
                await asyncio.sleep(0)

        async with background(edge.link.run()):
            await until(lambda: edge.link.state.trouble.code == "no_broker", "there is no network")
            edge.journal.append(20_000)
            broker.restart()
            async with a_hub(database, broker.port), background(look()), background(edge.sell(2_000)):
                await until(lambda: history.head.seq >= 22_001, "it sells on")
                await edge.all_acknowledged(60.0)
        assert await held(database, KEY) == history.rows
        bound = limits.EDGE_UNACKED + store_link.OUTBOX + 3  # plus a hello, a pull and a stop
        assert 0 < max(on_their_way) <= bound

    asyncio.run(scenario())
