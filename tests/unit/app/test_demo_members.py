"""The demo's members: one has enough for a reward of each kind, one not yet."""

from __future__ import annotations

from pathlib import Path

from edge.app.demo_shop import demo_counter, demo_customers
from edge.core.command_bus import CommandBus
from edge.core.messages import Command, Done
from edge.counter.loyalty.commands import SetReward
from edge.counter.loyalty.queries import membership
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.people.customers.queries import read_customers
from tests.counter_shop import in_a_shop
from tests.shop_fixture import SYSTEM, FakeClock, done

SKUS = tuple(f"p{number}" for number in range(8))


def test_members_of_the_demo_hold_what_its_rewards_take(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        async def do(command: Command) -> Done:
            return await done(shop, command, SYSTEM)

        await do(SetProducts(tuple(Product(sku, {"en": sku}, price_minor=500) for sku in SKUS)))
        await demo_customers.seed(do, SKUS)
        for reward in demo_counter.REWARDS:
            await do(SetReward(reward))
        customers = read_customers(shop.reader).customers
        known = [membership(shop.reader, one.id, clock.at_us, "2027-01-15") for one in customers]
        members = sorted((len(one.rewards), one.points("points")) for one in known if one and one.member)
        assert members == [(0, 18), (1, 240), (2, 62)]

    in_a_shop(scenario, tmp_path)
