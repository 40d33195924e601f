"""API keys over HTTP: created with a PIN, shown once, listed, revoked."""

from __future__ import annotations

import secrets
from typing import Annotated

import msgspec
from aiohttp import web

from edge.core.endpoints import DONE, Answer, Body, Endpoint
from edge.core.messages import Done
from edge.foundation.access import queries
from edge.foundation.access.commands import Days, MakeKey, RevokeKey, RightsOfKey, UserName
from edge.foundation.access.events import KeyMade
from edge.foundation.access.programs.api_key import DAYS, digest, show
from edge.foundation.access.rights import KEYS, MANAGE, PINS
from edge.web.actors import actor_of, known_register
from edge.web.context import SITE
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of


class NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Create an API key: its rights (never more than its maker's), one register or all, and its lifetime. Only this
    answer ever contains the key."""

    name: UserName
    rights: RightsOfKey
    register: Annotated[str, msgspec.Meta(max_length=40)] = ""
    days: Days = DAYS


class Made(msgspec.Struct, frozen=True):
    """A new key, sent as `Authorization: Bearer ...`, valid until `ends_us` (UTC microseconds)."""

    id: str
    bearer: str
    ends_us: int


async def make(request: web.Request) -> web.Response:
    """`POST keys`: create a program's key, shown once."""
    site = request.app[SITE]
    body = await body_of(request, NewKey)
    register = known_register(site, body.register) if body.register else ""
    id, secret = secrets.token_hex(8), secrets.token_hex(32)
    command = MakeKey(id, body.name, body.rights, digest(secret).hex(), register, body.days)
    outcome = await site.shop.do(command, actor_of(request).with_rights(PINS))
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts_of(request))
    ends_us = next(event.ends_us for event in outcome.events if isinstance(event, KeyMade))
    return answer_json({"key": Made(id, show(id, secret), ends_us)})


async def list_keys(request: web.Request) -> web.Response:
    """`GET keys`: keys not revoked, with their last use; no secrets."""
    return answer_json({"keys": await request.app[SITE].asker.read(queries.keys)})


async def revoke(request: web.Request) -> web.Response:
    """`DELETE keys/{id}`: revoke a key, from its next request on."""
    site = request.app[SITE]
    outcome = await site.shop.do(RevokeKey(request.match_info["id"]), actor_of(request))
    return answer_outcome(outcome, texts_of(request))


_ID = {"id": {"type": "string", "pattern": "^[0-9a-f]{16}$"}}
ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/keys",
        handler=make,
        reauthenticate=True,
        name="makeKey",
        right=MANAGE,
        also=KEYS,
        body=Body(NewKey),
        answer=Answer(Made, under="key"),
        statuses=(422,),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/keys",
        handler=list_keys,
        name="listKeys",
        right=MANAGE,
        also=KEYS,
        answer=Answer(list[queries.KeyShown], under="keys"),
    ),
    Endpoint(
        method="DELETE",
        path="/api/v1/keys/{id}",
        handler=revoke,
        reauthenticate=True,
        name="revokeKey",
        answer=DONE,
        right=MANAGE,
        also=KEYS,
        path_types=_ID,
        statuses=(404, 422),
    ),
)
