"""Pages of the kiosk (`/kiosk`), also served to phones on the shop's network (`/shop`): browse, search, cart, order."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, Endpoint, Page
from edge.core.messages import Done, Outcome, Refused
from edge.core.storage.database import Connection
from edge.counter.loyalty.queries import held_points
from edge.counter.till.live_settings import NOW
from edge.counter.till.pages.till_context import TILLS
from edge.foundation.access.rights import BASKET
from edge.foundation.opening_hours.queries import read_hours
from edge.foundation.opening_hours.rules import opens_next
from edge.goods.assortment.queries import is_withheld
from edge.goods.catalog.categories.queries import product_attributes
from edge.goods.catalog.least_age import least_age
from edge.goods.catalog.pages.beside import INGREDIENTS
from edge.goods.catalog.prices import STORE
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.modifiers.modifier import CHOSEN_MOST, ModifierGroup, preset_refs, ref
from edge.goods.modifiers.queries import groups_of
from edge.goods.promotions.card_promotions import card_promotions
from edge.lib.i18n import LANGUAGES, translate
from edge.ordering.delivery.queries import read_zones
from edge.ordering.kiosk.pages import kiosk_face
from edge.ordering.kiosk.pages.kiosk_categories import top_categories
from edge.ordering.kiosk.pages.kiosk_goods import listed_goods, pictures_of_kinds
from edge.ordering.kiosk.pages.kiosk_terms import terms
from edge.ordering.orders.carts.cart import IDLE_US, WARN_US, CartView
from edge.ordering.orders.carts.cart_stock import portions_left
from edge.ordering.orders.commands import (
    AddToCart,
    AskSignIn,
    CallStaff,
    DropCartCoupon,
    LeaveCart,
    PlaceOrder,
    SetCartLine,
    SignIn,
    TakeCart,
    TakeWhatIs,
    TouchCart,
)
from edge.ordering.orders.fulfilment.delivery_terms import delivery_terms
from edge.ordering.orders.order import KeptOrder, qr_path, unknown_order
from edge.ordering.orders.order_lines import taxes_added
from edge.ordering.orders.pages.status import known_status, status_content
from edge.ordering.orders.pages.visitor import (
    CART,
    KIOSK,
    ORDER,
    PHONE,
    Visitor,
    ask,
    body_as,
    open_cart,
    text_in,
    visitor,
    visitor_cart,
)
from edge.ordering.orders.queries import order_by_secret, order_of_cart
from edge.ordering.orders.settings import OrdersSection
from edge.ordering.recognition.pages.hearing import are_customer_faces_open
from edge.ordering.reviews.queries import ToldReviews
from edge.people.coupons.code import read_code
from edge.runtime.config import CONFIG
from edge.web.context import SITE, PanelContext
from edge.web.pages.shell import html, page
from edge.web.phone_link import phone_link
from edge.web.problem import Problem
from edge.web.responses import answer_json, answer_problem, texts_of
from edge.web.trust import picture as qr

TIP_SHARES = (5_000, 10_000, 15_000)
"""Suggested tips, in thousandths of a percent."""
_TAKE = re.compile(rf"{PHONE}\?take=([A-Za-z0-9_-]{{16,64}})$")
"""A cart's QR code, scanned by a kiosk or opened by a phone."""
_REFS_CHARS = CHOSEN_MOST * 82
"""The maximum length of a line's modifier references, including commas."""
_DONE_S = 40
"""Seconds that a kiosk shows an order's number before the next customer can start."""


