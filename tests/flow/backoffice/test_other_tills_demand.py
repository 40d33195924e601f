"""What tills of others sold is demand as any other: of the day on which it was, and less what came back."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.forecast.commands import RecordHistory
from edge.analytics.forecast.events import HistoryRow
from edge.analytics.forecast.history.demand_days import open_days, read_demand_days
from edge.backoffice.other_tills.sale import PosLine
from edge.core.command_bus import CommandBus
from edge.goods.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.flow.backoffice.test_other_tills import bar, beers
from tests.other_tills import AT_US, sold, take
from tests.shop_fixture import SYSTEM, FakeClock, agreed, done, run

DAY_S = 24 * 3600
FIRST, LAST = "2027-01-01", "2027-02-28"


async def wanted(shop: CommandBus) -> dict[str, float]:
    """Beers by day."""
    await catch_up(shop)
    return {day: (came - back) / 1000 for day, came, back, *_ in read_demand_days(shop.reader, "beer", FIRST, LAST)}


def test_what_another_till_sold_is_demand_of_its_day_and_versions_count_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock) as shop:
            clock.advance(2 * DAY_S)
            await take(shop, sold("1"))
            (day,) = await wanted(shop)
            assert (await wanted(shop), open_days(shop.reader, FIRST, LAST)) == ({day: 2}, [day]), (
                "two days ago, not today"
            )
            await take(shop, sold("1"))
            await take(shop, sold("1", 2, lines=(PosLine("their-beer", 5000),)))
            assert await wanted(shop) == {day: 5}
            await take(shop, sold("1", 3, kind="void", at_us=AT_US + 2 * DAY_S * 1_000_000, lines=()))
            assert (await wanted(shop), beers(shop)) == ({day: 0}, 10)
            await take(shop, sold("2"))
            await take(shop, sold("9", kind="refund", refund_of="2", lines=(PosLine("their-beer", 1000),)))
            assert (await wanted(shop), beers(shop)) == ({day: 1}, 9)

    run(scenario())


def test_what_a_count_had_seen_moves_nothing_and_is_demand_anyway(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock) as shop:
            clock.advance(3600)
            await agreed(shop, RecordMovement("beer", "adjust", units=6_000, reason="count"), SYSTEM)
            await take(shop, sold("1", at_us=AT_US + 60_000_000))
            assert (list((await wanted(shop)).values()), beers(shop)) == ([2], 6)

    run(scenario())


def test_a_history_that_is_brought_holds_what_was_sold_there_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as shop:
            await take(shop, sold("1"))
            (day,) = await wanted(shop)
            await done(shop, RecordHistory("head office", (HistoryRow("beer", day, 7_000),)), SYSTEM)
            assert await wanted(shop) == {day: 7}, "of a product's day the last word counts"

    run(scenario())
