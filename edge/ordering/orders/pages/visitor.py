"""A visitor at a kiosk, or with a phone in the shop. Visitors are anonymous and have a cart."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from edge.core.messages import Actor, Command, Done, Outcome, Refused
from edge.counter.till.live_settings import NOW
from edge.foundation.access.rights import anonymous_actor
from edge.ordering.orders.carts.cart import LISTED_US, CartView
from edge.ordering.orders.carts.cart_pricing import looked_at
from edge.ordering.orders.commands import OpenCart, TouchCart
from edge.ordering.orders.queries import cart_at
from edge.ordering.orders.rules import Channel
from edge.ordering.orders.settings import OrdersSection
from edge.web.actors import register_of
from edge.web.caller import caller_of
from edge.web.context import SITE, today_of
from edge.web.cookies import Cookie
from edge.web.problem import body_wrong
from edge.web.request_body import json_of
from edge.web.responses import texts_of

KIOSK, PHONE = "/kiosk", "/shop"
CART = Cookie("cart", LISTED_US // 1_000_000)
"""The cookie with the secret of a phone's cart, kept as long as the cart's list."""

ORDER = Cookie("order", 24 * 3600)
"""The cookie with a phone's last viewed order."""


class Visitor(msgspec.Struct, frozen=True):
    """A visitor. `base`: the path of their pages. `cart`: the secret of their cart; "" if they have none."""

    base: str
    channel: Channel
    actor: Actor
    cart: str


def visitor(request: web.Request) -> Visitor:
    """The visitor of a request. A kiosk's cart belongs to its register; a phone's cart is in its cookie."""
    site = request.app[SITE]
    if request.path.startswith(PHONE):
        if not site.config.of(OrdersSection).phones:
            raise web.HTTPNotFound
        actor = anonymous_actor(site.config.registers[0], "kiosk")
        network = caller_of(request).network
        return Visitor(PHONE, "phone", msgspec.structs.replace(actor, network=network), CART.read(request))
    register = register_of(request, assumed=True)
    found = cart_at(site.shop.reader, register, site.shop.now_us())
    return Visitor(KIOSK, "kiosk", anonymous_actor(register, "kiosk"), found.id if found else "")


async def ask(request: web.Request, who: Visitor, command: Command) -> Outcome:
    """Run a command as the visitor."""
    return await request.app[SITE].shop.do(command, who.actor)


async def open_cart(request: web.Request, who: Visitor, place: str = "") -> CartView | Refused:
    """The visitor's cart, created if needed."""
    if who.cart and isinstance(touched := await ask(request, who, TouchCart(who.cart)), Done):
        return touched.result  # type: ignore[no-any-return]
    outcome = await ask(request, who, OpenCart(who.channel, texts_of(request).language, place))
    if not isinstance(outcome, Done):
        return outcome if isinstance(outcome, Refused) else Refused("outcome_unknown")
    return outcome.result  # type: ignore[no-any-return]


async def visitor_cart(request: web.Request, who: Visitor, touch: bool) -> CartView | None:
    """The visitor's current cart; None if there is none. `touch`: keep it alive."""
    if not who.cart:
        return None
    if touch:
        outcome = await ask(request, who, TouchCart(who.cart))
        return outcome.result if isinstance(outcome, Done) else None
    site = request.app[SITE]
    at_us = site.shop.now_us()
    read = partial(
        looked_at, id=who.cart, settings=site.services.of(NOW)(), at_us=at_us, business_date=today_of(request)
    )
    found = await site.asker.read(read)
    return found if found and not found.is_over(at_us) else None


async def body_as(request: web.Request, type: Any, **more: Any) -> Any:
    """The request's JSON as a struct, with additional fields."""
    try:
        return msgspec.convert({**json_of(await request.read() or b"{}"), **more}, type)
    except msgspec.ValidationError as error:
        raise body_wrong(error) from error


async def text_in(request: web.Request, field: str) -> str:
    """A text field of the body; "" if it's missing."""
    text = json_of(await request.read() or b"{}").get(field, "")
    return text if isinstance(text, str) else ""
