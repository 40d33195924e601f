"""Add a payment terminal to config.toml from the setup page, with its secrets in the secret store."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from drivers.discovery.match import OptionName, Proposal
from edge.backoffice.office.pages.configuration_api import SecretText, keep_secrets
from edge.backoffice.office.routes import not_by_page, write_configuration
from edge.core.endpoints import DONE, Body, Endpoint
from edge.core.messages import Refused
from edge.core.secrets.store import REFERENCE
from edge.foundation.access.rights import MANAGE
from edge.runtime import configuration
from edge.web.request_body import body_of
from edge.web.responses import answer_outcome, texts_of

TerminalDriver = Literal["clover", "nexo", "stripe_terminal", "zvt"]
NAME_CHARS = 40


class TerminalForm(msgspec.Struct, frozen=True):
    """The form for a terminal: options for config.toml, some with choices, and secrets."""

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
"""Options without a default; others are set in config.toml."""


class AddTerminal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Add a payment terminal to config.toml, used from the next start. `secrets` are never shown again; config.toml
    refers to them by name."""

    driver: TerminalDriver
    register: Annotated[str, msgspec.Meta(min_length=1, max_length=63)]
    options: Annotated[dict[OptionName, str | int | bool], msgspec.Meta(max_length=20)]
    secrets: Annotated[dict[OptionName, SecretText], msgspec.Meta(max_length=4)]


async def add_terminal(request: web.Request) -> web.Response:
    """`POST terminals`: add a payment terminal for a register."""
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
    return await keep_secrets(request, {named[key]: value for key, value in body.secrets.items()}) or written


def _secret_name(driver: str, register: str, key: str) -> str:
    """The name of a secret, made from driver, register and option."""
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
