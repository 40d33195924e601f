"""A payment terminal written into config.toml from the page of set-up, its secrets into the store of secrets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from drivers.discovery.match import OptionName, Proposal
from edge.core.endpoints import DONE, Body, Endpoint
from edge.core.messages import Refused
from edge.core.secrets.store import REFERENCE, SECRETS, SECRETS_LIMIT, VALUE_CHARS, SecretStore
from edge.lib.errors import ConfigError, NeedsHuman
from edge.services import configuration
from edge.services.secrets import SECRETS as STORE
from edge.shop.access.rights import MANAGE, PINS
from edge.shop.office.routes import not_by_page, write_configuration
from edge.shop.secrets.commands import NoteSecret
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_outcome, texts_of

TerminalDriver = Literal["clover", "nexo", "stripe_terminal", "zvt"]
SecretText = Annotated[str, msgspec.Meta(min_length=1, max_length=VALUE_CHARS, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
NAME_CHARS = 40


class TerminalForm(msgspec.Struct, frozen=True):
    """What is asked of a terminal: options for config.toml, those with choices by these, and secrets."""

    options: tuple[str, ...]
    secrets: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]] = MappingProxyType({})


FORMS: Mapping[TerminalDriver, TerminalForm] = MappingProxyType(
    {
        "nexo": TerminalForm(
            ("host", "poi_id", "key_identifier", "environment"),
            ("passphrase", "authority"),
            {"environment": ("live", "test")},
        ),
        "clover": TerminalForm(("host", "serial"), ("token", "authority")),
        "stripe_terminal": TerminalForm(("reader",), ("key",)),
        "zvt": TerminalForm(("host", "currency"), ("password",), {"currency": ("EUR", "CHF")}),
    }
)
"""What has no usual value; the rest is said in config.toml."""


class AddTerminal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Write a payment terminal into config.toml; it is used from the next start on. `secrets` are shown to nobody
    again: config.toml names them."""

    driver: TerminalDriver
    register: Annotated[str, msgspec.Meta(min_length=1, max_length=63)]
    options: Annotated[dict[OptionName, str | int | bool], msgspec.Meta(max_length=20)]
    secrets: Annotated[dict[OptionName, SecretText], msgspec.Meta(max_length=4)]


async def add_terminal(request: web.Request) -> web.Response:
    """`POST terminals`: a payment terminal of a register."""
    body = await body_of(request, AddTerminal)
    named = {key: _secret_name(body.driver, body.register, key) for key in body.secrets}
    said = Proposal("payment_terminal", body.driver, f"card terminal {body.register}", body.options, certain=False)
    unknown = sorted(body.secrets.keys() - set(FORMS[body.driver].secrets))
    if key := not_by_page(said) or (unknown[0][:40] if unknown else ""):
        return answer_outcome(Refused("device_by_file", {"name": key}), texts_of(request))
    references = {key: f"{REFERENCE}{name}" for key, name in named.items()}
    device = msgspec.structs.replace(said, options={**body.options, **references})
    written = await write_configuration(
        request, ("device",), lambda text: configuration.with_device(text, device, body.register)
    )
    if written.status != 200:
        return written
    return await _keep(request, {named[key]: value for key, value in body.secrets.items()}) or written


async def _keep(request: web.Request, secrets: Mapping[str, str]) -> web.Response | None:
    """What speaks against keeping them; None: nothing. `Problem` 503: their file cannot be read or written."""
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


def _secret_name(driver: str, register: str, key: str) -> str:
    """Under which name a secret is kept: of its driver, till and option."""
    words = re.sub(r"[^a-z0-9]+", "-", f"{key}-{driver}-{register}".lower())
    return words[:NAME_CHARS].strip("-")


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/terminals",
        handler=add_terminal,
        name="addTerminal",
        answer=DONE,
        right=MANAGE,
        tag="office",
        programs=False,
        reauthenticate=True,
        body=Body(AddTerminal),
        statuses=(422,),
    ),
)
