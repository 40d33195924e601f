"""The customer's conversation at the kiosk or on a phone, with the same cart and prices as there."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from edge.conversation.assistant.commands import KeepChat, MarkAnswer
from edge.conversation.assistant.kept_conversations import PURPOSE, KeptTurn, count_kept, newest_kept
from edge.conversation.assistant.microphone_groups import ears_of
from edge.conversation.assistant.recording import recorder_of
from edge.conversation.assistant.roster import speaker_at
from edge.conversation.assistant.settings import live, settings_of
from edge.conversation.assistant.turns.dialogue import WAITS_S
from edge.core.endpoints import ANYBODY, Body, Endpoint, Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import BASKET
from edge.goods.catalog.queries import find_by_skus
from edge.lib.i18n import LANGUAGES
from edge.ordering.orders.pages.visitor import KIOSK, PHONE, body_as, visitor, visitor_cart
from edge.ordering.recommend.queries import best_for_anybody
from edge.people.customers.queries import consents_to, newest_wordings
from edge.web.context import SITE, today_of
from edge.web.pages.shell import html, page
from edge.web.responses import answer_outcome, texts_of

WARN_S = 10
"""Seconds before a conversation's end at which a kiosk's page announces it."""


async def talk(request: web.Request) -> web.Response:
    """`GET /kiosk/talk`, `GET /shop/talk`: ask questions and fill the cart by talking."""
    who = visitor(request)
    at = {"register": who.actor.register}
    site, ways = request.app[SITE], live(settings_of(request.app[SITE].config))
    speaker, _ = speaker_at(await site.asker.read(ways.at), "kiosk" if who.base == KIOSK else "phone")
    return page(
        request,
        "shop_talk",
        base=who.base,
        at=who.actor.register,
        idle_s=WAITS_S["kiosk"],
        warn_s=WARN_S,
        goods=f"{who.base}?" + urlencode({**at, "lang": texts_of(request).language}),
        way={one: f"{who.base}/talk?" + urlencode({**at, "lang": one}) for one in LANGUAGES},
        speaker=speaker,
        recorded=who.base == KIOSK and recorder_of(site, site.config.folder).left_s(who.actor.register) > 0,
        ear=who.base == KIOSK and who.actor.register in ears_of(site).at,
        example=await _example(request),
        **await _basket(request),
    )


async def _example(request: web.Request) -> dict[str, str] | None:
    """The name of a best seller for the example question; None if there is none to suggest."""
    site, today = request.app[SITE], today_of(request)
    suggesting, now_us = settings_of(site.config).suggesting, site.shop.now_us()

    def read(db: Connection) -> dict[str, str] | None:
        found = find_by_skus(db, best_for_anybody(db, suggesting, now_us, today, 1))
        return next((product.names for product in found.values()), None)

    return await site.asker.read(read)


class ConversationConsent(NamedTuple):
    """Consent of the customer identified in the cart.

    It has whether conversations are kept and the number of kept turns, or else the text that asks. `newest`: the number
    of the newest kept turn, and the turn.
    """

    keeps: bool
    kept: int
    text: str
    wording: str
    newest: tuple[int, KeptTurn] | None


async def _basket(request: web.Request) -> dict[str, Any]:
    """The cart and its customer's consent."""
    site, language = request.app[SITE], texts_of(request).language
    cart = await visitor_cart(request, visitor(request), touch=True)
    customer = cart.basket.customer if cart else ""

    def read(db: Connection) -> ConversationConsent:
        asked = newest_wordings(db)[PURPOSE]
        keeps = consents_to(db, customer, PURPOSE, site.shop.now_us())
        newest = newest_kept(db, customer) if keeps else None
        return ConversationConsent(keeps, count_kept(db, customer), asked.text(language), asked.version, newest)

    return {"cart": cart, "keeping": await site.asker.read(read) if customer else None}


async def keep(request: web.Request) -> web.Response:
    """`POST /kiosk/talk/keep`, `POST /shop/talk/keep`: consent to keeping conversations, or its refusal."""
    who = visitor(request)
    wanted = await body_as(request, KeepChat, cart=who.cart if who.base == PHONE else "")
    actor = msgspec.structs.replace(who.actor, surface="chat")
    return answer_outcome(await request.app[SITE].shop.do(wanted, actor), texts_of(request))


async def mark(request: web.Request) -> web.Response:
    """`POST /kiosk/talk/mark`, `POST /shop/talk/mark`: a kept answer was right or wrong."""
    who = visitor(request)
    wanted = await body_as(request, MarkAnswer, cart=who.cart if who.base == PHONE else "")
    actor = msgspec.structs.replace(who.actor, surface="chat")
    return answer_outcome(await request.app[SITE].shop.do(wanted, actor), texts_of(request))


async def basket(request: web.Request) -> web.Response:
    """`GET /kiosk/talk/cart`, `GET /shop/talk/cart`: the cart's contents."""
    found = await _basket(request)
    return html(request.app[SITE].renderer.render("shop_talk_cart.html", texts_of(request).language, **found))


def _endpoints(base: str) -> tuple[Endpoint, ...]:
    right = BASKET if base == KIOSK else ANYBODY
    return (
        Endpoint(method="GET", path=f"{base}/talk/cart", handler=basket, right=right),
        Endpoint(method="POST", path=f"{base}/talk/keep", handler=keep, right=right, body=Body(KeepChat)),
        Endpoint(method="POST", path=f"{base}/talk/mark", handler=mark, right=right, body=Body(MarkAnswer)),
    )


ENDPOINTS = (*_endpoints(KIOSK), *_endpoints(PHONE))
PAGES = (
    Page(path=f"{KIOSK}/talk", name="shop_talk", handler=talk, right=BASKET, group="orders"),
    Page(path=f"{PHONE}/talk", name="shop_talk_phone", handler=talk, right=ANYBODY, group="orders"),
)
