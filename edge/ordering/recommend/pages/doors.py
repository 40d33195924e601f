"""Suggestions for people: a line at the till, and related products at a kiosk and on a phone.

A script of each loads them after the page, and shows nothing if there is no answer, so no sale waits for them.
"""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, SELL, Endpoint
from edge.counter.basket.basket import BasketLine
from edge.counter.till.pages.till_context import TILLS
from edge.foundation.access.rights import BASKET, system
from edge.goods.catalog.product import Sku
from edge.ordering.orders.pages.visitor import KIOSK, PHONE, ask, body_as, visitor, visitor_cart
from edge.ordering.recommend.commands import NoteInteractions, NoteSuggestion
from edge.ordering.recommend.routes import suggester_of
from edge.ordering.recommend.suggestion import SuggestionRequest, SuggestionSet
from edge.web.actors import register_of
from edge.web.context import SITE, today_of
from edge.web.pages.shell import html
from edge.web.request_body import body_of
from edge.web.responses import answer_json, texts_of


class ViewedProduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The product that a customer viewed."""

    sku: Sku


TILL_SHOWN, CART_SHOWN = 3, 4
WAVED_MOST = 20


async def at_till(request: web.Request) -> web.Response:
    """`GET /till/suggestions?waved=`: products that go with a register's basket; empty for an empty basket. `?sku=`:
    products similar to one that is out of stock."""
    site, sku = request.app[SITE], request.query.get("sku", "")[:80]
    basket = site.services.of(TILLS).counters[register_of(request, assumed=True)].basket
    if basket.tenders or not (basket.sold_lines or sku):
        return _render_suggestions(request, "till_suggestions.html", None)
    asked = SuggestionRequest(
        "till",
        site.shop.now_us(),
        today_of(request),
        goods=_goods(basket.sold_lines),
        sku=sku,
        customer=basket.customer,
        age_checked=basket.age_checked,
        price_list=basket.price_list,
        most=TILL_SHOWN,
        waved=_dismissed_skus(request),
    )
    return _render_suggestions(
        request, "till_suggestions.html", await _read_suggestions(request, asked), alike=bool(sku)
    )


async def at_cart(request: web.Request) -> web.Response:
    """`GET /kiosk/suggestions`, `/shop/suggestions`: products that go with the cart; `?sku=`: similar products."""
    site, who = request.app[SITE], visitor(request)
    sku = request.query.get("sku", "")[:80]
    cart = await visitor_cart(request, who, touch=False)
    if not sku and (cart is None or not cart.lines):
        return _render_suggestions(request, "kiosk_suggestions.html", None)
    asked = SuggestionRequest(
        "phone" if who.base == PHONE else "kiosk",
        site.shop.now_us(),
        today_of(request),
        goods=_goods(cart.lines) if cart else (),
        sku=sku,
        customer=cart.basket.customer if cart else "",
        price_list=cart.basket.price_list if cart else "store",
        most=CART_SHOWN,
        waved=_dismissed_skus(request),
    )
    return _render_suggestions(
        request, "kiosk_suggestions.html", await _read_suggestions(request, asked), alike=bool(sku)
    )


async def note_suggestions(request: web.Request) -> web.Response:
    """`POST /kiosk/suggestions`, `/shop/suggestions`: the outcome of a set of suggestions."""
    await ask(request, visitor(request), await body_as(request, NoteSuggestion))
    return answer_json({})


async def note_look(request: web.Request) -> web.Response:
    """`POST /kiosk/viewed`, `/shop/viewed`: the customer signed in to the cart viewed a product for a while."""
    who, wanted = visitor(request), await body_of(request, ViewedProduct)
    cart = await visitor_cart(request, who, touch=False)
    if cart and cart.basket.customer:
        await request.app[SITE].shop.do(NoteInteractions(cart.basket.customer, (wanted.sku,)), system())
    return answer_json({})


def _goods(lines: tuple[BasketLine, ...]) -> tuple[tuple[str, int], ...]:
    return tuple((line.sku, line.goods) for line in lines if line.sku and line.kind == "goods")


def _dismissed_skus(request: web.Request) -> frozenset[str]:
    """SKUs that were recently dismissed, as reported by the page."""
    return frozenset(request.query.getall("waved", [])[:WAVED_MOST])


async def _read_suggestions(request: web.Request, asked: SuggestionRequest) -> SuggestionSet:
    site = request.app[SITE]
    suggester = await suggester_of(site)
    return await site.asker.read(lambda db: suggester.suggest(db, asked))


def _render_suggestions(
    request: web.Request, template: str, found: SuggestionSet | None, alike: bool = False
) -> web.Response:
    """Render suggestions. Repeat purchases come first, in a separate group."""
    renderer, language = request.app[SITE].renderer, texts_of(request).language
    return html(renderer.render(template, language, found=found, alike=alike))


def _of_visitors(base: str) -> tuple[Endpoint, ...]:
    right, path = BASKET if base == KIOSK else ANYBODY, f"{base}/suggestions"
    return (
        Endpoint(method="GET", path=path, handler=at_cart, right=right),
        Endpoint(method="POST", path=path, handler=note_suggestions, right=right),
        Endpoint(method="POST", path=f"{base}/viewed", handler=note_look, right=right),
    )


ENDPOINTS = (
    Endpoint(method="GET", path="/till/suggestions", handler=at_till, right=SELL, at_register=True),
    *_of_visitors(KIOSK),
    *_of_visitors(PHONE),
)
