"""The customer's conversation, beside the kiosk's goods and beside those on a phone: the same cart, the same prices."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, Body, Endpoint, Page
from edge.core.messages import Actor, Refused
from edge.lib.i18n import LANGUAGES
from edge.shop.access.rights import BASKET
from edge.shop.assistant.roster import speaker_at
from edge.shop.assistant.routes import ChatMessage, history_for, refused, said_in, take, told
from edge.shop.assistant.settings import live
from edge.shop.orders.pages.visitor import CART, KIOSK, PHONE, Visitor, opened, shown, visitor
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of

IDLE_S = 60
"""After so long a kiosk's conversation is over, and its page goes back to the goods."""


async def talk(request: web.Request) -> web.Response:
    """`GET /kiosk/talk`, `GET /shop/talk`: ask, and fill the cart by talking."""
    who = visitor(request)
    at = {"register": who.actor.register}
    site, ways = request.app[SITE], live(request.app[SITE].config.assistant_settings())
    speaker, _ = speaker_at(await site.asker.read(ways.at), "kiosk" if who.base == KIOSK else "phone")
    return page(
        request,
        "shop_talk",
        base=who.base,
        at=who.actor.register,
        idle_s=IDLE_S,
        goods=f"{who.base}?" + urlencode({**at, "lang": texts_of(request).language}),
        way={one: f"{who.base}/talk?" + urlencode({**at, "lang": one}) for one in LANGUAGES},
        speaker=speaker,
        cart=await shown(request, who, touch=True),
    )


async def say(request: web.Request) -> web.Response:
    """`POST /kiosk/say`, `POST /shop/say`: a turn; a phone has a cart from its first one on."""
    who, said = visitor(request), await said_in(request)
    if who.base == KIOSK:
        return told(request, await take(request.app[SITE], _speaking(who), said))
    found = await opened(request, who)
    if isinstance(found, Refused):
        return refused(request, found)
    answer = told(request, await take(request.app[SITE], _speaking(who), said, cart=found.id))
    CART.set(request, answer, found.id)
    return answer


async def basket(request: web.Request) -> web.Response:
    """`GET /kiosk/talk/cart`, `GET /shop/talk/cart`: what lies in the cart now."""
    found = await shown(request, visitor(request), touch=True)
    return html(request.app[SITE].renderer.render("shop_talk_cart.html", texts_of(request).language, cart=found))


async def history(request: web.Request) -> web.Response:
    """`GET /kiosk/said?session=`, `GET /shop/said?session=`: what was said in it, the newest first."""
    return await history_for(request, _speaking(visitor(request)))


def _speaking(who: Visitor) -> Actor:
    return msgspec.structs.replace(who.actor, surface="chat")


def _endpoints(base: str) -> tuple[Endpoint, ...]:
    right = BASKET if base == KIOSK else ANYBODY
    return (
        Endpoint(method="POST", path=f"{base}/say", handler=say, right=right, body=Body(ChatMessage)),
        Endpoint(method="GET", path=f"{base}/said", handler=history, right=right),
        Endpoint(method="GET", path=f"{base}/talk/cart", handler=basket, right=right),
    )


ENDPOINTS = (*_endpoints(KIOSK), *_endpoints(PHONE))
PAGES = (
    Page(path=f"{KIOSK}/talk", name="shop_talk", handler=talk, right=BASKET, group="orders"),
    Page(path=f"{PHONE}/talk", name="shop_talk_phone", handler=talk, right=ANYBODY, group="orders"),
)
