"""Request bodies, and whole numbers and dates in addresses."""

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
"""Whole numbers short enough to fit into the ledger."""
Still: TypeAlias = Callable[[], Refused | None]
STILL: web.RequestKey[Still] = web.RequestKey("still")
"""Request key for the check of whether the caller still has the right; set on each request that needs one."""


async def body_within(request: web.Request, limit: int) -> bytes:
    """Read the body. Raises `Problem` 413 above `limit` bytes."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(CHUNK_BYTES):
        body += chunk
        if len(body) > limit:
            raise Problem(413, "body_too_large", limit=limit)
    require_still(request)
    return bytes(body)


def require_still(request: web.Request) -> None:
    """Check the right again after a streamed body. Raises `Denied`, or `Problem` 403, if the right was lost; the body
    is discarded."""
    if STILL in request and (refused := request[STILL]()):
        raise Problem(403, refused.code, **refused.values)


async def body_of(request: web.Request, type: type[B]) -> B:
    """Parse the request's JSON. Raises `Problem` 400."""
    return decode_body(await request.read(), type)


def require_json(request: web.Request) -> None:
    """Raise `Problem` 415 unless the body is declared as JSON. Browsers send forms and texts from other sites' pages
    without asking us first."""
    kind = request.content_type if "Content-Type" in request.headers else ""
    if kind != JSON and not kind.endswith("+json"):
        raise Problem(415, "media_wrong", found=kind[:80] or "-", wanted=JSON)


def require_text(body: bytes) -> None:
    """Raise `Problem` 400 unless the bytes are UTF-8, as JSON requires (RFC 8259, section 8.1). The parser would check
    only the bytes it reads."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise body_wrong(error) from error


def json_of(body: bytes) -> dict[str, Any]:
    """Parse a JSON object. Raises `Problem` 400."""
    return decode_body(body, dict[str, Any])


def decode_body(body: bytes, type: type[B]) -> B:
    """Parse a body as a type. Raises `Problem` 400."""
    try:
        return msgspec.json.decode(body, type=type)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise body_wrong(error) from error


def whole_of(request: web.Request, name: str, default: int) -> int:
    """Whole number in the query string. Raises `Problem` 400."""
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Problem(400, "argument_wrong", name=name, why="a whole number")
    return int(text)


def choice_of(request: web.Request, name: str, *choices: str) -> str:
    """One of `choices` from the query string, by default the first. Raises `Problem` 400."""
    if (found := request.query.get(name, choices[0])) not in choices:
        raise Problem(400, "argument_wrong", name=name, why=", ".join(choices))
    return found


def day_of(request: web.Request) -> str | None:
    """Return the business date in `?day=`, or None. Raises `Problem` 400 if it is invalid."""
    text = request.query.get("day", "")
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError as error:
        raise Problem(400, "argument_wrong", name="day", why=str(error)) from error


def whole(request: web.Request, name: str) -> int | None:
    """Return the whole number in a query parameter, or None. Raises `Problem` 400 if it is invalid or too large to
    store."""
    text = request.query.get(name, "")
    if text and not _WHOLE.fullmatch(text):
        raise Problem(400, "argument_wrong", name=name, why="a whole number")
    return int(text) if text else None
