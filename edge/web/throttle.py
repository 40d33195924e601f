"""Request rate limits: none for this machine, per class for others and per endpoint for programs (rate_limit.py)."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler

from edge.web.actors import KEY, PAIRING, TOKEN, is_program
from edge.web.caller import caller_of
from edge.web.context import RATE_CLASS, SITE
from edge.web.cookies import READS
from edge.web.problem import Problem

GUESSABLE = frozenset({"sign_in", "people"})
"""Classes of requests that could be used to guess secrets, or to find out whether a person is known here."""


@web.middleware
async def throttle(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 429 with `Retry-After` above the limit. Requests from other callers than tills and this machine start one
    per loop iteration, so that a till waits for at most one."""
    if not is_favoured(request):
        async with request.app[SITE].door.others_turn:
            await asyncio.sleep(0)
        kind = class_of(request)
        seconds = request.app[SITE].door.rates.take(kind, _counted_as(request, kind))
        if seconds:
            raise Problem(429, "too_often", seconds=seconds)
    return await handler(request)


def is_favoured(request: web.Request) -> bool:
    """Whether the caller has priority and no limit: this machine's pages, and admitted tills. Programs never have
    priority, even on this machine."""
    pairing = request.get(PAIRING)
    if is_program(request):
        return False
    return caller_of(request).here or (pairing is not None and pairing.kind == "till")


def _counted_as(request: web.Request, kind: str) -> str:
    """Return the key under which a request is counted: the caller, and for a program also the endpoint. A program that
    calls one endpoint too often can thus use others. Endpoints open to guessing or scraping are counted together."""
    key, token = request.get(KEY), request.get(TOKEN)
    program = key.actor if key else token.id if token else ""
    if not program:
        return caller_of(request).network
    resource = request.match_info.route.resource
    if kind in GUESSABLE or resource is None:
        return program
    registry, name = request.app[SITE].shop.registry, request.match_info.get("name", "")
    named = name if name in registry.by_name or name in registry.queries else ""  # all commands share one address
    return f"{program} {request.method} {resource.canonical} {named}"


def class_of(request: web.Request) -> str:
    """Rate class declared by the endpoint (`Endpoint.rate_class`), by default from its method."""
    declared: str = getattr(request.match_info.handler, RATE_CLASS, "none")
    if declared != "none":
        return declared
    return "read" if request.method in READS else "command"
