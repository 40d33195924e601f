"""Opening hours over HTTP, set as a whole. The query declares its address."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import API, DONE, Body, Endpoint
from edge.foundation.access.rights import MANAGE
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import StoreHours
from edge.web.actors import actor_of
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.request_body import body_of
from edge.web.responses import answer_outcome, texts_of


async def put_hours(request: web.Request) -> web.Response:
    """`PUT store-hours`: replace the opening hours."""
    command, actor = SetHours(await body_of(request, StoreHours)), actor_of(request, SetHours.__name__)
    outcome = await request.app[SITE].shop.do(command, actor, idempotency_key(request))
    return answer_outcome(outcome, texts_of(request))


ENDPOINTS = (
    Endpoint(
        method="PUT",
        path=f"{API}v1/store-hours",
        handler=put_hours,
        answer=DONE,
        right=MANAGE,
        tag="opening_hours",
        body=Body(StoreHours),
        statuses=(422,),
    ),
)
