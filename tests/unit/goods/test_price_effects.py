"""Prices and promotions: what they did to demand is learnt from the shop's days, and taken along into those to come."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pytest

from edge.analytics.forecast.commands import ItemForecast
from edge.analytics.forecast.history.demand_history import read_history
from edge.analytics.forecast.learning.models import Matrix, Places
from edge.analytics.forecast.learning.price_effects import (
    PlannedPrices,
    elasticity,
    paid_share,
    price_effects,
    read_planned,
)
from edge.analytics.forecast.learning.train_protocol import TrainRequest
from edge.analytics.forecast.learning.trainer import forecast
from edge.core.command_bus import CommandBus
from edge.goods.catalog.categories.queries import CategoryPlace
from edge.goods.catalog.commands import SetPrice
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import (
    AmountOff,
    BuyGet,
    Deal,
    FixedPrice,
    Goods,
    PercentOff,
    Promotion,
    SeveralFor,
    SpendAmount,
)
from tests.shop_fixture import SYSTEM, done, open_shop, run

DAYS, PRODUCTS = 200, 30
DAY_US = 86_400_000_000
TODAY = "2027-01-15"


def sold(strength: float, offers: bool = True, seed: int = 3) -> tuple[Matrix, Matrix, Places]:
    """Thirty products at 10.00, each a quarter off in one week of five: quantities, what was taken, and weekdays."""
    random = np.random.default_rng(seed)
    weekdays = np.arange(DAYS + 400) % 7
    off = (np.arange(DAYS)[None, :] // 7 + np.arange(PRODUCTS)[:, None]) % 5 == 0
    price = np.where(off & offers, 750.0, 1000.0)
    week = np.array([1.0, 1.0, 1.0, 1.2, 1.5, 2.0, 0.5])[weekdays[:DAYS]]
    mean = random.uniform(4, 15, (PRODUCTS, 1)) * week[None, :] * (price / 1000.0) ** -strength
    values = random.poisson(mean).astype(np.float64) * 1000
    return values, values / 1000 * price, weekdays.astype(np.int64)


@pytest.mark.parametrize("strength", [0.0, 1.0, 2.0])
def test_what_a_price_does_is_learnt_from_the_shops_own_days(strength: float) -> None:
    values, taken, weekdays = sold(strength)
    with np.errstate(invalid="ignore"):
        found = elasticity(values, 1000 * taken / np.where(values > 0, values, np.nan), weekdays)
    assert found == pytest.approx(strength, abs=0.3)


def test_where_no_price_ever_moved_nothing_is_corrected() -> None:
    values, taken, weekdays = sold(2.0, offers=False)
    nothing = PlannedPrices({}, {}, {})
    made = price_effects(
        values, taken, np.zeros(PRODUCTS, np.int64), 1, weekdays, nothing, [str(at) for at in range(PRODUCTS)], 28
    )
    assert made.elasticity == 0.0 and made.plain(values) is values and (made.groups == 1).all()


def test_a_week_at_a_lower_price_is_expected_to_sell_more_and_the_weeks_behind_it_are_not() -> None:
    values, taken, weekdays = sold(2.0)
    ratio = np.ones(28)
    ratio[7:14] = 0.75
    planned = PlannedPrices({"0": ratio}, {}, {"0": 1000})
    skus = [str(at) for at in range(PRODUCTS)]
    made = price_effects(values, taken, np.zeros(PRODUCTS, np.int64), 1, weekdays, planned, skus, 28)
    mean = made.foreseen(np.ones((PRODUCTS, 28)))
    assert mean[0, 7:14] == pytest.approx(np.full(7, 0.75**-made.elasticity)) and mean[0, 7] > 1.5
    assert (mean[0, 14:] == 1).all() and (mean[1:] == 1).all()
    plain = made.plain(values)
    off = taken / np.maximum(values, 1) * 1000 < 900
    assert plain[off].mean() == pytest.approx(plain[~off].mean(), rel=0.1), "as it had been at the usual price"


@pytest.mark.parametrize(
    ("deal", "share"),
    [
        (PercentOff(25_000), 0.75),
        (AmountOff(300), 0.7),
        (AmountOff(5_000), 0.0),
        (FixedPrice(800), 0.8),
        (FixedPrice(1_200), 1.0),
        (SeveralFor(3, 2_400), 0.8),
        (BuyGet(2), 2 / 3),
        (SpendAmount(5_000, 500), 1.0),
    ],
)
def test_what_is_paid_of_ten_under_a_deal(deal: Deal, share: float) -> None:
    assert paid_share(deal, 1_000) == pytest.approx(share)
    assert paid_share(deal, 0) == 1.0


def test_planned_prices_and_promotions_are_in_the_forecast_and_in_its_words(tmp_path: Path) -> None:
    """Milk costs a tenth more from the tenth day on; tomatoes are a quarter off for a week."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            now_us = shop.now_us()
            await done(shop, SetPrice("milk", 132, from_us=now_us + 10 * DAY_US), SYSTEM)
            offer = Promotion("week", {"en": "Tomato week"}, PercentOff(25_000), Goods(skus=("tomato",)))
            within = msgspec.structs.replace(offer, from_us=now_us + 2 * DAY_US, until_us=now_us + 9 * DAY_US)
            await done(shop, SetPromotion(within), SYSTEM)
            places = {sku: CategoryPlace((), "") for sku in ("milk", "tomato")}
            found = read_planned(shop.reader, places, date.fromisoformat(TODAY), 28, "UTC", "EUR")
            assert found.ratios["milk"][:9] == pytest.approx(1.0) and found.ratios["milk"][11:] == pytest.approx(1.1)
            assert (found.ratios["tomato"] < 1).sum() == 7
            (told,) = found.known["milk"].values()
            assert told == {"price": "1.32"}
            assert {one["promotion"] for one in found.known["tomato"].values()} == {"Tomato week"}
            await _foreseen(shop)

    run(scenario())


async def _foreseen(shop: CommandBus) -> None:
    """The whole way, from the ledger's days to what is said of days to come."""
    db = shop._writer._db
    random = np.random.default_rng(1)
    for at in range(120):
        day = date.fromordinal(date.fromisoformat(TODAY).toordinal() - 120 + at).isoformat()
        price = 75 if at // 7 % 4 == 1 else 100
        count = int(random.poisson(10 * (price / 100) ** -2)) * 1000
        db.execute("INSERT INTO demand_open VALUES (?, 1)", (day,))
        for sku in ("tomato", "milk"):
            row = (sku, day, count, count * (price if sku == "tomato" else 120) // 1000)
            db.execute("INSERT INTO demand_day (sku, business_date, sold, minor) VALUES (?, ?, ?, ?)", row)
    db.execute("UPDATE product SET price_minor = 100 WHERE sku = 'tomato'")
    history = read_history(db, TODAY, "", 400)
    assert history is not None
    _, items = forecast(history, TrainRequest("", TODAY, "UTC", "", "EUR"), lambda: None)
    tomato = _item(items, "tomato")
    offered, usual = np.mean(tomato.mean[2:9]), np.mean(tomato.mean[10:24])
    assert offered > 1.3 * usual, (offered, usual, history.prices.elasticity)
    assert tomato.days == 120 and tomato.known


def _item(items: list[ItemForecast], name: str) -> ItemForecast:
    return next(item for item in items if item.item == name)
