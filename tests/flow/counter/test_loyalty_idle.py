"""Points of who neither earns nor spends for years end, where the law lets them, no one else's; receipts say when."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.counter.loyalty.commands import EndIdlePoints, SetEarnRule, SetReward, UseReward
from edge.counter.loyalty.idle import IdlePoints
from edge.counter.loyalty.queries import loyalty_moves, points_of
from edge.counter.loyalty.settings import live, settings_of
from edge.counter.till.commands import AddOpenAmount, UseCustomer
from edge.foundation.settings.commands import SetSetting
from edge.people.customers.commands import MergeCustomers
from edge.runtime.config import Config
from tests.counter_shop import in_a_shop, paper
from tests.flow.counter.test_loyalty import FIVE_OFF, PER_UNIT, member, sold
from tests.shop_fixture import CASHIER, CONFIG, SYSTEM, FakeClock, config, done

DAY_S = 86_400
YEARS = "[loyalty]\nidle_years = 1\n"
QUEBEC = CONFIG.replace('currency = "EUR"', 'currency = "CAD"\ncountry = "CA"\nprovince = "QC"')


def ending(shop: CommandBus, made: Config) -> IdlePoints:
    return IdlePoints(live(settings_of(made)), shop, made.business_date)


def test_who_uses_none_for_a_year_holds_none_and_the_receipt_said_so(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        part = ending(shop, config(tmp_path, CONFIG + YEARS))
        await done(shop, SetEarnRule(PER_UNIT), SYSTEM)
        await done(shop, SetReward(FIVE_OFF), SYSTEM)
        idle, buys, spends = [await member(shop, name=name) for name in ("Ada", "Bea", "Cid")]
        for customer in (idle, buys, spends):
            await sold(shop, customer, 2_000)
        assert any("Valid until" in line and "15/01/2028" in line for line in paper(shop))
        clock.advance(200 * DAY_S)
        await sold(shop, buys, 100)
        await done(shop, AddOpenAmount("Soup", "standard", 1_000))
        await done(shop, UseCustomer(spends))
        await done(shop, UseReward("five"))
        await sold(shop, spends, 0)
        clock.advance(165 * DAY_S)
        assert await part.end_due() == 0, "its last day is good"
        clock.advance(DAY_S)
        assert await part.end_due() == 1 and await part.end_due() == 0
        assert [points_of(shop.reader, one, "points") for one in (idle, buys, spends)] == [0, 21, 15]
        (last, *_) = loyalty_moves(shop.reader, idle)
        assert (last.why, last.points) == ("expired", -20)
        await sold(shop, idle, 300)
        assert points_of(shop.reader, idle, "points") == 3

    in_a_shop(scenario, tmp_path, CONFIG + YEARS)


def test_who_is_two_is_idle_only_where_neither_bought(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        part = ending(shop, config(tmp_path, CONFIG + YEARS))
        await done(shop, SetEarnRule(PER_UNIT), SYSTEM)
        old, kept = await member(shop, name="Ada"), await member(shop, name="Ada B")
        await sold(shop, old, 2_000)
        clock.advance(300 * DAY_S)
        await sold(shop, kept, 100)
        await done(shop, MergeCustomers(kept, old), SYSTEM)
        clock.advance(100 * DAY_S)
        assert await part.end_due() == 0
        assert points_of(shop.reader, kept, "points") == 21
        clock.advance(300 * DAY_S)
        assert await part.end_due() == 2
        assert points_of(shop.reader, kept, "points") == 0

    in_a_shop(scenario, tmp_path, CONFIG + YEARS)


@pytest.mark.parametrize("text", [CONFIG, QUEBEC + YEARS], ids=["as it comes", "in Quebec"])
def test_as_it_comes_and_in_quebec_they_never_end(text: str, tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        part = ending(shop, config(tmp_path, text))
        await done(shop, SetEarnRule(PER_UNIT), SYSTEM)
        customer = await member(shop, name="Ada")
        await sold(shop, customer, 2_000)
        assert not any("Valid until" in line for line in paper(shop))
        clock.advance(3_000 * DAY_S)
        assert await part.end_due() == 0
        assert (await done(shop, EndIdlePoints(), SYSTEM)).result == 0
        assert points_of(shop.reader, customer, "points") == 20

    in_a_shop(scenario, tmp_path, text)


def test_a_manager_says_it_while_it_sells_and_a_cashier_ends_nothing(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetEarnRule(PER_UNIT), SYSTEM)
        customer = await member(shop, name="Ada")
        await sold(shop, customer, 2_000)
        clock.advance(800 * DAY_S)
        part = ending(shop, config(tmp_path))
        assert await part.end_due() == 0
        refused = await shop.do(EndIdlePoints(), CASHIER)
        assert isinstance(refused, Refused) and refused.code == "right_denied"
        await done(shop, SetSetting("loyalty.idle_years", 2), SYSTEM)
        assert await part.end_due() == 1
        assert points_of(shop.reader, customer, "points") == 0

    in_a_shop(scenario, tmp_path)
