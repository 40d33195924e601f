"""Pays for an order where it was placed, at the terminal of the kiosk's register."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import Endpoint
from edge.core.messages import Command, Done
from edge.counter.till.pages.till_context import TILLS
from edge.foundation.access.rights import BASKET
from edge.ordering.orders.order import Secret
from edge.ordering.orders.pages.visitor import KIOSK, ask, body_as, visitor
from edge.ordering.orders.paying.order_payments import AskForPayment, StopOrderPayment, payment_of
from edge.ordering.orders.queries import order_by_secret
from edge.web.context import SITE
from edge.web.responses import answer_json, answer_outcome, texts_of


class AskedPayment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The request body: an order's secret."""

    secret: Secret


async def pay(request: web.Request) -> web.Response:
    """`POST /kiosk/pay`: charge the order's total at the kiosk's terminal."""
    asked = await body_as(request, AskedPayment)
    return await _answer_command(request, AskForPayment(asked.secret, way="terminal"))


async def stop(request: web.Request) -> web.Response:
    """`POST /kiosk/pay/stop`: request to cancel the payment; the terminal decides the outcome."""
    asked = await body_as(request, AskedPayment)
    return await _answer_command(request, StopOrderPayment(asked.secret))


async def state(request: web.Request) -> web.Response:
    """`POST /kiosk/pay/state`: the payment's status, in words."""
    site, who = request.app[SITE], visitor(request)
    asked = await body_as(request, AskedPayment)
    order = order_by_secret(site.shop.reader, asked.secret, site.shop.now_us())
    found = payment_of(site.shop.reader, order.id) if order else None
    if found is None:
        return answer_json({"state": "failed", "told": ""})
    words, part = texts_of(request), site.services.of(TILLS).terminals.get(who.actor.register)
    step = part.step if part else ""
    match found.state:
        case "paid":
            told = words.say("kiosk.pay_paid")
        case "unknown":
            told = words.say("order.pay_unknown")
        case "failed":
            told = words.say(f"device.terminal_{found.code}" if found.code else "order.pay_given_back")
        case _:
            told = words.say(f"card.step_{step}" if step else "kiosk.pay_present")
    told = f"{words.say('card.test')} · {told}" if found.test else told
    return answer_json({"state": found.state, "told": told})


async def _answer_command(request: web.Request, command: Command) -> web.Response:
    outcome = await ask(request, visitor(request), command)
    return answer_json({}) if isinstance(outcome, Done) else answer_outcome(outcome, texts_of(request))


ENDPOINTS = tuple(
    Endpoint(method="POST", path=f"{KIOSK}/{path}", handler=made, right=BASKET)
    for path, made in (("pay", pay), ("pay/state", state), ("pay/stop", stop))
)
