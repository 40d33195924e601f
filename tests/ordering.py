"""Carts and orders in a small shop, for tests."""

from __future__ import annotations

from typing import Any

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Command, Done, Refused
from edge.counter.till.commands import TenderGiven
from edge.counter.till.events import SaleCompleted
from edge.foundation.access.rights import anonymous_actor
from edge.goods.stock.queries import available_of
from edge.ordering.orders.carts.cart import CartView
from edge.ordering.orders.commands import (
    AddToCart,
    OpenCart,
    PlaceOrder,
)
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.queries import (
    read_shop_order,
)
from tests.shop_fixture import CASHIER

KIOSK = anonymous_actor("2", "kiosk")
STAFF = CASHIER.with_rights("orders")
CARD = (TenderGiven("card"),)


async def do(shop: CommandBus, command: Command, actor: Actor = KIOSK) -> Any:
    done = await shop.do(command, actor)
    assert isinstance(done, Done), done
    return done.result


async def refused(shop: CommandBus, command: Command, actor: Actor = KIOSK) -> Refused:
    outcome = await shop.do(command, actor)
    assert isinstance(outcome, Refused), outcome
    return outcome


async def milk_cart(shop: CommandBus, pieces: int = 2, channel: Any = "kiosk") -> CartView:
    cart: CartView = await do(shop, OpenCart(channel))
    for _ in range(pieces):
        cart = await do(shop, AddToCart(cart.id, sku="milk"))
    return cart


async def milk_order(shop: CommandBus, pieces: int = 2, **said: Any) -> KeptOrder:
    cart = await milk_cart(shop, pieces)
    order: KeptOrder = await do(shop, PlaceOrder(cart.id, cart.total_minor, **said))
    return order


def sales(shop: CommandBus) -> list[SaleCompleted]:
    return [fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, SaleCompleted)]


def kept(shop: CommandBus, order: KeptOrder) -> KeptOrder:
    found = read_shop_order(shop.reader, order.id)
    assert found is not None
    return found


async def whole(shop: CommandBus) -> None:
    """What the strict tables say is what the journal says."""
    found = verify(shop.reader, shop.registry)
    assert not found.faults, found


def free(shop: CommandBus) -> int:
    return available_of(shop.reader, ["milk"])["milk"]