async def kiosk(request: web.Request) -> web.Response:
    """`GET /kiosk`, `GET /shop`: the whole page with the first products and the cart.

    With another screen's cart from a QR code (`?take=`), it offers to continue with that cart here.
    """
    site, who = request.app[SITE], visitor(request)
    taken = _TAKE.search(f"{who.base}?take={request.query.get('take', '')}")
    zone, now_us = ZoneInfo(site.settings.zone), site.shop.now_us()
    cart = await visitor_cart(request, who, touch=True)
    first = await listed_goods(request, site, cart.basket.price_list if cart else STORE)
    place = request.query.get("place", "")[:30]
    where = {"place": place} if place else {}
    return page(
        request,
        "kiosk" if who.base == KIOSK else "shop",
        base=who.base,
        at=who.actor.register,
        way={
            one: f"{who.base}?" + urlencode({"register": who.actor.register, "lang": one, **where}) for one in LANGUAGES
        },
        place=place,
        take=taken[1] if taken else "",
        home=site.settings.language,
        begin={language: translate(language, "kiosk.begin") for language in LANGUAGES},
        idle_s=IDLE_US["kiosk"] // 1_000_000,
        warn_s=WARN_US // 1_000_000,
        done_s=_DONE_S,
        opens_us=await site.asker.read(lambda db: opens_next(read_hours(db), zone, now_us)),
        tops=await site.asker.read(top_categories),
        cart=cart,
        own=_own(request) if who.base == PHONE else None,
        by_face=who.base == KIOSK and are_customer_faces_open(request),
        seen=await pictures_of_kinds(site) if who.base == KIOSK else [],
        **first,
    )


def _own(request: web.Request) -> dict[str, str] | None:
    """The order last viewed on this phone, if it's open."""
    site, secret = request.app[SITE], ORDER.read(request)
    found = order_by_secret(site.shop.reader, secret, site.shop.now_us()) if secret else None
    return {"said": found.said, "secret": secret} if found and found.open else None


async def elsewhere(request: web.Request) -> web.Response:
    """`GET /kiosk/elsewhere`: the QR code to continue with this cart on another screen."""
    who = visitor(request)
    link = phone_link(request, f"{PHONE}?" + urlencode({"take": who.cart}))
    return _piece(request, "kiosk_elsewhere.html", qr=qr(link) if who.cart else "", base=who.base)


async def goods(request: web.Request) -> web.Response:
    """`GET /kiosk/goods?text=&category=&after=`: products as cards."""
    cart = await visitor_cart(request, visitor(request), touch=False)
    price_list = cart.basket.price_list if cart else STORE
    return _piece(request, "kiosk_goods.html", **await listed_goods(request, request.app[SITE], price_list))


async def product(request: web.Request) -> web.Response:
    """`GET /kiosk/goods/{sku}`: a product's details, with the quantity to order."""
    site, sku = request.app[SITE], request.match_info["sku"]
    cart = await visitor_cart(request, visitor(request), touch=False)
    price_list = cart.basket.price_list if cart else STORE
    now_us, praise = site.shop.now_us(), ToldReviews(site.settings.place).rating
    effects = site.services.of(CONFIG).catalog.show_effects
    language, today = texts_of(request).language, site.config.business_date(now_us)
    ingredients = site.services.of(INGREDIENTS)

    def components_shown(db: Connection, skus: Sequence[str]) -> dict[str, set[str]]:
        return ingredients(db, skus, today)

    def read(db: Connection) -> dict[str, Any]:
        found = find_by_sku(db, sku, now_us, price_list)
        if found is None:
            return {"product": None, "age": 0}
        sold_out = portions_left(db, [found]).get(sku) == 0 or is_withheld(db, sku, now_us)
        facts = product_attributes(db, found, effects, language, components_shown)
        groups = groups_of(db, found)
        told = {"facts": facts, "rating": praise(db, sku), "groups": groups, "sold_out": sold_out}
        age = least_age(db, found, site.settings.place)
        return told | _price(db, site, found, groups, preset_refs(groups), price_list) | {"age": age}

    known = await site.asker.read(read)
    if (found := known["product"]) is None or found.retired_us is not None:
        raise Problem(404, "unknown_sku", sku=sku[:80])
    asked = known["age"] if known["age"] > (cart.age_said if cart else 0) else 0
    return _piece(request, "kiosk_product.html", asked_age=asked, **known)


