"""CORS: pages of other origins that may call the API with a key or token (Fetch Standard, "CORS protocol"), listed in
`[panel] origins`. Cookies and running on the box itself don't count for them.
"""

from __future__ import annotations

from aiohttp import hdrs, web

from edge.web.caller import caller_of
from edge.web.context import SITE
from edge.web.cookies import bearer_of
from edge.web.responses import API

METHODS = "GET, POST, PUT, PATCH, DELETE"
HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Register"
EXPOSED = "ETag, Location, Retry-After, WWW-Authenticate"
ENTRANCES = frozenset(f"{API}auth/{what}" for what in ("login", "refresh", "logout", "setup"))
"""Requests that a listed page makes to get or revoke a token."""
AGE_S = 600
"""How long browsers cache a preflight response. A removed origin may send requests for this long, but they're refused.
"""


def is_listed(request: web.Request) -> bool:
    """Whether the request comes from a page of a listed origin."""
    origins = request.app[SITE].config.panel.origins
    if not origins:
        return False
    origin = request.headers.get(hdrs.ORIGIN, "")
    return request.path.startswith(API) and origin in origins and origin != caller_of(request).origin


def may_ask(request: web.Request) -> bool:
    """Whether a listed page sends credentials or requests some."""
    return is_listed(request) and (bool(bearer_of(request)) or request.path in ENTRANCES)


def preflight(request: web.Request) -> web.Response | None:
    """Answer a preflight request of a listed page; None for other requests."""
    if request.method != hdrs.METH_OPTIONS or not is_listed(request):
        return None
    return web.Response(
        status=204,
        headers={
            hdrs.ACCESS_CONTROL_ALLOW_METHODS: METHODS,
            hdrs.ACCESS_CONTROL_ALLOW_HEADERS: HEADERS,
            hdrs.ACCESS_CONTROL_MAX_AGE: str(AGE_S),
        },
    )


def grant(request: web.Request, answer: web.StreamResponse) -> None:
    """Add CORS headers so that a listed page can read an answer, with `Vary` for caches."""
    if not request.app[SITE].config.panel.origins or not request.path.startswith(API):
        return
    vary = answer.headers.popall(hdrs.VARY, [])
    answer.headers[hdrs.VARY] = ", ".join([*vary, hdrs.ORIGIN])
    if is_listed(request):
        answer.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = request.headers[hdrs.ORIGIN]
        answer.headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"
        answer.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = EXPOSED
