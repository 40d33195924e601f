"""What requests bring: their bodies, and whole numbers and days in their address."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias, TypeVar

import msgspec
from aiohttp import web

from edge.core.endpoints import JSON
from edge.core.messages import Refused
from edge.web.problem import Problem, body_wrong

B = TypeVar("B")
CHUNK_BYTES = 64 * 1024
_WHOLE = re.compile(r"-?[0-9]{1,18}")
"""Longer ones do not fit into the ledger."""
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
    """Look at the right once more, behind a body that came piece by piece. `Denied`, or `Problem` 403: it is gone, and
    nothing of what came is kept."""
    if STILL in request and (refused := request[STILL]()):
        raise Problem(403, refused.code, **refused.values)


async def body_of(request: web.Request, type: type[B]) -> B:
    """The request's JSON. `Problem` 400: it is not that."""
    return decode_body(await request.read(), type)


def require_json(request: web.Request) -> None:
    """`Problem` 415: the body says that it is something else than JSON, or does not say what it is. A form, or a text,
    is what a browser sends for a page of somebody else without asking us."""
    kind = request.content_type if "Content-Type" in request.headers else ""
    if kind != JSON and not kind.endswith("+json"):
        raise Problem(415, "media_wrong", found=kind[:80] or "-", wanted=JSON)


def require_text(body: bytes) -> None:
    """`Problem` 400: the bytes are no UTF-8, in which JSON is written (RFC 8259, section 8.1); the parser would find
    that out only where it comes upon them."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise body_wrong(error) from error


def json_of(body: bytes) -> dict[str, Any]:
    """A body's fields. `Problem` 400: it is no JSON object."""
    return decode_body(body, dict[str, Any])


def decode_body(body: bytes, type: type[B]) -> B:
    """A body as a type. `Problem` 400: it is not that."""
    try:
        return msgspec.json.decode(body, type=type)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise body_wrong(error) from error


def whole_of(request: web.Request, name: str, default: int) -> int:
    """A whole number in the address. `Problem` 400: it is none."""
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Problem(400, "argument_wrong", name=name, why="a whole number")
    return int(text)


def choice_of(request: web.Request, name: str, *choices: str) -> str:
    """One of `choices` in the address, the first where there is none. `Problem` 400: it is another."""
    if (found := request.query.get(name, choices[0])) not in choices:
        raise Problem(400, "argument_wrong", name=name, why=", ".join(choices))
    return found


def day_of(request: web.Request) -> str | None:
    """The day of business in `?day=`, None where there is none. `Problem` 400: it is no day."""
    text = request.query.get("day", "")
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError as error:
        raise Problem(400, "argument_wrong", name="day", why=str(error)) from error


def whole(request: web.Request, name: str) -> int | None:
    """A whole number, None where there is none. `Problem` 400: it is no number, or none that can be stored."""
    text = request.query.get(name, "")
    if text and not _WHOLE.fullmatch(text):
        raise Problem(400, "argument_wrong", name=name, why="a whole number")
    return int(text) if text else None
