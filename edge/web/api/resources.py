"""Helpers shared by resource addresses: ETags, client timestamps and command execution."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from edge.core.messages import Command
from edge.web.actors import actor_of
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.responses import answer_outcome, texts_of


async def do(request: web.Request, command: Command) -> web.Response | None:
    """Execute a command; return a response only if it failed."""
    actor = actor_of(request, type(command).__name__)
    outcome = await request.app[SITE].shop.do(command, actor, idempotency_key(request))
    answer = answer_outcome(outcome, texts_of(request))
    return None if answer.status == 200 else answer


def us_of(text: str, zone: ZoneInfo, where: str = "$.begins") -> int | None:
    """Parse a timestamp to UTC microseconds; None if empty. Raises `Problem` 400; `where` is its place in the body."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return round((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp() * 1_000_000)
    except (ValueError, OverflowError) as error:
        raise Problem(400, "body_wrong", why=str(error), where=where) from error


def unless_unchanged(request: web.Request, answer: web.Response, tag: str) -> web.Response:
    """Return the answer, or 304 if the client already has it (RFC 9110, section 13.1.2)."""
    known = [entry.strip().removeprefix("W/") for entry in request.headers.get("If-None-Match", "").split(",")]
    if tag in known or known == ["*"]:
        answer = web.Response(status=304)
    answer.headers["ETag"] = tag
    answer.headers.update({"Cache-Control": "no-store", "Vary": "Grant, Cookie"})
    return answer


def require_match(request: web.Request, tag: str | None, named: str) -> None:
    """Raise `Problem` 412 if `If-Match` doesn't match, or if `If-None-Match: *` is given and something exists (RFC
    9110, section 13.1). `tag`: of the current state (None: nothing exists); `named`: its name in the message."""
    match, none = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if none == "*" and tag:
        raise Problem(412, "thing_there", named=named[:80])
    if match and (tag is None if match == "*" else tag not in [one.strip() for one in match.split(",")]):
        raise Problem(412, "thing_not_as_said", named=named[:80])


def merge_patch(target: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Apply a JSON merge patch (RFC 7396, section 2)."""
    merged = dict(target)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            before = merged.get(key)
            merged[key] = merge_patch(before if isinstance(before, dict) else {}, value)
        else:
            merged[key] = value
    return merged


def content_tag(answer: web.Response) -> str:
    """Return an ETag computed from an answer's content."""
    assert isinstance(answer.body, bytes)
    return f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
