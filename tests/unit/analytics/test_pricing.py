"""Prices that would earn more: learnt from the shop's own days, tried before use, never set by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from edge.analytics.pricing.commands import (
    FinishPrices,
    LeaveProposedPrices,
    NoteCompetitorPrice,
    RevertPriceModel,
    TakeProposedPrices,
    TrainPrices,
)
from edge.analytics.pricing.events import Outcome, PriceModelTrained, ProposedPrice
from edge.analytics.pricing.price_days import read_priced
from edge.analytics.pricing.price_model import PriceDays, learn, price_accuracy, propose
from edge.analytics.pricing.priceable_products import PriceableProduct
from edge.analytics.pricing.queries import model_at, price_models, proposed_prices
from edge.analytics.pricing.rules import LEAST_RIGHT, outcome_of
from edge.analytics.pricing.train_protocol import PriceRequest
from edge.analytics.pricing.trainer import finish_training
from edge.analytics.pricing.watches import WATCHES
from edge.analytics.pricing.weekly_prices import PARTS
from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Command, Done, Refused
from edge.core.process.part_context import PartContext
from edge.core.process.weekly_part import WeeklyPart
from edge.core.secrets.store import SecretStore
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import ChangePrice, SetCategories, SetPrice, SetProducts
from edge.goods.catalog.prices import price_at, price_history
from edge.goods.catalog.product import Product, Source
from edge.lib.units.dates import after
from tests.shop_fixture import CONFIG, MANAGER, SYSTEM, FakeClock, done, open_shop, run

TODAY, DAYS = "2027-01-15", 140
PRICES = {"milk": 120, "beer": 250, "tomato": 399}
BOSS = MANAGER.with_rights("manage")
DAY_S = 24 * 3600


def shop_days(strength: Mapping[str, float], count: int = 10, seed: int = 3) -> PriceDays:
    """Products of some categories at 10.00, each a fifth off in one week of five; what sells follows the strength."""
    random = np.random.default_rng(seed)
    categories = [name for name in strength for _ in range(count)]
    rows, weekdays = len(categories), (np.arange(DAYS) % 7).astype(np.int64)
    off = (np.arange(DAYS)[None, :] // 7 + np.arange(rows)[:, None]) % 5 == 0
    price = np.where(off, 800.0, 1000.0)
    power = np.array([strength[name] for name in categories])[:, None]
    sold = random.poisson(20 * (price / 1000) ** -power).astype(np.float64)
    paid = np.where(sold > 0, price, np.nan)
    return PriceDays([f"p{row}" for row in range(rows)], categories, sold, paid, weekdays)


def test_each_category_has_the_strength_of_its_own_prices() -> None:
    found = learn(shop_days({"cake": 3.0, "bread": 0.5}))
    assert found["bread"] < 1.0 < found[""] < found["cake"], "people are patient with bread"
    assert found["bread"] > 0.3 and 2.2 < found["cake"] < 3.2, "a little of all of them is in each"


def test_it_is_tried_on_weeks_that_it_was_not_made_from() -> None:
    days = shop_days({"cake": 3.0})
    made = learn(days.until(DAYS - 28))
    assert price_accuracy(days, made) > 0.94 > price_accuracy(days, {"": 0.0}), (
        "who knows nothing of prices is further off"
    )
    wild = days._replace(sold=np.random.default_rng(1).permutation(days.sold.T).T * np.linspace(0, 3, DAYS))
    assert price_accuracy(wild, made) < LEAST_RIGHT / 1000, "a shop that is another every week is not foretold"


def test_only_what_is_better_is_put_to_use() -> None:
    assert outcome_of(801, None) == "deployed" and outcome_of(800, None) == "kept", "above 0.80, strictly"
    assert outcome_of(900, 899) == "deployed" and outcome_of(900, 900) == "kept", "better than the one in use"


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        (PriceableProduct(1000, 600, 1.0), 900),  # 3 / (3 - 1) times the cost
        (PriceableProduct(999, 600, 1.0), 899),  # it ends as it did
        (PriceableProduct(1000, 400, 1.0), 850),  # 6.00 would be best: no more than 15 % at once
        (PriceableProduct(1000, 900, 1.0), 1150),
        (PriceableProduct(1000, 800, 0.8), 1150),  # a fifth of the price is tax
        (PriceableProduct(1000, 980, 1.0, 1030, 1050), 1050),  # not above the middle of what others ask
        (PriceableProduct(1000, 500, 1.0, 950, 1100), 950),  # nor below the lowest
        (PriceableProduct(1000, 500, 1.0, 1200, 1300), None),  # it is cheaper than all of them already
        (PriceableProduct(1000, 667, 1.0), None),  # it is right as it is
    ],
)
def test_a_price_is_proposed_within_bounds_that_a_shop_can_stand_by(
    product: PriceableProduct, expected: int | None
) -> None:
    days = shop_days({"cake": 3.0}, 1)
    found = propose(days, {"": 3.0, "cake": 3.0}, {"p0": product}, 10)
    assert [one.price_minor for one in found] == ([expected] if expected else [])
    for one in found:
        assert one.why == "earns_more" and one.earned_then > one.earned_now
        assert one.price_minor * product.kept_share >= product.cost_minor, "never below cost"
        assert abs(one.price_minor - product.price_minor) <= 0.15 * product.price_minor


def test_what_would_be_left_over_when_it_expires_is_to_be_cheaper() -> None:
    days = shop_days({"cake": 3.0}, 1)
    week = 7 * float(np.nanmean(days.sold[0, -56:]))
    much, little = (PriceableProduct(1000, 700, 1.0, expiring=week * times, expiring_days=7) for times in (1.3, 0.9))
    (cheaper,) = propose(days, {"": 3.0}, {"p0": much}, 10)
    assert cheaper.why == "expires" and 850 <= cheaper.price_minor < 1000
    assert cheaper.sold_then >= 1300 * week > cheaper.sold_now, "as much goes as is to be gone"
    assert all(one.why == "earns_more" for one in propose(days, {"": 3.0}, {"p0": little}, 10))


def test_where_nobody_knows_what_a_price_does_none_is_proposed() -> None:
    days = shop_days({"cake": 3.0}, 1)
    assert propose(days, {"": 0.0}, {"p0": PriceableProduct(1000, 600, 1.0)}, 10) == ()
    rare = days._replace(sold=np.where(np.arange(DAYS) % 9 == 0, days.sold, 0.0))
    assert propose(rare, {"": 3.0}, {"p0": PriceableProduct(1000, 600, 1.0)}, 10) == (), "what sells now and then"


def trained(version: str, outcome: Outcome = "deployed", right: int = 900) -> PriceModelTrained:
    return PriceModelTrained(version, "2027-01-14", outcome, 900, 5_000, right, 0, {"": 2000}, "0" * 64)


def better(sku: str, price: int, was: int) -> ProposedPrice:
    return ProposedPrice(sku, price, was, "earns_more", 20_000, 25_000, 900, 1_100)


def proposed(version: str, *prices: ProposedPrice) -> FinishPrices:
    return FinishPrices(trained(version), prices, version)


def settled(shop: CommandBus, prices: Mapping[str, int] = PRICES) -> Connection:
    """Products that sold for half a year at prices that have held since long ago."""
    db = shop._writer._db
    lived(db, prices)
    db.execute("UPDATE product SET priced_us = 0")
    return db


async def refused(shop: CommandBus, command: Command) -> str:
    outcome = await shop.do(command, BOSS)
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def test_a_price_holds_when_somebody_says_yes_and_not_before(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            clock.advance(60)
            settled(shop)
            prices = (better("milk", 130, 120), better("beer", 230, 250), better("tomato", 409, 399))
            await done(shop, proposed("one", *prices), SYSTEM)
            assert price_at(shop.reader, "milk", shop.now_us()) == 120, "a proposal is no price"
            (waiting,) = next(watch for watch in WATCHES if watch.kind == "prices_proposed").read(
                shop.reader, shop.now_us(), TODAY
            )
            assert waiting.values == {"count": 3}
            await done(shop, TakeProposedPrices(("milk",)), BOSS)
            assert price_at(shop.reader, "milk", shop.now_us()) == 130
            assert price_history(shop.reader, "milk")[0].source == "model one", "whose idea it was"
            await done(shop, LeaveProposedPrices(("beer",)), BOSS)
            assert price_at(shop.reader, "beer", shop.now_us()) == 250
            assert [one.sku for one in proposed_prices(shop.reader)] == ["tomato"]
            assert await refused(shop, TakeProposedPrices(("milk",))) == "price_not_proposed"
            await done(shop, ChangePrice("tomato", 350), BOSS)
            assert await refused(shop, TakeProposedPrices(("tomato",))) == "price_moved"

    run(scenario())


def test_head_office_has_the_last_word(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            db, now = shop._writer._db, shop.now_us()
            lived(db, {"milk": 120, "beer": 250, "tomato": 399})
            settled = now + 40 * DAY_S * 1_000_000
            asked = (db, ["milk", "beer", "tomato"], TODAY, settled)
            assert set(read_priced(*asked, ())) == {"milk", "beer", "tomato"}
            await done(shop, SetPrice("beer", 260, from_us=now + 1_000_000, source=Source("head office")), BOSS)
            assert set(read_priced(*asked, ())) == {"milk", "tomato"}, "head office sets what beer costs"
            await done(shop, proposed("one", better("beer", 230, 250)), SYSTEM)
            assert await refused(shop, TakeProposedPrices(("beer",))) == "price_not_ours"
            assert set(read_priced(db, ["milk", "tomato"], TODAY, now, ())) == set(), "they changed just now"

    run(scenario())


def test_what_the_law_or_the_shop_holds_is_left_alone(tmp_path: Path) -> None:
    """`till.undiscounted` names the category: none is proposed, and one that was before is refused."""
    held = CONFIG + '\n[till]\nundiscounted = ["tobacco"]\n'

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=held) as shop:
            await done(shop, SetCategories((Category("tobacco", {"en": "Tobacco"}),)), SYSTEM)
            await done(shop, SetProducts((Product("beer", category="tobacco"),)), SYSTEM)
            db, settled = shop._writer._db, shop.now_us() + 40 * DAY_S * 1_000_000
            lived(db, {"milk": 120, "beer": 250})
            assert set(read_priced(db, ["milk", "beer"], TODAY, settled, ("tobacco",))) == {"milk"}
            db.execute("UPDATE figure_cost SET average_micro = 61_000_001 WHERE sku = 'milk'")
            known = read_priced(db, ["milk"], TODAY, settled, ())
            assert known["milk"].cost_minor == 62, "what was paid for it, never less"
            db.execute("UPDATE product SET priced_us = 0")
            clock.advance(60)
            await done(shop, proposed("one", better("milk", 130, 120), better("beer", 230, 250)), SYSTEM)
            assert await refused(shop, TakeProposedPrices(("milk", "beer"))) == "price_not_ours"
            assert price_at(db, "milk", shop.now_us()) == 120, "all of them or none"

    run(scenario())


def lived(db: Connection, prices: Mapping[str, int], days: int = DAYS) -> None:
    """Days of products, as the projection writes them; each a fifth off in one week of five."""
    random = np.random.default_rng(2)
    for at in range(days):
        day = after(TODAY, at - days)
        db.execute("INSERT INTO demand_open VALUES (?, 20)", (day,))
        db.execute("INSERT INTO figure_day VALUES ('sales', ?, '', 20, 0, 0, 0, 0, 0)", (day,))
        for place, (sku, price) in enumerate(prices.items()):
            now = price * 4 // 5 if (at // 7 + place) % 5 == 0 else price
            sold = int(random.poisson(30 * (now / price) ** -3.0))
            row = (day, sku, 1, 1000 * sold, sold * now, sold * now, 0, 0)
            db.execute("INSERT INTO figure_day VALUES ('product', ?, ?, ?, ?, ?, ?, ?, ?)", row)
    for sku, price in prices.items():
        db.execute("INSERT OR REPLACE INTO figure_cost (sku, cost_minor) VALUES (?, ?)", (sku, price * 3 // 10))


def test_a_whole_week_from_the_ledger_to_what_waits_for_a_yes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            db, later = shop._writer._db, shop.now_us() + 40 * DAY_S * 1_000_000
            ask = PriceRequest("", TODAY, later)
            few = finish_training(db, ask)
            assert few.trained.outcome == "not_enough" and not few.prices, "a shop of today"
            lived(db, {"milk": 120, "beer": 250, "tomato": 399})
            first = finish_training(db, ask)
            assert first.trained.outcome == "deployed" and first.trained.right > LEAST_RIGHT
            assert first == finish_training(db, ask), "the same days, the same model"
            assert {one.sku for one in first.prices} == {"milk", "beer", "tomato"}
            assert all(one.price_minor < one.was_minor for one in first.prices), "much more is sold for less"
            await done(shop, first, SYSTEM)
            assert (await done(shop, first, SYSTEM)).events[0] != first.trained, "the same again is no other model"
            again = finish_training(db, ask)
            assert again.trained.outcome == "kept", "no nearer than the one in use"
            await done(shop, NoteCompetitorPrice("milk", "Across the road", 118), BOSS)
            dearer = {one.sku: one.price_minor for one in finish_training(db, ask).prices}
            assert dearer.get("milk", 120) >= 116, "not below the lowest of what others ask"
            await done(shop, LeaveProposedPrices(("beer",)), BOSS)
            assert "beer" not in {one.sku for one in finish_training(db, ask).prices}, "somebody said no"
            assert await refused(shop, NoteCompetitorPrice("none", "Them", 1)) == "unknown_sku"

    run(scenario())


def test_one_step_back_takes_what_was_proposed_along(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            assert await refused(shop, RevertPriceModel()) == "no_earlier_price_model"
            for version, price in (("one", 125), ("two", 130)):
                await done(shop, proposed(version, better("milk", price, 120)), SYSTEM)
            await done(shop, FinishPrices(trained("three", "kept", 700), (better("milk", 130, 120),), "two"), SYSTEM)
            now = model_at(shop.reader, 0)
            assert now and now.version == "two", "one that is not better changes nothing"
            await done(shop, RevertPriceModel(), BOSS)
            now = model_at(shop.reader, 0)
            assert now and now.version == "one" and not proposed_prices(shop.reader)
            assert await refused(shop, RevertPriceModel()) == "no_earlier_price_model"
            assert len(price_models(shop.reader)) == 3

    run(scenario())


def test_one_at_a_time_is_made(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            context = PartContext(shop, tmp_path, "UTC", lambda at_us: "2027-01-18", cast(SecretStore, None))
            weekly = PARTS[0].make(context)
            assert isinstance(weekly, WeeklyPart) and not weekly.due(), "nothing was ever sold"
            first, second = [await done(shop, TrainPrices(), BOSS) for _ in range(2)]
            assert isinstance(first, Done) and first.result == second.result, "the running one"

    run(scenario())


def test_what_a_rival_asked_ends_after_two_years_but_for_the_newest(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            for price in (100, 110, 120):
                for rival in ("corner", "market") if price == 100 else ("corner",):
                    await done(shop, NoteCompetitorPrice("milk", rival, price), SYSTEM)
                clock.advance(400 * 86_400)
            kept = "SELECT competitor, price_minor FROM rival_price ORDER BY competitor, seq"
            assert [tuple(row) for row in shop.reader.execute(kept)] == [
                ("corner", 110),
                ("corner", 120),
                ("market", 100),
            ]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())
