"""API for customers' own programs to their own data: `/api/v1/me/...`, with the customer's token.

A token is a session's secret, as in a browser: stored as a digest, listed and revoked at `/me`, with the same lifetime.
It opens only these addresses and allows nothing irreversible; that requires `/me`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, DONE, Answer, Body, Endpoint
from edge.core.messages import Command, Done, Outcome
from edge.lib.i18n import ENGLISH
from edge.ordering.customer_accounts import commands, sessions
from edge.ordering.customer_accounts.pages import SUGGESTED, customer_actor
from edge.ordering.customer_accounts.pages.browser_session import account_settings
from edge.ordering.customer_accounts.sessions import CustomerSession
from edge.ordering.customer_accounts.ways import read_ways
from edge.ordering.orders.customers.customer_orders import CustomerOrder, read_customer_orders
from edge.ordering.recommend.routes import suggester_of
from edge.ordering.recommend.suggestion import SuggestionRequest, SuggestionSet
from edge.ordering.reviews.queries import Review, read_customer_reviews
from edge.people.customers.customer import Consent, Purpose, Tag
from edge.people.customers.queries import consents_to, read_customer
from edge.people.customers.wishlist import Wish, read_wishlist
from edge.web.api.registry import idempotency_key
from edge.web.bearer import OWNER
from edge.web.caller import caller_of
from edge.web.context import SITE, today_of
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of

ORDERS_SHOWN = 50
TAG = "own"


class CodeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The recipient of a code: a phone or an email."""

    to: commands.To
    language: Tag = ENGLISH


class CodeAsked(msgspec.Struct, frozen=True):
    """The requester's secret, to be sent back with the code."""

    asking: str


class TokenBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of `SignInAccount`; `device`: the program's name in the list of sessions."""

    asking: commands.Secret
    code: commands.Code
    device: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    name: commands.Text = ""
    born: commands.Text = ""
    language: Tag = ENGLISH
    consents: Annotated[tuple[Purpose, ...], msgspec.Meta(max_length=10)] = ()


class CustomerToken(msgspec.Struct, frozen=True):
    """The token for `Authorization: Bearer ...`."""

    token: str


class WishBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A note on a wish."""

    note: commands.Text = ""


class OwnAccount(msgspec.Struct, frozen=True):
    """The customer's data. `ways`: their confirmed addresses."""

    name: str
    language: str
    ways: list[Literal["email", "sms"]]
    consents: tuple[Consent, ...]


async def ask_code(request: web.Request) -> web.Response:
    """`POST me/code`: send a code to an address; the answer doesn't reveal whether a customer has it."""
    body, asking = await body_of(request, CodeBody), sessions.new_secret()
    network = caller_of(request).network
    outcome = await _do(request, commands.AskAccountCode(asking, body.to, body.language, network))
    return answer_json(CodeAsked(asking)) if isinstance(outcome, Done) else _answer_refusal(request, outcome)


async def sign_in(request: web.Request) -> web.Response:
    """`POST me/token`: exchange a code for a program's token; new customers also send their details."""
    body = await body_of(request, TokenBody)
    said = {name: getattr(body, name) for name in body.__struct_fields__}
    outcome = await _do(request, commands.SignInAccount(**said, program=True))
    if not isinstance(outcome, Done):
        return _answer_refusal(request, outcome)
    return answer_json(CustomerToken(str(outcome.result)))


async def sign_out(request: web.Request) -> web.Response:
    """`DELETE me/token`: revoke the token."""
    return await _answer_command(request, commands.EndOwnSession(_token(request)))


async def account(request: web.Request) -> web.Response:
    """`GET me/account`: the customer's name, language, addresses and consents."""
    who, site = _session(request), request.app[SITE]
    now_us = site.shop.now_us()
    kept = await site.asker.read(lambda db: (read_customer(db, who.customer, now_us), read_ways(db, who.customer)))
    if kept[0] is None:
        raise Problem(401, "account_signed_out")
    ways: list[Any] = [way.kind for way in kept[1]]
    return answer_json(OwnAccount(kept[0].name, kept[0].language, ways, kept[0].consents))


async def wishlist(request: web.Request) -> web.Response:
    """`GET me/wishlist`: the wish list with current price, stock and promotions."""
    who, site = _session(request), request.app[SITE]
    now_us, zone = site.shop.now_us(), site.settings.zone
    return answer_json(await site.asker.read(lambda db: read_wishlist(db, who.customer, now_us, zone)))


