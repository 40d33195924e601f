"""What requests bring: their bodies, and whole numbers in their address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import msgspec
from aiohttp import web

from edge.core.messages import Refused
from edge.web.problem import Problem

B = TypeVar("B")
CHUNK_BYTES = 64 * 1024
Still: TypeAlias = Callable[[], Refused | None]
STILL: web.RequestKey[Still] = web.RequestKey("still")
"""What speaks against whoever asks, as they are now: on each request that has a right."""


async def body_within(request: web.Request, limit: int) -> bytes:
    """The body. `Problem` 413: it has more than `limit` bytes."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(CHUNK_BYTES):
        body += chunk
        if len(body) > limit:
            raise Problem(413, "body_too_large", limit=limit)
    require_still(request)
    return bytes(body)


def require_still(request: web.Request) -> None:
    """Look at the right once more, behind a body that came piece by piece. `Problem` 403: it is gone, and nothing of
    what came is kept."""
    if STILL in request and (refused := request[STILL]()):
        raise Problem(403, refused.code, **refused.values)


async def body_of(request: web.Request, type: type[B]) -> B:
    """The request's JSON. `Problem` 400: it is not that."""
    return decoded(await request.read(), type)


def json_of(body: bytes) -> dict[str, Any]:
    """A body's fields. `Problem` 400: it is no JSON object."""
    return decoded(body, dict[str, Any])


def decoded(body: bytes, type: type[B]) -> B:
    """A body as a type. `Problem` 400: it is not that."""
    try:
        return msgspec.json.decode(body, type=type)
    except msgspec.DecodeError as error:
        raise Problem(400, "body_wrong", why=str(error), where="$") from error


def whole_of(request: web.Request, name: str, default: int) -> int:
    """A whole number in the address. `Problem` 400: it is none."""
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Problem(400, "argument_wrong", name=name, why="a whole number")
    return int(text)
