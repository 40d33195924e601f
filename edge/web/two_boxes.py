"""Support for a pair of boxes: whether this one leads, and moving a session to the other one's address, which has
different cookies. Unused with one box."""

from __future__ import annotations

import asyncio
import html
import os
import time
from collections.abc import Callable
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.core.endpoints import ANYBODY, Endpoint
from edge.core.services import Service
from edge.web.caller import caller_of
from edge.web.context import SITE
from edge.web.problem import Problem

TICKET_S = 300
"""How long a page may be without its box before its session is no longer transferred."""
NONCE_BYTES = 12
COOKIES, COOKIE_CHARS = 8, 4096
"""Cookies per ticket, and the length of each."""
CARRIED, CARRIED_CHARS, CARRIED_S = "edge-carried", 3500, 30
"""The cookie with the request a page was about to make, for the other box; its size and lifetime."""
LEASE_WAIT_S, LEASE_LOOK_S = 0.5, 0.02
"""How long a request waits for an expired lease, and the interval of checks."""
_BLANK = "".join(map(chr, range(0x21)))
"""Control characters and the space, which browsers strip from both ends of an address."""
LEADS = "/twin/leads"
"""Address that clients request from both boxes at once, without waiting for either."""


class TwoBoxes(msgspec.Struct, frozen=True):
    """`pages`: addresses of both boxes (`https://host:port`), this one's first; `box`: this one's name; `leads`:
    whether this one leads; `key` (32 bytes): shared by both."""

    box: str
    pages: Callable[[], tuple[str, ...]]
    leads: Callable[[], bool]
    key: bytes


TWO_BOXES: Service[TwoBoxes | None] = Service("two boxes", lambda site: None)


class _Ticket(msgspec.Struct, frozen=True):
    cookies: dict[str, str]
    agent: str
    until_s: float


def origins(request: web.Request) -> tuple[str, ...]:
    """Return the origins of the other box, which a page may contact."""
    two = request.app[SITE].services.of(TWO_BOXES)
    return two.pages()[1:] if two else ()


@web.middleware
async def leading(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse to serve pages unless this box certainly leads. After a pause it may regain its lease within moments, so
    requests wait briefly. Raises `Problem` 503 otherwise."""
    two = request.app[SITE].services.of(TWO_BOXES)
    if two is not None and not two.leads() and request.path != "/healthz":
        await _wait_for_lease(two, 0.0 if request.path == LEADS else LEASE_WAIT_S)
    return await handler(request)


async def _wait_for_lease(two: TwoBoxes, seconds: float) -> None:
    until_s = time.monotonic() + seconds
    while not two.leads():
        if time.monotonic() >= until_s:
            raise Problem(503, "no_leader")
        await asyncio.sleep(LEASE_LOOK_S)


async def leads(request: web.Request) -> web.Response:
    """`GET /twin/leads`: whether this box leads, for pages of the other one."""
    two = request.app[SITE].services.of(TWO_BOXES)
    origin = request.headers.get("Origin", "")
    headers = {"Cache-Control": "no-store"}
    if two is not None and origin in two.pages():
        headers |= {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
    return web.Response(status=204 if two is not None else 404, headers=headers)


async def ticket(request: web.Request) -> web.Response:
    """`POST /twin/ticket`: a ticket that moves this browser's session to the other box."""
    two = request.app[SITE].services.of(TWO_BOXES)
    if two is None:
        return web.Response(status=404)
    kept = dict(list(_ours(request).items())[:COOKIES])
    made = _Ticket(kept, request.headers.get("User-Agent", "")[:200], time.time() + TICKET_S)
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + AESGCM(two.key).encrypt(nonce, msgspec.json.encode(made), None)
    return web.json_response({"ticket": sealed.hex()}, headers={"Cache-Control": "no-store"})


async def arrive(request: web.Request) -> web.Response:
    """`GET /twin/arrive`: continues the session at this box and returns to its page, which repeats unanswered requests.
    Requires a ticket, so a foreign link can't carry a command."""
    two = request.app[SITE].services.of(TWO_BOXES)
    to = request.query.get("to", "/")
    path = _own_path(request, to)
    text = f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={html.escape(path)}">'
    answer = web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})
    found = _open_ticket(two, request) if two else None
    if found is not None:
        for name, value in found.cookies.items():
            secure = caller_of(request).secure
            answer.set_cookie(name, value, httponly=True, samesite="Strict", secure=secure)
        carried = quote(request.query.get("carried", ""), safe="")
        if len(carried) <= CARRIED_CHARS:
            answer.set_cookie(CARRIED, carried, samesite="Strict", secure=caller_of(request).secure, max_age=CARRIED_S)
    return answer


def _own_path(request: web.Request, to: str) -> str:
    """Return the path of `to` as a browser resolves it, if it is on this box; otherwise the first page. Browsers treat
    backslashes as slashes and drop tabs and line ends (WHATWG URL, section 4.4)."""
    read = "".join(char for char in to if char not in "\t\r\n").replace("\\", "/").strip(_BLANK)
    origin = caller_of(request).origin
    try:
        found = urlsplit(urljoin(f"{origin}/", read))
    except ValueError:
        return "/"
    if not origin or f"{found.scheme}://{found.netloc}" != origin:
        return "/"
    return urlunsplit(("", "", "/" + found.path.lstrip("/"), found.query, found.fragment))


def _ours(request: web.Request) -> dict[str, str]:
    """The shop's cookies in the request."""
    shop = request.app[SITE].config.store.id
    named = (f"__Host-edge-{shop}", f"edge-{shop}-local")
    return {
        name: value for name, value in request.cookies.items() if name.startswith(named) and len(value) < COOKIE_CHARS
    }


def _open_ticket(two: TwoBoxes, request: web.Request) -> _Ticket | None:
    try:
        sealed = bytes.fromhex(request.query.get("ticket", ""))
        opened = AESGCM(two.key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        found = msgspec.json.decode(opened, type=_Ticket)
    except (ValueError, InvalidTag, msgspec.DecodeError):
        return None
    is_same = found.agent == request.headers.get("User-Agent", "")[:200]
    return found if is_same and time.time() < found.until_s else None


ENDPOINTS = (
    Endpoint(method="GET", path=LEADS, handler=leads, right=ANYBODY, name="twin_leads"),
    Endpoint(method="POST", path="/twin/ticket", handler=ticket, right=ANYBODY, name="twin_ticket"),
    Endpoint(method="GET", path="/twin/arrive", handler=arrive, right=ANYBODY, name="twin_arrive"),
)