async def wish(request: web.Request) -> web.Response:
    """`PUT me/wishlist/{sku}`: add a product to the wish list, or change its note."""
    body = await body_of(request, WishBody)
    return await _answer_command(request, commands.AddOwnWish(_token(request), _sku(request), body.note))


async def unwish(request: web.Request) -> web.Response:
    """`DELETE me/wishlist/{sku}`: remove a product from the wish list."""
    return await _answer_command(request, commands.RemoveOwnWish(_token(request), _sku(request)))


async def orders(request: web.Request) -> web.Response:
    """`GET me/orders`: the customer's orders, the newest first."""
    who = _session(request)
    read = await request.app[SITE].asker.read(lambda db: read_customer_orders(db, who.customer, ORDERS_SHOWN))
    return answer_json(read)


async def reviews(request: web.Request) -> web.Response:
    """`GET me/reviews`: the customer's reviews."""
    who = _session(request)
    return answer_json(await request.app[SITE].asker.read(lambda db: read_customer_reviews(db, who.customer)))


async def recommendations(request: web.Request) -> web.Response:
    """`GET me/recommendations`: recommendations if the customer has consented to them; otherwise empty."""
    who, site = _session(request), request.app[SITE]
    now_us, suggester = site.shop.now_us(), await suggester_of(site)
    asked = SuggestionRequest("phone", now_us, today_of(request), customer=who.customer, most=SUGGESTED)

    def read(db: Any) -> SuggestionSet | None:
        wants = consents_to(db, who.customer, "recommendations", now_us)
        return suggester.suggest(db, asked) if wants else None

    return answer_json({"suggestions": await site.asker.read(read)})


def _token(request: web.Request) -> str:
    """The customer's token. Raises `Problem` 401 if it's missing or isn't a customer's."""
    account_settings(request)
    if OWNER not in request:
        raise Problem(401, "account_signed_out")
    return request[OWNER]


def _session(request: web.Request) -> CustomerSession:
    """The session of the token. Raises `Problem` 401 if it's unknown or expired."""
    shop = request.app[SITE].shop
    found = sessions.find(shop.reader, _token(request), shop.now_us(), account_settings(request))
    if found is None:
        raise Problem(401, "account_signed_out")
    return found


def _sku(request: web.Request) -> str:
    return request.match_info["sku"][:80]


async def _do(request: web.Request, command: Command) -> Outcome:
    account_settings(request)
    return await request.app[SITE].shop.do(command, customer_actor(request), idempotency_key(request))


async def _answer_command(request: web.Request, command: Command) -> web.Response:
    return answer_outcome(await _do(request, command), texts_of(request), {"account_signed_out": 401})


def _answer_refusal(request: web.Request, outcome: Outcome) -> web.Response:
    """Answer with the reason why a code wasn't sent or accepted."""
    return answer_outcome(outcome, texts_of(request))


def _own(method: Any, path: str, handler: Any, answer: Answer, name: str, **more: Any) -> Endpoint:
    more = {"right": ANYBODY, "own": True, "tag": TAG, "statuses": (404, 422), **more}
    return Endpoint(method=method, path=f"/api/v1/me/{path}", handler=handler, answer=answer, name=name, **more)


_SUGGESTED = Answer(SuggestionSet | None, under="suggestions")
ENDPOINTS = (
    # the code or token identifies the caller: the handlers check it
    _own("POST", "code", ask_code, Answer(CodeAsked), "ask_own_code", body=Body(CodeBody)),
    _own("POST", "token", sign_in, Answer(CustomerToken), "own_token", body=Body(TokenBody)),
    _own("DELETE", "token", sign_out, DONE, "end_own_token"),
    _own("GET", "account", account, Answer(OwnAccount), "own_account"),
    _own("GET", "wishlist", wishlist, Answer(list[Wish]), "own_wishlist"),
    _own("PUT", "wishlist/{sku}", wish, DONE, "add_own_wish", body=Body(WishBody)),
    _own("DELETE", "wishlist/{sku}", unwish, DONE, "remove_own_wish"),
    _own("GET", "orders", orders, Answer(list[CustomerOrder]), "own_orders"),
    _own("GET", "reviews", reviews, Answer(list[Review]), "own_reviews"),
    _own("GET", "recommendations", recommendations, _SUGGESTED, "own_recommendations"),
)
