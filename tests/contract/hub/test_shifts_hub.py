"""Head office's shifts of a store match the store's, however the rows were divided into batches."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.core.messages import Done
from edge.counter.shifts.commands import CloseShift, MoveCash, OpenShift
from edge.counter.shifts.hub import ShiftTables
from edge.counter.till.commands import AddLine, Pay
from sync.hub.model import Key
from tests.shop_fixture import MANAGER, MILK, open_shop, run

KEY, OTHER = Key("demo", "corner", "box1"), Key("demo", "corner", "box2")
COMMANDS = (
    *(OpenShift(1000), AddLine(MILK), Pay("cash"), MoveCash("payout", 300, "stamps"), CloseShift(800)),
    *(OpenShift(800), MoveCash("drop", 500)),
)


@pytest.mark.parametrize("batch", [1, 100])
def test_the_hub_has_what_the_store_has(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in COMMANDS:
                assert isinstance(await shop.do(command, MANAGER), Done)
            projector = ShiftTables(shop.registry)
            connection = await asyncpg.connect(database)
            await connection.execute(hub.tables()["shifts"])
            for types in (("ShiftOpened", "ShiftClosed"), ("CashMoved",)):
                rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in types]
                for key in (KEY, OTHER):
                    for at in range(0, len(rows), batch):
                        await projector.handlers[types[0]](connection, key, rows[at : at + batch])
            await projector.reset(connection, OTHER)
            fields = "register, number, opened_by, float_minor, closed_by, total_minor, expected_minor, counted_minor"
            query = f"SELECT {fields} FROM shift ORDER BY number"
            theirs = [tuple(row) for row in await connection.fetch(query)]
            assert theirs == list(shop.reader.execute(query).fetchall())
            ended = "SELECT opened_date::text, closed_date::text, sales, difference_minor FROM shift ORDER BY number"
            day = "2027-01-15"
            assert [tuple(row) for row in await connection.fetch(ended)] == [
                (day, day, 1, -20),
                (day, None, None, None),
            ]
            moves = await connection.fetch("SELECT shift, kind, amount_minor, actor FROM cash_move ORDER BY seq")
            assert [tuple(row) for row in moves] == [(1, "payout", 300, "cashier"), (2, "drop", 500, "cashier")]
            await connection.close()

    run(scenario())