async def price(request: web.Request) -> web.Response:
    """`GET /kiosk/goods/{sku}/price?modifiers=`: the price with these modifiers, as the cart would charge it."""
    site, sku = request.app[SITE], request.match_info["sku"]
    cart = await visitor_cart(request, visitor(request), touch=False)
    price_list = cart.basket.price_list if cart else STORE
    chosen = request.query.get("modifiers", "")[:_REFS_CHARS].split(",")

    def read(db: Connection) -> dict[str, Any] | None:
        found = find_by_sku(db, sku, site.shop.now_us(), price_list)
        if found is None or found.price_minor is None:
            return None
        return _price(db, site, found, groups_of(db, found), chosen, price_list)

    if (known := await site.asker.read(read)) is None:
        raise Problem(404, "unknown_sku", sku=sku[:80])
    return _piece(request, "kiosk_price.html", **known)


def _price(
    db: Connection,
    site: PanelContext,
    product: CatalogProduct,
    groups: Sequence[ModifierGroup],
    chosen: Collection[str],
    price_list: str,
) -> dict[str, Any]:
    """A product's price with chosen modifiers and its promotion, for `kiosk_price.html`."""
    more_minor = sum(
        one.price_beside(chosen) for group in groups for one in group.modifiers if ref(group, one) in chosen
    )
    with_minor = None if product.price_minor is None else product.price_minor + more_minor
    priced = msgspec.structs.replace(product, price_minor=with_minor)
    settings = site.services.of(NOW)()
    cheaper = card_promotions(db, [priced], site.shop.now_us(), settings.zone, settings.undiscounted, price_list)
    return {"product": product, "chosen": chosen, "with_minor": with_minor, "cheaper": cheaper.get(product.sku)}


async def cart(request: web.Request) -> web.Response:
    """`GET /kiosk/cart`: the cart; `?touch=yes`: keep it alive."""
    found = await visitor_cart(request, visitor(request), touch=request.query.get("touch") == "yes")
    return _cart(request, found)


async def add(request: web.Request) -> web.Response:
    """`POST /kiosk/add`: add a product to the cart."""
    who, body = visitor(request), await request.read()
    place = request.query.get("place", "")[:30]
    if in_code := _TAKE.search(await text_in(request, "code")):
        return await _take(request, who, in_code[1])
    found = await open_cart(request, who, place)
    if isinstance(found, Refused):
        return _answer(request, found)
    command = await body_as(request, AddToCart, cart=found.id) if body else AddToCart(found.id)
    answer = _answer(request, await ask(request, who, command))
    if who.base == PHONE and found.id != who.cart:
        CART.set(request, answer, found.id)
    return answer


async def _take(request: web.Request, who: Visitor, taken: str) -> web.Response:
    """Continue with the cart of a scanned QR code, merged with the current one."""
    here = who.cart if who.cart and isinstance(await ask(request, who, TouchCart(who.cart)), Done) else ""
    outcome = await ask(request, who, TakeCart(taken, who.channel, here))
    return _answer_with_cart(request, who, outcome)


async def put(request: web.Request) -> web.Response:
    """`POST /kiosk/line`: change a line's quantity."""
    who = visitor(request)
    return _answer(request, await ask(request, who, await body_as(request, SetCartLine, cart=who.cart or "-" * 16)))


async def settle(request: web.Request) -> web.Response:
    """`POST /kiosk/settle`: reduce the cart to what is available."""
    who = visitor(request)
    return _answer(request, await ask(request, who, TakeWhatIs(who.cart or "-" * 16)))


async def leave(request: web.Request) -> web.Response:
    """`POST /kiosk/leave`: end the cart when the customer leaves."""
    who = visitor(request)
    if who.cart:
        await ask(request, who, LeaveCart(who.cart))
    answer = answer_json({})
    CART.end(request, answer)
    return answer


