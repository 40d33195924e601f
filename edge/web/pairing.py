"""Browsers of other machines: each is let in once by a manager, and known by its cookie from then on."""

from __future__ import annotations

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from edge.core.endpoints import ANYBODY, Answer, Endpoint
from edge.core.messages import Refused
from edge.shop.access.pairing import Pairing
from edge.shop.access.throttle import network
from edge.shop.orders.settings import OrdersSection
from edge.web import own_device
from edge.web.actors import OWN, PAIRING, from_here, is_console_token, is_program, session_of
from edge.web.caller import caller_of
from edge.web.context import SITE
from edge.web.cookies import Cookie
from edge.web.denied import note_stranger
from edge.web.pages.shell import html
from edge.web.problem import Problem
from edge.web.responses import API, answer_json, answer_outcome, texts_of

PAIRED = Cookie("pairing", max_age_s=400 * 24 * 3600)
"""The cookie of a browser that was paired, or asks to be: kept as long as browsers keep one."""
ASKING = web.RequestKey("asking", Pairing)
"""That of one that asks to be paired."""
_OPEN = ("/static/", "/scan/", "/trust", "/told/", f"{API}notify/reports/")
_OPEN_TO_PHONES = ("/shop/", "/order/", "/pictures/", "/receipt/")
"""What phones of customers in the shop's network see, where `[orders] phones` lets them in."""
_OPEN_PAGES = frozenset(
    {
        *("/pair", "/login", "/scan", *own_device.OPEN, "/healthz", f"{API}pairings"),
        *(f"{API}auth/{what}" for what in ("login", "refresh", "logout", "setup")),
    }
)


class PairedAs(msgspec.Struct, frozen=True):
    """What a browser is paired as; `register` "": at none."""

    kind: str
    register: str


class AsksWith(msgspec.Struct, frozen=True):
    """The four digits that somebody compares."""

    digits: str


class PairingState(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether a browser is `paired` by now, or with what it `asks` to be: one of them."""

    paired: PairedAs | None = None
    asks: AsksWith | None = None


@web.middleware
async def known(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Know a paired browser by its cookie, and change that now and then."""
    cookie = PAIRED.read(request)
    pairings = request.app[SITE].pairings
    found, value = await pairings.enter(cookie, caller_of(request).address) if cookie else (None, None)
    if found is not None:
        request[PAIRING if found.paired_us else ASKING] = found
    answer = await handler(request)
    if value and not answer.prepared:
        PAIRED.set(request, answer, value)
    return answer


@web.middleware
async def paired(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in the machine's own browsers, and of others those that are paired, or a device of somebody's own."""
    let_in = PAIRING in request or is_program(request) or from_here(request) or is_console_token(request)
    if not (let_in or _is_open(request) or session_of(request)):
        if "text/html" in request.headers.get("Accept", "") and request.method == "GET":
            raise web.HTTPSeeOther("/login" if OWN.read(request) else "/pair")
        if request.path.startswith((API, "/ws")):
            await note_stranger(request)
        raise Problem(401, "not_paired")
    return await handler(request)


async def shown(request: web.Request) -> web.Response:
    """`GET /pair`: the digits that somebody compares, and what to do with them."""
    asking = request.get(ASKING)
    site, language = request.app[SITE], texts_of(request).language
    return html(site.renderer.render("pair.html", language, digits=asking.digits if asking else ""))


async def ask(request: web.Request) -> web.Response:
    """`POST pairings`: this browser asks to be paired, or whether it was by now; as long as it asks the digits stay."""
    if pairing := request.get(PAIRING):
        return answer_json(PairingState(paired=PairedAs(pairing.kind, pairing.register)))
    if asking := request.get(ASKING):
        return answer_json(PairingState(asks=AsksWith(asking.digits)))
    label = request.headers.get("User-Agent", "")[:60]
    asked = await request.app[SITE].pairings.ask(label, network(caller_of(request).address).keys[0].partition(":")[2])
    if isinstance(asked, Refused):
        return answer_outcome(asked, texts_of(request))
    value, digits = asked
    answer = answer_json(PairingState(asks=AsksWith(digits)))
    PAIRED.set(request, answer, value)
    return answer


def _is_open(request: web.Request) -> bool:
    if request.path in _OPEN_PAGES or request.path.startswith(_OPEN):
        return True
    return request.app[SITE].config.of(OrdersSection).phones and f"{request.path}/".startswith(_OPEN_TO_PHONES)


ENDPOINTS = (
    Endpoint(method="GET", path="/pair", handler=shown, right=ANYBODY),
    Endpoint(
        method="POST",
        path=f"{API}pairings",
        handler=ask,
        name="askForPairing",
        answer=Answer(PairingState),
        right=ANYBODY,
        programs=False,
        statuses=(422,),
    ),
)
