"""How right forecasts were, of the shop and of each place of it; and how right a category was when it was tried."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from edge.analytics.forecast.accuracy import days_of_place, live_accuracy, read_backtest, read_groups_accuracy
from edge.analytics.forecast.commands import FinishForecasts, ItemForecast
from edge.analytics.forecast.learning.backtest_figures import series_figures
from edge.analytics.forecast.learning.models import Matrix
from edge.analytics.forecast.learning.saved_items import save_command
from edge.analytics.forecast.learning.training import DemandCalendar, train
from edge.analytics.forecast.pages import _read
from edge.analytics.forecast.queries import champion
from edge.core.storage.database import Connection
from edge.goods.stock.commands import SetLocation
from edge.lib.units.dates import after
from tests.shop_fixture import SYSTEM, done, open_shop, run
from tests.unit.analytics.test_forecast_versions import QUANTILES

TODAY = "2027-01-15"
_OPEN = "INSERT OR IGNORE INTO demand_open VALUES (?, 10)"
_TAKEN = "INSERT INTO demand_day (sku, business_date, sold, minor) VALUES (?, ?, ?, ?)"
_MOVED = """
    INSERT INTO stock_movement VALUES
    (?, ?, 0, ?, 0, 'sale', '', ?, 0, 0, ?, '', '', '', '', '', NULL, 0)
"""


def lived(db: Connection, bar_share: float, since: int, until: int, numbers: range) -> None:
    """Days on which 100.00 of milk, ten bottles, are sold: so much of it from the bar, the rest from `main`."""
    for number, ahead in zip(numbers, range(since, until), strict=False):
        day = after(TODAY, ahead)
        db.execute(_OPEN, (day,))
        db.execute(_TAKEN, ("milk", day, 10_000, 10_000))
        for at, share in (("bar", bar_share), ("main", 1 - bar_share)):
            db.execute(_MOVED, ("milk", number * 2 + (at == "bar"), day, -round(10_000 * share), at))


def test_a_place_is_held_to_the_part_that_was_said_of_it(tmp_path: Path) -> None:
    """A quarter was sold from the bar; then half is: the shop is as foreseen, the bar is not."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetLocation("bar", {"en": "Bar"}), SYSTEM)
            items = [
                ItemForecast(name, "mixed", 0, (10_000,) * 400, 1_000, 3_000, 9_000, 90, 20_000)
                for name in ("store", "milk")
            ]
            db = shop._writer._db
            lived(db, 0.25, -60, -14, range(1_000, 1_100))
            for ahead in range(-14, 0):
                end = FinishForecasts("one", after(TODAY, ahead - 1), 90, 2, ahead == -14, {}, {"mixed": 2}, QUANTILES)
                for command in (save_command(end, items), end):
                    await done(shop, command, SYSTEM)
            lived(db, 0.5, -14, 0, range(2_000, 2_100))
            since = after(TODAY, -14)
            whole = live_accuracy(db, "one", since, TODAY)
            assert (whole.wape, whole.bias) == (0, 0), "in all as much was sold as was foreseen"
            bar_days, main_days, cellar_days = (days_of_place(db, at, since, TODAY) for at in ("bar", "main", "cellar"))
            bar, main = (live_accuracy(db, "one", since, TODAY, place=days) for days in (bar_days, main_days))
            assert bar.wape and bar.bias and main.bias and bar.wape > 250, "far less was foreseen of the bar"
            assert bar.bias < 0 < main.bias and bar.count == main.count == whole.count
            first = live_accuracy(db, "one", since, after(since, 1), place=bar_days)
            assert (first.wape, first.bias) == (500, -500), "a quarter was said, half was sold"
            cellar = live_accuracy(db, "one", since, TODAY, place=cellar_days)
            assert cellar.wape is None, "nothing is sold from there"
            groups = {one.item: one for one in read_groups_accuracy(db, "one", since, TODAY, bar_days)}
            assert groups["price:high"].live.bias == bar.bias, "its products, too"
            asked: list[str] = []
            db.set_trace_callback(asked.append)
            _read(db, "store", "daily", TODAY, "bar", ("", ""))
            db.set_trace_callback(None)
            summed = [text for text in asked if "-sum(delta)" in text and "'refund'" in text]
            assert len(summed) == 1, "the page adds up what was moved once, for all that it says"

    run(scenario())


def test_of_each_category_it_is_known_how_right_it_was_and_from_which_origins(tmp_path: Path) -> None:
    """Two categories, one as steady as a clock, the other drawn at random: each has its own figures, three folds."""
    random, days = np.random.default_rng(5), 120
    weekdays = (np.arange(days + 28) % 7).astype(np.int64)
    week = np.array([1.0, 1.0, 1.0, 1.2, 1.5, 2.0, 0.5])[weekdays[:days]]
    totals: Matrix = np.stack([1000 * week, random.poisson(2.0, days) * 500.0])
    calendar = DemandCalendar(weekdays, weekdays * 0, np.ones((2, days + 28)), 7)
    trained = train(totals, np.arange(2), totals, calendar, 28, 28)
    steady, wild = (series_figures(trained, row, date(2026, 9, 17)) for row in (0, 1))
    assert steady[0]["wape"] < 20 < 300 < wild[0]["wape"], "each by its own days"
    assert steady[0]["days"] == wild[0]["days"] == 84 and wild[0]["mae"] > steady[0]["mae"]
    firsts = [fold.first for fold in wild[1]]
    assert firsts == ["2026-10-23", "2026-11-20", "2026-12-18"] and {fold.days for fold in wild[1]} == {28}
    mean = sum(fold.wape or 0 for fold in wild[1]) / 3
    assert abs(mean - wild[0]["wape"]) < 60, "all folds together are about their mean"

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            item = ItemForecast("category:drinks", "mixed", 0, (1,) * 400, 1, 1, 1, 90, 1, tried=wild[0], folds=wild[1])
            end = FinishForecasts("one", "2027-01-14", 90, 1, True, {"wape_category": 7}, {"mixed": 1}, QUANTILES)
            for command in (save_command(end, [item]), end):
                await done(shop, command, SYSTEM)
            model = champion(shop.reader)
            assert model
            assert read_backtest(shop.reader, model) == ({"wape_category": 7}, [])
            tried, folds = read_backtest(shop.reader, model, "drinks")
            assert tried["wape_category"] == wild[0]["wape"] and folds == list(wild[1])
            assert read_backtest(shop.reader, model, "none") == ({}, [])

    run(scenario())
