"""Decode codes for a phone used as a till, for browsers that can't."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint
from edge.foundation.access.rights import SELL
from edge.web.context import SITE
from edge.web.limits import PICTURE_BYTES
from edge.web.picture_codes import CODES, PictureCode
from edge.web.request_body import body_within
from edge.web.responses import answer_json


async def picture(request: web.Request) -> web.Response:
    """`POST scan/picture`: decode the codes in a picture, without adding them to a basket."""
    body = await body_within(request, PICTURE_BYTES)
    return answer_json(await request.app[SITE].services.of(CODES).read(body))


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/scan/picture",
        handler=picture,
        name="scanPictureAtTill",
        right=SELL,
        tag="till",
        body=Body(media="application/octet-stream", limit_bytes=PICTURE_BYTES),
        answer=Answer(list[PictureCode]),
        statuses=(413, 422, 503),
    ),
)
