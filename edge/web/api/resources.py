"""What the addresses of things have in common: ETags, moments as clients write them, and doing a command for them."""

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
    """Do it; the answer if it was not done."""
    actor = actor_of(request, type(command).__name__)
    outcome = await request.app[SITE].shop.do(command, actor, idempotency_key(request))
    answer = answer_outcome(outcome, texts_of(request))
    return None if answer.status == 200 else answer


def us_of(text: str, zone: ZoneInfo, where: str = "$.begins") -> int | None:
    """A moment in UTC microseconds; None for none. `Problem` 400: it is no moment; `where` it stands in the body."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return round((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp() * 1_000_000)
    except (ValueError, OverflowError) as error:
        raise Problem(400, "body_wrong", why=str(error), where=where) from error


def unless_known(request: web.Request, answer: web.Response, tag: str) -> web.Response:
    """The answer, or 304 where the client has it already (RFC 9110, section 13.1.2)."""
    known = [entry.strip().removeprefix("W/") for entry in request.headers.get("If-None-Match", "").split(",")]
    if tag in known or known == ["*"]:
        answer = web.Response(status=304)
    answer.headers["ETag"] = tag
    answer.headers.update({"Cache-Control": "no-store", "Vary": "Grant, Cookie"})
    return answer


def require_match(request: web.Request, tag: str | None, named: str) -> None:
    """`Problem` 412: what is there is not what `If-Match` says, or there is something and `If-None-Match: *` says that
    there is not (RFC 9110, section 13.1). `tag`: of what is there (None: nothing is), which is called `named`."""
    match, none = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if none == "*" and tag:
        raise Problem(412, "thing_there", named=named[:80])
    if match and (tag is None if match == "*" else tag not in [one.strip() for one in match.split(",")]):
        raise Problem(412, "thing_not_as_said", named=named[:80])


def merge_patch(target: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """RFC 7396, section 2."""
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
    """An ETag of whatever is answered."""
    assert isinstance(answer.body, bytes)
    return f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
