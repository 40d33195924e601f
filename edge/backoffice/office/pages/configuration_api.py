"""Changes keys of config.toml from pages. Secrets go to the secret store and are never shown again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated

import msgspec
from aiohttp import web

from edge.backoffice.office.routes import write_configuration
from edge.core.endpoints import DONE, Body, Endpoint
from edge.core.messages import Refused
from edge.core.secrets.store import REFERENCE, SECRETS, SECRETS_LIMIT, VALUE_CHARS, SecretStore
from edge.foundation.access.rights import MANAGE, PINS
from edge.foundation.secrets.commands import NoteSecret
from edge.lib.errors import ConfigError, NeedsHuman
from edge.runtime import configuration
from edge.runtime.config import CONFIG
from edge.runtime.configuration import Value
from edge.runtime.editable_keys import KEYS, secret_name
from edge.runtime.secrets import SECRETS as STORE
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_outcome, texts_of

SecretText = Annotated[str, msgspec.Meta(min_length=1, max_length=VALUE_CHARS, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]


class SetConfiguration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Change keys of config.toml. An empty value removes a key, which restores the default. `secrets`: values by key,
    stored encrypted and never shown again."""

    values: Annotated[dict[str, Value], msgspec.Meta(max_length=40)] = {}
    secrets: Annotated[dict[str, SecretText], msgspec.Meta(max_length=20)] = {}


async def change(request: web.Request) -> web.Response:
    """`PATCH configuration`: change the keys of config.toml that pages offer."""
    body, config = await body_of(request, SetConfiguration), request.app[SITE].services.of(CONFIG)
    secret = {key for key, one in KEYS.items() if one.kind == "secret"}
    if unknown := sorted((body.values.keys() - KEYS.keys()) | (body.secrets.keys() - secret)):
        return answer_outcome(Refused("no_such_key_of_config", {"name": unknown[0][:120]}), texts_of(request))
    named = {key: secret_name(key) for key in body.secrets}
    values = {**body.values, **{key: f"{REFERENCE}{name}" for key, name in named.items()}}
    if lacking := configuration.lacking(configuration.config_in_file(config), values):
        texts = texts_of(request)
        return answer_outcome(Refused("channel_lacks", {"name": texts.say(f"office.{lacking.words}")}), texts)
    written = await write_configuration(
        request, tuple(sorted(values)), lambda text: configuration.with_values(text, values)
    )
    if written.status != 200:
        return written
    return await keep_secrets(request, {named[key]: value for key, value in body.secrets.items()}) or written


async def keep_secrets(request: web.Request, secrets: Mapping[str, str]) -> web.Response | None:
    """Store secrets. Returns an error response, or None. Raises `Problem` 503 if their file can't be read or
    written."""
    site, actor = request.app[SITE], actor_of(request)
    try:
        await asyncio.to_thread(_set, site.services.of(STORE), secrets)
    except ConfigError:
        return answer_outcome(Refused("too_many_secrets", {"limit": SECRETS_LIMIT}), texts_of(request))
    except NeedsHuman as error:
        raise Problem(503, "secrets_unreadable", why=error.what) from None
    for name in secrets:
        site.shop.bus.publish(SECRETS, name)
        await site.shop.do(NoteSecret(name, "set"), actor.with_rights(PINS))
    return None


def _set(store: SecretStore, secrets: Mapping[str, str]) -> None:
    for name, value in secrets.items():
        store.set(name, value)


ENDPOINTS = (
    Endpoint(
        method="PATCH",
        path="/api/v1/configuration",
        handler=change,
        name="changeConfiguration",
        answer=DONE,
        right=MANAGE,
        tag="office",
        programs=False,
        reauthenticate=True,
        body=Body(SetConfiguration),
        statuses=(422,),
    ),
)
