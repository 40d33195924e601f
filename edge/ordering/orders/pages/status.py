"""The status page behind an order's QR code, updated live."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from edge.core.command_bus import COMMITTED
from edge.core.endpoints import ANYBODY, Endpoint, Handler, Page
from edge.core.messages import Command, Done
from edge.counter.till.live_settings import NOW
from edge.foundation.access.rights import anonymous_actor
from edge.lib.units.money import show_minor
from edge.money.payments import PaymentsSection
from edge.ordering.orders.carts.cart import Cart, CartView
from edge.ordering.orders.commands import (
    AddToOrder,
    AnswerSubstitute,
    CancelOrder,
    ChangeOrder,
    OrderAgain,
    SetOrderAddress,
    SetOrderSlot,
    SetOrderTip,
    StopOrderNews,
)
from edge.ordering.orders.customers.order_reviews import ReviewOrdered, WithdrawOrdered, reviewable
from edge.ordering.orders.customers.order_status import OrderStatus, order_status
from edge.ordering.orders.order import SECRET, qr_path
from edge.ordering.orders.order_lines import taxed_minor
from edge.ordering.orders.pages.visitor import CART, ORDER, body_as
from edge.ordering.orders.paying.order_payments import AskForPayment
from edge.ordering.orders.queries import order_by_secret, read_cart
from edge.ordering.orders.settings import OrdersSection
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.pages.shell import page
from edge.web.responses import answer_json, answer_outcome, texts_of
from edge.web.trust import picture as qr

WAIT_S = 25.0
"""How long a page waits for a change before it asks again (seconds)."""
STEPS = ("placed", "accepted", "preparing", "ready", "handed_over")
TO_DOOR = ("placed", "accepted", "preparing", "ready", "out_for_delivery", "delivered")


async def order(request: web.Request) -> web.Response:
    """`GET /order/{secret}`: an order's number, state and slot, and its goods while they can be changed.

    The page never contains a name or address.
    """
    status = known_status(request, request.match_info["secret"])
    of = qr_path(request.match_info["secret"], request.app[SITE].config.store.id)
    link = f"{request.scheme}://{request.host}{of}"
    shown = status_content(request, status, request.match_info["secret"])
    answer = page(request, "order", **shown, seen=_status_fingerprint(status), qr=qr(link))
    if _phones(request):  # lets `/shop` link back here
        ORDER.set(request, answer, request.match_info["secret"])
    return answer


async def state(request: web.Request) -> web.Response:
    """`GET /order/{secret}/state?seen=`: the state, sent as soon as it differs from the state in `seen`."""
    site, seen = request.app[SITE], request.query.get("seen", "")
    subscription = site.shop.bus.subscribe(COMMITTED)
    try:
        async with asyncio.timeout(WAIT_S):
            while _status_fingerprint(status := known_status(request, request.match_info["secret"])) == seen:
                await subscription.next()
    except TimeoutError:
        status = known_status(request, request.match_info["secret"])
    finally:
        site.shop.bus.unsubscribe(subscription)
    shown = status_content(request, status, request.match_info["secret"])
    text = site.renderer.render("order_state.html", texts_of(request).language, **shown)
    return answer_json({"state": _status_fingerprint(status), "html": text})


async def more(request: web.Request) -> web.Response:
    """`POST /order/{secret}/more`: add the phone's cart to the order, until it's accepted."""
    if not _phones(request):
        raise web.HTTPNotFound
    wanted = await body_as(request, AddToOrder, order=request.match_info["secret"], cart=CART.read(request))
    return await _run_command(request, wanted)


def _command_handler(command: type[Command]) -> Handler:
    """Make a handler for a customer's command, authorised by the secret in the path."""
    field = "order" if "order" in command.__struct_fields__ else "secret"

    async def handler(request: web.Request) -> web.Response:
        return await _run_command(request, await body_as(request, command, **{field: request.match_info["secret"]}))

    handler.__doc__ = command.__doc__
    return handler


async def _run_command(request: web.Request, wanted: Command) -> web.Response:
    site = request.app[SITE]
    outcome = await site.shop.do(wanted, anonymous_actor(site.config.registers[0], "kiosk"), idempotency_key(request))
    return answer_json({}) if isinstance(outcome, Done) else answer_outcome(outcome, texts_of(request))


async def again(request: web.Request) -> web.Response:
    """`POST /order/{secret}/again`: add the order's goods to the phone's cart at current prices.

    The answer names unavailable goods.
    """
    site, texts = request.app[SITE], texts_of(request)
    if not _phones(request):
        raise web.HTTPNotFound
    actor = anonymous_actor(site.config.registers[0], "kiosk")
    try:
        wanted = msgspec.convert({"secret": request.match_info["secret"], "into": CART.read(request)}, OrderAgain)
    except msgspec.ValidationError:  # a cookie we didn't set
        wanted = OrderAgain(request.match_info["secret"])
    outcome = await site.shop.do(wanted, actor)
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts)
    cart: CartView = outcome.result
    named = [names.get(texts.language) or next(iter(names.values()), "") for names in cart.missing]
    answer = answer_json({"missing": named})
    CART.set(request, answer, cart.id)
    return answer


