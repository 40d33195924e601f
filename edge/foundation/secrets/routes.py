"""Secrets over HTTP: enter, list without values, remove, rotate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec
from aiohttp import web

from edge.core.endpoints import DONE, Answer, Body, Endpoint, Schema
from edge.core.messages import Refused
from edge.core.secrets.store import NAME_PATTERN, SECRETS, SECRETS_LIMIT, VALUE_CHARS, SecretInfo, SecretStore
from edge.foundation.access.rights import MANAGE, PINS
from edge.foundation.secrets.commands import NoteSecret
from edge.lib.errors import ConfigError, NeedsHuman
from edge.runtime.secrets import SECRETS as STORE
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of

T = TypeVar("T")


class SecretValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`PUT secrets/{name}`: one line, never shown again."""

    value: Annotated[str, msgspec.Meta(min_length=1, max_length=VALUE_CHARS, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]


class Rotated(msgspec.Struct, frozen=True):
    """Number of secrets under the new key."""

    secrets: int


async def list_secrets(request: web.Request) -> web.Response:
    """`GET secrets`: names, entry times, and last letters of long ones."""
    return answer_json({"secrets": await _do(request, lambda store: store.list_secrets())})


async def put(request: web.Request) -> web.Response:
    """`PUT secrets/{name}`: enter or replace a secret. Its value is never shown again."""
    body = await body_of(request, SecretValue)
    site, actor, name = request.app[SITE], actor_of(request), request.match_info["name"]
    try:
        await _do(request, lambda store: store.set(name, body.value))
    except ConfigError:
        return answer_outcome(Refused("too_many_secrets", {"limit": SECRETS_LIMIT}), texts_of(request))
    site.shop.bus.publish(SECRETS, name)
    return answer_outcome(await site.shop.do(NoteSecret(name, "set"), actor.with_rights(PINS)), texts_of(request))


async def remove(request: web.Request) -> web.Response:
    """`DELETE secrets/{name}`: destroy a secret."""
    site, actor, name = request.app[SITE], actor_of(request), request.match_info["name"]
    if not await _do(request, lambda store: store.remove(name)):
        return answer_outcome(Refused("no_such_secret", {"name": name}), texts_of(request))
    site.shop.bus.publish(SECRETS, name)
    return answer_outcome(await site.shop.do(NoteSecret(name, "removed"), actor.with_rights(PINS)), texts_of(request))


async def rotate(request: web.Request) -> web.Response:
    """`POST secrets/rotate`: re-encrypt all secrets with a new key, and destroy the old one."""
    site, actor = request.app[SITE], actor_of(request)
    try:
        count = await _do(request, lambda store: store.rotate())
    except ConfigError:
        return answer_outcome(Refused("key_of_systemd"), texts_of(request))
    await site.shop.do(NoteSecret("", "rotated"), actor.with_rights(PINS))
    return answer_json(Rotated(count))


async def _do(request: web.Request, work: Callable[[SecretStore], T]) -> T:
    """Run in a thread, because it accesses the disk. Raises `Problem` 503."""
    try:
        return await asyncio.to_thread(work, request.app[SITE].services.of(STORE))
    except NeedsHuman as error:
        raise Problem(503, "secrets_unreadable", why=error.what) from None


_NAME: dict[str, Schema] = {"name": {"type": "string", "pattern": NAME_PATTERN}}
_PATH = "/api/v1/secrets/{name:[a-z0-9][a-z0-9-]{0,39}}"
_TAG = "secrets"
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/v1/secrets",
        handler=list_secrets,
        name="listSecrets",
        right=MANAGE,
        tag=_TAG,
        programs=False,
        answer=Answer(list[SecretInfo], under="secrets"),
    ),
    Endpoint(
        method="PUT",
        path=_PATH,
        handler=put,
        name="setSecret",
        answer=DONE,
        right=MANAGE,
        tag=_TAG,
        reauthenticate=True,
        path_types=_NAME,
        body=Body(SecretValue),
        statuses=(422,),
    ),
    Endpoint(
        method="DELETE",
        path=_PATH,
        handler=remove,
        name="removeSecret",
        answer=DONE,
        right=MANAGE,
        tag=_TAG,
        reauthenticate=True,
        path_types=_NAME,
        statuses=(404, 422),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/secrets/rotate",
        handler=rotate,
        name="rotateSecrets",
        right=MANAGE,
        tag=_TAG,
        reauthenticate=True,
        answer=Answer(Rotated),
        statuses=(422,),
    ),
)
