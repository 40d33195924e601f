"""Authenticates programs by their key or a user's token (RFC 6750). Programs have no cookie, page or PIN."""

from __future__ import annotations

from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from edge.core.endpoints import ANYBODY, CUSTOMER_TOKEN, Endpoint
from edge.core.messages import Refused
from edge.web.actors import KEY, TOKEN, header, is_program
from edge.web.caller import caller_of
from edge.web.context import SITE
from edge.web.cookies import bearer_of
from edge.web.denied import Denied, note_stranger
from edge.web.problem import Problem

T = TypeVar("T")
OWNER: web.RequestKey[str] = web.RequestKey("owner")
"""The token of a customer's program. It opens only endpoints with `own`, whose handler finds the token's owner."""


@web.middleware
async def know_program(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Authenticate a program by key or token. An invalid one is rejected, even from this machine."""
    if token := bearer_of(request):
        if header(request, "Grant"):
            raise Problem(400, "credentials_twice")
        site = request.app[SITE]
        if token.startswith(CUSTOMER_TOKEN):
            request[OWNER] = token
        elif "." in token:
            request[TOKEN] = await _let_in(request, await site.identity.token(token))
        else:
            request[KEY] = await _let_in(request, await site.identity.key(token, caller_of(request).network))
    return await handler(request)


async def _let_in(request: web.Request, found: T | Refused) -> T:
    """Raise `Problem` 401 if the credentials are invalid."""
    if isinstance(found, Refused):
        await note_stranger(request)
        raise Problem(401, found.code)
    return found


def refuse_customers(request: web.Request, endpoint: Endpoint) -> None:
    """Raise `Problem` 401 for a customer's token at an endpoint that isn't for customers."""
    if OWNER in request and not endpoint.own:
        raise Problem(401, "token_wrong")


def refuse_programs(request: web.Request, endpoint: Endpoint, page: bool = False) -> None:
    """Raise `Denied` if a program calls an endpoint or a `page` that is only for people."""
    if is_program(request) and (page or not endpoint.programs or not (endpoint.is_api or endpoint.right == ANYBODY)):
        raise Denied(endpoint.right, code="key_cannot")
