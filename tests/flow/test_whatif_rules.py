"""What if: other coupons and other points, over the same baskets, by the till's own rules."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

from edge.analytics.whatif.comparing import compare
from edge.analytics.whatif.comparison import WhatifComparison
from edge.analytics.whatif.scenario import CouponRule, Scenario
from edge.core.command_bus import CommandBus
from edge.core.storage.database import open_reader
from edge.counter.loyalty.commands import SetEarnRule
from edge.counter.loyalty.loyalty import EarnRule
from edge.counter.till.commands import AddLine, AddOpenAmount, Pay, UseCustomer
from edge.counter.till.from_config import till_settings
from edge.people.coupons.commands import MakeCoupons
from edge.people.coupons.queries import read_series, unused_codes
from edge.people.customers.commands import GiveConsent
from tests.catch_up import catch_up
from tests.counter_shop import in_a_shop
from tests.customers import known
from tests.shop_fixture import MILK, SYSTEM, FakeClock, config, done

DAY = "2027-01-15"
ONE_A_UNIT = EarnRule("p", {"en": "Points"}, points=1, spent_minor=100)


async def compared(shop: CommandBus, scenario: Scenario) -> WhatifComparison:
    await catch_up(shop)
    settings = till_settings(config(shop.path.parent))
    with closing(open_reader(shop.path)) as was, closing(open_reader(shop.path)) as would:
        return compare(was, would, scenario, settings)


async def unchanged(shop: CommandBus) -> WhatifComparison:
    found = await compared(shop, Scenario(DAY, DAY))
    assert (found.unsure, found.changed, found.negative) == (0, 0, 0)
    assert found.sums.was == found.sums.would
    return found


def test_another_coupon_takes_off_what_the_till_would_have_taken(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, MakeCoupons("Winter", date(2027, 1, 1), date(2027, 2, 28), 2, 10_000, 0), SYSTEM)
        first, second = (code.text for code in unused_codes(shop.reader, read_series(shop.reader)[0]))
        for code in (first, second, ""):
            await done(shop, AddLine(MILK, quantity=10_000))
            if code:
                await done(shop, AddLine(code))
            await done(shop, Pay("cash"))
        assert (await unchanged(shop)).sums.was.total == 1_080 + 1_080 + 1_200
        for rule, total in ((CouponRule(None, 20_000), 960), (CouponRule(None, 0, 50), 1_150), (CouponRule(), 1_200)):
            found = await compared(shop, Scenario(DAY, DAY, coupons=(rule,)))
            assert (found.sums.would.total, found.changed) == (2 * total + 1_200, 2)
            assert [one.would_minor for one in found.baskets] == [total, total]

    in_a_shop(scenario, tmp_path)


def test_other_points_are_earned_by_members_alone(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetEarnRule(ONE_A_UNIT), SYSTEM)
        customer = await known(shop)
        await done(shop, GiveConsent(customer, "loyalty", "en"), SYSTEM)
        for member in (True, False):
            await done(shop, AddOpenAmount("Soup", "standard", 1_200))
            if member:
                await done(shop, UseCustomer(customer))
            await done(shop, Pay("cash"))
        assert (await unchanged(shop)).sums.was.points == 12
        twice = EarnRule("p", {"en": "Points"}, points=2, spent_minor=100)
        found = await compared(shop, Scenario(DAY, DAY, earn=(twice,)))
        assert (found.sums.was.points, found.sums.would.points) == (12, 24)
        assert found.sums.was.total == found.sums.would.total == 2_400
        found = await compared(shop, Scenario(DAY, DAY, without_earn=("p",)))
        assert (found.sums.was.points, found.sums.would.points) == (12, 0)

    in_a_shop(scenario, tmp_path)
