"""What a shop learns of feasts, eves, weather and what is on from its own days; and what of it is in days to come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from edge.analytics.forecast.calendar.public_holidays import feasts
from edge.analytics.forecast.commands import SetOccasion, SetWeather, WeatherDay
from edge.analytics.forecast.history.demand_history import DemandHistory, read_history
from edge.analytics.forecast.learning.saved_items import cap_forecast
from edge.analytics.forecast.learning.train_protocol import TrainRequest
from edge.analytics.forecast.learning.trainer import forecast
from edge.analytics.forecast.places import part_of
from edge.core.command_bus import CommandBus
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from tests.scheduling import one_by_day
from tests.shop_fixture import SYSTEM, done, open_shop, run

TODAY = date(2027, 1, 15)
DAYS, STEPS = 500, 400
FIRST = TODAY - timedelta(days=DAYS)
Amount = Callable[[date], float]


async def lived(shop: CommandBus, amount: Amount) -> None:
    """Bread takes 60.00 a day and cake 40.00, times what is said of the day."""
    await done(shop, SetCategories((Category("bread", {"en": "Bread"}), Category("cake", {"en": "Cake"}))), SYSTEM)
    products = tuple(Product(sku, {"en": sku}, price_minor=100, category=sku) for sku in ("bread", "cake"))
    await done(shop, SetProducts(products), SYSTEM)
    db = shop._writer._db
    for at in range(DAYS):
        day = FIRST + timedelta(days=at)
        db.execute("INSERT INTO demand_open VALUES (?, 5)", (day.isoformat(),))
        for sku, usual in (("bread", 60), ("cake", 40)):
            sold = round(usual * amount(day))
            row = (sku, day.isoformat(), sold * 1000, sold * 100)
            db.execute("INSERT INTO demand_day (sku, business_date, sold, minor) VALUES (?, ?, ?, ?)", row)


def read(shop: CommandBus, country: str = "") -> DemandHistory:
    history = read_history(shop._writer._db, TODAY.isoformat(), country, STEPS)
    assert history is not None
    return history


def expected(history: DemandHistory, item: str) -> tuple[int, ...]:
    """What is expected of an item, a number a day from today on."""
    ask = TrainRequest("", TODAY.isoformat(), "UTC", "", "EUR")
    _, items = forecast(history, ask, lambda: None)
    return next(one.mean for one in items if one.item == item)


@pytest.mark.parametrize("country", one_by_day(["FR", "US", "CA", "IL"]))
def test_eves_and_feasts_are_learnt_from_the_shops_own(tmp_path: Path, country: str) -> None:
    """Twice as much is sold on eves, half as much on feasts."""
    known = feasts(country, FIRST, TODAY + timedelta(days=STEPS))
    kinds = {"eve": 2.0, "feast": 0.5}

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await lived(shop, lambda day: kinds.get(known.get(day, ("", ""))[0], 1.0))
            history, other = read(shop, country), read(shop)
            ahead = [(at, TODAY + timedelta(days=at)) for at in range(300)]
            for kind, low, high in (("eve", 1.3, 2.1), ("feast", 0.4, 0.85)):
                at, day = next((at, day) for at, day in ahead if known.get(day, ("", ""))[0] == kind)
                assert low < history.known_factors[0, DAYS + at] < high, (kind, day)
                if at < 90:
                    assert history.factors[day.isoformat()][kind] == known[day][1], "by name"
            plain = next(at for at, day in ahead if day not in known)
            assert history.known_factors[0, DAYS + plain] == 1.0
            assert (other.known_factors == 1).all(), "where nobody knows the country"

    run(scenario())


def test_wet_days_are_learnt_and_expected_as_the_weather_is_foretold(tmp_path: Path) -> None:
    """Half as much is sold when it rains; it will rain the day after tomorrow."""

    def wet(day: date) -> bool:
        return day.toordinal() % 9 == 0

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await lived(shop, lambda day: 0.5 if wet(day) else 1.0)
            soon = TODAY + timedelta(days=2)
            days = [FIRST + timedelta(days=at) for at in range(DAYS)]
            said = [WeatherDay(day.isoformat(), 150, 80, 100 if wet(day) else 0) for day in days]
            dry = [TODAY + timedelta(days=at) for at in range(7) if at != 2]
            said += [WeatherDay(soon.isoformat(), 150, 80, 100), *(WeatherDay(d.isoformat(), 150, 80) for d in dry)]
            before = expected(read(shop), "store")
            await done(shop, SetWeather(tuple(said)), SYSTEM)
            history = read(shop)
            assert 0.45 < history.known_factors[0, DAYS + 2] < 0.65
            assert history.factors[soon.isoformat()] == {"weather": "8 – 15 °C, 10 mm"}
            after = expected(history, "store")
            assert after[2] < 0.7 * before[2] and after[3] > 0.95 * before[3], "the rain, and the day behind it"

    run(scenario())


def test_a_forecast_opens_into_shares_that_add_up(tmp_path: Path) -> None:
    """Twice as much is sold on Saturdays; there is a fair in five days, and a place sells a third of the cake."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await lived(shop, lambda day: 2.0 if day.isoweekday() == 6 else 1.0)
            day = TODAY + timedelta(days=5)
            await done(shop, SetOccasion("fair", "Fair", day.isoformat(), day.isoformat(), 50, "cake"), SYSTEM)
            _, items = forecast(read(shop), TrainRequest("", TODAY.isoformat(), "UTC", "", "EUR"), lambda: None)
            for item in (*items, *(part_of(one, 0.337) for one in items)):
                sums = [sum(period) for period in zip(*item.shares.values(), strict=True)]
                assert sums == list(item.mean[: len(sums)]) and len(sums) == 42, item.item
            cake = next(one for one in items if one.item == "cake")
            saturday = next(at for at in range(7) if (TODAY + timedelta(days=at)).isoweekday() == 6)
            assert cake.shares["occasion"][5] > 10_000 and not any(cake.shares["occasion"][6:])
            assert cake.shares["weekday"][saturday] > 0 > cake.shares["weekday"][saturday + 1]
            far = msgspec.structs.replace(
                cake,
                mean=tuple(40 * one for one in cake.mean),
                shares={name: tuple(40 * one for one in share) for name, share in cake.shares.items()},
            )
            held = cap_forecast(far, cake)
            assert held.held == "jump" and held.shares["held"][0] < 0
            assert sum(share[0] for share in held.shares.values()) == held.mean[0]

    run(scenario())


