"""Read request bodies: JSON with the right content type, in time."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import msgspec
from aiohttp import hdrs, web

from sync.hub.api import limits
from sync.hub.api.problems import Problem
from sync.hub.api.reads import BadRequest
from sync.wire import Name

JSON = "application/json"
DEEP = "is nested too deeply"
OWN_KEY = "asked "
"""Prefix of each `Idempotency-Key`, so that no caller can take the id of a future directive from head office."""
T = TypeVar("T")


async def body_as(
    request: web.Request, kind: type[T], within_s: float = limits.BODY_S, most: int = limits.BODY_BYTES
) -> T:
    """Decode the body. Raises `Problem` 408 if it takes too long, 413 above `most` bytes, 415 without the JSON content
    type; `BadRequest` if it's invalid."""
    body = await read_body(request, most, f"The body has more than {most} bytes.", within_s)
    if body and (hdrs.CONTENT_TYPE not in request.headers or request.content_type != JSON):
        raise Problem(415, "Not said to be JSON", f"Send the body as JSON, with {hdrs.CONTENT_TYPE}: {JSON}.")
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadRequest(str(error)) from error
    except RecursionError as error:
        raise BadRequest(f"the body {DEEP}") from error


def once_of(request: web.Request) -> str:
    """The caller's `Idempotency-Key`, apart from the ids of head office's own directives; "" without one. Raises
    `BadRequest` if it's too long."""
    said = request.headers.get("Idempotency-Key", "")
    if len(said) > limits.REQUEST_CHARS:
        raise BadRequest(f"an Idempotency-Key has at most {limits.REQUEST_CHARS} characters")
    return said and f"{OWN_KEY}{said}"


def require_name(store: str) -> None:
    """Raise `BadRequest` for an invalid store name."""
    try:
        msgspec.convert(store, Name)
    except msgspec.ValidationError as error:
        raise BadRequest(str(error)) from error


async def read_body(request: web.Request, most: int, long: str, within_s: float = limits.BODY_S) -> bytes:
    """Read the raw body. Raises `Problem` 408 if it takes too long; 413, with text `long`, above `most` bytes, where
    reading stops."""
    try:
        async with asyncio.timeout(within_s):
            return await _read(request, most, long)
    except TimeoutError as error:
        raise Problem(408, "Too slow", f"The body wasn't received within {within_s:.0f} s.") from error


async def _read(request: web.Request, most: int, long: str) -> bytes:
    if (request.content_length or 0) > most:
        raise Problem(413, "Too long", long)
    body = bytearray()
    while chunk := await request.content.read(most + 1 - len(body)):
        body += chunk
        if len(body) > most:
            raise Problem(413, "Too long", long)
    return bytes(body)
