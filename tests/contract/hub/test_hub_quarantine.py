"""Rows that the hub couldn't project are listed with the reason, and projected after an upgrade or on request."""

from __future__ import annotations

import asyncio
from typing import Any

from sim.broker import Broker
from sync.hub.projection_runner import ProjectionRunner
from sync.hub.quarantine import Where, count, read_quarantine
from sync.hub.store import open_store
from tests.contract.hub.test_hub_projection import Totals, projected, sell, tables
from tests.stack import edge
from tests.sync_doubles import History, until
from tests.sync_fixture import a_hub, an_edge, background, query


class MendedTotals(Totals):
    """A projector of the same tables that accepts negative sums."""

    async def _sold(self, connection: Any, key: Any, rows: Any) -> None:
        mended = [row.__class__(**{**_fields(row), "body": row.body.lstrip(b"-")}) for row in rows]
        await super()._sold(connection, key, mended)


def _fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}


async def with_bad_rows(dsn: str, broker: Broker, *sums: int) -> History:
    await tables(dsn)
    history = History()
    sell(history, *sums)
    async with a_hub(dsn, broker.port, [Totals()]), an_edge(history, broker.port):
        await projected(dsn, history, at=1)
    return history


async def sold(dsn: str) -> int:
    return int((await query(dsn, "SELECT sold FROM total"))[0][0])


def test_a_newer_release_takes_what_an_older_one_could_not_and_an_older_one_does_not_try(
    database: str, broker: Broker
) -> None:
    async def scenario() -> None:
        history = await with_bad_rows(database, broker, 1, -20, 300)
        async with open_store(database) as store:
            found = [bad async for bad in read_quarantine(store.pool, Where())]
            assert [(bad.seq, bad.reason, bad.body) for bad in found] == [(3, "ValueError: a sum of -20", b"-20")]
            async with background(ProjectionRunner(store, [MendedTotals()], release=0).run()):
                sell(history, 4000)
                async with a_hub(database, broker.port), an_edge(history, broker.port) as device:
                    await device.all_acknowledged()
            assert await count(store.pool, Where("acme")) == 1
            async with background(ProjectionRunner(store, [MendedTotals()], release=1).run()):
                await emptied(store.pool)
                await projected(database, history, at=1)
        assert await sold(database) == 4321

    asyncio.run(scenario())


async def emptied(pool: Any) -> None:
    """Wait until the quarantine is empty."""
    left = [1]

    async def look() -> None:
        while left[-1]:
            left.append(await count(pool, Where()))
            await asyncio.sleep(0.02)

    async with background(look()):
        await until(lambda: not left[-1], "nothing is in quarantine")


def test_head_office_lists_them_and_has_them_tried_again(database: str, broker: Broker) -> None:
    env = {"EDGE_HUB_DATABASE": database}

    async def scenario() -> None:
        history = await with_bad_rows(database, broker, 1, -20, 300)
        listed = await edge("hub", "quarantine", "list", "acme/corner", "--body", env=env)
        assert listed.status == 1, "there are some"
        assert "acme/corner/till-1 #3 (epoch 1) Sold version 1, for totals" in listed.out
        assert "ValueError: a sum of -20" in listed.out and "    -20" in listed.out
        other = await edge("hub", "quarantine", "list", "acme/elsewhere", env=env)
        assert (other.status, other.out.strip()) == (0, "0 events in quarantine.")
        again = await edge("hub", "quarantine", "retry", env=env)
        assert again.out.strip() == "acme/corner/till-1: totals starts again from the first row."
        async with a_hub(database, broker.port, [MendedTotals()]), an_edge(history, broker.port):
            await projected(database, history, at=1)
        assert await sold(database) == 321
        assert (await edge("hub", "quarantine", "list", env=env)).status == 0
        wrong = await edge("hub", "quarantine", "list", "a//b", env=env)
        assert (wrong.status, "isn't a tenant, store or device" in wrong.err) == (1, True)

    asyncio.run(scenario())