def test_what_a_person_says_is_on_changes_the_days_that_it_is_on_and_its_category(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await lived(shop, lambda day: 1.0)
            plain = {item: expected(read(shop), item) for item in ("store", "category:cake", "category:bread", "cake")}
            day = TODAY + timedelta(days=5)
            fair = SetOccasion("fair", "Fair", day.isoformat(), day.isoformat(), 50, "cake")
            await done(shop, fair, SYSTEM)
            history = read(shop)
            told = {item: expected(history, item) for item in plain}
            more = {item: told[item][5] / plain[item][5] for item in plain}
            assert more["category:cake"] == pytest.approx(1.5, abs=0.02) and more["category:bread"] == 1.0
            assert more["store"] == pytest.approx(1.2, abs=0.02), "cake is two fifths of it"
            assert more["cake"] == pytest.approx(1.5, abs=0.02), "and so are its products"
            assert all(abs(told[item][at] - plain[item][at]) <= 1 for item in plain for at in (4, 6))
            assert history.factors[day.isoformat()]["occasion"] == "Fair"

    run(scenario())


def test_a_fair_that_was_is_not_expected_again(tmp_path: Path) -> None:
    """Last week three times as much was sold: who says that there was a fair is told what is usual."""
    began, ended = TODAY - timedelta(days=8), TODAY - timedelta(days=2)

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await lived(shop, lambda day: 3.0 if began <= day <= ended else 1.0)
            unknown = sum(expected(read(shop), "store")[:7])
            await done(shop, SetOccasion("fair", "Fair", began.isoformat(), ended.isoformat(), 200), SYSTEM)
            known = sum(expected(read(shop), "store")[:7])
            assert known == pytest.approx(7 * 10_000, rel=0.05) and unknown > 1.1 * known

    run(scenario())
