"""Who has an order's secret is its customer, and may what customers may; its id alone opens it to staff only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edge.core.journal.rows import RightDenied, facts
from edge.core.messages import Actor, Command, Refused
from edge.foundation.access.rights import anonymous_actor
from edge.ordering.orders.commands import (
    AddToOrder,
    CancelOrder,
    ChangeOrder,
    LineWanted,
    SetOrderAddress,
    SetOrderSlot,
    SetOrderTip,
)
from edge.ordering.orders.paying.order_payments import AskForPayment, StopOrderPayment
from edge.ordering.orders.rules import CUSTOMER_MAY
from tests.ordering import KIOSK, STAFF, do, kept, milk_cart, milk_order, refused
from tests.shop_fixture import CASHIER, open_shop, run

LESS = (LineWanted(1, 1000),)
COMMANDS: tuple[Callable[[str], Command], ...] = (
    CancelOrder,
    lambda order: ChangeOrder(order, LESS, accepted_total_minor=120),
    lambda order: AddToOrder(order, cart="c" * 24),
    lambda order: SetOrderAddress(order, "1 rue Haute", "75011"),
    lambda order: SetOrderTip(order, 100),
    lambda order: SetOrderSlot(order, 0),
    AskForPayment,
    StopOrderPayment,
)
WITH_ORDERS = KIOSK.with_rights("orders")
SELLS_AS_WELL = {"SetOrderSlot", "AskForPayment"}


def test_what_customers_may_is_said_of_each_command_that_they_share_with_staff(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            shared = {spec.name for spec in shop.registry.commands.values() if spec.own}
            assert shared == set(CUSTOMER_MAY) == {type(make("o" * 20)).__name__ for make in COMMANDS}

    run(scenario())


@pytest.mark.parametrize("actor", [KIOSK, anonymous_actor("1", "kiosk"), WITH_ORDERS], ids=["2", "1", "with a right"])
def test_an_orders_id_opens_it_to_no_one_at_a_kiosk(tmp_path: Path, actor: Actor) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            for make in COMMANDS:
                no = await refused(shop, make(order.id), actor)
                name = type(make(order.id)).__name__
                assert no == Refused("right_denied", {"command": name, "right": "orders"})
            assert kept(shop, order) == order
            assert any(isinstance(fact.event, RightDenied) for fact in facts(shop.reader, shop.registry))

    run(scenario())


def test_a_till_without_the_right_to_orders_needs_the_secret_as_well(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            for make in COMMANDS:
                no = await refused(shop, make(order.id), CASHIER) if _is_orders(make) else None
                assert no is None or no.code == "right_denied"
            await do(shop, CancelOrder(order.secret), CASHIER)
            assert kept(shop, order).state == "cancelled"

    run(scenario())


def _is_orders(make: Callable[[str], Command]) -> bool:
    return type(make("o" * 20)).__name__ not in SELLS_AS_WELL


@pytest.mark.parametrize(
    "change",
    [
        lambda order: CancelOrder(order, reason="by me"),
        lambda order: CancelOrder(order, wasted=True),
        lambda order: CancelOrder(order, keep_fee=True),
        lambda order: ChangeOrder(order, LESS, "by me", 120),
        lambda order: AddToOrder(order, sku="milk", accepted_total_minor=360),
        lambda order: AddToOrder(order, code="beer", accepted_total_minor=490),
        lambda order: AskForPayment(order, 100),
    ],
)
def test_its_customer_says_nothing_that_is_staffs_to_say(tmp_path: Path, change: Callable[[str], Command]) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            for actor in (KIOSK, STAFF):
                assert (await refused(shop, change(order.secret), actor)).code == "right_denied"
            assert kept(shop, order) == order

    run(scenario())


def test_its_customer_is_shown_nothing_of_it_but_that_it_is_done(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop, 3)
            assert await do(shop, ChangeOrder(order.secret, LESS, accepted_total_minor=120)) is None
            cart = await milk_cart(shop, 1, "phone")
            assert await do(shop, AddToOrder(order.secret, cart=cart.id, accepted_total_minor=240)) is None
            assert await do(shop, SetOrderTip(order.secret, 0)) is None
            assert await do(shop, CancelOrder(order.secret)) is None
            assert kept(shop, order).state == "cancelled", "and not rejected: they gave it up themselves"

    run(scenario())


def test_staff_put_in_a_cart_and_say_yes_to_a_sum_as_its_customer_does(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            cart = await milk_cart(shop, 1, "phone")
            after = await do(shop, AddToOrder(order.id, cart=cart.id, accepted_total_minor=360), STAFF)
            assert after.goods.total_minor == 360
            no = await refused(shop, ChangeOrder(order.id, LESS, accepted_total_minor=360), STAFF)
            assert no == Refused("price_changed", {"was_minor": 360, "is_minor": 240})
            after = await do(shop, ChangeOrder(order.id, LESS, accepted_total_minor=240), STAFF)
            assert (after.goods.total_minor, after.version) == (240, 3)

    run(scenario())


def test_a_secret_that_opens_nothing_is_no_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await milk_order(shop)
            for make in COMMANDS:
                assert (await refused(shop, make("Z" * 24))).code == "no_such_order"

    run(scenario())
