"""Head office's alerts of a store match the store's, however the rows were divided into batches."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.core.messages import Command, Done
from edge.foundation.alerts.commands import (
    AcknowledgeAlert,
    LapseAcknowledgement,
    RaiseAlert,
    ResolveAlert,
    SendAlert,
    UnacknowledgeAlert,
)
from edge.foundation.alerts.events import EVENTS
from edge.foundation.alerts.hub import AlertTables
from sync.hub.model import Key
from tests.shop_fixture import SYSTEM, open_shop, run

KEY, OTHER = Key("demo", "corner", "box1"), Key("demo", "corner", "box2")
NAMES = tuple(event.__name__ for event in EVENTS)


@pytest.mark.parametrize("batch", [1, 100])
def test_the_hub_has_what_the_store_has(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:

            async def do(command: Command) -> int:
                done = await shop.do(command, SYSTEM)
                assert isinstance(done, Done), done
                return done.first_seq

            freezer = await do(SendAlert("Freezer", "", "high", dedupe="freezer"))
            drawer = await do(RaiseAlert("drawer_difference", "1 1", "high", {"register": "1", "number": 1}))
            held = await do(RaiseAlert("prices_held", "", "medium", {"count": 3}))
            await do(AcknowledgeAlert(freezer))
            await do(SendAlert("Freezer", "", "critical", dedupe="freezer"))
            await do(AcknowledgeAlert(drawer))
            await do(LapseAcknowledgement(drawer))
            await do(ResolveAlert(held))
            await do(AcknowledgeAlert(freezer))
            await do(UnacknowledgeAlert(freezer))
            await do(AcknowledgeAlert(freezer, "again"))
            projector = AlertTables(shop.registry)
            connection = await asyncpg.connect(database)
            await connection.execute(hub.tables()["alerts"])
            rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in NAMES]
            for key in (KEY, OTHER):
                for at in range(0, len(rows), batch):
                    await projector.handlers["AlertRaised"](connection, key, rows[at : at + batch])
            await projector.reset(connection, OTHER)
            query = "SELECT id, kind, subject, severity, worst, state, count, vals FROM alert ORDER BY id"
            theirs = [tuple(row) for row in await connection.fetch(query)]
            assert theirs == list(shop.reader.execute(query).fetchall()) and len(theirs) == 3
            more = await connection.fetch("SELECT title, acked_by, ended_at IS NULL FROM alert ORDER BY id")
            assert [tuple(row) for row in more] == [
                ("Freezer", "system", True),
                ("Register 1: drawer difference of … in shift 1", None, True),
                ("Prices waiting for approval: 3", None, False),
            ]
            await connection.close()

    run(scenario())
