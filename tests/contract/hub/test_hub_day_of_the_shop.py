"""Head office and the shop agree about a day: receipts, refunds, undone ones, the average, and the takings."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg

from edge.app import hub
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from edge.core.messages import Command
from edge.counter.reports.queries import read_day
from edge.counter.till.commands import (
    AddLine,
    AddLoad,
    AddReturn,
    AddTip,
    CorrectTender,
    Pay,
    RefundedLine,
    RefundSale,
    VoidLastSale,
)
from edge.lib.units.money import divide_half_up
from sync.hub.model import Key
from tests.shop_fixture import MANAGER, MILK, done, open_shop, run
from tests.unit.analytics.test_insight import follow

KEY = Key("demo", "corner", "box1")
DAY = "SELECT sales, voids, refunds, paid_minor, earning, earned_minor FROM sales_by_day"
ONE_BACK = (RefundedLine(1, 1_000),)
MILK_FIVE = AddLine(MILK, quantity=5_000)
PAID = Pay("card")
TRADED: tuple[tuple[Command, ...], ...] = (
    (MILK_FIVE, PAID),
    (AddLine(MILK), PAID, VoidLastSale()),
    (RefundSale(1, lines=ONE_BACK),),
    (RefundSale(1, lines=ONE_BACK), VoidLastSale()),
    (MILK_FIVE, AddReturn(1, lines=ONE_BACK), PAID),
    (MILK_FIVE, AddReturn(1, lines=ONE_BACK), PAID, VoidLastSale()),
    (AddLoad("GIFT-0001-2345", 5_000), PAID),
    (AddLine(MILK), AddTip(50), PAID, CorrectTender(11, "cash")),
)
"""A sale, a void, a refund, an undone refund, an exchange, an undone exchange, only a gift card, and a tip."""


async def _at_head_office(shop: CommandBus, database: str) -> tuple[int, ...]:
    sales = next(one for one in hub.projectors() if one.name == "sales")
    rows = [row for row in read_rows(shop.reader, 1, 10_000) if row.type in sales.handlers]
    connection = await asyncpg.connect(database)
    try:
        await sales.handlers["SaleCompleted"](connection, KEY, rows)
        return tuple(map(int, await connection.fetchrow(DAY)))
    finally:
        await connection.close()


def test_head_office_counts_a_day_as_the_shop_does(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with hub.open_hub(database):
            pass
        async with open_shop(tmp_path) as shop:
            for commands in TRADED:
                for command in commands:
                    await done(shop, command, MANAGER)
            follow(shop, db := shop._writer._db)
            (day,) = db.execute("SELECT max(business_date) FROM receipt").fetchone()
            ours = read_day(db, day, ZoneInfo("UTC"))
            sales, voids, refunds, paid_minor, earning, earned_minor = await _at_head_office(shop, database)
        sums = ours.sums
        assert (sums.sales.count, sums.voids.count, sums.refunds.count) == (5, 3, 4), "all of it happened"
        assert (sales, voids, refunds) == (5, 3, 4)
        assert paid_minor == sums.total_minor
        assert divide_half_up(earned_minor, earning) == ours.average_minor

    run(scenario())
