"""Points of regular customers: earned and spent with sales, taken back with goods, gone with who is forgotten."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.counter.loyalty.commands import AdjustPoints, EndEarnRule, SetEarnRule, SetReward, SetTier, UseReward
from edge.counter.loyalty.loyalty import EarnRule, Reward, Tier
from edge.counter.loyalty.queries import loyalty_moves, membership, points_of
from edge.counter.till.commands import (
    AddLine,
    AddOpenAmount,
    AddReturn,
    AddTip,
    DropCoupon,
    LineSold,
    Pay,
    RefundedLine,
    RefundSale,
    SellBasket,
    TenderGiven,
    UseCustomer,
    VoidLastSale,
)
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.people.customers.commands import ForgetCustomer, GiveConsent, MergeCustomers, WithdrawConsent
from tests.counter_shop import SECOND, in_a_shop, paper
from tests.customers import known
from tests.shop_fixture import BEER, CASHIER, MANAGER, MILK, SYSTEM, FakeClock, done

PER_UNIT = EarnRule("p", {"en": "Points"}, points=1, spent_minor=100)
STAMP = EarnRule("s", {"en": "Milk card"}, points=1, products=("milk",), purse="milk")
CARD = (TenderGiven("card"),)
FIVE_OFF = Reward("five", {"en": "Five off"}, points=10, off_minor=500)


async def member(shop: CommandBus, **more: object) -> str:
    """A customer who collects points."""
    customer = await known(shop, **more)
    await done(shop, GiveConsent(customer, "loyalty", "en"), SYSTEM)
    return customer


async def sold(shop: CommandBus, customer: str, minor: int, milk: int = 0) -> None:
    """A sale of an open amount and of so much milk, paid in cash."""
    if minor:
        await done(shop, AddOpenAmount("Soup", "standard", minor))
    if milk:
        await done(shop, AddLine(MILK, quantity=milk * 1000))
    await done(shop, UseCustomer(customer))
    await done(shop, Pay("cash"))


def held(shop: CommandBus, customer: str) -> dict[str, int]:
    found = membership(shop.reader, customer, shop.now_us(), "2027-01-15")
    return {one.purse: one.points for one in found.purses} if found else {}


async def set_up(shop: CommandBus) -> None:
    for command in (SetEarnRule(PER_UNIT), SetEarnRule(STAMP), SetReward(FIVE_OFF)):
        await done(shop, command, SYSTEM)


def test_a_member_earns_by_what_is_paid_and_a_reward_is_spent_with_its_sale(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await set_up(shop)
        customer = await member(shop)
        await sold(shop, customer, 1_050, milk=2)  # 10.50 and twice 1.20 (member: 1.00)
        assert held(shop, customer) == {"milk": 2, "points": 12}
        assert "Points (+12) 12" in paper(shop) and "milk (+2) 2" in paper(shop)
        await done(shop, AddOpenAmount("Soup", "standard", 800))
        await done(shop, AddTip(amount_minor=200))
        await done(shop, UseCustomer(customer))
        basket = (await done(shop, UseReward("five"))).result
        assert (basket.total_minor, basket.coupons[0].minor) == (500, 500)  # soup 3.00, tip 2.00
        assert await shop.do(UseReward("five"), CASHIER) == Refused("points_too_few", {"points": 10, "have": 2})
        assert held(shop, customer)["points"] == 12, "spent when it is paid"
        await done(shop, Pay("cash"))
        assert held(shop, customer)["points"] == 12 - 10 + 3, "what was paid for goods earns"
        assert any(line.startswith("Coupon Five off") for line in paper(shop))

    in_a_shop(scenario, tmp_path)


def test_a_reward_taken_out_costs_nothing_and_two_tills_cannot_spend_the_same_points(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await set_up(shop)
        customer = await member(shop)
        await sold(shop, customer, 1_000)
        for actor in (CASHIER, SECOND):
            await done(shop, AddOpenAmount("Soup", "standard", 900), actor)
            await done(shop, UseCustomer(customer), actor)
            await done(shop, UseReward("five"), actor)
        await done(shop, Pay("cash"), SECOND)
        refused = await shop.do(Pay("cash"), CASHIER)
        assert isinstance(refused, Refused) and refused.code == "points_too_few"
        (coupon,) = (await shop.do(AddLine(MILK), CASHIER)).result.coupons  # type: ignore[union-attr]
        await done(shop, DropCoupon(coupon.id))
        await done(shop, Pay("cash"))
        assert [(one.why, one.points) for one in loyalty_moves(shop.reader, customer) if one.purse == "points"] == [
            *(("earned", 10), ("earned", 4), ("spent", -10), ("earned", 10))
        ]

    in_a_shop(scenario, tmp_path)


def test_what_comes_back_takes_its_points_along_and_an_undone_paper_all_it_did(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await set_up(shop)
        customer = await member(shop)
        await sold(shop, customer, 1_000, milk=0)
        await done(shop, AddOpenAmount("Soup", "standard", 1_000))
        await done(shop, AddOpenAmount("Soup", "standard", 1_000))
        await done(shop, UseCustomer(customer))
        await done(shop, UseReward("five"))
        await done(shop, Pay("cash"))  # 15.00 of 20.00
        assert held(shop, customer)["points"] == 15
        await done(shop, RefundSale(2, lines=(RefundedLine(1),)), MANAGER)
        assert held(shop, customer)["points"] == 7, "half of it went back"
        await done(shop, VoidLastSale(), MANAGER)
        assert held(shop, customer)["points"] == 15, "the refund was undone"
        await done(shop, AddOpenAmount("Soup", "standard", 100))
        await done(shop, AddReturn(2), MANAGER)
        await done(shop, Pay("cash"))
        assert held(shop, customer)["points"] == 0, "all of it came back in an exchange; the reward stays spent"

    in_a_shop(scenario, tmp_path)


def test_a_void_gives_spent_points_back_but_takes_none_that_are_gone(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await set_up(shop)
        customer = await member(shop)
        await sold(shop, customer, 1_000)
        await done(shop, AddOpenAmount("Soup", "standard", 700))
        await done(shop, UseCustomer(customer))
        await done(shop, UseReward("five"))
        await done(shop, Pay("cash"))
        assert held(shop, customer)["points"] == 2
        await done(shop, VoidLastSale(), MANAGER)
        assert held(shop, customer)["points"] == 10
        await sold(shop, customer, 500)
        await done(shop, AdjustPoints(customer, -13, "correction"), SYSTEM)
        await done(shop, VoidLastSale(), MANAGER)
        assert held(shop, customer)["points"] == 0, "never below nothing"
        wrong = await shop.do(AdjustPoints(customer, -1, "correction"), SYSTEM)
        assert wrong == Refused("points_too_few", {"points": 1, "have": 0})

    in_a_shop(scenario, tmp_path)


def test_who_did_not_consent_earns_nothing_and_who_is_forgotten_leaves_nothing(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await set_up(shop)
        customer = await known(shop)
        await sold(shop, customer, 1_000)
        await done(shop, AddOpenAmount("Soup", "standard", 100))
        await done(shop, UseCustomer(customer))
        assert await shop.do(UseReward("five"), CASHIER) == Refused("reward_not_member")
        await done(shop, Pay("cash"))
        await done(shop, GiveConsent(customer, "loyalty", "en"), SYSTEM)
        await sold(shop, customer, 1_000)
        assert held(shop, customer) == {"points": 10}
        await done(shop, WithdrawConsent(customer, "loyalty"), SYSTEM)
        await sold(shop, customer, 1_000)
        assert points_of(shop.reader, customer, "points") == 10
        await done(shop, ForgetCustomer(customer), SYSTEM)
        for table in ("loyalty_move", "loyalty_purse"):
            assert shop.reader.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)

    in_a_shop(scenario, tmp_path)


def test_two_who_turn_out_to_be_one_have_the_points_of_both_and_tiers_earn_faster(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await set_up(shop)
        await done(shop, SetTier(Tier("gold", {"en": "Gold"}, from_points=15, times_percent=150)), SYSTEM)
        first, second = await member(shop), await member(shop, phone="+14165550199", name="D")
        await sold(shop, first, 1_000)
        await sold(shop, second, 600)
        await done(shop, MergeCustomers(first, second), SYSTEM)
        found = membership(shop.reader, second, shop.now_us(), "2027-01-15")
        assert found and found.customer == first and found.tier and found.tier.id == "gold"
        assert found.points("points") == 16 and [one.id for one in found.rewards] == ["five"]
        await sold(shop, first, 1_000)
        assert held(shop, first) == {"points": 16 + 15}
        assert "Tier Gold" in paper(shop)

    in_a_shop(scenario, tmp_path)


def test_what_the_law_regulates_earns_only_where_the_rule_says_so(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetCategories((Category("drinks", {"en": "Drinks"}, regulated="alcohol"),)), SYSTEM)
        beer = Product(
            "beer", {"en": "Beer"}, (BEER,), price_minor=500, tax_class="standard", category="drinks", min_age=0
        )
        await done(shop, SetProducts((beer,)), SYSTEM)
        await done(shop, SetEarnRule(PER_UNIT), SYSTEM)
        await done(shop, SetReward(FIVE_OFF), SYSTEM)
        customer = await member(shop)
        sale = SellBasket((LineSold(BEER), LineSold(MILK)), CARD, customer=customer, age_checked=25)
        await done(shop, sale)
        assert held(shop, customer) == {"points": 1}, "milk alone"
        await done(shop, SetEarnRule(msgspec.structs.replace(PER_UNIT, regulated=True)), SYSTEM)
        await done(shop, sale)
        assert held(shop, customer) == {"points": 1 + 6}
        missing = await shop.do(SetEarnRule(EarnRule("x", {"en": "X"}, 1, categories=("nowhere",))), SYSTEM)
        assert missing == Refused("loyalty_category_unknown", {"category": "nowhere"})
        assert await shop.do(SetReward(Reward("none", {"en": "N"}, 5)), SYSTEM) == Refused("reward_worth")
        await done(shop, EndEarnRule("p"), SYSTEM)

    in_a_shop(scenario, tmp_path)


@pytest.mark.parametrize("seed", range(3))
def test_purses_are_the_sums_of_their_moves_and_never_below_nothing(seed: int, tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await set_up(shop)
        customers, luck = [await member(shop), await member(shop, phone="+14165550199")], random.Random(seed)
        for _ in range(40):
            clock.advance(60)
            customer, what = luck.choice(customers), luck.random()
            if what < 0.15:
                await shop.do(VoidLastSale(), MANAGER)
            elif what < 0.35:
                await shop.do(RefundSale(luck.randint(1, 20), lines=(RefundedLine(1),)), MANAGER)
            else:
                await done(shop, AddOpenAmount("Soup", "standard", luck.randint(1, 1_500)))
                await done(shop, UseCustomer(customer))
                if what < 0.6:
                    await shop.do(UseReward("five"), CASHIER)
                await done(shop, Pay("cash"))
            for one in customers:
                moves = loyalty_moves(shop.reader, one)
                for purse in ("points", "milk"):
                    total = sum(move.points for move in moves if move.purse == purse)
                    assert total == points_of(shop.reader, one, purse) >= 0

    in_a_shop(scenario, tmp_path)
