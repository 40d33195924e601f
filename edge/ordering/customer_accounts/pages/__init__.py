"""A customer's account page, `/me`, and its endpoints.

Each endpoint takes the session's secret from the browser's cookie.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, Endpoint, Page
from edge.core.messages import Actor, Command, Done, Outcome, Refused
from edge.core.storage.database import Connection
from edge.counter.till.queries import bought_skus
from edge.foundation.access.rights import anonymous_actor
from edge.goods.catalog.allergen_words import allergens
from edge.goods.catalog.least_age import kinds_with_parts
from edge.goods.catalog.queries import find_by_sku, read_products
from edge.lib.i18n import LANGUAGES
from edge.lib.regions.ages import may_be_praised
from edge.money.payments import PaymentsSection
from edge.money.payments.queries import find_card_page, read_methods
from edge.ordering.customer_accounts import commands, sessions
from edge.ordering.customer_accounts.pages import kiosk_wishes, me_face
from edge.ordering.customer_accounts.pages.browser_session import ME, account_settings, is_on, session_here
from edge.ordering.customer_accounts.passkeys import read_passkeys, site_of
from edge.ordering.customer_accounts.sessions import CustomerSession
from edge.ordering.customer_accounts.settings import CustomerAccountsSection
from edge.ordering.customer_accounts.ways import read_ways
from edge.ordering.orders.commands import AddToCart, OpenCart
from edge.ordering.orders.customers.customer_orders import read_customer_orders
from edge.ordering.orders.pages.visitor import CART, body_as
from edge.ordering.orders.queries import read_cart
from edge.ordering.orders.settings import OrdersSection
from edge.ordering.recognition.commands import ReleaseOwnFace
from edge.ordering.recommend.routes import suggester_of
from edge.ordering.recommend.suggestion import SuggestionRequest
from edge.ordering.reviews.queries import read_customer_reviews
from edge.people.customers.consents import newest_wordings
from edge.people.customers.customer import ASKED_FOR, Preferences
from edge.people.customers.queries import consents_to, read_customer
from edge.people.customers.routes import export_customer
from edge.people.customers.settings import settings_of as customer_settings
from edge.people.customers.wishlist import read_wishlist
from edge.runtime.config import CONFIG
from edge.web.api.registry import idempotency_key
from edge.web.caller import caller_of
from edge.web.context import SITE, today_of
from edge.web.pages.shell import html, page
from edge.web.pairing import OpenTo
from edge.web.request_body import json_of
from edge.web.responses import answer_json, answer_outcome, texts_of

NOBODY = "-" * 16
ORDERS_SHOWN = 20
REVIEWABLE_SHOWN = 12
SUGGESTED = 4


def customer_actor(request: web.Request) -> Actor:
    """The actor for a caller who isn't signed in."""
    actor = anonymous_actor(request.app[SITE].config.registers[0], "kiosk")
    return msgspec.structs.replace(actor, network=caller_of(request).network)


async def me(request: web.Request) -> web.Response:
    """`GET /me`: the signed-in customer's account, or the sign-in form."""
    session, section = session_here(request), request.app[SITE].config.of(CustomerAccountsSection)
    shown = await _page_values(request, session) if session else {}
    config = request.app[SITE].services.of(CONFIG)
    return page(
        request,
        "me",
        session=session,
        passkeys_on=section.passkeys,
        born_asked=bool(customer_settings(config).least_age),
        wordings=_wordings(request),
        purposes=ASKED_FOR,
        tongues=LANGUAGES,
        shop=config.of(OrdersSection).phones,
        keeps_cards=bool(config.of(PaymentsSection).page),
        **shown,
    )


