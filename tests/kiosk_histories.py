"""Random histories of carts and orders: what is promised is what open carts and orders hold."""

from __future__ import annotations

import random
from collections import Counter

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Done
from edge.core.storage.database import Connection
from edge.counter.basket.basket import BasketLine
from edge.counter.till.commands import AddLine, Pay, TenderGiven
from edge.foundation.access.rights import anonymous_actor
from edge.goods.catalog.product import BundlePart
from edge.goods.stock.commands import Moved, MoveStock
from edge.ordering.orders.commands import (
    AddToCart,
    CancelOrder,
    ChangeOrder,
    EndCarts,
    HandOverOrder,
    LeaveCart,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
    SetCartLine,
    TouchCart,
)
from edge.ordering.orders.queries import decode_cart, read_shop_orders
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock

STAFF = CASHIER.with_rights("orders")
SKUS = ("milk", "tomato")


async def stocked(shop: CommandBus) -> None:
    """Goods enough that some are short now and then."""
    await shop.do(MoveStock("received", (Moved("milk", 40_000), Moved("tomato", 15_000))), SYSTEM)


async def play(shop: CommandBus, clock: FakeClock, choice: random.Random, steps: int) -> int:
    """Do `steps` random things; how often what is promised differed from what is held."""
    differences = 0
    for _ in range(steps):
        command, actor = _any(shop.reader, choice)
        done = await shop.do(command, actor)
        if isinstance(command, PlaceOrder) and not isinstance(done, Done) and done.code == "price_changed":  # type: ignore[union-attr]
            is_minor = int(done.values["is_minor"])  # type: ignore[union-attr]
            await shop.do(PlaceOrder(command.cart, is_minor), actor)
        clock.advance(choice.choice((1, 5, 20, 60)))
        differences += promised(shop.reader) != held(shop.reader)
    return differences


def promised(db: Connection) -> dict[str, int]:
    """What the stock says is promised, by product."""
    rows = db.execute("SELECT sku, sum(quantity) FROM stock_claim WHERE kind = 'reserved' GROUP BY sku")
    return {sku: quantity for sku, quantity in rows if quantity}


def held(db: Connection) -> dict[str, int]:
    """What lies in open carts, and in open orders."""
    carts = [decode_cart(body) for (body,) in db.execute("SELECT body FROM cart WHERE NOT ended")]
    lines: list[BasketLine] = [
        msgspec.structs.replace(line, quantity=cart.short.get(line.id, line.quantity))
        for cart in carts
        for line in cart.lines
    ]
    lines += [line for order in read_shop_orders(db, limit=10**6) for line in order.goods.sold_lines]
    found: Counter[str] = Counter()
    for line in lines:
        for part in line.parts or (BundlePart(line.sku, 1000),):
            found[part.sku] += part.quantity * line.goods // 1000
    return dict(found)


def _any(db: Connection, choice: random.Random) -> tuple[Command, Actor]:
    kiosk = anonymous_actor(choice.choice("12"), "kiosk")
    carts = [decode_cart(body) for (body,) in db.execute("SELECT body FROM cart")]
    orders = read_shop_orders(db)
    cart = choice.choice(carts) if carts else None
    order = choice.choice(orders) if orders else None
    roll = choice.random()
    if cart is None or roll < 0.1:
        return OpenCart(choice.choice(("kiosk", "phone", "api"))), kiosk
    if roll < 0.45:
        return AddToCart(cart.id, sku=choice.choice(SKUS), quantity=choice.choice((1000, 2000))), kiosk
    if roll < 0.55 and cart.lines:
        return SetCartLine(cart.id, choice.choice(cart.lines).id, choice.choice((0, 1000, 3000))), kiosk
    if roll < 0.7:
        return PlaceOrder(cart.id, 0), kiosk
    if roll < 0.74:
        return LeaveCart(cart.id), kiosk
    if roll < 0.78:
        return EndCarts(), SYSTEM
    if roll < 0.81:
        return choice.choice((AddLine(sku="milk"), Pay("cash"))), CASHIER
    if roll < 0.84:
        return MoveStock("received", (Moved("milk", 5_000), Moved("tomato", 2_000))), SYSTEM
    if order is None:
        return TouchCart(cart.id), kiosk
    if roll < 0.9:
        return HandOverOrder(order.id, (TenderGiven("card"),)), STAFF
    if roll < 0.93:
        return CancelOrder(order.id), STAFF
    if roll < 0.96:
        line = choice.choice(order.goods.lines).id
        return ChangeOrder(order.id, (LineWanted(line, choice.choice((0, 1000))),)), STAFF
    return MoveOrder(order.id, choice.choice(("accepted", "preparing", "ready"))), STAFF
