"""What if: other coupons, points, delivery zones and costs over the same baskets, by the till's own rules."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

from edge.analytics.whatif.comparing import compare
from edge.analytics.whatif.comparison import WhatifComparison
from edge.analytics.whatif.scenario import CouponRule, PriceRule, Scenario
from edge.core.command_bus import CommandBus
from edge.core.storage.database import open_reader
from edge.counter.loyalty.commands import SetEarnRule
from edge.counter.loyalty.loyalty import EarnRule
from edge.counter.till.commands import AddLine, AddOpenAmount, AddReturn, Pay, RefundedLine, UseCustomer
from edge.counter.till.from_config import till_settings
from edge.foundation.opening_hours.rules import OpenSpan
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.promotions.promotion import Goods
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import HandOverOrder
from edge.people.coupons.commands import MakeCoupons
from edge.people.coupons.queries import read_series, unused_codes
from edge.people.customers.commands import GiveConsent
from tests.catch_up import catch_up
from tests.counter_shop import in_a_shop
from tests.customers import known
from tests.flow.ordering.test_orders_tipped import placed
from tests.ordering import CARD, STAFF, do
from tests.shop_fixture import MANAGER, MILK, SYSTEM, FakeClock, config, done

DAY, BREAD = "2027-01-15", "4006381333948"
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
        first, second = (code.text for code in unused_codes(shop.reader, read_series(shop.reader)[0], "EUR"))
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


def test_deliveries_have_the_fee_and_the_least_of_other_zones(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await placed(shop, tip_minor=0)  # two milks for 2.40, brought for 3.00
        await do(shop, HandOverOrder(order.id, CARD), STAFF)
        assert (await unchanged(shop)).sums.was.total == 540
        for zone, total, small in (
            (DeliveryZone("town", "Town", ("750",), "mystery", 150), 390, 0),
            (DeliveryZone("town", "Town", ("750",), "mystery", 300, 0, 240), 240, 0),
            (DeliveryZone("town", "Town", ("750",), "mystery", 300, 500), 540, 1),
            (DeliveryZone("far", "Far", ("94",), "mystery", 900), 540, 0),
        ):
            found = await compared(shop, Scenario(DAY, DAY, zones=(zone,)))
            assert (found.sums.would.total, found.small.count) == (total, small), zone
            assert found.small.minor == (total if small else 0), (
                "what was ordered, and nobody knows whether it had been"
            )

    in_a_shop(scenario, tmp_path)


def test_what_is_sold_on_a_closed_day_is_counted_and_stays(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await done(shop, Pay("cash"))
        open_week = ((OpenSpan(0, 1_440),),) * 7
        friday_off = (*open_week[:4], (), *open_week[5:])
        for week, count in ((open_week, 0), (friday_off, 1)):
            found = await compared(shop, Scenario(DAY, DAY, weekly=week))
            assert (found.closed.count, found.closed.minor) == (count, 120 * count)
            assert found.sums.would.total == 120 and found.changed == 0 and not found.responses

    in_a_shop(scenario, tmp_path)


def test_a_basket_that_comes_to_less_than_nothing_is_said_and_opens(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetProducts((Product("bread", {"en": "Bread"}, (BREAD,), 250, "reduced"),)), SYSTEM)
        await done(shop, AddLine(BREAD))
        await done(shop, Pay("cash"))
        await done(shop, AddLine(MILK, quantity=3_000))
        await done(shop, AddReturn(1, lines=(RefundedLine(1),)), MANAGER)
        await done(shop, Pay("cash"), MANAGER)
        assert (await unchanged(shop)).sums.was.total == 250 + 360 - 250
        cheap = Scenario(DAY, DAY, prices=(PriceRule(Goods(("milk",)), price_minor=50),))
        found = await compared(shop, cheap)
        assert found.negative == 1 and found.sums.would.total == 250 + 150 - 250
        assert [(one.was_minor, one.would_minor) for one in found.baskets] == [(110, -100)]
        assert [(line.names["en"], line.was_minor, line.would_minor) for line in found.baskets[0].lines] == [
            ("Milk", 360, 150)
        ]

    in_a_shop(scenario, tmp_path)


def test_a_margin_of_estimated_costs_is_an_interval(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        for cost in (None, 60, 80):
            if cost is not None:
                await done(shop, SetProducts((Product("milk", {"en": "Milk"}, cost_minor=cost),)), SYSTEM)
            await done(shop, AddLine(MILK, quantity=2_000))
            await done(shop, Pay("cash"))
            clock.advance(86_400)
        await catch_up(shop)
        known = await compared(shop, Scenario("2027-01-16", "2027-01-17"))
        brought = known.sums.was.costed
        assert known.sums.was.margin == brought - 2 * 60 - 2 * 80
        assert known.sums.was.margin_low == known.sums.was.margin_high == known.sums.was.margin
        found = await compared(shop, Scenario(DAY, "2027-01-17", prices=(PriceRule(percent=10_000),)))
        for sums in (found.sums.was, found.sums.would):
            assert sums.cost == 2 * (60 + 80 + 70), "the mean of the days on which it is known"
            assert sums.margin_low == sums.costed - 2 * (60 + 80 + 80)
            assert sums.margin_high == sums.costed - 2 * (60 + 80 + 60)

    in_a_shop(scenario, tmp_path)