async def account(request: web.Request) -> web.Response:
    """`GET /me/account`: the account without the page frame, after a change. 401: signed out."""
    session = session_here(request)
    if session is None:
        return _answer_refusal(request, Refused("account_signed_out"))
    values = await _page_values(request, session)
    site = request.app[SITE]
    section, shop = site.config.of(CustomerAccountsSection), site.services.of(CONFIG).of(OrdersSection).phones
    text = site.renderer.render(
        "me_account.html",
        texts_of(request).language,
        session=session,
        passkeys_on=section.passkeys,
        wordings=_wordings(request),
        purposes=ASKED_FOR,
        tongues=LANGUAGES,
        shop=shop,
        keeps_cards=bool(site.services.of(CONFIG).of(PaymentsSection).page),
        settings=site.settings,
        **values,
    )
    return html(text)


async def send_code(request: web.Request) -> web.Response:
    """`POST /me/code`: send a code to the typed address; the answer doesn't reveal whether a customer has it."""
    asking, language = sessions.new_secret(), texts_of(request).language
    network = caller_of(request).network
    wanted = await body_as(request, commands.AskAccountCode, asking=asking, language=language, network=network)
    outcome = await _do(request, wanted)
    return answer_json({"asking": asking}) if isinstance(outcome, Done) else _answer_refusal(request, outcome)


async def sign_in(request: web.Request) -> web.Response:
    """`POST /me/sign-in`: sign in with a code; new customers also send their details."""
    device = _device(request)
    wanted = await body_as(request, commands.SignInAccount, device=device, language=texts_of(request).language)
    return _with_cookie(request, await _do(request, wanted))


async def sign_in_passkey(request: web.Request) -> web.Response:
    """`POST /me/passkey`: sign in with a passkey, or if already signed in, confirm with it."""
    more = {"origin": caller_of(request).origin, "device": _device(request)}
    secret = ME.read(request) if session_here(request) else ""
    wanted = await body_as(request, commands.SignInPasskey, session=secret, **more)
    outcome = await _do(request, wanted)
    if isinstance(outcome, Done) and not outcome.result:  # possibly cloned, so the passkey was revoked
        outcome = Refused("passkey_wrong")
    return _with_cookie(request, outcome)


async def ask_passkey(request: web.Request) -> web.Response:
    """`POST /me/passkey/ask`: a challenge, and the passkeys that this browser may use."""
    session = session_here(request)
    secret = ME.read(request) if session else ""
    wanted = await body_as(request, commands.AskPasskey, session=secret)
    outcome = await _do(request, wanted)
    if not isinstance(outcome, Done):
        return _answer_refusal(request, outcome)
    reader, above = request.app[SITE].shop.reader, account_settings(request).passkey_domain
    own = [id for id, *_ in read_passkeys(reader, session.customer)] if session else []
    user = sessions.digest(session.customer).hex()[:32] if session else ""
    domain = site_of(caller_of(request).host.partition(":")[0], above)
    said = {"challenge": outcome.result, "domain": domain, "known": own, "user": user}
    return answer_json(said | {"shop": _shop_name(request)})


async def add_passkey(request: web.Request) -> web.Response:
    """`POST /me/passkey/add`: add a passkey created by this browser."""
    more = {"session": _secret(request), "origin": caller_of(request).origin, "device": _device(request)}
    return await _answer_command(request, await body_as(request, commands.AddPasskey, **more))


def _own(command: type[commands.OwnCommand]) -> Callable[[web.Request], Any]:
    """Make a handler for a command on the customer's own data."""

    async def handler(request: web.Request) -> web.Response:
        return await _answer_command(request, await body_as(request, command, session=_secret(request)))

    handler.__doc__ = command.__doc__
    return handler


async def sign_out(request: web.Request) -> web.Response:
    """`POST /me/sign-out`: sign out in this browser."""
    secret = ME.read(request)
    if secret:
        await _do(request, commands.EndOwnSession(secret))
    answer = answer_json({})
    ME.end(request, answer)
    return answer


