"""Trials: a price or promotion for some weeks, then without; they end by themselves, also when they hurt."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.analytics.trials.commands import EndTrial, StartTrial, StopTrial, TriedPrice
from edge.analytics.trials.daily_check import TrialCheck
from edge.analytics.trials.pages import plan_trial
from edge.analytics.trials.queries import KeptTrial, TrialResult, read_trial, trial_result
from edge.analytics.trials.trial import begins_us
from edge.analytics.trials.watches import WATCHES
from edge.analytics.whatif.scenario import PriceRule, Scenario
from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine
from edge.goods.catalog.commands import RetireProducts, SetPrice, SetProducts
from edge.goods.catalog.prices import price_at
from edge.goods.catalog.product import Product
from edge.goods.promotions.commands import EndPromotion, SetPromotion
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion
from edge.goods.promotions.queries import read_promotion
from edge.lib.units.dates import after
from tests.catch_up import catch_up
from tests.counter_shop import in_a_shop, paid
from tests.shop_fixture import CONFIG, MILK, SYSTEM, FakeClock, config, done, open_shop, run

TODAY, FIRST = "2027-01-15", "2027-02-12"
DAY_S = 86_400
CHEAPER = StartTrial(FIRST, 500, 1, 1, 1, prices=(TriedPrice("milk", 100),))
FIFTH_OFF = Promotion("what-if-1", {"en": "A fifth off"}, PercentOff(20_000), Goods(("milk",)))


def _check(shop: CommandBus, text: str) -> TrialCheck:
    store = config(shop.path.parent, text)
    return TrialCheck(shop, shop.path, store.store.zone, store.day_turns_at_min, store.business_date)


async def _sell(shop: CommandBus, clock: FakeClock, days: int, pieces: int) -> list[int]:
    """Sell milk on each of so many days; what each day brought."""
    brought = []
    for n in range(days):
        if pieces:
            await done(shop, AddLine(MILK, quantity=(pieces + n % 2) * 1_000))
        else:
            await done(shop, AddLine("bread-code"))
        brought.append((await paid(shop)).total_minor)
        clock.advance(DAY_S)
    return brought


async def _look(shop: CommandBus, text: str = CONFIG) -> list[EndTrial]:
    await catch_up(shop)
    return await _check(shop, text).look()


def _trial_of(shop: CommandBus, number: int = 1) -> KeptTrial:
    kept = read_trial(shop.reader, number)
    assert kept is not None
    return kept


def _result(shop: CommandBus, number: int = 1) -> TrialResult:
    store = config(shop.path.parent)
    result = trial_result(shop.reader, number, store.business_date(shop.now_us()))
    assert result is not None
    return result


async def _before(shop: CommandBus, clock: FakeClock, pieces: int = 5) -> None:
    """Four weeks of milk, whose cost is known; the trial begins on the day after."""
    goods = (
        Product("milk", {"en": "Milk"}, cost_minor=60),
        Product("bread", {"en": "Bread"}, ("bread-code",), 250, "reduced"),
    )
    await done(shop, SetProducts(goods), SYSTEM)
    await _sell(shop, clock, 27, pieces)


def test_a_price_is_tried_for_a_week_and_ends_by_itself(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await _before(shop, clock)
        assert (await done(shop, CHEAPER, SYSTEM)).result == 1
        await _sell(shop, clock, 1, 5)
        assert _result(shop).effects["units"].on_days == 0
        assert await _sell(shop, clock, 7, 10) == [1_000, 1_100] * 3 + [1_000], "at the price that is tried"
        assert await _look(shop) == []
        assert price_at(shop.reader, "milk", shop.now_us()) == 120, "back without anybody looking"
        assert await _sell(shop, clock, 6, 5) == [600, 720] * 3
        assert await _look(shop) == [], "its last day isn't over"
        await _sell(shop, clock, 1, 5)
        await catch_up(shop)
        margin = _result(shop).effects["margin"]
        assert (margin.on_days, margin.off_days) == (7, 35) and margin.low is not None and margin.high is not None
        assert margin.low <= margin.difference <= margin.high
        assert [one.why for one in await _look(shop)] == ["finished"]
        kept = _trial_of(shop)
        assert (kept.why, kept.ended_date) == ("finished", after(FIRST, 14))
        told = next(one for one in WATCHES if one.kind == "trial_finished")
        assert [one.values["number"] for one in told.read(shop.reader, 0, kept.ended_date)] == [1]
        assert list(told.read(shop.reader, 0, after(kept.ended_date, 8))) == []
        assert await _look(shop) == []

    in_a_shop(scenario, tmp_path)


def test_it_stops_once_it_costs_more_than_the_owner_allowed(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await _before(shop, clock)
        await done(shop, StartTrial(FIRST, 500, 1, 1, 2, prices=(TriedPrice("milk", 70),)), SYSTEM)
        await _sell(shop, clock, 1, 5)
        await _sell(shop, clock, 2, 5)
        assert await _look(shop) == [], "two days say nothing"
        await _sell(shop, clock, 1, 5)
        (ended,) = await _look(shop)
        assert ended.why == "hurt" and 500 < ended.shortfall_minor < 1_200
        assert price_at(shop.reader, "milk", shop.now_us()) == 120
        assert price_at(shop.reader, "milk", shop.now_us() + 12 * DAY_S * 1_000_000) == 120, "nor in its second round"
        assert (await _sell(shop, clock, 1, 5)) == [600]
        assert _trial_of(shop).shortfall_minor == ended.shortfall_minor
        told = next(one for one in WATCHES if one.kind == "trial_hurt")
        (condition,) = told.read(shop.reader, 0, after(FIRST, 4))
        assert condition.values["shortfall_minor"] == ended.shortfall_minor

    in_a_shop(scenario, tmp_path)


def test_a_box_that_was_off_for_all_of_it_ends_it_at_the_next_look(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await _before(shop, clock)
        await done(shop, CHEAPER, SYSTEM)
        clock.advance(60 * DAY_S)
        clock.synced = True
        assert await _sell(shop, clock, 1, 1) == [120]
        assert [one.why for one in await _look(shop)] == ["finished"]
        assert _result(shop).effects["margin"].on_days == 0

    in_a_shop(scenario, tmp_path)


def test_what_someone_changes_by_hand_stays_and_ends_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await _before(shop, clock)
        await done(shop, StartTrial(FIRST, 500, 1, 1, 2, promotion=FIFTH_OFF, skus=("milk",)), SYSTEM)
        await _sell(shop, clock, 1, 5)
        assert await _sell(shop, clock, 1, 5) == [480]
        assert await _look(shop) == []
        first = read_promotion(shop.reader, "trial-1-1")
        assert first is not None
        other = Promotion("trial-1-1", {"en": "Half"}, PercentOff(50_000), Goods(("milk",)), from_us=first.from_us)
        await done(shop, SetPromotion(other), SYSTEM)
        (ended,) = await _look(shop)
        assert (ended.why, ended.subject) == ("changed", "trial-1-1")
        assert await _sell(shop, clock, 1, 5) == [300], "as somebody wants it"
        second = read_promotion(shop.reader, "trial-1-2")
        assert second is not None and second.until_us is not None and second.until_us <= shop.now_us()

    in_a_shop(scenario, tmp_path)


def test_a_usual_price_that_changes_and_a_promotion_that_ends_are_changes_too(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await _before(shop, clock)
        await done(shop, CHEAPER, SYSTEM)
        await done(shop, SetPrice("milk", 130), SYSTEM)
        assert [(one.why, one.subject) for one in await _look(shop)] == [("changed", "milk")]
        await done(shop, StartTrial(FIRST, 500, promotion=FIFTH_OFF, skus=("milk",)), SYSTEM)
        await done(shop, EndPromotion("trial-2-1"), SYSTEM)
        assert [(one.number, one.why) for one in await _look(shop)] == [(2, "changed")]

    in_a_shop(scenario, tmp_path)


def test_a_discontinued_product_ends_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await _before(shop, clock)
        await done(shop, CHEAPER, SYSTEM)
        await done(shop, RetireProducts(("milk",)), SYSTEM)
        assert [(one.why, one.subject) for one in await _look(shop)] == [("gone", "milk")]
        assert await shop.do(CHEAPER, SYSTEM) == Refused("trial_discontinued", {"sku": "milk"})

    in_a_shop(scenario, tmp_path)


def test_stopping_takes_back_what_was_planned(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await _before(shop, clock)
        await done(shop, CHEAPER, SYSTEM)
        await done(shop, StopTrial(1), SYSTEM)
        assert _trial_of(shop).why == "stopped"
        assert (await done(shop, StopTrial(1), SYSTEM)).events == ()
        assert (await done(shop, EndTrial(1, "hurt"), SYSTEM)).events == ()
        await _sell(shop, clock, 1, 5)
        assert await _sell(shop, clock, 1, 5) == [600]
        assert await shop.do(StopTrial(9), SYSTEM) == Refused("trial_unknown", {"number": 9})

    in_a_shop(scenario, tmp_path)


def test_what_cannot_be_tried_is_said(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await _before(shop, clock)
        today = after(FIRST, -1)
        milk = TriedPrice("milk", 100)
        for command, code in (
            (StartTrial(FIRST, 500), "trial_one_change"),
            (StartTrial(FIRST, 500, promotion=FIFTH_OFF, prices=(milk,)), "trial_one_change"),
            (StartTrial(today, 500, prices=(milk,)), "trial_first_day"),
            (StartTrial("2027-02-31", 500, prices=(milk,)), "trial_first_day"),
            (StartTrial("2028-02-01", 500, prices=(milk,)), "trial_first_day"),
            (StartTrial(FIRST, 500, prices=(milk, milk)), "trial_price_twice"),
            (StartTrial(FIRST, 500, prices=(TriedPrice("milk", 120),)), "trial_same_price"),
            (StartTrial(FIRST, 500, prices=(TriedPrice("nothing", 120),)), "trial_no_price"),
            (StartTrial(FIRST, 500, promotion=FIFTH_OFF, skus=("nothing",)), "unknown_sku"),
        ):
            outcome = await shop.do(command, SYSTEM)
            assert isinstance(outcome, Refused) and outcome.code == code, (command, outcome)
        await done(shop, CHEAPER, SYSTEM)
        outcome = await shop.do(StartTrial(FIRST, 500, promotion=FIFTH_OFF, skus=("milk", "bread")), SYSTEM)
        assert outcome == Refused("trial_same_product", {"sku": "milk", "number": 1})
        outcome = await shop.do(StartTrial(FIRST, 500, promotion=FIFTH_OFF), SYSTEM)
        assert outcome == Refused("trial_of_whole_shop", {"number": 1})
        await done(shop, StopTrial(1), SYSTEM)
        end_us = shop.now_us() + 9 * DAY_S * 1_000_000
        await done(shop, SetPrice("milk", 90, from_us=shop.now_us(), until_us=end_us), SYSTEM)
        assert await shop.do(CHEAPER, SYSTEM) == Refused("trial_price_planned", {"sku": "milk"})

    in_a_shop(scenario, tmp_path)


def test_a_usual_price_raised_in_the_weeks_of_a_trial_holds_and_ends_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await _before(shop, clock)
        await done(shop, CHEAPER, SYSTEM)
        await _sell(shop, clock, 1, 5)
        assert await _sell(shop, clock, 1, 5) == [500]
        await done(shop, SetPrice("milk", 200), SYSTEM)
        assert [(one.why, one.subject) for one in await _look(shop)] == [("changed", "milk")]
        assert await _sell(shop, clock, 1, 5) == [1_000]

    in_a_shop(scenario, tmp_path)


def test_the_usual_price_is_the_one_of_the_first_day(tmp_path: Path) -> None:
    """Not that of a special that ends the evening before."""

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await _before(shop, clock)
        store = config(shop.path.parent)
        begin_us = begins_us(FIRST, store.store.zone, store.day_turns_at_min)
        await done(shop, SetPrice("milk", 90, from_us=shop.now_us(), until_us=begin_us), SYSTEM)
        tenth_off = Scenario("2027-01-20", "2027-02-10", (PriceRule(Goods(("milk",)), -10_000),))
        planned = plan_trial(shop.reader, tenth_off, after(FIRST, -1), begin_us)
        assert planned.prices == (("milk", 108, 120),)
        await done(shop, StartTrial(FIRST, 5_000, 1, 1, 1, prices=(TriedPrice("milk", 100),)), SYSTEM)
        assert _trial_of(shop).trial.prices[0].was_minor == 120
        assert await _look(shop) == []
        assert await _sell(shop, clock, 1, 5) == [450]
        assert await _sell(shop, clock, 7, 5) == [500, 600] * 3 + [500]
        assert await _look(shop) == []
        assert await _sell(shop, clock, 1, 5) == [600], "the usual price"

    in_a_shop(scenario, tmp_path)


def test_what_is_discounted_is_what_is_measured(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await _before(shop, clock)
        for goods, but, skus in (
            (Goods(("bread",)), Goods(), ("milk",)),
            (Goods(("milk", "bread")), Goods(), ("milk",)),
            (Goods(("milk",), categories=("dairy",)), Goods(), ("milk",)),
            (Goods(("milk",), brands=("Farm",)), Goods(), ("milk",)),
            (Goods(), Goods(), ("milk",)),
            (Goods(("milk",)), Goods(), ()),
            (Goods(("milk", "bread")), Goods(("bread",)), ("milk", "bread")),
        ):
            promotion = msgspec.structs.replace(FIFTH_OFF, goods=goods, but=but)
            outcome = await shop.do(StartTrial(FIRST, 500, promotion=promotion, skus=skus), SYSTEM)
            assert outcome == Refused("trial_goods_differ"), (goods, but, skus)
        both = msgspec.structs.replace(FIFTH_OFF, goods=Goods(("milk", "bread")), but=Goods(("bread",)))
        for asked, skus in ((both, ("milk",)), (msgspec.structs.replace(FIFTH_OFF, goods=Goods()), ())):
            asking = Scenario("2027-01-20", "2027-02-10", promotions=(asked,))
            planned = plan_trial(shop.reader, asking, after(FIRST, -1), shop.now_us())
            assert planned.skus == skus
            started = StartTrial(FIRST, 500, promotion=planned.promotion, skus=planned.skus)
            await done(shop, StopTrial((await done(shop, started, SYSTEM)).result), SYSTEM)

    in_a_shop(scenario, tmp_path)


def test_a_shop_that_changes_its_zone_keeps_its_trials(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await _before(shop, clock)
            await done(shop, CHEAPER, SYSTEM)
            bread = msgspec.structs.replace(FIFTH_OFF, goods=Goods(("bread",)))
            await done(shop, StartTrial(FIRST, 500, promotion=bread, skus=("bread",)), SYSTEM)
            assert await _look(shop) == []
        moved = CONFIG.replace("Europe/Paris", "Asia/Jerusalem").replace("[store]", '[store]\nday_turns_at = "02:30"')
        async with open_shop(tmp_path, clock, stocked=False, text=moved) as shop:
            assert await _look(shop, moved) == []
            await done(shop, StopTrial(1), SYSTEM)
            await done(shop, StopTrial(2), SYSTEM)
            clock.advance(2 * DAY_S)
            assert price_at(shop.reader, "milk", shop.now_us()) == 120
            known = read_promotion(shop.reader, "trial-2-1")
            assert known is not None and known.until_us is not None and known.until_us <= shop.now_us()

    run(scenario())


def test_days_of_an_earlier_trial_are_not_usual_ones(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await _before(shop, clock)
        await done(shop, CHEAPER, SYSTEM)
        await _sell(shop, clock, 8, 10)
        await done(shop, StopTrial(1), SYSTEM)
        again = StartTrial(after(FIRST, 8), 500, 1, 1, 1, prices=(TriedPrice("milk", 90),))
        await done(shop, again, SYSTEM)
        await _sell(shop, clock, 8, 5)
        await catch_up(shop)
        effect = _result(shop, 2).effects["units"]
        assert (effect.on_days, effect.off_days) == (7, 28 - 7), "without the week of the first trial"

    in_a_shop(scenario, tmp_path)
