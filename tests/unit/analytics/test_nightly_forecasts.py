"""Forecasts are brought up to date every night, made again every week and when they have become wrong; and a group that
they always err about to one side is named."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from edge.analytics.forecast.accuracy import read_groups_accuracy
from edge.analytics.forecast.commands import FinishForecasts, ItemForecast, RetrainForecasts
from edge.analytics.forecast.learning.nightly_forecasts import AT_HOUR, NightlyForecasts
from edge.analytics.forecast.learning.saved_items import save_command
from edge.analytics.forecast.queries import read_models
from edge.core.command_bus import CommandBus
from edge.lib.units.dates import after
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run
from tests.unit.analytics.test_forecast_versions import DAY_S, QUANTILES, made, sold

TODAY = "2027-01-15"
ANEW, REFRESH = RetrainForecasts(), RetrainForecasts(refresh=True)


def days() -> Iterator[str]:
    """From today on."""
    day = TODAY
    while True:
        yield day
        day = after(day, 1)


def test_every_night_a_refresh_every_week_a_new_version(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            today = TODAY

            def nightly() -> NightlyForecasts:
                return NightlyForecasts(shop, "UTC", lambda _: today)

            assert nightly().due() is None, "nothing was ever sold"
            sold(shop, after(today, -1))
            assert nightly().due() == ANEW, "the first one"
            await made(shop, "first", after(today, -1), 100_000, True)
            assert nightly().due() is None, "as new as can be"
            hour = shop.now_us() // 1_000_000 // 3600 % 24
            asked = []
            for _ in range(8):
                sold(shop, today)
                clock.advance(DAY_S)
                today = after(today, 1)
                if not asked:  # just behind midnight the day that ended is not followed yet
                    clock.advance(-3600 * (hour - AT_HOUR + 1))
                    assert nightly().due() is None
                    clock.advance(3600 * (hour - AT_HOUR + 1))
                asked.append(nightly().due())
                await made(shop, "first", after(today, -1), 100_000, False)
            assert asked == [*[REFRESH] * 6, ANEW, ANEW], "a week later another is made"
            await made(shop, "second", after(today, -1), 100_000, True)
            clock.advance(8 * DAY_S)
            today = after(today, 8)
            assert nightly().due() == REFRESH, "one at a time is on trial"

    run(scenario())


def test_forecasts_that_became_wrong_are_made_anew_at_once_and_once_a_day(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            today = TODAY
            await made(shop, "off", after(today, -1), 160_000, True)
            for _ in range(16):
                sold(shop, today)
                clock.advance(DAY_S)
                today = after(today, 1)
                await made(shop, "off", after(today, -1), 160_000, False)
            await made(shop, "try", after(today, -1), 160_000, True)
            await done(shop, FinishForecasts("third", after(today, -1), 90, 1, True, {}, {}, QUANTILES), SYSTEM)
            db = shop._writer._db
            db.execute("UPDATE forecast_model SET role = 'retired' WHERE version <> 'off'")
            sold(shop, today)
            clock.advance(DAY_S)
            today = after(today, 1)
            nightly = NightlyForecasts(shop, "UTC", lambda _: today)
            assert nightly.due() == ANEW, "half as much again is foreseen every day: that does not wait for the week"
            await nightly.look()
            assert nightly.due() is None, "and not twice a day"
            assert shop.reader.execute("SELECT count(*) FROM job").fetchone()[0] == 1
            assert len(read_models(shop.reader)) == 3

    run(scenario())


def test_what_became_wrong_is_judged_after_a_week_and_made_anew_the_night_behind_it(tmp_path: Path) -> None:
    """A version is always on trial: were all of them tried for two weeks, drift would hardly ever bring a new one."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            today, asked, decided = TODAY, [], list[object]()
            nightly = NightlyForecasts(shop, "UTC", lambda _: today)
            await made(shop, "off", after(today, -1), 160_000, True)
            for at in range(24):
                sold(shop, today)
                clock.advance(DAY_S)
                today = after(today, 1)
                asked.append(nightly.due())
                versions = ["off", "try"] if at >= 15 else ["off"]
                for version in versions:
                    through, new = after(today, -1), version == "try" and at == 15
                    decided += (await made(shop, version, through, 160_000, new)).events
            kinds = [type(one).__name__ for one in decided]
            assert kinds == ["ForecastTrained", "ModelRetired"], "no nearer, and told so within a week"
            assert asked[-1] == ANEW, "the next one is made at once"
            assert REFRESH in asked[16:23] and ANEW not in asked[16:23], "while one is on trial none is made"

    run(scenario())


def test_nobody_is_asked_while_somebody_is_at_a_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            sold(shop, after(TODAY, -1))
            nightly = NightlyForecasts(shop, "UTC", lambda _: TODAY, 0.001)
            shop.till_first.touch()
            part = asyncio.create_task(nightly.run(lambda: None))
            for _ in range(50):
                await asyncio.sleep(0)
            assert shop.reader.execute("SELECT count(*) FROM job").fetchone()[0] == 0
            part.cancel()

    run(scenario())


async def foreseen(shop: CommandBus, day: str, means: dict[str, int], new: bool) -> None:
    """What is said of some items' next day."""
    items = [
        ItemForecast(name, "mixed", 0, (mean,) * 28, 5_000, 9_000, 20_000, 90, 10**6) for name, mean in means.items()
    ]
    end = FinishForecasts("one", after(day, -1), 90, 3, new, {}, {"mixed": 3}, QUANTILES)
    await done(shop, save_command(end, items), SYSTEM)
    await done(shop, end, SYSTEM)


def test_a_group_that_is_always_off_to_one_side_is_named(tmp_path: Path) -> None:
    """The store is foreseen rightly, as dairy too high and bread too low make up for each other."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            db = shop._writer._db
            db.execute("UPDATE product SET category = 'dairy' WHERE sku = 'milk'")
            db.execute("UPDATE product SET category = 'bread' WHERE sku = 'tomato'")
            said = {"store": 200_000, "category:dairy": 140_000, "category:bread": 60_000, "category:": 100}
            for at, day in zip(range(14), days(), strict=False):
                await foreseen(shop, day, said, at == 0)
                db.execute("INSERT INTO demand_open VALUES (?, 10)", (day,))
                rows = [(sku, day, 1_000, 100_000) for sku in ("milk", "tomato")]
                db.executemany("INSERT INTO demand_day (sku, business_date, sold, minor) VALUES (?, ?, ?, ?)", rows)
            groups = {one.item: one for one in read_groups_accuracy(db, "one", TODAY, after(TODAY, 14))}
            assert {name: one.live.bias for name, one in groups.items()} == {
                "category:dairy": 400,
                "category:bread": -400,
            }
            assert all(one.biased for one in groups.values())
            steady = {"store": 200_000, "category:dairy": 101_000, "category:bread": 99_000}
            db.execute("DELETE FROM forecast_said")
            for _, day in zip(range(14), days(), strict=False):
                await foreseen(shop, day, steady, False)
            assert not any(one.biased for one in read_groups_accuracy(db, "one", TODAY, after(TODAY, 14)))

    run(scenario())