async def call(request: web.Request) -> web.Response:
    """`POST /kiosk/call`: call staff."""
    return _answer(request, await ask(request, visitor(request), CallStaff()))


async def checkout(request: web.Request) -> web.Response:
    """`GET /kiosk/checkout`: the remaining questions before ordering: time, destination and customer."""
    site, who = request.app[SITE], visitor(request)
    settings, now_us, section = site.services.of(NOW)(), site.shop.now_us(), site.config.of(OrdersSection)
    found = await visitor_cart(request, who, touch=True)
    tips = {"brought": section.asks_tip("delivery"), "fetched": section.asks_tip("pickup"), "to": section.tips_to}

    def read(db: Connection) -> dict[str, Any]:
        return {
            "terms": delivery_terms(db, settings, now_us, found) if found else None,
            "phones": section.phones,
            "sign_in": bool(site.services.of(CONFIG).customer_channels()),
            "delivers": bool(read_zones(db)) and who.base == PHONE,
            "points": held_points(db, found.basket.customer, now_us) if found else None,
        }

    return _piece(
        request,
        "kiosk_checkout.html",
        cart=found,
        base=who.base,
        message="",
        brought=False,
        tips=tips,
        no_show_fee=section.no_show_fee_minor,
        shares=TIP_SHARES,
        **await site.asker.read(read),
    )


async def own_order(request: web.Request) -> web.Response:
    """`POST /kiosk/order`: an order whose QR code was scanned at the kiosk, with the changes its customer may make.

    The secret is in the body, because addresses are logged. `scanned`: the whole content of the QR code.
    """
    visitor(request)
    secret = await text_in(request, "secret")
    try:
        status = known_status(request, secret)
    except web.HTTPNotFound:
        unknown = unknown_order(await text_in(request, "scanned"), request.app[SITE].config.store.id)
        if unknown.code != "order_of_store":
            raise
        return _answer(request, unknown.refused)
    return _piece(request, "kiosk_order.html", **status_content(request, status, secret, phone=False))


async def use_coupon(request: web.Request) -> web.Response:
    """`POST /kiosk/coupon`: add a typed coupon; other codes are refused."""
    who, code = visitor(request), await text_in(request, "code")
    if read_code(code) is None or not who.cart:
        return _answer(request, Refused("coupon_unknown"))
    return _answer(request, await ask(request, who, AddToCart(who.cart, code=code)))


async def drop_coupon(request: web.Request) -> web.Response:
    """`POST /kiosk/coupon/drop`: remove a coupon from the cart."""
    who = visitor(request)
    return _answer(request, await ask(request, who, await body_as(request, DropCartCoupon, cart=who.cart or "-" * 16)))


async def sign_in(request: web.Request) -> web.Response:
    """`GET /kiosk/sign-in`: ask for the customer's email or phone."""
    by_face = visitor(request).base == KIOSK and are_customer_faces_open(request)
    return _piece(request, "kiosk_sign_in.html", by_face=by_face)


async def send_code(request: web.Request) -> web.Response:
    """`POST /kiosk/sign-in`: send a code if the typed address is known; the answer doesn't reveal whether it is.

    At a kiosk, this also works with an empty cart.
    """
    who = visitor(request)
    if who.base == KIOSK and isinstance(opened := await open_cart(request, who), CartView):
        who = msgspec.structs.replace(who, cart=opened.id)
    return _answer(request, await ask(request, who, await body_as(request, AskSignIn, cart=who.cart or "-" * 16)))


async def use_code(request: web.Request) -> web.Response:
    """`POST /kiosk/sign-in/code`: assign the cart to the customer, with their prices and a new secret."""
    who = visitor(request)
    wanted = await body_as(request, SignIn, cart=who.cart or "-" * 16)
    return _answer_with_cart(request, who, await ask(request, who, wanted))


