"""Events become table rows: in order, once, again after a restore or an upgrade, and a bad one doesn't stop others."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import msgspec
from msgspec.structs import astuple

from sim.broker import Broker
from sync import limits
from sync.hub.migrate import migrate, read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Table, place
from sync.hub.table_projector import TableProjector
from sync.wire import Row
from tests.citus import spread
from tests.sync_doubles import KEY, History
from tests.sync_fixture import a_hub, an_edge, query

TABLES = """
CREATE TABLE total (
    tenant text, store text, device text, sold bigint, PRIMARY KEY (tenant, store, device)
);
CREATE TABLE seen (
    tenant text, store text, device text, place bigint GENERATED ALWAYS AS IDENTITY, epoch bigint, seq bigint, note text
);
"""


class Totals:
    """A projector that sums sales. It can't read a negative sum, and Postgres refuses a sum of 13."""

    name = "totals"
    version = 1
    rows_at_once = limits.PIECE_ROWS
    word = "first"
    keeps_orphans = False

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {"Sold": self._sold, "Returned": self._sold}

    async def reset(self, connection: Any, key: Key) -> None:
        for table in ("total", "seen"):
            await connection.execute(f"DELETE FROM {table} WHERE (tenant, store, device) = ($1, $2, $3)", *astuple(key))

    async def _sold(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        for row in rows:
            sum_ = msgspec.json.decode(row.body, type=int)
            if sum_ < 0:
                raise ValueError(f"a sum of {sum_}")
            await connection.execute("SELECT 1 / ($1::int - 13)", sum_)
            await connection.execute(
                "INSERT INTO total VALUES ($1, $2, $3, $4) "
                "ON CONFLICT (tenant, store, device) DO UPDATE SET sold = total.sold + $4",
                *(*astuple(key), sum_ if row.type == "Sold" else -sum_),
            )
            await connection.execute(
                "INSERT INTO seen (tenant, store, device, epoch, seq, note) VALUES ($1, $2, $3, $4, $5, $6)",
                *(*astuple(key), row.epoch, row.seq, self.word),
            )


class NewerTotals(Totals):
    version = 2
    word = "second"


class KeptTotals(Totals):
    keeps_orphans = True


class NewerKeptTotals(KeptTotals):
    version = 2


async def tables(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await migrate(connection, read(), {"total": TABLES})
    await connection.close()
    await spread(dsn)


async def projected(dsn: str, history: History, *, at: int) -> None:
    """Wait until a projector of version `at` has processed the whole history."""
    want = (at, history.head.epoch, history.head.seq, False, False)
    deadline = asyncio.get_running_loop().time() + 20
    while (found := await query(dsn, "SELECT version, epoch, through, stale, went_back FROM projection")) != [want]:
        assert asyncio.get_running_loop().time() < deadline, f"{found}, not {want}"
        await asyncio.sleep(0.02)


def sell(history: History, *sums: int, type: str = "Sold") -> None:
    for sum_ in sums:
        history.append(type=type, body=str(sum_).encode())


def test_events_are_projected_in_order_and_others_are_passed_over(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        await tables(database)
        history = History()
        for round_ in range(30):
            sell(history, round_ + 100, round_ + 200)
            sell(history, 1, type="Returned")
            history.append(type="NobodyAsksForThis")
        async with a_hub(database, broker.port, [Totals()]), an_edge(history, broker.port):
            await projected(database, history, at=1)
        seen = await query(database, "SELECT seq FROM seen ORDER BY place")
        assert [seq for (seq,) in seen] == [row.seq for row in history.rows if row.type in ("Sold", "Returned")]
        ((sold,),) = await query(database, "SELECT sold FROM total")
        assert sold == sum(round_ + 100 + round_ + 200 - 1 for round_ in range(30))

    asyncio.run(scenario())


def test_a_bad_event_is_in_quarantine_with_its_reason_and_the_rest_flows(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        await tables(database)
        history = History()
        sell(history, 1, 2, -5, 4, 13, 6)
        async with a_hub(database, broker.port, [Totals()]), an_edge(history, broker.port):
            await projected(database, history, at=1)
        assert (await query(database, "SELECT sold FROM total"))[0][0] == 1 + 2 + 4 + 6
        bad = await query(database, "SELECT seq, reason, projector, body FROM quarantined ORDER BY seq")
        assert [tuple(row) for row in bad] == [
            (4, "ValueError: a sum of -5", "totals", b"-5"),
            (6, "DivisionByZeroError: division by zero", "totals", b"13"),
        ]

    asyncio.run(scenario())


def test_a_newer_projector_begins_again(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        await tables(database)
        history = History()
        sell(history, 1, 2, -3, 4)
        async with an_edge(history, broker.port) as edge:
            async with a_hub(database, broker.port, [Totals()]):
                await projected(database, history, at=1)
            async with a_hub(database, broker.port, [NewerTotals()]):
                await projected(database, history, at=2)
                sell(history, 10)
                edge.journal.grown.set()
                await projected(database, history, at=2)
        assert (await query(database, "SELECT sold FROM total"))[0][0] == 17
        assert {note for (note,) in await query(database, "SELECT note FROM seen")} == {"second"}
        assert len(await query(database, "SELECT FROM quarantine")) == 1

    asyncio.run(scenario())


def test_a_restored_history_is_projected_without_what_it_left_behind(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        await tables(database)
        history = History()
        sell(history, 1, 2, 4, 8, 16)
        async with a_hub(database, broker.port, [Totals()]):
            async with an_edge(history, broker.port):
                await projected(database, history, at=1)
            history.restore(3)
            sell(history, 100, 200, 300)
            async with an_edge(history, broker.port):
                await projected(database, history, at=1)
        assert (await query(database, "SELECT sold FROM total"))[0][0] == 1 + 2 + 100 + 200 + 300

    asyncio.run(scenario())


def test_what_was_acknowledged_stays_in_the_books_whatever_is_restored(database: str, broker: Broker) -> None:
    """Two backups are restored, the older one first. Rows that were never sent then arrive after those of a later
    epoch.
    """

    async def scenario() -> None:
        await tables(database)
        history = History()
        sell(history, 1, 2, 4, 8, 16)
        async with a_hub(database, broker.port, [KeptTotals()]):
            async with an_edge(history, broker.port):
                await projected(database, history, at=1)
            sell(history, 32)  # never sent, but contained in the newer backup
            newer = (list(history.rows), history.epochs)
            history.restore(3)
            sell(history, 100)
            async with an_edge(history, broker.port):
                await projected(database, history, at=1)
            assert (await query(database, "SELECT sold FROM total"))[0][0] == 1 + 2 + 4 + 8 + 16 + 100
            history.rows, history.epochs = newer
            history.restore(7, epoch=3)
            sell(history, 1000)
            async with an_edge(history, broker.port):
                await projected(database, history, at=1)
        kept = 1 + 2 + 4 + 8 + 16 + 32 + 100 + 1000
        assert (await query(database, "SELECT sold FROM total"))[0][0] == kept
        kept_sales = "SELECT seq FROM history WHERE type = 'Sold' AND tenant = $1"
        assert len(await query(database, kept_sales, KEY.tenant)) == 8
        async with a_hub(database, broker.port, [NewerKeptTotals()]):
            await projected(database, history, at=2)
        assert (await query(database, "SELECT sold FROM total"))[0][0] == kept, "made anew it is the same"

    asyncio.run(scenario())


def test_what_comes_again_after_a_restore_counts_once(database: str, broker: Broker) -> None:
    """A till without an answer repeats its command with the same id, which the backup didn't contain yet."""

    async def scenario() -> None:
        await tables(database)
        history = History()
        sell(history, 1, 2, 4)
        async with a_hub(database, broker.port, [KeptTotals()]):
            async with an_edge(history, broker.port):
                await projected(database, history, at=1)
            left = history.rows[-1]
            history.restore(2)
            history.again(left)
            sell(history, 8)
            async with an_edge(history, broker.port):
                await projected(database, history, at=1)
        assert (await query(database, "SELECT sold FROM total"))[0][0] == 1 + 2 + 4 + 8

    asyncio.run(scenario())


def test_what_a_worker_left_unprojected_the_next_one_finds(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        await tables(database)
        history = History()
        sell(history, *range(2 * limits.PROJECT_ROWS + 10))
        async with an_edge(history, broker.port) as edge, a_hub(database, broker.port):
            await edge.all_acknowledged()
        async with a_hub(database, broker.port, [AllSums()]):
            await projected(database, history, at=1)
        assert (await query(database, "SELECT sold FROM total"))[0][0] == sum(range(2 * limits.PROJECT_ROWS + 10))

    asyncio.run(scenario())


def test_two_workers_project_each_event_once(database: str, broker: Broker) -> None:
    async def scenario() -> None:
        await tables(database)
        history = History()
        async with (
            a_hub(database, broker.port, [AllSums()]),
            a_hub(database, broker.port, [AllSums()]),
            an_edge(history, broker.port) as edge,
        ):
            for _ in range(20):
                sell(history, *range(100))
                edge.journal.grown.set()
                await asyncio.sleep(0)
            await edge.all_acknowledged()
            await projected(database, history, at=1)
        assert (await query(database, "SELECT sold FROM total"))[0][0] == 20 * sum(range(100))

    asyncio.run(scenario())


def test_events_that_cannot_be_read_are_set_aside_at_once(database: str, broker: Broker) -> None:
    """However many there are, the readable events are projected in the second attempt."""

    async def scenario() -> None:
        await tables(database)
        history, projector = History(), ReadSums(Sums())
        sell(history, *(100 * (-1) ** place for place in range(limits.PIECE_ROWS)))
        async with a_hub(database, broker.port, [projector]), an_edge(history, broker.port):
            await projected(database, history, at=1)
        assert (await query(database, "SELECT sold FROM total"))[0][0] == 100 * limits.PIECE_ROWS // 2
        bad = await query(database, "SELECT seq, reason FROM quarantined ORDER BY seq")
        assert [tuple(row) for row in bad] == [(seq, "ValueError: a sum of -100") for seq in range(3, seq_after, 2)]
        assert projector.attempts == 2

    seq_after = limits.PIECE_ROWS + 2
    asyncio.run(scenario())


class Sums:
    def decode(self, type: str, version: int, body: bytes) -> int:
        sum_ = msgspec.json.decode(body, type=int)
        if sum_ < 0:
            raise ValueError(f"a sum of {sum_}")
        return sum_


class ReadSums(TableProjector):
    name = "totals"
    version = 1
    rows_at_once = limits.PIECE_ROWS
    tables = (Table("total", "What each device sold.", *place(), Column("sold", "bigint", "In all.")),)
    attempts = 0

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {"Sold": self._sold}

    async def _sold(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        self.attempts += 1
        sum_ = sum(fact.event for fact in self.facts(key, rows))
        await connection.execute("INSERT INTO total VALUES ($1, $2, $3, $4)", *astuple(key), sum_)


class AllSums(Totals):
    """A projector that processes a whole batch at a time."""

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {"Sold": self._all}

    async def _all(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        assert key == KEY
        sum_ = sum(msgspec.json.decode(row.body, type=int) for row in rows)
        await connection.execute(
            "INSERT INTO total VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (tenant, store, device) DO UPDATE SET sold = total.sold + $4",
            *(*astuple(key), sum_),
        )
