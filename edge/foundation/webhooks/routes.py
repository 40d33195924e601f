"""Webhooks over HTTP: added with a secret shown once, listed, tested, resumed, removed."""

from __future__ import annotations

import asyncio
import secrets
from functools import partial

import msgspec
from aiohttp import web

from edge.core.endpoints import DONE, NOTHING, Answer, Body, Endpoint
from edge.core.messages import Done, Refused
from edge.foundation.access.rights import MANAGE, PINS
from edge.foundation.webhooks import webhook_state
from edge.foundation.webhooks.commands import RemoveWebhook, SetWebhook
from edge.foundation.webhooks.hook import EventTypes, HookUrl
from edge.foundation.webhooks.service.feed import available_types
from edge.foundation.webhooks.service.part import box_of, post
from edge.foundation.webhooks.service.signing import SECRET_BYTES, formatted_secret, secret_name, trial
from edge.foundation.webhooks.webhook_state import Webhook, read_webhooks
from edge.lib.errors import ConfigError, EdgeError
from edge.runtime.config import CONFIG
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import SECRETS
from edge.web.actors import actor_of
from edge.web.context import SITE, PanelContext
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of

TRIAL_S = 10.0


class AddWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send events to this address from now on; no `types`: the whole feed."""

    url: HookUrl
    types: EventTypes = ()


class NewWebhook(msgspec.Struct, frozen=True):
    """A new webhook's id and its signing secret, which is shown once."""

    id: str
    secret: str


class NoFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An empty object."""


async def list_webhooks(request: web.Request) -> web.Response:
    """`GET webhooks`: webhooks with positions and errors."""
    return answer_json({"webhooks": read_webhooks(request.app[SITE].shop.reader)})


async def add(request: web.Request) -> web.Response:
    """`POST webhooks`: add an address. The answer has its secret, never shown again."""
    body = await body_of(request, AddWebhook)
    site, actor = request.app[SITE], actor_of(request)
    known = available_types(site.shop.registry)
    if unknown := sorted(set(body.types) - set(known)):
        return answer_outcome(Refused("webhook_type_unknown", {"type": unknown[0]}), texts_of(request))
    id, secret = secrets.token_hex(8), formatted_secret(secrets.token_bytes(SECRET_BYTES))
    try:
        await asyncio.to_thread(site.services.of(SECRETS).set, secret_name(id), secret)
    except EdgeError as error:
        raise Problem(503, "secrets_unreadable", why=error.what) from None
    outcome = await site.shop.do(SetWebhook(id, body.url, body.types), actor.with_rights(PINS))
    if isinstance(outcome, Done):
        return answer_json({"webhook": NewWebhook(id, secret)})
    await asyncio.to_thread(site.services.of(SECRETS).remove, secret_name(id))
    return answer_outcome(outcome, texts_of(request))


async def remove(request: web.Request) -> web.Response:
    """`DELETE webhooks/{id}`: remove a webhook and destroy its secret."""
    site, id = request.app[SITE], request.match_info["id"]
    outcome = await site.shop.do(RemoveWebhook(id), actor_of(request))
    if isinstance(outcome, Done):
        await asyncio.to_thread(site.services.of(SECRETS).remove, secret_name(id))
    return answer_outcome(outcome, texts_of(request))


async def go_on(request: web.Request) -> web.Response:
    """`POST webhooks/{id}/again`: resume a paused or waiting webhook from its position."""
    await body_of(request, NoFields)
    site, hook = request.app[SITE], _hook(request)
    kept = await site.shop.maintain(lambda db: webhook_state.keep(db, webhook_state.again(hook)))
    return answer_outcome(kept, texts_of(request)) if isinstance(kept, Refused) else answer_json({})


async def send_trial(request: web.Request) -> web.Response:
    """`POST webhooks/{id}/test`: send a signed `WebhookTest` now and return the result."""
    await body_of(request, NoFields)
    site, hook = request.app[SITE], _hook(request)
    try:
        secret = await asyncio.to_thread(site.services.of(SECRETS).resolve, f"secret:{secret_name(hook.id)}")
        async with OutgoingHttp(Breakers(), site.services.of(CONFIG).notify.allow, TRIAL_S) as http:
            now_us = site.shop.now_us()
            await post(
                http, hook.url, secret, trial(box_of(site.services.of(CONFIG)), now_us), lambda: now_us // 1_000_000
            )
    except Undelivered as fault:
        raise Problem(502, "webhook_refused", why=_why(request, fault.why), detail=fault.detail) from None
    except MaybeSent as fault:
        raise Problem(502, "webhook_refused", why=_why(request, "no_answer"), detail=fault.detail) from None
    except (ConfigError, ValueError):  # missing secret, or invalid URL
        raise Problem(502, "webhook_refused", why=_why(request, "no_secret"), detail="") from None
    return answer_json({})


def _why(request: web.Request, why: str) -> str:
    return texts_of(request).say(f"undelivered.{why}")


def _hook(request: web.Request) -> Webhook:
    """The addressed webhook. Raises `Problem` 404."""
    site: PanelContext = request.app[SITE]
    found = next((one for one in read_webhooks(site.shop.reader) if one.id == request.match_info["id"]), None)
    if found is None:
        raise Problem(404, "no_such_webhook")
    return found


_HOOK = "/api/v1/webhooks/{id:[0-9a-f]{1,40}}"
_endpoint = partial(Endpoint, right=MANAGE, tag="webhooks", programs=False)
_IDS = {"id": {"type": "string", "pattern": "^[0-9a-f]{1,40}$"}}
ENDPOINTS = (
    _endpoint(
        method="GET",
        path="/api/v1/webhooks",
        handler=list_webhooks,
        name="listWebhooks",
        answer=Answer(list[Webhook], under="webhooks"),
    ),
    _endpoint(
        method="POST",
        path="/api/v1/webhooks",
        handler=add,
        name="addWebhook",
        body=Body(AddWebhook),
        answer=Answer(NewWebhook, under="webhook"),
        statuses=(422,),
        reauthenticate=True,
    ),
    _endpoint(
        method="DELETE",
        path=_HOOK,
        handler=remove,
        name="removeWebhook",
        answer=DONE,
        path_types=_IDS,
        statuses=(404, 422),
        reauthenticate=True,
    ),
    _endpoint(
        method="POST",
        path=_HOOK + "/again",
        handler=go_on,
        name="goOnWithWebhook",
        answer=NOTHING,
        path_types=_IDS,
        body=Body(NoFields),
        statuses=(404, 422),
    ),
    _endpoint(
        method="POST",
        path=_HOOK + "/test",
        handler=send_trial,
        name="testWebhook",
        answer=NOTHING,
        path_types=_IDS,
        body=Body(NoFields),
        statuses=(404, 422, 502),
    ),
)
