"""The wish list at a kiosk, for the customer signed in to the cart. The kiosk itself stores nothing."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import Endpoint
from edge.core.messages import Command, Done
from edge.core.storage.database import Connection
from edge.foundation.access.rights import BASKET
from edge.ordering.customer_accounts.commands import AddCartWish, RemoveCartWish
from edge.ordering.orders.pages.visitor import KIOSK, ask, body_as, visitor
from edge.ordering.orders.queries import read_cart
from edge.people.customers.wishlist import Wish, read_wishlist
from edge.web.context import SITE
from edge.web.pages.shell import html
from edge.web.responses import answer_json, answer_outcome, texts_of

NO_CART = "-" * 16


async def wishes(request: web.Request) -> web.Response:
    """`GET /kiosk/wishes`: the wish list of the customer signed in to the cart; empty without a customer."""
    site, who = request.app[SITE], visitor(request)
    now_us, zone = site.shop.now_us(), site.settings.zone

    def read(db: Connection) -> list[Wish] | None:
        cart = read_cart(db, who.cart) if who.cart else None
        if cart is None or cart.is_over(now_us) or not cart.basket.customer:
            return None
        return read_wishlist(db, cart.basket.customer, now_us, zone)

    found = await site.asker.read(read)
    return html(site.renderer.render("kiosk_wishes.html", texts_of(request).language, wishes=found))


async def wish(request: web.Request) -> web.Response:
    """`POST /kiosk/wish`: add a product to the wish list."""
    who = visitor(request)
    return await _answer_command(request, await body_as(request, AddCartWish, cart=who.cart or NO_CART))


async def unwish(request: web.Request) -> web.Response:
    """`POST /kiosk/wish/remove`: remove a product from the wish list."""
    who = visitor(request)
    return await _answer_command(request, await body_as(request, RemoveCartWish, cart=who.cart or NO_CART))


async def _answer_command(request: web.Request, command: Command) -> web.Response:
    outcome = await ask(request, visitor(request), command)
    return answer_json({}) if isinstance(outcome, Done) else answer_outcome(outcome, texts_of(request))


ENDPOINTS = (
    Endpoint(method="GET", path=f"{KIOSK}/wishes", handler=wishes, right=BASKET),
    Endpoint(method="POST", path=f"{KIOSK}/wish", handler=wish, right=BASKET),
    Endpoint(method="POST", path=f"{KIOSK}/wish/remove", handler=unwish, right=BASKET),
)
