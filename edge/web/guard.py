"""Protects the panel before authentication: only its own pages may call it, under its own name.

Prevents DNS rebinding and cross-site requests from browsers in the shop.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from edge.core.messages import Refused
from edge.web.caller import caller_of, wrong_proxy
from edge.web.cookies import changes
from edge.web.cors import is_listed, may_ask, preflight
from edge.web.headers import wrong_headers
from edge.web.responses import texts_of


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse foreign names and origins, and ambiguous requests."""
    if wrong := wrong_headers(request):
        return _answer_refusal(request, wrong, 400)
    if before := preflight(request):
        return before
    if foreign := wrong_proxy(request) or _foreign(request):
        return _answer_refusal(request, foreign, 403)
    if _piece_alone(request):
        return _answer_refusal(request, Refused("piece_alone"), 403)
    return await handler(request)


def _piece_alone(request: web.Request) -> bool:
    """Whether a browser would display a fragment as a page, for example when following a link from another site."""
    return request.path.startswith("/fragments/") and request.headers.get("Sec-Fetch-Dest", "empty") != "empty"


def _answer_refusal(request: web.Request, refused: Refused, status: int) -> web.Response:
    return web.Response(text=texts_of(request).refusal(refused) + "\n", status=status)


def _foreign(request: web.Request) -> Refused | None:
    caller = caller_of(request)
    if not caller.host:
        return Refused("host_foreign", {"host": request.host[:80]})
    origin = request.headers.get("Origin")
    if origin is None or origin == caller.origin or may_ask(request):
        return None
    if changes(request) or is_listed(request):
        return Refused("origin_foreign", {"origin": origin[:80]})
    return None