async def place(request: web.Request) -> web.Response:
    """`POST /kiosk/place`: place the order; returns its number and QR code."""
    site, who = request.app[SITE], visitor(request)
    wanted = await body_as(request, PlaceOrder, cart=who.cart or "-" * 16, language=texts_of(request).language)
    outcome = await ask(request, who, wanted)
    if not isinstance(outcome, Done):
        return _answer(request, outcome)
    placed: KeptOrder | None = outcome.result
    if placed is None:
        placed = await site.asker.read(lambda db: order_of_cart(db, wanted.cart))
    assert placed is not None
    link = phone_link(request, qr_path(placed.secret, site.config.store.id))
    told = {
        "pays": who.base == KIOSK and who.actor.register in site.services.of(TILLS).terminals,
        "order": placed,
        "taxes": taxes_added(placed.goods, site.services.of(NOW)()),
        "qr": qr(link),
    }
    text = site.renderer.render("kiosk_done.html", texts_of(request).language, **told, base=who.base, done_s=_DONE_S)
    answer = answer_json({"html": text, "said": placed.said, "secret": placed.secret})
    CART.end(request, answer)
    if who.base == PHONE and placed.secret:
        ORDER.set(request, answer, placed.secret)
    return answer


def _answer(request: web.Request, outcome: Outcome | Refused) -> web.Response:
    """Return the changed cart as HTML, or the refusal in words, with the minimum age if that is the reason."""
    if isinstance(outcome, Done):
        return _cart(request, outcome.result if isinstance(outcome.result, CartView) else None)
    refused = outcome if isinstance(outcome, Refused) else Refused("outcome_unknown")
    message = texts_of(request).refusal(refused)
    said = {"code": refused.code, "message": message, "values": refused.values}
    return answer_problem(422, refused, message, refused=said)


def _answer_with_cart(request: web.Request, who: Visitor, outcome: Outcome | Refused) -> web.Response:
    """Answer like `_answer` when the cart's id may have changed; a phone gets the new id as a cookie."""
    answer = _answer(request, outcome)
    if who.base == PHONE and isinstance(outcome, Done):
        CART.set(request, answer, outcome.result.id)
    return answer


def _cart(request: web.Request, found: CartView | None) -> web.Response:
    text = request.app[SITE].renderer.render("kiosk_cart.html", texts_of(request).language, cart=found)
    return answer_json({"cart": text, "count": len(found.lines) if found else 0})


def _piece(request: web.Request, template: str, **values: object) -> web.Response:
    return html(request.app[SITE].renderer.render(template, texts_of(request).language, **values))


def _endpoints(base: str) -> tuple[Endpoint, ...]:
    right = BASKET if base == KIOSK else ANYBODY
    reads = (
        ("goods", goods),
        ("goods/{sku}", product),
        ("goods/{sku}/price", price),
        ("cart", cart),
        ("checkout", checkout),
        ("terms", terms),
        ("elsewhere", elsewhere),
        ("sign-in", sign_in),
    )
    writes = (
        ("add", add),
        ("line", put),
        ("settle", settle),
        ("coupon", use_coupon),
        ("coupon/drop", drop_coupon),
        ("order", own_order),
        ("leave", leave),
        ("call", call),
        ("place", place),
        ("sign-in", send_code),
        ("sign-in/code", use_code),
    )
    return (
        *(Endpoint(method="GET", path=f"{base}/{path}", handler=made, right=right) for path, made in reads),
        *(Endpoint(method="POST", path=f"{base}/{path}", handler=made, right=right) for path, made in writes),
    )


ENDPOINTS = (*kiosk_face.ENDPOINTS, *_endpoints(KIOSK), *_endpoints(PHONE))
PAGES = (
    Page(path=KIOSK, name="kiosk", handler=kiosk, right=BASKET, group="orders"),
    Page(path=PHONE, name="shop", handler=kiosk, right=ANYBODY, group="orders"),
)
