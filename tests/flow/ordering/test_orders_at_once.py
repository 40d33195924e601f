"""Two people are at one order at once, or one asks twice: it is done once, or the second hears why not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from edge.core.ids import CommandId
from edge.core.messages import Actor, Command, Done, Refused
from edge.counter.till.commands import AbandonBasket, Pay
from edge.foundation.access.rights import anonymous_actor
from edge.goods.stock.commands import Moved, MoveStock
from edge.ordering.orders.commands import (
    AddToCart,
    AddToOrder,
    AttachOrder,
    CancelOrder,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
    TakeUpOrder,
)
from edge.ordering.orders.order import KeptOrder
from edge.people.customers.commands import SetCustomer
from tests.kiosk_histories import held, promised
from tests.ordering import CARD, KIOSK, STAFF, do, free, kept, milk_cart, milk_order, refused, sales, whole
from tests.shop_fixture import CASHIER, SYSTEM, open_shop, run

ONE = (LineWanted(1, 1000),)
SECOND = anonymous_actor("2")
DEEDS: dict[str, Callable[[KeptOrder], tuple[Command, Actor]]] = {
    "handed over": lambda order: (HandOverOrder(order.id, CARD, accepted_total_minor=240), STAFF),
    "in part": lambda order: (HandOverOrder(order.id, CARD, lines=ONE, accepted_total_minor=240), STAFF),
    "taken up": lambda order: (TakeUpOrder(order.id), CASHIER),
    "taken up at 2": lambda order: (TakeUpOrder(order.id), SECOND),
    "cancelled": lambda order: (CancelOrder(order.id), STAFF),
    "given up": lambda order: (CancelOrder(order.secret), KIOSK),
    "made less": lambda order: (ChangeOrder(order.id, ONE), STAFF),
    "made less by them": lambda order: (ChangeOrder(order.secret, ONE, accepted_total_minor=120), KIOSK),
    "made more": lambda order: (AddToOrder(order.id, sku="milk", quantity=1000, accepted_total_minor=360), STAFF),
    "accepted": lambda order: (MoveOrder(order.id, "accepted"), STAFF),
}


@pytest.mark.parametrize("first", DEEDS)
def test_of_two_deeds_at_once_money_goods_and_promises_agree(tmp_path: Path, first: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 100_000),)), SYSTEM)
            for one, second in permutations(DEEDS, 2):
                if one != first:
                    continue
                order, before, there = await milk_order(shop), len(sales(shop)), free(shop)
                outcomes = await asyncio.gather(*(shop.do(*DEEDS[name](order)) for name in (one, second)))
                assert any(isinstance(outcome, Done) for outcome in outcomes), (one, second)
                assert promised(shop.reader) == held(shop.reader), (one, second)
                for actor in (CASHIER, SECOND):
                    await shop.do(AbandonBasket(), actor)
                now = kept(shop, order)
                assert now.parts_minor == sum(sale.total_minor for sale in sales(shop)[before:]) - (
                    now.goods.total_minor if now.receipt else 0
                ), "what was paid is what it says was paid"
                if now.open:
                    await do(shop, CancelOrder(order.id), STAFF)
                sold = sum(line.quantity for sale in sales(shop)[before:] for line in sale.lines if not line.voided)
                assert (promised(shop.reader), free(shop)) == ({}, there + 2000 - sold), (one, second)
            await whole(shop)

    run(scenario())


def test_whose_an_order_is_nobody_says_while_it_is_being_paid(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            dana = await do(shop, SetCustomer(name="Dana Mizrahi", phone="+33123456789"), SYSTEM)
            order = await milk_order(shop)
            await do(shop, TakeUpOrder(order.id), CASHIER)
            busy = await refused(shop, AttachOrder(order.id, dana), STAFF)
            assert busy == Refused("order_at_register", {"said": "K01", "register": "1"})
            await do(shop, AbandonBasket(), CASHIER)
            await do(shop, AttachOrder(order.id, dana), STAFF)
            await do(shop, TakeUpOrder(order.id), CASHIER)
            await do(shop, Pay("card"), CASHIER)
            assert [sale.customer for sale in sales(shop)] == [dana], "their history has what they paid"

    run(scenario())


def test_a_cart_that_two_screens_place_is_one_order_and_none_can_go_on_with_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop, 2, "phone")
            screens = (KIOSK, anonymous_actor("1", "kiosk"), KIOSK)
            outcomes = await asyncio.gather(*(shop.do(PlaceOrder(cart.id, 240), screen) for screen in screens))
            orders = {outcome.result.id for outcome in outcomes if isinstance(outcome, Done)}
            assert (len(orders), shop.reader.execute("SELECT count(*) FROM shop_order").fetchone()) == (1, (1,))
            late = await shop.do(AddToCart(cart.id, sku="milk"), KIOSK)
            assert getattr(late, "code", "") == "cart_ordered"

    run(scenario())


def test_what_is_asked_again_after_a_restart_is_answered_as_before_and_done_once(tmp_path: Path) -> None:
    asked: list[tuple[Command, Actor, CommandId]] = []

    async def begin() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 9000),)), SYSTEM)

            async def first(command: Command, actor: Actor = KIOSK) -> object:
                asked.append((command, actor, shop.new_id()))
                outcome = await shop.do(*asked[-1])
                assert isinstance(outcome, Done), outcome
                return outcome.result

            cart = await do(shop, OpenCart("phone"))
            await first(AddToCart(cart.id, sku="milk"))
            order = await first(PlaceOrder(cart.id, 120))
            assert isinstance(order, KeptOrder)
            await first(AddToOrder(order.id, sku="milk", quantity=1000, accepted_total_minor=240), STAFF)
            await first(HandOverOrder(order.id, CARD, lines=ONE), STAFF)
            await first(TakeUpOrder(order.id), CASHIER)
            await first(Pay("card"), CASHIER)

    async def again() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            for command, actor, id in asked:
                outcome = await shop.do(command, actor, id)
                assert isinstance(outcome, Done) and outcome.repeated, command
            assert [sale.total_minor for sale in sales(shop)] == [120, 120]
            assert (free(shop), promised(shop.reader)) == (7000, {})
            await whole(shop)

    run(begin())
    run(again())