def known_status(request: web.Request, secret: str) -> OrderStatus:
    """The status of the order with this secret, and its total today.

    Raises `HTTPNotFound` if it's unknown or expired.
    """
    site = request.app[SITE]
    db, now_us, settings = site.shop.reader, site.shop.now_us(), site.services.of(NOW)()
    found, order = order_status(db, secret, now_us, settings.zone), order_by_secret(db, secret, now_us)
    if found is None or order is None:
        raise web.HTTPNotFound
    today_minor = taxed_minor(order.goods, settings, order.held_advance) if order.open else found.total_minor
    return msgspec.structs.replace(found, today_minor=today_minor)


async def pay(request: web.Request) -> web.Response:
    """`POST /order/{secret}/pay`: create a page to pay everything due. The page's address is sent with the state."""
    return await _run_command(request, AskForPayment(request.match_info["secret"]))


def _phones(request: web.Request) -> bool:
    """Whether phones may order here."""
    return request.app[SITE].config.of(OrdersSection).phones


def _cart(request: web.Request) -> Cart | None:
    """The phone's cart, if it isn't empty."""
    site = request.app[SITE]
    found = read_cart(site.shop.reader, CART.read(request))
    return found if found and found.lines and not found.is_over(site.shop.now_us()) else None


def _status_fingerprint(status: OrderStatus) -> str:
    """A fingerprint of the displayed status, for `seen`."""
    asked = "".join(f" {one.line}" for one in status.proposals if not one.declined)
    left = f" {status.total_minor}" if status.lines else ""
    left += f" today {status.today_minor}" if _sum_changed(status) else ""
    slot = f" {status.slot_from_us}" if status.slot_from_us else ""
    ahead = f" {status.advance_minor}" if status.advance_minor else ""
    paying = f" {status.payment.state}{status.payment.id[:6]}" if status.payment else ""
    return f"{status.state}{ahead}{paying}{' stranded' if status.stranded else ''}{asked}{left}{slot}"


def _sum_changed(status: OrderStatus) -> bool:
    """Whether today's taxes change the promised total."""
    return status.today_minor not in (None, status.total_minor)


def _payable(request: web.Request, status: OrderStatus) -> int:
    """The amount that can be paid on a page now, in minor units.

    0 if nothing is due or the shop has no payment pages.
    """
    if not request.app[SITE].config.of(PaymentsSection).page or not status.due_minor:
        return 0
    return max(0, (status.today_minor or status.total_minor) - status.advance_minor)


def status_content(request: web.Request, status: OrderStatus, secret: str, phone: bool = True) -> dict[str, Any]:
    """The page's content.

    It contains the order's progress, other slots if the shop closes early, whether it can be ordered again, and
    products to review. `phone`: the visitor is a phone with a known cart.
    """
    phone, site = phone and _phones(request), request.app[SITE]
    return {
        "status": status,
        "sum_changed": _sum_changed(status),
        "way": TO_DOOR if status.fulfilment == "delivery" else STEPS,
        "slots": status.slots,
        "pay_minor": _payable(request, status),
        "reviewable": reviewable(site.shop.reader, secret, site.shop.now_us(), site.settings.place),
        "again": phone,
        "tips": site.config.of(OrdersSection).asks_tip(status.fulfilment),
        "tip_typed": show_minor(status.tip_minor, site.settings.currency) if status.tip_minor else "",
        "cart": _cart(request) if status.state == "placed" and phone else None,
    }


_ASKED: Mapping[str, type[Command]] = {
    "slot": SetOrderSlot,
    "substitute": AnswerSubstitute,
    "less": ChangeOrder,
    "address": SetOrderAddress,
    "tip": SetOrderTip,
    "cancel": CancelOrder,
    "quiet": StopOrderNews,
    "review": ReviewOrdered,
    "review-back": WithdrawOrdered,
}
"""Commands that customers run, by the last part of their path."""
_PATH = f"/order/{{secret:{SECRET}}}"
ENDPOINTS = (
    # No right needed: anyone with the secret may see the status, and the handlers check it.
    Endpoint(method="GET", path=f"{_PATH}/state", handler=state, right=ANYBODY),
    Endpoint(method="POST", path=f"{_PATH}/again", handler=again, right=ANYBODY),
    Endpoint(method="POST", path=f"{_PATH}/pay", handler=pay, right=ANYBODY),
    Endpoint(method="POST", path=f"{_PATH}/more", handler=more, right=ANYBODY),
    *(
        Endpoint(method="POST", path=f"{_PATH}/{path}", handler=_command_handler(command), right=ANYBODY)
        for path, command in _ASKED.items()
    ),
)
PAGES = (Page(path=_PATH, name="order", handler=order, right=ANYBODY, group="orders"),)