async def to_cart(request: web.Request) -> web.Response:
    """`POST /me/cart`: add a wish list product to this phone's cart, which becomes the customer's."""
    sku = json_of(await request.read() or b"{}").get("sku")
    if not isinstance(sku, str) or not request.app[SITE].services.of(CONFIG).of(OrdersSection).phones:
        raise web.HTTPNotFound
    found = CART.read(request)
    reader, now_us = request.app[SITE].shop.reader, request.app[SITE].shop.now_us()
    cart = read_cart(reader, found) if found else None
    if cart is None or cart.is_over(now_us):
        opened = await _do(request, OpenCart("phone", texts_of(request).language), alone=False)
        if not isinstance(opened, Done):
            return _answer_refusal(request, opened)
        found = opened.result.id
    theirs = await _do(request, commands.UseOwnCart(_secret(request), found), alone=False)
    if not isinstance(theirs, Done):
        return _answer_refusal(request, theirs)
    found = theirs.result.id
    outcome = await _do(request, AddToCart(found, sku=sku[:80]))
    answer = answer_json({}) if isinstance(outcome, Done) else _answer_refusal(request, outcome)
    CART.set(request, answer, found)
    return answer


async def export(request: web.Request) -> web.Response:
    """`POST /me/export`: all data about the customer, as JSON. 409: a code is required first."""
    outcome = await _do(request, commands.ExportOwn(_secret(request)))
    if not isinstance(outcome, Done):
        return _answer_refusal(request, outcome)
    answer = answer_json(await export_customer(request, outcome.result))
    answer.headers["Content-Disposition"] = 'attachment; filename="me.json"'
    return answer


async def forget(request: web.Request) -> web.Response:
    """`POST /me/forget`: erase the customer's data. The answer lists the data that must be kept by law."""
    outcome = await _do(request, commands.ForgetOwn(_secret(request)))
    if not isinstance(outcome, Done):
        return _answer_refusal(request, outcome)
    answer = answer_json({"kept": outcome.result or ()})
    ME.end(request, answer)
    return answer


def _secret(request: web.Request) -> str:
    """The secret of this browser's session, or one that matches none."""
    return ME.read(request) if session_here(request) else NOBODY


def _answer_refusal(request: web.Request, outcome: Outcome) -> web.Response:
    """Return the refusal in the form that the page's script reads."""
    return answer_outcome(outcome, texts_of(request), {"account_signed_out": 401})


async def _do(request: web.Request, command: Command, alone: bool = True) -> Outcome:
    """Run a command. `alone`: it's the request's only command, so it uses the request's idempotency key."""
    account_settings(request)
    id = idempotency_key(request) if alone else None
    return await request.app[SITE].shop.do(command, customer_actor(request), id)


async def _answer_command(request: web.Request, command: Command) -> web.Response:
    outcome = await _do(request, command)
    return answer_json({"result": outcome.result}) if isinstance(outcome, Done) else _answer_refusal(request, outcome)


def _with_cookie(request: web.Request, outcome: Outcome) -> web.Response:
    if not isinstance(outcome, Done):
        return _answer_refusal(request, outcome)
    answer = answer_json({})
    ME.set(request, answer, str(outcome.result))
    return answer


