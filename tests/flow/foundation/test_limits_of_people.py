"""What a person may give away counts by basket and by sale, and a word of the shop is not walked around."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core import ids
from edge.core.command_bus import CommandBus
from edge.core.messages import Done, Refused
from edge.counter.till.commands import (
    AddLine,
    AddLoad,
    AddOpenAmount,
    AddReturn,
    DiscountBasket,
    DiscountLine,
    OverridePrice,
    Pay,
    RefundedLine,
    RefundSale,
    SetBasketAside,
    SetQuantity,
    VoidLastSale,
)
from edge.foundation.access.commands import SetRole
from edge.foundation.settings.commands import SetSetting
from tests.counter_shop import SECOND, in_a_shop, paid
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, agreed, answered, done

OVER = Refused("amount_over_right", {"most_minor": 100})
DANA = msgspec.structs.replace(MANAGER, limits=(("discount", 100), ("refund", 130), ("void", 100)))


def test_a_pin_for_striking_is_asked_for_less_of_a_line_and_one_for_setting_aside(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetSetting("till.pin_for", ("void_line", "set_aside")), SYSTEM)
        await done(shop, AddLine(MILK, quantity=5_000))
        assert await shop.do(SetQuantity(1, 1_000), CASHIER) == Refused("confirm_pin")
        await done(shop, SetQuantity(1, 6_000))
        await done(shop, SetQuantity(1, 1_000), MANAGER)
        assert await shop.do(SetBasketAside("Table 4"), CASHIER) == Refused("confirm_pin")
        await done(shop, SetBasketAside("Table 4"), MANAGER)

    in_a_shop(scenario, tmp_path)


def test_a_limit_that_no_right_keeps_is_refused_when_it_is_set(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        refused = await shop.do(SetRole("lead", "Lead", ("sell", "drawer"), {"drawer": 100}), SYSTEM)
        assert refused == Refused("limit_not_kept", {"right": "drawer"})
        await done(shop, SetRole("lead", "Lead", ("sell", "void"), {"void": 100}), SYSTEM)

    in_a_shop(scenario, tmp_path)


def test_a_void_is_within_the_limit_of_its_right(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddOpenAmount("Vase", "standard", 101))
        await paid(shop)
        assert await shop.do(VoidLastSale(), DANA) == OVER
        await done(shop, AddOpenAmount("Vase", "standard", 100))
        await paid(shop)
        await done(shop, VoidLastSale(), DANA)

    in_a_shop(scenario, tmp_path)


def test_discounts_count_by_basket_in_however_many_steps(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        for line in range(1, 3):
            await done(shop, AddOpenAmount("Vase", "standard", 1_000))
            await agreed(shop, OverridePrice(line, 960), DANA)
        assert await answered(shop, DiscountBasket(reason="damaged", sum_minor=21), DANA) == OVER
        await agreed(shop, DiscountBasket(reason="damaged", sum_minor=20), DANA)
        assert await answered(shop, DiscountLine(1, reason="damaged", sum_minor=1), DANA) == OVER
        assert await answered(shop, SetQuantity(1, 2_000), DANA) == OVER, "more of it is more off"
        await done(shop, DiscountBasket(), DANA)

    in_a_shop(scenario, tmp_path)


def test_refunds_count_by_sale(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        for _ in range(3):
            await done(shop, AddOpenAmount("Vase", "standard", 120))
        await paid(shop)
        await done(shop, RefundSale(1, lines=(RefundedLine(1),)), DANA)
        over = Refused("amount_over_right", {"most_minor": 130})
        assert await shop.do(RefundSale(1, lines=(RefundedLine(2),)), DANA) == over
        await done(shop, AddLine(MILK))
        assert await shop.do(AddReturn(1, lines=(RefundedLine(2),)), DANA) == over

    in_a_shop(scenario, tmp_path)


def test_the_same_key_at_another_register_is_another_request(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        id = ids.command_id(clock.at_us, bytes(10))
        assert isinstance(await shop.do(AddLine(MILK), CASHIER, id), Done)
        again = await shop.do(AddLine(MILK), CASHIER, id)
        assert isinstance(again, Done) and again.repeated
        other = await shop.do(AddLine(MILK), SECOND, id)
        assert isinstance(other, Refused) and other.code == "conflict"

    in_a_shop(scenario, tmp_path)


def test_a_card_is_held_until_the_basket_was_not_touched_for_half_an_hour(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        code = "GIFT-0001-2345"
        await done(shop, AddLoad(code, 1_000))
        await paid(shop)
        await done(shop, AddOpenAmount("Vase", "standard", 2_000))
        await done(shop, Pay("gift", None, code))
        clock.advance(20 * 60)
        await done(shop, Pay("cash", 100))
        clock.advance(11 * 60)
        await done(shop, AddOpenAmount("Bowl", "standard", 500), SECOND)
        refused = await shop.do(Pay("gift", None, code), SECOND)
        assert isinstance(refused, Refused) and refused.code == "card_empty"
        await paid(shop)

    in_a_shop(scenario, tmp_path)
