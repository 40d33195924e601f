"""Intervals of the store, of categories and of products each hold what they say: errors are measured by level."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from edge.analytics.forecast.commands import FinishForecasts, ItemForecast
from edge.analytics.forecast.history.demand_history import read_history
from edge.analytics.forecast.learning.intervals import GRID, bounds, errors_of
from edge.analytics.forecast.learning.saved_items import save_command
from edge.analytics.forecast.learning.train_protocol import TrainRequest
from edge.analytics.forecast.learning.trainer import forecast
from edge.analytics.forecast.queries import demand_forecast
from edge.core.command_bus import CommandBus
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.lib.units.dates import after
from tests.shop_fixture import SYSTEM, done, open_shop, run

TODAY, KNOWN_DAYS, HOLDOUT = "2027-01-15", 168, 28
CATEGORIES, PRODUCTS = 5, 12
LEVEL = 85.0


def filled(db: Connection, seed: int) -> np.typing.NDArray[np.float64]:
    """Days of many products that are bought now and then, which together are a busy store: what each category took."""
    random = np.random.default_rng(seed)
    db.execute("DELETE FROM demand_day")
    db.execute("DELETE FROM demand_open")
    days = KNOWN_DAYS + HOLDOUT
    taken = np.zeros((CATEGORIES, days))
    week = np.array([1.0, 1.0, 1.1, 1.2, 1.6, 0.8, 0.6])[np.arange(days) % 7]
    mood = random.gamma(25.0, 0.04, days)  # weather and the like: what all products of a day share
    for at in range(days):
        db.execute("INSERT INTO demand_open VALUES (?, 9)", (after(TODAY, at - KNOWN_DAYS),))
    for category in range(CATEGORIES):
        for product in range(PRODUCTS):
            sold = random.poisson(0.4 * week * mood)
            taken[category] += 100 * sold
            rows = [
                (f"p{category}-{product}", after(TODAY, at - KNOWN_DAYS), 1000 * int(count), 100 * int(count))
                for at, count in enumerate(sold)
                if count
            ]
            db.executemany("INSERT INTO demand_day (sku, business_date, sold, minor) VALUES (?, ?, ?, ?)", rows)
    return taken


def covered(db: Connection, seed: int) -> Iterator[tuple[str, bool]]:
    """Of each day that no one showed: by level, whether what came lay within the interval that is served."""
    taken = filled(db, seed)
    history = read_history(db, TODAY, "", 400)
    assert history is not None and history.days == KNOWN_DAYS
    end, items = forecast(history, TrainRequest("", TODAY, "UTC", "", "EUR"), lambda: None)
    for item in items:
        if item.item != "store" and not item.item.startswith("category:"):
            continue
        came = taken.sum(axis=0) if item.item == "store" else taken[int(item.item[-1])]
        for step in range(HOLDOUT):
            quantiles = errors_of(end.quantiles, item.item, item.kind)
            low, high = bounds(item.mean[step], item.scale, quantiles, step, LEVEL)
            yield item.item.partition(":")[0], bool(low <= came[KNOWN_DAYS + step] <= high)


async def stocked(shop: CommandBus) -> None:
    """The categories and products of `filled`."""
    await done(shop, SetCategories(tuple(Category(f"c{one}", {"en": f"C{one}"}) for one in range(CATEGORIES))), SYSTEM)
    products = tuple(
        Product(f"p{category}-{one}", {"en": f"{category}/{one}"}, price_minor=100, category=f"c{category}")
        for category in range(CATEGORIES)
        for one in range(PRODUCTS)
    )
    await done(shop, SetProducts(products), SYSTEM)


def test_intervals_of_store_and_categories_hold_what_they_say(tmp_path: Path) -> None:
    """On days that were held back, whose products are bought so rarely that their errors say nothing of sums."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            db = shop._writer._db
            found: dict[str, list[bool]] = {"store": [], "category": []}
            for seed in range(2):
                for level, inside in covered(db, seed):
                    found[level].append(inside)
            shares = {level: sum(inside) / len(inside) for level, inside in found.items()}
            assert 0.78 <= shares["store"] <= 0.92 and 0.80 <= shares["category"] <= 0.90, shares

    run(scenario(), 120)


def test_each_level_is_served_by_its_own_errors(tmp_path: Path) -> None:
    """Products err by a tenth as much beside their scale as the store does, and categories by a half."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            plain = [(place - 0.5) * 2 for place in GRID]
            rows = [tuple(tuple(one * size for one in plain) for _ in range(5)) for size in (0.1, 1.0, 0.5)]
            quantiles = tuple(row for row in rows for _ in range(3))
            items = [
                ItemForecast(name, "mixed", 0, (100_000,) * 400, 10_000, 10_000, 10_000, 90, 10**6)
                for name in ("store", "category:c0", "p0-0")
            ]
            end = FinishForecasts("one", after(TODAY, -1), 90, 3, True, {}, {"mixed": 3}, quantiles)
            command = save_command(end, items)
            assert [one.upper - one.mean for one in command.said] == [8_500, 4_250, 850]
            await done(shop, command, SYSTEM)
            await done(shop, end, SYSTEM)
            for item, wide in (("store", 8_500), ("category:c0", 4_250), ("p0-0", 850)):
                told = demand_forecast(shop.reader, item, "daily", 1, LEVEL)
                assert told and told.confidence_intervals["upper"] == [100_000 + wide], item

    run(scenario())
