"""Second factors over HTTP: their owner sets up, confirms and removes them, authenticating at each step."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, NOTHING, Answer, Body, Endpoint
from edge.core.messages import Done, Refused
from edge.foundation.access.identity import ACCESS
from edge.foundation.access.pages.auth_api import Password
from edge.foundation.access.pages.pins_api import EnterPin, Typed, pin_owner
from edge.foundation.access.queries import SET_UP, name_of
from edge.foundation.access.roles import MANAGING
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of
from edge.web.trust import picture
from sync.identity.totp import PENDING_US, app_address


class WithFactor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Authenticate with a PIN, and a `code` of the current second factor or, without one, the `password` if set."""

    pin: Typed
    person: Typed = ""
    code: Typed = ""
    password: Password = ""


class FirstCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Activate a second factor with its first code."""

    pin: Typed
    code: Typed
    person: Typed = ""


class FactorSecret(msgspec.Struct, frozen=True):
    """A secret for a phone, to type or scan (its `address` as `picture`); valid for `seconds`."""

    secret: str
    address: str
    picture: str
    seconds: int


async def begin(request: web.Request) -> web.Response:
    """`POST factor`: create a secret for a phone, which its first correct code activates.

    Replacing a second factor requires a code of the current one.
    """
    site = request.app[SITE]
    body = await body_of(request, WithFactor)
    user = await _owner(request, body)
    if isinstance(user, Refused):
        return answer_outcome(user, texts_of(request))
    secret = await site.services.of(ACCESS).pins.factors.begin(user)
    if isinstance(secret, Refused):
        return answer_outcome(secret, texts_of(request))
    scanned = app_address(secret, name_of(site.shop.reader, user), site.config.store.id)
    shown = FactorSecret(secret, scanned, picture(scanned), PENDING_US // 1_000_000)
    return answer_json({"factor": shown})


async def confirm(request: web.Request) -> web.Response:
    """`POST factor/confirm`: activate a second factor with its first code, and return recovery codes, shown once."""
    site = request.app[SITE]
    body = await body_of(request, FirstCode)
    codes: list[str] = []

    async def first_code(user: str) -> Refused | None:
        made = await site.services.of(ACCESS).pins.factors.confirm(user, body.code)
        if isinstance(made, Refused):
            return made
        codes.extend(made)
        return None

    user = await pin_owner(request, register_of(request), EnterPin(body.pin, body.person), MANAGING, first_code)
    if isinstance(user, Refused):
        return answer_outcome(user, texts_of(request))
    return answer_json({"recovery_codes": codes})


async def make_codes(request: web.Request) -> web.Response:
    """`POST factor/recovery-codes`: create recovery codes, shown once. Earlier ones become invalid."""
    user = await _owner(request, await body_of(request, WithFactor))
    codes = (
        user if isinstance(user, Refused) else await request.app[SITE].services.of(ACCESS).pins.factors.make_codes(user)
    )
    if isinstance(codes, Refused):
        return answer_outcome(codes, texts_of(request))
    return answer_json({"recovery_codes": codes})


async def drop(request: web.Request) -> web.Response:
    """`POST factor/drop`: remove the caller's second factor. A lost one is removed at the appliance's shell."""
    user = await _owner(request, await body_of(request, WithFactor))
    outcome = user if isinstance(user, Refused) else await request.app[SITE].services.of(ACCESS).pins.factors.drop(user)
    return answer_json({}) if isinstance(outcome, Done) else answer_outcome(outcome, texts_of(request))


async def _owner(request: web.Request, body: WithFactor) -> str | Refused:
    """Return the user identified by PIN, and by second factor if set. The set-up PIN belongs to no user and has
    none."""
    factors = request.app[SITE].services.of(ACCESS).pins.factors

    async def second(user: str) -> Refused | None:
        if user == SET_UP:
            return Refused("factor_of_nobody")
        if refused := await factors.ask(user, body.code, must=False):
            return refused
        shown = factors.has(user) or factors.codes.is_paper(body.code)
        return None if shown else await factors.prove_password(user, body.password)

    return await pin_owner(request, register_of(request), EnterPin(body.pin, body.person), MANAGING, second)


_CODES = Answer(list[str], under="recovery_codes")
FACTORS = tuple(f"/api/v1/factor{what}" for what in ("", "/confirm", "/recovery-codes", "/drop"))
"""Paths of all endpoints for second factors. Their handlers authenticate the caller themselves."""
ENDPOINTS = tuple(
    Endpoint(
        method="POST",
        path=f"/api/v1/factor{path}",
        handler=handler,
        name=name,
        right=ANYBODY,
        body=Body(body),
        rate="sign_in",
        programs=False,
        answer=answer,
        statuses=(422,),
    )
    for path, handler, name, body, answer in (
        ("", begin, "beginFactor", WithFactor, Answer(FactorSecret, under="factor")),
        ("/confirm", confirm, "confirmFactor", FirstCode, _CODES),
        ("/recovery-codes", make_codes, "makeRecoveryCodes", WithFactor, _CODES),
        ("/drop", drop, "dropFactor", WithFactor, NOTHING),
    )
)
