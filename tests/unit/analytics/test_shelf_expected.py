"""How much a product should have sold: by the days on which the shop traded, its promotions, and its forecasts."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from edge.analytics.forecast.commands import FinishForecasts, ItemForecast
from edge.analytics.forecast.learning.saved_items import save_command
from edge.analytics.shelf import reconcile
from edge.analytics.shelf.commands import SetPlanogram
from edge.analytics.shelf.sales_history import SalesHistory, read_history
from edge.core.command_bus import CommandBus
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.promotions.commands import EndPromotion, SetPromotion
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion
from edge.goods.stock.commands import Moved, MoveStock
from edge.lib.units.dates import after
from tests.shop_fixture import MILK, SYSTEM, FakeClock, done, open_shop, run
from tests.unit.analytics.test_forecast_versions import QUANTILES
from tests.unit.analytics.test_shelf_stock import LAYOUT, PICTURE, SETTINGS, TEXT, emptied, looked, told, traded

DAY_US = 24 * 3_600_000_000
OFFER = Promotion("week", {"en": "Milk week"}, PercentOff(25_000), Goods(skus=("milk",)))
OTHER = Promotion("other", {"en": "Beer week"}, PercentOff(25_000), Goods(skus=("beer",)))


async def sold(shop: CommandBus, clock: FakeClock, days: int, a_day: int = 1) -> None:
    for _ in range(days):
        clock.advance(24 * 3600 - 60 * a_day)
        for _ in range(a_day):
            clock.advance(60)
            await done(shop, AddLine(MILK))
            await done(shop, Pay("cash", 120))


def history(shop: CommandBus, clock: FakeClock) -> SalesHistory:
    return read_history(shop.reader, "milk", clock.at_us, SETTINGS.place)


def silent(shop: CommandBus, clock: FakeClock) -> float:
    """How many sales should have been since the last one."""
    known = history(shop, clock)
    return known.expected_sales(known.sold[-1].at_us, clock.at_us)


@pytest.mark.parametrize("shut", [0, 3], ids=["open all days", "shut for three of them"])
def test_a_day_on_which_nothing_at_all_was_sold_expects_nothing(tmp_path: Path, shut: int) -> None:
    """The shop was closed, or its till was down: no product is missing for that."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await sold(shop, clock, 20)
            clock.advance(shut * 24 * 3600)
            await traded(shop, clock, 4)
            assert 3.2 < silent(shop, clock) < 5.3, "four days, whatever lay between"

    run(scenario())


@pytest.mark.parametrize("of_milk", [True, False], ids=["of it", "of something else"])
def test_days_of_promotion_expect_what_such_days_sold(tmp_path: Path, of_milk: bool) -> None:
    async def scenario() -> None:
        clock, offer = FakeClock(), OFFER if of_milk else OTHER
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await sold(shop, clock, 20)
            await done(shop, SetPromotion(offer), SYSTEM)
            await sold(shop, clock, 10, 5)
            await done(shop, EndPromotion(offer.id), SYSTEM)
            await sold(shop, clock, 10)
            silence = clock.at_us
            await traded(shop, clock, 4)
            plain = silent(shop, clock)
            assert 3.2 < plain < 5.2 if of_milk else plain > 7, "four usual days"
            again = msgspec.structs.replace(offer, id="again", from_us=silence)
            await done(shop, SetPromotion(again), SYSTEM)
            now = silent(shop, clock)
            assert now == pytest.approx(plain) or of_milk
            assert now > 15 or not of_milk, "four days of promotion, of which one sells five"

    run(scenario())


def test_more_is_not_expected_of_a_promotion_of_which_nothing_is_known(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await sold(shop, clock, 20)
            await done(shop, SetPromotion(OFFER), SYSTEM)
            await traded(shop, clock, 4)
            assert 3.2 < silent(shop, clock) < 5.2

    run(scenario())


async def forecast(shop: CommandBus, last: date, by_weekday: tuple[int, ...]) -> None:
    """The day before each of the four weeks up to a day it was said what of milk it would sell, in thousandths."""
    for at in range(28, 0, -1):
        through = (last - timedelta(days=at)).isoformat()
        mean = by_weekday[date.fromisoformat(after(through, 1)).weekday()]
        item = ItemForecast("milk", "mixed", 0, (mean,) * 400, 500, 1_000, 2_000, 90, 5_000)
        end = FinishForecasts("first", through, 90, 1, at == 28, {"wape_store": 100}, {"mixed": 1}, QUANTILES)
        await done(shop, save_command(end, [item]), SYSTEM)
        await done(shop, end, SYSTEM)


def test_what_was_forecast_of_a_weekday_is_expected_of_it(tmp_path: Path) -> None:
    """By its own sales one a day; the forecast says three on Saturdays (2027-01-16), and half as much else."""

    async def scenario() -> None:
        clock = FakeClock(1_800_000_000_000_000 - 30 * DAY_US)
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await emptied(shop, clock, 30)
            last = history(shop, clock).sold[-1].at_us
            usual = history(shop, clock).expected_sales(last, last + 4 * DAY_US)
            assert 3.5 < usual < 4.5
            await forecast(shop, SETTINGS.day_of(last), (500, 500, 500, 500, 500, 3_000, 500))
            known = history(shop, clock)
            saturday = next(day for at in range(1, 8) if (day := SETTINGS.day_of(last + at * DAY_US)).isoweekday() == 6)
            assert (known.on(saturday), known.on(saturday + timedelta(days=1))) == (3.0, 0.5)
            week = known.expected_sales(last, last + 7 * DAY_US)
            assert week == pytest.approx(6.0)
            [found] = read_gap_costs(shop, clock)
            assert found.lost_day_minor in (round(0.5 * 50 * 0.4), round(3 * 50 * 0.4)), "as that day sells"

    run(scenario())


def read_gap_costs(shop: CommandBus, clock: FakeClock) -> list[reconcile.GapCost]:
    found: list[reconcile.GapCost] = shop.registry.queries["gap_costs"].read(shop.reader, clock.at_us)
    return found


def test_what_sells_more_slowly_than_it_did_is_no_phantom_where_the_forecast_knew(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await done(shop, SetProducts((Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced"),)), SYSTEM)
            await done(shop, MoveStock("received", (Moved("milk", 90_000),)), SYSTEM)
            await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)
            await sold(shop, clock, 40)
            last = SETTINGS.day_of(clock.at_us)
            await looked(shop, clock, "present", 2)
            await looked(shop, clock, "gap", 4)
            await traded(shop, clock, 5)
            assert told(shop, clock, "phantom_stock") == ["milk"], "one a day, and none for five"
            await forecast(shop, last, (100,) * 7)
            assert told(shop, clock, "phantom_stock") == [], "one in ten days is forecast"

    run(scenario())