def _device(request: web.Request) -> str:
    """A short name for the browser: its product and operating system."""
    agent = request.headers.get("User-Agent", "")
    systems = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
    browsers = {"Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    system = next((one for one in systems if one in agent), "")
    browser = next((name for mark, name in browsers.items() if mark in agent), "")
    return " ".join(one for one in (system.replace("Macintosh", "Mac"), browser) if one)


def _shop_name(request: web.Request) -> str:
    site = request.app[SITE]
    return site.config.store.name(site.settings.header)


def _wordings(request: web.Request) -> dict[str, str]:
    """The wording of each consent in the page's language."""
    language = texts_of(request).language
    newest = newest_wordings(request.app[SITE].shop.reader)
    return {purpose: newest[purpose].text(language) for purpose in ASKED_FOR}


async def _page_values(request: web.Request, session: CustomerSession) -> dict[str, Any]:
    """All values of a customer's account page."""
    site, id = request.app[SITE], session.customer
    now_us, zone, today = site.shop.now_us(), site.settings.zone, today_of(request)
    suggester, place = await suggester_of(site), site.settings.place

    def read(db: Connection) -> dict[str, Any]:
        reviews = read_customer_reviews(db, id)
        said = {one.sku for one in reviews if one.state in ("pending", "published")}
        fit: dict[str, Any] = {}
        for sku in bought_skus(db, id, 4 * REVIEWABLE_SHOWN):
            product = find_by_sku(db, sku, now_us)
            if product and sku not in said and may_be_praised(kinds_with_parts(db, product), place):
                fit[sku] = product.names
        wants = consents_to(db, id, "recommendations", now_us)
        asked = SuggestionRequest("phone", now_us, today, customer=id, most=SUGGESTED)
        customer = read_customer(db, id, now_us)
        liked = (customer.preferences if customer else None) or Preferences()
        return {
            "customer": customer,
            "preferences_json": msgspec.json.encode(liked).decode(),
            "allergen_ids": [one.id for one in allergens()],
            "ways": read_ways(db, id),
            "sessions": sessions.list_customer_sessions(db, id),
            "passkeys": read_passkeys(db, id),
            "wishes": read_wishlist(db, id, now_us, zone),
            "orders": read_customer_orders(db, id, ORDERS_SHOWN),
            "reviews": reviews,
            "cards": [one for one in read_methods(db, id) if not one.revoked],
            "card_page": find_card_page(db, id),
            "names": {sku: one.names for sku, (_, one, _) in read_products(db, [r.sku for r in reviews]).items()},
            "reviewable": dict(list(fit.items())[:REVIEWABLE_SHOWN]),
            "suggestions": suggester.suggest(db, asked) if wants else None,
            "tastes": suggester.tastes(db, id, now_us, today),
        }

    return {**await site.asker.read(read), "face": await me_face.card_of(request, id)}


_DONE: dict[str, type[commands.OwnCommand]] = {
    "confirm/ask": commands.AskOwnCode,
    "confirm": commands.ConfirmOwnCode,
    "way/ask": commands.AskOwnWay,
    "way": commands.ProveOwnWay,
    "way/remove": commands.RemoveOwnWay,
    "session/end": commands.EndOwnSession,
    "details": commands.SetOwnDetails,
    "preferences": commands.SetOwnPreferences,
    "profile": commands.CorrectProfile,
    "consent": commands.SetOwnConsent,
    "wish": commands.AddOwnWish,
    "wish/remove": commands.RemoveOwnWish,
    "card": commands.AddOwnCard,
    "card/remove": commands.RemoveOwnCard,
    "review": commands.WriteOwnReview,
    "review/take-back": commands.WithdrawOwnReview,
    "review/report": commands.ReportOwnReview,
    "passkey/remove": commands.RemovePasskey,
    "face": ReleaseOwnFace,
}
"""Commands on the customer's own data, by the last part of their path."""


def _post(path: str, handler: Any) -> Endpoint:
    return Endpoint(method="POST", path=f"/me/{path}", handler=handler, right=ANYBODY)


ENDPOINTS = (
    *kiosk_wishes.ENDPOINTS,
    *me_face.ENDPOINTS,
    # No right needed: the handlers identify the caller by the cookie's secret.
    Endpoint(method="GET", path="/me/account", handler=account, right=ANYBODY),
    _post("code", send_code),
    _post("sign-in", sign_in),
    _post("sign-out", sign_out),
    _post("passkey", sign_in_passkey),
    _post("passkey/ask", ask_passkey),
    _post("passkey/add", add_passkey),
    _post("cart", to_cart),
    _post("export", export),
    _post("forget", forget),
    *(_post(path, _own(command)) for path, command in _DONE.items()),
)
PAGES = (Page(path="/me", name="me", handler=me, right=ANYBODY, group="people"),)
OPEN_TO = (
    # Open to customers' phones if [customer_accounts] is on: a code proves who they are.
    OpenTo(below=("/me/", "/api/v1/me/"), when=is_on),
)
