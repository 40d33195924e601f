"""Key figures of a month that still runs, of a quiet stock, and of much waste, by hand and to the unit."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.forecast.commands import FinishForecasts, ItemForecast
from edge.analytics.forecast.forecast_records import forecast_of
from edge.analytics.forecast.learning.saved_items import save_command
from edge.analytics.insight.kpis import Kpi, read_kpis
from edge.analytics.insight.queries import GROUPS_SHOWN
from edge.analytics.insight.rules import DaySpan
from edge.analytics.insight.waste import read_waste_report
from edge.core.command_bus import CommandBus
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing.commands import (
    ApprovePurchaseOrder,
    CreatePurchaseOrder,
    OrderLine,
    SendPurchaseOrder,
    SetSupplier,
    SetSupplierPrice,
)
from edge.goods.stock.commands import Moved, MoveStock
from edge.lib.units.dates import after
from tests.shop_fixture import CASHIER, MILK, SYSTEM, FakeClock, done, open_shop, run
from tests.unit.analytics.test_forecast_versions import QUANTILES
from tests.unit.analytics.test_insight import DAY_S, follow

TODAY = "2027-01-15"
_MOVED = "INSERT INTO figure_move (business_date, sku, reason, location, quantity, cost_minor, costed) VALUES"


def figures(shop: CommandBus, span: DaySpan) -> dict[str, Kpi]:
    follow(shop, db := shop._writer._db)
    return {one.name: one for one in read_kpis(db, span)}


async def stocked(shop: CommandBus, units: int) -> None:
    await done(shop, SetProducts((Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", cost_minor=60),)), SYSTEM)
    await done(shop, MoveStock("received", (Moved("milk", units * 1000),)), SYSTEM)


async def sold(shop: CommandBus, units: int) -> None:
    await done(shop, AddLine(MILK, quantity=units * 1000), CASHIER)
    await done(shop, Pay("card"), CASHIER)


def test_of_a_month_that_runs_the_days_to_come_are_no_days_without_sales(tmp_path: Path) -> None:
    """Ten of a hundred a day, of two days: the 80 that are left last eight more, whatever is left of the month."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            await stocked(shop, 100)
            await sold(shop, 10)
            clock.advance(DAY_S)
            await sold(shop, 10)
            ended = figures(shop, DaySpan(TODAY, after(TODAY, 1)))
            runs = figures(shop, DaySpan(TODAY, after(TODAY, 16)))
            for told in (ended, runs):
                assert told["cover"].value == 80, "in tenths of a day"
                assert told["turns"].denominator == (90 + 80) * 60 // 2, "what there was in the mean"
                assert told["turns"].numerator == 20 * 60 * 365 // 2, "what would be sold in a year"
            assert runs["turns"].value == round(10 * (1200 * 365 / 2) / 5100)

    run(scenario())


def test_days_on_which_nothing_moved_had_the_stock_that_they_had(tmp_path: Path) -> None:
    """A hundred lay there for nine days, and were sold on the tenth: the mean is ninety, and no division by nothing."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            await stocked(shop, 100)
            clock.advance(9 * DAY_S)
            await sold(shop, 100)
            span = DaySpan(TODAY, after(TODAY, 9))
            told = figures(shop, span)
            assert told["turns"].denominator == 90 * 60
            assert told["turns"].value == round(10 * 100 * 60 * 36.5 / (90 * 60))
            later = figures(shop, DaySpan(after(TODAY, 5), after(TODAY, 9)))
            assert later["turns"].denominator == 80 * 60, "also where nothing moved on its first days"

    run(scenario())


def test_an_order_that_is_due_later_is_not_late(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            await stocked(shop, 1)
            await done(shop, SetSupplier("dairy", {"en": "Dairy"}, lead_time_days=2), SYSTEM)
            await done(shop, SetSupplierPrice("dairy", "milk", 60), SYSTEM)
            ordered = await done(shop, CreatePurchaseOrder("dairy", (OrderLine("milk", 10_000, 60),)), SYSTEM)
            for command in (ApprovePurchaseOrder, SendPurchaseOrder):
                await done(shop, command(ordered.result), SYSTEM)
            month = DaySpan("2027-01-01", "2027-01-31")
            assert figures(shop, month)["supplier_on_time"].value is None, "it may still come in time"
            assert figures(shop, month)["supplier_short"].value is None
            clock.advance(3 * DAY_S)
            await sold(shop, 1)
            assert figures(shop, month)["supplier_on_time"].value == 0

    run(scenario())


def test_all_that_was_wasted_is_in_the_share_that_was_wasted(tmp_path: Path) -> None:
    """More products than any list shows, each wasted once for 10, and one of which no one knows what it cost."""
    count = GROUPS_SHOWN + 20

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            db = shop._writer._db
            rows = [(TODAY, f"p{n}", "wasted", "main", -1_000, -10, 1) for n in range(count)]
            db.executemany(f"{_MOVED} (?, ?, ?, ?, ?, ?, ?)", rows)  # as the projection writes it
            db.execute(f"{_MOVED} (?, 'gift', 'wasted', 'main', -1000, 0, 0)", (TODAY,))
            day = DaySpan(TODAY, TODAY)
            told = {one.name: one for one in read_kpis(db, day)}
            assert told["waste"].numerator == count * 10
            assert read_waste_report(db, day, TODAY).uncosted == 1

    run(scenario())


def test_what_will_be_there_counts_the_days_before_the_first_whole_week(tmp_path: Path) -> None:
    """A hundred on a Friday, ten a day: 70 on Monday morning, nothing of which is left behind two more weeks."""

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            await stocked(shop, 100)
            milk = ItemForecast("milk", "mixed", 0, (10_000,) * 400, 1_000, 2_000, 4_000, 90, 30_000)
            end = FinishForecasts("one", "2027-01-14", 90, 1, True, {}, {"mixed": 1}, QUANTILES)
            for command in (save_command(end, [milk]), end):
                await done(shop, command, SYSTEM)
            weeks = forecast_of(shop.reader, "inventory", "milk", "weekly", 2, 85.0)
            assert weeks is not None and weeks.forecast_dates == ["2027-01-18", "2027-01-25"]
            assert weeks.forecast_values == [0, 0], "three days and a week take all of it"
            days = forecast_of(shop.reader, "inventory", "milk", "daily", 10, 85.0)
            assert days is not None and days.forecast_values == [n * 10_000 for n in range(9, -1, -1)]
            await done(shop, MoveStock("received", (Moved("milk", 100_000),)), SYSTEM)
            weeks = forecast_of(shop.reader, "inventory", "milk", "weekly", 2, 85.0)
            assert weeks is not None and weeks.forecast_values == [90_000 + 10_000, 30_000]
            limits = weeks.confidence_intervals
            for low, value, high in zip(limits["lower"], weeks.forecast_values, limits["upper"], strict=True):
                assert 0 <= low <= value <= high

    run(scenario())
