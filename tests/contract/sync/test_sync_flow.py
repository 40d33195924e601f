"""Rows from an edge to Postgres through the real servers, each of which is killed in between."""

from __future__ import annotations

import asyncio

import pytest

from sim.broker import Broker
from sim.postgres import Postgres
from sync import wire
from sync.hub.model import Key
from sync.hub.store import Store
from sync.mqtt import BrokerConfig, connect
from sync.wire import Ack
from tests.sync_doubles import KEY, History, until
from tests.sync_fixture import Edge, a_hub, an_edge, background, held, hub_process, kill, query


def test_five_thousand_rows_arrive_byte_for_byte(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        history = History()
        history.append(4000)
        history.append(999, type="Notiz äöü", body='{"note":"שלום"}'.encode())
        async with a_hub(database, broker.port), an_edge(history, broker.port) as edge:
            await edge.all_acknowledged()
            assert await held(database, KEY) == history.rows
            edge.journal.append()
            await edge.all_acknowledged()
            assert await held(database, KEY) == history.rows
            assert (edge.link.state.phase, edge.link.state.why, edge.link.state.lag) == ("flowing", "", 0)

    asyncio.run(scenario())


def test_an_ack_for_a_clone_of_this_box_is_not_taken_as_ours(database: str, broker: Broker) -> None:
    """Both boxes listen to the same topic. The clone's acknowledged rows aren't ours."""

    async def scenario() -> None:
        history, clone = History(), History()
        history.append(4)
        clone.append(3)
        clone.append(4, body=b"{}")
        async with a_hub(database, broker.port), an_edge(history, broker.port) as edge:
            await edge.all_acknowledged()
            history.append(3)  # not announced, so the hub doesn't know about them yet
            ack = Ack(1, 7, 100, hash=clone.rows[6].hash)
            async with connect(BrokerConfig(port=broker.port, tls=False), "hub-2", None, 10) as session:
                await session.publish(f"edge/{KEY}/down", wire.encode(ack))
                await until(lambda: edge.link.state.phase == "stopped", "it notices")
            assert edge.link.state.trouble.code == "forked"
            assert edge.journal.position == (1, 5)
            edge.journal.append()
            await edge.all_acknowledged()
            assert await held(database, KEY) == history.rows

    asyncio.run(scenario())


def test_a_hub_worker_that_is_killed_loses_and_doubles_nothing(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        history = History()
        async with an_edge(history, broker.port) as edge, background(edge.sell(20_000)):
            for through in (2_000, 6_000, 10_000):
                worker = await hub_process(database, broker.port)
                await until(lambda more=through: edge.link.state.through > more, f"row {through}")
                await kill(worker)
            worker = await hub_process(database, broker.port)
            await until(lambda: history.head.seq >= 20_001, "all sold")
            await edge.all_acknowledged()
            await kill(worker)
        await all_is_there_once(database, history)

    asyncio.run(scenario())


def test_a_broker_that_is_killed_and_restarted_loses_and_doubles_nothing(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        history = History()
        edge = Edge(history, broker.port)
        async with a_hub(database, broker.port), background(edge.link.run()), background(edge.sell(10_000)):
            await until(lambda: edge.link.state.through > 1_000, "some rows")
            broker.kill()
            await until(lambda: edge.link.state.phase == "offline", "the edge notices")
            broker.restart()
            await until(lambda: history.head.seq >= 10_001, "all sold")
            await edge.all_acknowledged()
        await all_is_there_once(database, history)

    asyncio.run(scenario())


@pytest.mark.parametrize("how", ["kill", "restart"])
def test_a_postgres_that_goes_and_comes_back_loses_and_doubles_nothing(broker: Broker, how: str) -> None:
    async def scenario(postgres: Postgres) -> None:
        history = History()
        edge = Edge(history, broker.port)
        async with a_hub(postgres.dsn, broker.port), background(edge.link.run()), background(edge.sell(10_000)):
            await until(lambda: edge.link.state.through > 1_000, "some rows")
            acknowledged = edge.link.state.through
            if how == "kill":
                postgres.kill()
            postgres.restart()
            assert len(await held(postgres.dsn, KEY)) >= acknowledged, "what was acknowledged is there"
            await until(lambda: history.head.seq >= 10_001, "all sold")
            await edge.all_acknowledged()
        await all_is_there_once(postgres.dsn, history)

    with Postgres() as postgres:
        asyncio.run(scenario(postgres))


def test_two_workers_share_the_work_of_one_device(
    database: str, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled: dict[int, int] = {}
    take = Store.rows

    async def counted(self: Store, *arguments: object) -> object:
        handled[id(self)] = handled.get(id(self), 0) + 1
        return await take(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "rows", counted)

    async def scenario() -> None:
        history = History()
        history.append(15_000)
        async with a_hub(database, broker.port), a_hub(database, broker.port), an_edge(history, broker.port) as edge:
            await edge.all_acknowledged()
        assert len(handled) == 2
        await all_is_there_once(database, history)

    asyncio.run(scenario())


def test_many_devices_at_once_end_complete(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        histories = [History(Key("acme", f"store-{number}", "till"), seed=number) for number in range(8)]
        for history in histories:
            history.append(1500)
        async with a_hub(database, broker.port):
            await asyncio.gather(*(one_edge(history) for history in histories))
        for history in histories:
            assert await held(database, history.key) == history.rows

    async def one_edge(history: History) -> None:
        async with an_edge(history, broker.port) as edge:
            await edge.all_acknowledged()

    asyncio.run(scenario())


def test_a_restored_backup_goes_on_as_a_known_branch_and_the_old_box_is_fenced(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        history, old = History(), History()
        for both in (history, old):
            both.append(500)
        async with a_hub(database, broker.port):
            async with an_edge(old, broker.port) as edge:
                await edge.all_acknowledged()
            history.restore(300)
            history.append(50)
            async with an_edge(history, broker.port) as edge:
                await edge.all_acknowledged()
                async with an_edge(old, broker.port) as ghost:
                    await until(lambda: ghost.link.state.phase == "stopped", "the old box is told")
                    assert "Epoch 2 has replaced epoch 1" in ghost.link.state.why
                    ghost.journal.append()
                history.append(10)
                edge.journal.grown.set()
                await edge.all_acknowledged()
        assert await held(database, KEY) == history.rows
        (stored,) = await query(database, "SELECT count(*) FROM journal WHERE epoch = 1")
        assert stored[0] == 501, "the old branch stays stored"

    asyncio.run(scenario())


def test_a_box_that_has_nothing_to_send_hears_at_once_that_another_has_its_place(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        history, old = History(), History()
        for both in (history, old):
            both.append(20)
        async with a_hub(database, broker.port), an_edge(old, broker.port) as ghost:
            await ghost.all_acknowledged()
            history.restore(15)
            async with an_edge(history, broker.port) as edge:
                await edge.all_acknowledged()
                await until(lambda: ghost.link.state.trouble.code == "fenced", "the old box is told")
                history.append(10)
                edge.journal.grown.set()
                await edge.all_acknowledged()
        assert await held(database, KEY) == history.rows

    asyncio.run(scenario())


def test_a_broken_chain_stops_that_device_alone_and_is_said_at_both_ends(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        broken, sound = History(), History(Key("acme", "corner", "till-2"))
        for history in (broken, sound):
            history.append(20)
        del broken.rows[10:]
        foreign = History(seed=9)
        foreign.append(20)
        broken.rows += foreign.rows[10:]
        async with a_hub(database, broker.port), an_edge(broken, broker.port) as edge:
            await until(lambda: edge.link.state.phase == "stopped", "it is stopped")
            assert "row 11: it doesn't continue the previous row" in edge.link.state.why
            assert "Sales continue" in edge.link.state.advice
            ((text,),) = await query(database, "SELECT stopped_text FROM device")
            assert text in edge.link.state.why
            async with an_edge(sound, broker.port) as other:
                await other.all_acknowledged()

    asyncio.run(scenario())


def test_noise_from_one_device_disturbs_no_other(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        history = History()
        history.append(2000)
        async with a_hub(database, broker.port), connect(BrokerConfig(port=broker.port), "noise", None, 8) as session:
            for number in range(100):
                await session.publish("edge/acme/corner/noise/up", bytes([number]) * number)
            async with an_edge(history, broker.port) as edge:
                await edge.all_acknowledged()
        assert await held(database, KEY) == history.rows

    asyncio.run(scenario())


async def all_is_there_once(dsn: str, history: History) -> None:
    assert await held(dsn, KEY) == history.rows
    ((stored,),) = await query(dsn, "SELECT count(*) FROM journal")
    assert stored == len(history.rows)
