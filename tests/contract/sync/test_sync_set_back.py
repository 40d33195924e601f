"""Head office's database loses data or is emptied while nobody sells: this is noticed, reported, and repaired."""

from __future__ import annotations

import asyncio
import logging

import asyncpg
import msgspec
import pytest

from sim.broker import Broker
from tests import sync_fixture
from tests.sync_doubles import KEY, History, until
from tests.sync_fixture import a_hub, an_edge, held

EMPTIED = ("DELETE FROM journal", "DELETE FROM device")
SET_BACK = (
    "DELETE FROM journal WHERE seq > 40",
    "UPDATE device SET through = 40, stored = 40, through_hash = (SELECT hash FROM journal WHERE seq = 40)",
)


@pytest.mark.parametrize("harm", [EMPTIED, SET_BACK], ids=["emptied", "set back"])
def test_less_than_was_acknowledged_is_an_alarm_and_is_sent_again(
    harm: tuple[str, ...],
    database: str,
    broker: Broker,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The cluster is the same, so only its rows show the loss. The box learns of it with its next pull."""
    monkeypatch.setattr(sync_fixture, "HURRIED", msgspec.structs.replace(sync_fixture.HURRIED, pull_s=0.5))

    async def scenario() -> None:
        history = History()
        history.append(99)
        async with a_hub(database, broker.port), an_edge(history, broker.port) as edge:
            await edge.all_acknowledged()
            connection = await asyncpg.connect(database)
            async with connection.transaction():
                for statement in harm:
                    await connection.execute(statement)
            await connection.close()
            await until(lambda: "its database was restored" in caplog.text, "it is said")
            await edge.all_acknowledged()
            await until(lambda: edge.link.state.set_back == 0, "all is well again")
            assert edge.link.state.through == 100
        assert await held(database, KEY) == history.rows

    with caplog.at_level(logging.WARNING):
        asyncio.run(scenario())
