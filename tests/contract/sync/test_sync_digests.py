"""Both ends verify that they have the same rows. Damaged rows in Postgres are found by number."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from msgspec.structs import astuple

from sim.broker import Broker
from sync import limits
from sync.digests import Proof, compare
from sync.hub.model import Key
from sync.hub_rpc import Questions, asking
from sync.mqtt import BrokerConfig
from sync.uplink import DeviceIdentity
from tests.sync_doubles import KEY, History
from tests.sync_fixture import a_hub, an_edge, query

WHO = DeviceIdentity(*astuple(KEY), "1.0")


async def proof_of(history: History, port: int, first: int = 1) -> Proof:
    async def hashes(start: int, end: int) -> Sequence[bytes]:
        return [row.hash for row in history.rows[start - 1 : end]]

    async def work(questions: Questions) -> Proof:
        return await compare(first, history.head.seq, hashes, questions.digests)

    return await asking(WHO, BrokerConfig(port=port), work)


async def synced(history: History, port: int) -> None:
    async with an_edge(history, port) as edge:
        await edge.all_acknowledged()


@pytest.mark.parametrize("rows", [1, 999, 1000, 1001, 2500])
def test_what_is_the_same_is_proved_to_its_end(database: str, broker: Broker, rows: int) -> None:
    async def scenario() -> None:
        history = History()
        history.append(rows - history.head.seq)
        async with a_hub(database, broker.port):
            await synced(history, broker.port)
            assert await proof_of(history, broker.port) == Proof(1, rows)
            assert await proof_of(history, broker.port, first=rows) == Proof(rows, rows)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "damage",
    [
        "body = 'gone'::bytea",
        "at_us = at_us + 1",
        "type = 'Gift'",
        "command_id = '\\x00'::bytea",
        "hash = prev",
        "actor = 'ä' || actor",
        "clock = 'suspect', body = body",
    ],
)
def test_a_row_that_was_damaged_is_found(database: str, broker: Broker, damage: str) -> None:
    async def scenario() -> None:
        history = History()
        history.append(2200)
        async with a_hub(database, broker.port):
            await synced(history, broker.port)
            await query(database, f"UPDATE journal SET {damage} WHERE seq = 1777")
            assert await proof_of(history, broker.port) == Proof(1, 2201, 0, 1, ((1777, 1777),))

    asyncio.run(scenario())


def test_missing_and_different_rows_are_counted_and_named(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        history = History()
        history.append(3000)
        async with a_hub(database, broker.port):
            await synced(history, broker.port)
            await query(database, "DELETE FROM journal WHERE seq BETWEEN 995 AND 1004 OR seq = 3001")
            await query(database, "UPDATE journal SET body = '' WHERE seq IN (5, 6, 2000)")
            found = await proof_of(history, broker.port)
            assert found == Proof(1, 3001, 11, 3, ((5, 6), (995, 1004), (2000, 2000), (3001, 3001)))

    asyncio.run(scenario())


def test_a_history_of_several_epochs_is_proved(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        history = History()
        history.append(1500)
        async with a_hub(database, broker.port):
            await synced(history, broker.port)
            history.restore(700)
            history.append(900)
            await synced(history, broker.port)
            assert await proof_of(history, broker.port) == Proof(1, history.head.seq)
            await query(database, "UPDATE journal SET body = '' WHERE seq = 1200 AND epoch = 1")
            assert (await proof_of(history, broker.port)).holds, "the old branch is no part of it"
            await query(database, "UPDATE journal SET body = '' WHERE seq = 1200 AND epoch = 2")
            assert (await proof_of(history, broker.port)).wrong == ((1200, 1200),)

    asyncio.run(scenario())


def test_what_differs_everywhere_is_said_without_looking_at_all_of_it(
    database: str, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DIGEST_LOOKS", 2)

    async def scenario() -> None:
        history = History()
        history.append(4500)
        async with a_hub(database, broker.port):
            await synced(history, broker.port)
            await query(database, "UPDATE journal SET body = ''")
            assert await proof_of(history, broker.port) == Proof(1, 4501, 0, 2000, ((1, 2000),), 3)

    asyncio.run(scenario())


def test_rows_that_the_hub_does_not_hold_yet_or_only_in_files_are_not_compared(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        history = History()
        history.append(1400)
        async with a_hub(database, broker.port):
            await synced(history, broker.port)
            history.append(10)
            assert await proof_of(history, broker.port) == Proof(1, 1401)
            month = "INSERT INTO archived_month (month, file, rows, sha256) VALUES ('2020-01-01', 'x', 100, '')"
            await query(database, month)
            stretch = "INSERT INTO archived_stretch VALUES ($1, $2, $3, '2020-01-01', 100, 100)"
            await query(database, stretch, *astuple(KEY))
            await query(database, "DELETE FROM journal WHERE seq <= 100")
            assert await proof_of(history, broker.port) == Proof(101, 1401)

    asyncio.run(scenario())


def test_a_device_that_the_hub_does_not_know_has_nothing_to_compare(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        async with a_hub(database, broker.port):
            assert (await proof_of(History(Key(*astuple(KEY))), broker.port)).through == 0

    asyncio.run(scenario())
