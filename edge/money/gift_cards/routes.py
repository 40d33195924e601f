"""Gift cards over HTTP: the balance over all shops, and holds for a register's basket."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from edge.core.endpoints import DONE, Answer, Body, Endpoint, fragment
from edge.core.messages import Done
from edge.foundation.access.rights import MANAGE, SELL
from edge.money.gift_cards.card import CARD_CODE_CHARS, CardId, card_id, code_of
from edge.money.gift_cards.code_tries import CODE_TRIES
from edge.money.gift_cards.commands import BookExpiredCard
from edge.money.gift_cards.queries import find_card, may_look, read_card
from edge.money.gift_cards.rules import is_over
from edge.money.gift_cards.settling import SETTLING
from edge.runtime.sync_state import SYNC
from edge.web.actors import actor_of, own_register, register_of
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.pages.shell import html
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of


class CardWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The card to read, and the sum to hold for the register's basket for half an hour (0: none)."""

    code: Annotated[str, msgspec.Meta(max_length=CARD_CODE_CHARS)]
    keep_minor: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 0


class CardRead(msgspec.Struct, frozen=True):
    """A card's balance.

    `confirmed`: head office confirmed it, or there is no head office. `known`: whether the card is known.
    """

    known: bool
    confirmed: bool
    tail: str = ""
    kind: str = ""
    balance_minor: int = 0
    closed: bool = False
    expired: bool = False
    expires_on: str = ""


class CardToBook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The expired card to book."""

    card: CardId


async def read_gift_card(request: web.Request) -> web.Response:
    """`POST /api/v1/gift-cards/read`: request a card's balance from head office, and hold a sum for the basket."""
    site, wanted = request.app[SITE], await body_of(request, CardWanted)
    code = code_of(wanted.code)
    if code is None:
        raise Problem(422, "card_code_wrong")
    id, register = card_id(code), register_of(request)
    await _looked_up(request, register)
    confirmed = site.services.of(SYNC) is None or await site.services.of(SETTLING).keep(id, register, wanted.keep_minor)
    card = await site.asker.read(partial(read_card, id=id))
    if card is None:
        await site.services.of(CODE_TRIES).wrong(register, code)
        return answer_json(CardRead(False, confirmed))
    over = is_over(card.expires_on, site.config.business_date(site.shop.now_us()))
    told = (card.tail, card.kind, card.balance_minor, card.closed, over, card.expires_on)
    return answer_json(CardRead(True, confirmed, *told))


async def balance(request: web.Request) -> web.Response:
    """`GET /fragments/gift-card`: show a card at a register, with the balance that this box knows."""
    site, text, register = request.app[SITE], request.query.get("code", "")[:CARD_CODE_CHARS], own_register(request)
    await _looked_up(request, register)
    code = code_of(text)
    card = await site.asker.read(partial(find_card, code=text)) if code else None
    sells = code is not None and request.query.get("what") == "load"
    if code and card is None:
        await site.services.of(CODE_TRIES).wrong(register, code)
    over = card is not None and is_over(card.expires_on, site.config.business_date(site.shop.now_us()))
    values = {"card": card, "expired": over, "asked": bool(text.strip()), "sells": sells}
    return html(site.renderer.render("gift_found.html", texts_of(request).language, **values))


async def _looked_up(request: web.Request, register: str) -> None:
    """Raise `Refusal` after too many unknown codes at this register."""
    site = request.app[SITE]
    await site.asker.read(partial(may_look, register=register, at_us=site.shop.now_us()))


async def book_expired(request: web.Request) -> web.Response:
    """`POST /api/v1/gift-cards/book-expired`: book an expired card's balance, as head office reports it, as income.

    Head office holds all of it meanwhile, so that no other shop books the same money.
    """
    site, wanted = request.app[SITE], await body_of(request, CardToBook)
    actor = actor_of(request, BookExpiredCard.__name__)
    kept = await site.services.of(SETTLING).keep_all(wanted.card)
    outcome = await site.shop.do(BookExpiredCard(wanted.card), actor, idempotency_key(request))
    if kept and not isinstance(outcome, Done):
        await site.services.of(SETTLING).let_go_all(wanted.card)
    return answer_outcome(outcome, texts_of(request))


ENDPOINTS = (
    fragment("/fragments/gift-card", balance, SELL),
    Endpoint(
        method="POST",
        path="/api/v1/gift-cards/read",
        handler=read_gift_card,
        right=SELL,
        tag="till",
        at_register=True,
        body=Body(CardWanted),
        answer=Answer(CardRead),
        statuses=(422,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/gift-cards/book-expired",
        handler=book_expired,
        right=MANAGE,
        tag="till",
        body=Body(CardToBook),
        answer=DONE,
        statuses=(404, 409, 422),
    ),
)
