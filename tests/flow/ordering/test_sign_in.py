"""Customers sign in at a kiosk by a code: sent once, good for ten minutes, for five tries; others learns nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.core.people.forgetting import ForgetPerson
from edge.goods.catalog.commands import SetCategories, SetPrice, SetProducts
from edge.goods.catalog.product import MANAGER as BY_HAND
from edge.goods.catalog.product import Source
from edge.goods.stock.commands import Moved, MoveStock
from edge.ordering.orders.carts import cart_handlers
from edge.ordering.orders.carts.cart import CartView
from edge.ordering.orders.commands import (
    AddToCart,
    AskSignIn,
    AttachOrder,
    LeaveCart,
    OpenCart,
    PlaceOrder,
    SetCartLine,
    SignIn,
)
from edge.ordering.orders.queries import other_carts, read_cart
from edge.people.customers.commands import SetCustomer
from tests.flow.counter.test_purchase_limits import GOODS, KINDS
from tests.flow.ordering.test_order_news import Channel, Telling
from tests.ordering import STAFF, do, free, kept, milk_cart, milk_order, refused, whole
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, open_shop, run

WITH_SMS = (
    CONFIG
    + """
[notify.sms]
url = "http://127.0.0.1:9/sms"
account = "a"
token = "t"
sender = "+15005550006"
"""
)
PHONE = "01 23 45 67 89"


async def dana(shop: CommandBus) -> str:
    await do(shop, SetPrice("milk", 100, list="member"), SYSTEM)
    id: str = await do(shop, SetCustomer(name="Dana", phone="+33123456789", price_list="member"), SYSTEM)
    return id


async def signed_in(shop: CommandBus, telling: Telling, sms: Channel, cart: CartView) -> CartView:
    await do(shop, AskSignIn(cart.id, PHONE))
    await telling.send_due()
    code = re.search(r"\b\d{6}\b", sms.sent[-1][1])
    assert code
    mine: CartView = await do(shop, SignIn(cart.id, code[0]))
    return mine


def test_what_does_not_fit_into_one_cart_stays_out_and_is_named_and_they_are_signed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=WITH_SMS) as shop:
            customer, sms = await dana(shop), Channel("sms")
            await do(shop, SetCategories(KINDS, Source(BY_HAND)), SYSTEM)
            await do(shop, SetProducts(GOODS, Source(BY_HAND)), SYSTEM)
            async with Telling(tmp_path, shop, sms) as telling:
                phone = await milk_cart(shop, 1, "phone")
                phone = await do(shop, AddToCart(phone.id, sku="gum", quantity=2000))
                phone = await signed_in(shop, telling, sms, phone)
                here = await do(shop, OpenCart("kiosk"))
                here = await do(shop, AddToCart(here.id, sku="bag", quantity=2000))
                both = await signed_in(shop, telling, sms, here)
                assert both.basket.customer == customer
                assert [line.sku for line in both.lines] == ["bag", "milk"], "28 g are there, and 4 more are too much"
                assert both.left_out == ({"en": "Gum"},)
                await do(shop, LeaveCart(both.id))
                monkeypatch.setattr(cart_handlers, "CART_LINES", 2)
                again = await do(shop, OpenCart("kiosk"))
                again = await do(shop, AddToCart(again.id, sku="tomato", quantity=500))
                full = await signed_in(shop, telling, sms, again)
                assert [line.sku for line in full.lines] == ["tomato", "bag"]
                assert [names["en"] for names in full.left_out] == ["Milk"]
                changed = await do(shop, SetCartLine(full.id, full.lines[0].id, 600))
                assert changed.left_out == (), "it is said until the cart is another one"
                await whole(shop)

    run(scenario())


def test_by_the_code_their_prices_hold_and_a_cart_of_theirs_and_a_guests_order_are_theirs(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=WITH_SMS) as shop:
            customer, sms = await dana(shop), Channel("sms")
            async with Telling(tmp_path, shop, sms) as telling:
                await do(shop, MoveStock("received", (Moved("milk", 10_000),)), SYSTEM)
                guest = await milk_order(shop, name="Dana", phone=PHONE)
                other = await milk_order(shop, name="Noa", phone="01 11 11 11 11")
                cart = await milk_cart(shop, 2)
                await do(shop, AskSignIn(cart.id, PHONE))
                await telling.send_due()
                ((to, text),) = sms.sent
                found = re.search(r"\b\d{6}\b", text)
                assert to == "+33123456789" and found
                mine = await do(shop, SignIn(cart.id, found[0]))
                assert (mine.basket.customer, mine.total_minor) == (customer, 200)
                assert (kept(shop, guest).customer, kept(shop, other).customer) == (customer, "")
                assert (await refused(shop, SignIn(mine.id, found[0]))).code == "sign_in_over", "it is good once"
                assert mine.id != cart.id and read_cart(shop.reader, cart.id) is None, "its old QR opens nothing"
                await do(shop, LeaveCart(mine.id))
                assert read_cart(shop.reader, mine.id) is None
                (left,) = other_carts(shop.reader, customer, "", shop.now_us())
                assert left.channel == "phone", "it is theirs for a while, and nowhere on the kiosk"
                assert free(shop) == 4000, "what is in it is held once"
                here = await do(shop, OpenCart("kiosk"))
                assert here.id != cart.id and not here.lines
                await do(shop, AskSignIn(here.id, PHONE))
                await telling.send_due()
                again = re.search(r"\b\d{6}\b", sms.sent[-1][1])
                assert again
                both = await do(shop, SignIn(here.id, again[0]))
                assert [(line.sku, line.quantity) for line in both.lines] == [("milk", 2000)]
                assert read_cart(shop.reader, left.id) is None
                order = await do(shop, PlaceOrder(both.id, both.total_minor))
                assert order.customer == customer
                await whole(shop)

    run(scenario())


def test_strangers_learn_nothing_and_codes_are_not_guessed(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=WITH_SMS) as shop:
            await dana(shop)
            sms = Channel("sms")
            async with Telling(tmp_path, shop, sms) as telling:
                cart = await milk_cart(shop)
                await do(shop, AskSignIn(cart.id, "06 99 99 99 99"))
                assert not await telling.send_due() and not sms.sent
                assert (await refused(shop, SignIn(cart.id, "000000"))) == Refused("sign_in_code_wrong")
                assert (await refused(shop, AskSignIn(cart.id, "Dana"))).code == "sign_in_to_wrong"
                assert (await refused(shop, AskSignIn(cart.id, "a@b.example"))).code == "sign_in_to_wrong", (
                    "no mail here"
                )
                await do(shop, AskSignIn(cart.id, PHONE))
                await telling.send_due()
                found = re.search(r"\b\d{6}\b", sms.sent[0][1])
                assert found
                wrong = f"{(int(found[0]) + 1) % 10**6:06}"
                for _ in range(5):
                    assert (await refused(shop, SignIn(cart.id, wrong))).code == "sign_in_code_wrong"
                assert (await refused(shop, SignIn(cart.id, found[0]))).code == "sign_in_over"
                await do(shop, AskSignIn(cart.id, PHONE))
                assert (await refused(shop, AskSignIn(cart.id, PHONE))) == Refused("sign_in_wait", {"minutes": 10})
                await telling.send_due()
                late = re.search(r"\b\d{6}\b", sms.sent[-1][1])
                clock.advance(601)
                after = await milk_cart(shop)
                assert late and (await refused(shop, SignIn(after.id, late[0]))).code == "sign_in_over"

    run(scenario())


def test_an_order_that_staff_attached_goes_with_the_person(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            customer = await dana(shop)
            order = await milk_order(shop, name="Dana", phone=PHONE, note="by the door")
            cart = await milk_cart(shop)
            assert (await refused(shop, AskSignIn(cart.id, PHONE))).code == "sign_in_none"
            attached = await do(shop, AttachOrder(order.id, customer), STAFF)
            assert attached.customer == customer
            twice = await refused(shop, AttachOrder(order.id, customer), STAFF)
            assert twice.code == "order_has_customer"
            await do(shop, ForgetPerson(customer), SYSTEM)
            assert (kept(shop, order).name, kept(shop, order).note) == ("", "")
            await whole(shop)

    run(scenario())
