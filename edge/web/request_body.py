"""Bodies of requests that may be larger than others."""

from __future__ import annotations

from aiohttp import web

from edge.web.problem import Problem

CHUNK_BYTES = 64 * 1024


async def body_within(request: web.Request, limit: int) -> bytes:
    """The body. `Problem` 413: it has more than `limit` bytes."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(CHUNK_BYTES):
        body += chunk
        if len(body) > limit:
            raise Problem(413, "body_too_large", limit=limit)
    return bytes(body)
