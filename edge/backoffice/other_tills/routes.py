"""HTTP API of other tills: webhooks and master data."""

from __future__ import annotations

import asyncio

from aiohttp import web

from edge.backoffice.other_tills.entities import ITEMS, TILLS
from edge.backoffice.other_tills.queries import read_other_tills, read_pos_items
from edge.backoffice.other_tills.service.hook_door import HOOKS
from edge.backoffice.other_tills.service.hook_files import BODY_BYTES
from edge.core.endpoints import ANYBODY, Body, Endpoint
from edge.foundation.access.rights import MANAGE
from edge.web.api import entity_api
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_within


async def hook(request: web.Request) -> web.Response:
    """`POST /v1/webhooks/{pos}/{store}`: store a webhook of another till. 200 once it's stored, 401 if the signature is
    wrong, 503 if there is no secret or too many are waiting."""
    door = request.app[SITE].services.of(HOOKS)
    till = door.find(request.match_info["pos"], request.match_info["store"])
    if till is None:
        raise Problem(404, "unknown_hook")
    body = await body_within(request, BODY_BYTES)
    status = await asyncio.to_thread(door.take, till, dict(request.headers), body)
    return web.Response(status=status)


ENDPOINTS = (
    # No right needed: the handler verifies the signature.
    Endpoint(
        method="POST",
        path="/v1/webhooks/{pos}/{store}",
        handler=hook,
        right=ANYBODY,
        rate="webhook",
        body=Body(media="application/octet-stream", limit_bytes=BODY_BYTES),
    ),
    *entity_api.endpoints(
        TILLS,
        "other-tills/{id}",
        names=("otherTills", "otherTill"),
        read=read_other_tills,
        right=MANAGE,
        tag="other_tills",
    ),
    *entity_api.endpoints(
        ITEMS,
        "other-till-items/{pos}/{item}",
        names=("otherTillItems", "otherTillItem"),
        read=read_pos_items,
        right=MANAGE,
        tag="other_tills",
    ),
)
