"""A version is on trial for two weeks, and the one that was nearer goes on; forecasts that are off are noticed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.analytics.forecast.accuracy import drift, errors_by_day, live_accuracy
from edge.analytics.forecast.commands import FinishForecasts, ForgetForecasts, ItemForecast, PromoteModel
from edge.analytics.forecast.events import ModelPromoted, ModelRetired
from edge.analytics.forecast.handlers import FORGOTTEN, times_to_forget
from edge.analytics.forecast.learning.intervals import GRID
from edge.analytics.forecast.learning.saved_items import cap_forecast, save_command
from edge.analytics.forecast.queries import champion, demand_forecast, expected_on, read_models
from edge.analytics.forecast.risks import inventory_risk
from edge.analytics.forecast.targets import foresee
from edge.core.command_bus import CommandBus
from edge.core.limits import SELLING_S
from edge.core.messages import Done, Refused
from edge.core.storage.database import Connection
from edge.core.till_first import TillFirstElsewhere
from edge.counter.till.commands import AddLine, Pay
from edge.goods.purchasing.rules import Need
from edge.goods.stock.commands import SetLevels, SetLocation
from edge.lib.units.dates import after
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, done, open_shop, run

QUANTILES = tuple(tuple(tuple((place - 0.5) * 2 for place in GRID) for _ in range(5)) for _ in range(3))
DAY_S, TAKEN = 24 * 3600, 100_000
BOSS = MANAGER.with_rights("manage")


async def made(shop: CommandBus, version: str, through: str, mean: int, new: bool) -> Done:
    """A version says that the store takes `mean` every day."""
    item = ItemForecast("store", "mixed", 0, (mean,) * 400, 5_000, 12_000, 30_000, 90, 2 * TAKEN)
    figures = {"wape_store": 100, "wape_category": 100}
    end = FinishForecasts(version, through, 90, 1, new, figures, {"mixed": 1}, QUANTILES)
    await done(shop, save_command(end, [item]), SYSTEM)
    return await done(shop, end, SYSTEM)


def sold(shop: CommandBus, day: str) -> None:
    """The store took `TAKEN` on a day, as the projection that follows the journal writes it."""
    db = shop._writer._db
    db.execute("INSERT INTO demand_open VALUES (?, 10)", (day,))
    db.execute("INSERT INTO demand_day (sku, business_date, sold, minor) VALUES ('milk', ?, 1000, ?)", (day, TAKEN))


def test_the_nearer_one_goes_on_and_anybody_can_go_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            assert demand_forecast(shop.reader, "store") is None
            today = "2027-01-15"
            await made(shop, "old", after(today, -1), 130_000, True)
            await made(shop, "new", after(today, -1), 105_000, True)
            assert {one.version: one.role for one in read_models(shop.reader)} == {
                "old": "champion",
                "new": "challenger",
            }
            told = demand_forecast(shop.reader, "store", "daily", 3, 85.0)
            assert told and told.forecast_values == [130_000] * 3 and told.forecast_dates[0] == today
            seen = foresee(shop.reader, [Need("store", "main", 0, 0), Need("nothing", "main", 0, 0)])
            ((place, told_of),) = seen.items()
            assert place == ("store", "main") and told_of.up_to > 10 * 130_000, "of a lead and a week, with a margin"
            assert told_of.up_to > told_of.point > 3 * 130_000 and told_of.days == 0 and told_of.chance > 95
            assert told_of.lost[0] == 0, "what comes at once is not missed"
            assert list(told_of.lost) == sorted(told_of.lost), "a later delivery never loses less"
            lost_a_day = [after_ - before for before, after_ in zip(told_of.lost, told_of.lost[1:], strict=False)]
            assert 0.95 * 130_000 < lost_a_day[-1] <= 130_000, "nothing is there: what a day wants is lost"
            kept = foresee(shop.reader, [Need("store", "main", 10 * 130_000, 0)])["store", "main"].lost
            assert kept[5] < 130_000 < 5 * 130_000 < kept[28], "of ten days' stock the first five lose little"
            events: list[object] = []
            for _ in range(15):
                sold(shop, today)
                clock.advance(DAY_S)
                today = after(today, 1)
                for version, mean in (("old", 130_000), ("new", 105_000)):
                    events += (await made(shop, version, after(today, -1), mean, False)).events
            assert [type(event) for event in events] == [ModelPromoted]
            assert isinstance(promoted := events[0], ModelPromoted)
            assert (promoted.model_version, promoted.wape, promoted.wape_before) == ("new", 50, 300)
            now = champion(shop.reader)
            assert now and now.version == "new"
            live = live_accuracy(shop.reader, "old", after(today, -14), today)
            assert (live.wape, live.bias, live.coverage) == (300, 300, 0)
            assert drift(shop.reader, today) is None
            told = errors_by_day(shop.reader, after(today, -14), today)
            assert [one[1:] for one in told] == [(5_000, TAKEN, 1)] * 13, "the newest day may not be over"
            assert expected_on(shop.reader, after(today, -3)) == (105_000, 100_750, 109_250)
            await done(shop, PromoteModel("old"), BOSS)
            off = drift(shop.reader, today)
            assert off and (off.version, off.wape, off.tried) == ("old", 300, 100), "a third too much, every day"
            missing = await shop.do(PromoteModel("none"), BOSS)
            assert isinstance(missing, Refused) and missing.code == "no_such_model"

    run(scenario())


def test_one_that_is_not_better_is_retired(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            today = "2027-01-15"
            await made(shop, "old", after(today, -1), 101_000, True)
            await made(shop, "new", after(today, -1), 140_000, True)
            events: list[object] = []
            for _ in range(14):
                sold(shop, today)
                clock.advance(DAY_S)
                today = after(today, 1)
                for version, mean in (("old", 101_000), ("new", 140_000)):
                    events += (await made(shop, version, after(today, -1), mean, False)).events
            assert events == [ModelRetired("new", "not_better")]
            await made(shop, "third", after(today, -1), 100_000, True)
            await made(shop, "fourth", after(today, -1), 100_000, True)
            roles = {one.version: one.role for one in read_models(shop.reader)}
            assert roles == {"old": "champion", "new": "retired", "third": "retired", "fourth": "challenger"}
            await _old_ones_are_let_go_of(shop, clock, today)

    run(scenario())


async def _old_ones_are_let_go_of(shop: CommandBus, clock: FakeClock, today: str) -> None:
    """A fortnight later no one can go back to a version; its rows go a few at a time."""
    db = shop._writer._db
    more = [("third", f"p{at}", bytearray(b"{}")) for at in range(2 * FORGOTTEN)]
    db.executemany("INSERT INTO forecast_item VALUES (?, ?, ?)", more)
    assert times_to_forget(db, shop.now_us(), today) == 0
    clock.advance(15 * DAY_S)
    for left in (3, 2, 1, 0):
        assert times_to_forget(db, shop.now_us(), today) == left
        await done(shop, ForgetForecasts(), SYSTEM)
    kept = {version for (version,) in db.execute("SELECT DISTINCT version FROM forecast_item")}
    assert kept == {"old", "fourth"}, "the one that counts, and the one on trial"


def test_what_is_far_beyond_what_was_said_before_is_held_back_and_marked() -> None:
    usual = ItemForecast("milk", "mixed", 0, (1_000,) * 28, 100, 300, 900, 90, 4_000)
    jumped = cap_forecast(msgspec.structs.replace(usual, mean=(50_000,) * 28), usual)
    assert jumped.held == "jump" and jumped.mean == (10_000,) * 28
    assert cap_forecast(usual, jumped) == usual and cap_forecast(usual, None) == usual


def test_each_place_has_the_part_of_a_forecast_that_was_sold_from_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            milk = ItemForecast("milk", "mixed", 0, (10_000,) * 400, 4_000, 9_000, 20_000, 90, 30_000)
            end = FinishForecasts("one", "2027-01-14", 90, 1, True, {}, {"mixed": 1}, QUANTILES)
            for command in (save_command(end, [milk]), end, SetLocation("bar", {"en": "Bar"})):
                await done(shop, command, SYSTEM)
            places = ("main", "bar", "cellar")
            needs = [Need("milk", place, 20_000, 0, 0, 1_000) for place in places]
            whole = foresee(shop.reader, needs[:1])["milk", "main"]
            await done(shop, SetLocation("cellar", {"en": "Cellar"}, "storage"), SYSTEM)
            for place in places:
                await done(shop, SetLevels("milk", place, 9_000, 1_000), SYSTEM)
            db = shop._writer._db
            sold_at = (
                "INSERT INTO stock_movement VALUES"
                " ('milk', ?, 0, '2027-01-10', 0, 'sale', '', ?, 0, 0, ?, '', '', '', '', '', NULL, 0)"
            )
            db.executemany(sold_at, [(900, -30_000, "main"), (901, -10_000, "bar")])
            parts = foresee(shop.reader, needs)
            assert set(parts) == {("milk", "main"), ("milk", "bar")}, "nothing is sold from the cellar"
            main, bar = (parts["milk", place] for place in ("main", "bar"))
            assert bar.up_to < main.up_to < whole.up_to <= main.up_to + bar.up_to, "two margins are more than one"
            assert main.days < bar.days and main.chance >= bar.chance
            _told_by_place(db)

    run(scenario())


def _told_by_place(db: Connection) -> None:
    """Three quarters of the milk are sold from `main`: that much of it is foreseen there, and is to be feared for."""
    db.execute("INSERT INTO demand_day (sku, business_date, sold, minor) VALUES ('milk', '2027-01-10', 40000, 400)")
    told = {
        place: demand_forecast(db, "milk", "daily", 1, 85.0, place) for place in ("", "main", "bar", "cellar", "moon")
    }
    means = {place: one.forecast_values[0] for place, one in told.items() if one}
    assert means == {"": 10_000, "main": 7_500, "bar": 2_500, "cellar": 0, "moon": 0}
    wide = {place: one.confidence_intervals["upper"][0] - means[place] for place, one in told.items() if one}
    assert wide["bar"] < wide["main"] < wide[""] < wide["main"] + wide["bar"], "a part errs by more of itself"
    main, bar = (inventory_risk(db, "milk", location=place) for place in ("main", "bar"))
    assert main and bar and main.daily_demand == 7_500 and bar.daily_demand == 2_500
    assert main.recommended_reorder_qty > bar.recommended_reorder_qty > 0


def test_while_the_shop_sells_training_takes_a_quarter_of_a_processor_at_most(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await done(shop, AddLine(MILK), CASHIER)
            await done(shop, Pay("card"), CASHIER)
            worked, rests = 0.0, list[float]()
            now_s = shop.now_us() / 1e6
            pace = TillFirstElsewhere(shop.reader, lambda: now_s, lambda: worked, rests.append)
            for spent_s in (2.0, 0.5):
                worked += spent_s
                pace.rest()
            assert rests == [6.0, 1.5]
            now_s += SELLING_S + 1
            worked += 5.0
            pace.rest()
            assert rests == [6.0, 1.5], "nobody buys: it goes on at once"

    run(scenario())
