"""PINs over HTTP: approve a command or open manager pages. PINs are never stored in the journal."""

from __future__ import annotations

import asyncio
import hmac
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, DONE, NOTHING, Answer, Body, Endpoint
from edge.core.messages import Refused, Right
from edge.core.secrets import keys
from edge.foundation.access.approvals import APPROVAL_US
from edge.foundation.access.browsers.session import LASTING, Session, mark_of
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin_check import Check
from edge.foundation.access.credentials.recovery_codes import is_recovery
from edge.foundation.access.credentials.throttle import CONSOLE
from edge.foundation.access.identity import ACCESS
from edge.foundation.access.logs.login_log import How
from edge.foundation.access.pages.attempts import source_of
from edge.foundation.access.queries import SET_UP, people_hashes, pin_hash, read_users
from edge.foundation.access.rights import PIN_APPROVES, PINS, system
from edge.foundation.access.roles import MANAGING as MAY_MANAGE
from edge.lib.errors import NeedsHuman
from edge.web.actors import (
    MANAGING,
    PAIRING,
    end_managing,
    own_register,
    register_of,
    seat_of,
    session_of,
)
from edge.web.caller import caller_of
from edge.web.context import SITE, PanelContext, now_us
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of

B = TypeVar("B", bound=msgspec.Struct)
Typed = Annotated[str, msgspec.Meta(max_length=64)]


class EnterPin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Enter a PIN; `person` names its owner, required in shops with many users.

    At a till `command` is the one to approve, once, for this basket, within two minutes. `code` is the second factor
    (from a phone or recovery list), on manager pages and at a till for anything but overrides.
    """

    pin: Typed
    person: Typed = ""
    command: Typed = ""
    code: Typed = ""


class Granted(msgspec.Struct, frozen=True, omit_defaults=True):
    """Approval token for the header `Grant`, valid for `seconds`. `recovery_left`: remaining codes if a recovery code
    was used."""

    token: str
    register: str
    seconds: int
    recovery_left: int | None = None


class NewPin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Set the set-up PIN. Once set, `old_pin` is required or, at the appliance, `recovery_code`, the shop's code from
    paper."""

    pin: Typed
    old_pin: Typed = ""
    recovery_code: Typed = ""


class Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lock this browser: manager pages ask for the PIN again."""


async def grant(request: web.Request) -> web.Response:
    """`POST grants`: a token for the header `Grant`: with `command` for that one, at the request's register.

    On manager pages (`Surface: panel`) it grants the user's rights, and the browser isn't asked for the PIN again for a
    while.
    """
    site, body = request.app[SITE], await body_of(request, EnterPin)
    register = own_register(request) if body.command else register_of(request, assumed=True)
    panel = request.headers.get("Surface") == "panel"
    holding = _approving(site, body.command) if body.command else MAY_MANAGE
    if not (body.command or panel):
        return answer_outcome(Refused("approve_what"), texts_of(request))
    factors = site.services.of(ACCESS).pins.factors
    caller = source_of(request).keys[0]
    by_pin = bool(body.command) and bool(holding & PIN_APPROVES)
    second = None if by_pin else lambda user: factors.ask(user, body.code, caller=caller)
    whose = await pin_owner(request, register, body, holding, second)
    if isinstance(whose, Refused):
        return answer_outcome(whose, texts_of(request))
    if body.command:
        mark = mark_of(site.shop.reader, whose)
        approval = site.services.of(ACCESS).approvals.give(register, body.command, whose, mark, now_us())
        return _grant_answer(approval.token, register, APPROVAL_US)
    left = factors.recovery_left(whose) if is_recovery(body.code) else None
    where = (browser_label(request), caller_of(request).network, seat_of(request))
    answer = _grant_answer(
        site.services.of(ACCESS).sessions.begin("grant", whose, *where).secret, register, LASTING["grant"].most_us, left
    )
    if (before := session_of(request)) and before.kind == "manager":
        site.services.of(ACCESS).sessions.end(before.id)
    begun = site.services.of(ACCESS).sessions.begin("manager", whose, *where)
    MANAGING.set(request, answer, begun.secret)
    note_ended(request, begun.ended)
    return answer


async def lock(request: web.Request) -> web.Response:
    """`POST lock`: end this browser's manager session."""
    answer = answer_json({})
    end_managing(request, answer)
    return answer


async def set_pin(request: web.Request) -> web.Response:
    """`POST pin`: set the first one, only at the appliance; later ones require the old one, or at the appliance the
    recovery code."""
    site, source = request.app[SITE], source_of(request)
    body = await body_of(request, NewPin)
    stored = pin_hash(site.shop.reader)
    if stored is not None and body.recovery_code:
        if source != CONSOLE:
            return answer_outcome(Refused("pin_by_code_elsewhere"), texts_of(request))
        if not await asyncio.to_thread(_is_shops_code, site.config.folder, body.recovery_code):
            return answer_outcome(Refused("recovery_code_other"), texts_of(request))
    elif stored is not None:
        old = await site.services.of(ACCESS).pins.who(source, "", body.old_pin, [(SET_UP, stored)], SET_UP)
        if isinstance(old, Refused):
            return answer_outcome(old, texts_of(request))
    elif source != CONSOLE:
        return answer_outcome(Refused("pin_not_from_here"), texts_of(request))
    hashed = await hashed_for(request, body.pin, SET_UP, manages=True)
    if isinstance(hashed, Refused):
        return answer_outcome(hashed, texts_of(request))
    return answer_outcome(await site.shop.do(SetPin(hashed), system("panel")), texts_of(request))


def _is_shops_code(folder: Path, typed: str) -> bool:
    """Whether this is the shop's recovery code. It has 128 random bits, so it can't be guessed."""
    try:
        stored = keys.read_stored_secret(folder)
        return stored is not None and hmac.compare_digest(keys.read(typed), stored)
    except NeedsHuman:
        return False


async def pin_owner(
    request: web.Request,
    register: str,
    body: EnterPin,
    holding: frozenset[Right] = frozenset(),
    factor: Check | None = None,
) -> str | Refused:
    """Return the owner of this PIN among users with certain rights: a user, or `SET_UP`. `factor`: see
    `PinCheck.who`."""
    site = request.app[SITE]
    people = people_hashes(site.shop.reader, holding)
    named = bool(site.identity.named_people(seat_of(request)))
    others = [one for one in people_hashes(site.shop.reader) if one not in people]
    source = source_of(request)
    return await site.services.of(ACCESS).pins.who(
        source, register, body.pin, people, body.person, named, factor, others
    )


async def hashed_for(
    request: web.Request, pin: str, user: str, manages: bool, numbers: tuple[str, ...] = ()
) -> str | Refused:
    """Return the hash of a new PIN. It must be unique, because sign-in identifies users by PIN alone. It must not be
    part of the owner's phone or employee number, including the new `numbers`."""
    site = request.app[SITE]
    others = [(id, hash) for id, hash in people_hashes(site.shop.reader) if id != user]
    own = [
        number for one in read_users(site.shop.reader) if one.id == user for number in (one.phone, one.employee_number)
    ]
    return await site.services.of(ACCESS).pins.hash_pin(source_of(request), "", pin, others, manages, (*own, *numbers))


def _approving(site: PanelContext, command: str) -> frozenset[Right]:
    """Return the rights that allow a user to approve a command; any one is enough."""
    spec = site.shop.registry.by_name.get(command)
    if spec is None or spec.right == PINS:
        raise Problem(404, "command_unknown", name=command[:80])
    return frozenset({spec.right, spec.also}) - {""}


def _grant_answer(token: str, register: str, for_us: int, recovery_left: int | None = None) -> web.Response:
    """`recovery_left`: remaining codes if a recovery code was used."""
    return answer_json({"grant": Granted(token, register, for_us // 1_000_000, recovery_left)})


def note_ended(request: web.Request, ended: tuple[Session, ...]) -> list[str]:
    """Log browsers and devices that were signed out to make room; return their labels."""
    told = [one for one in ended if one.kind != "grant"]
    for one in told:
        kind: How = "token" if one.kind == "app" else "cookie"
        request.app[SITE].services.of(ACCESS).pins.log.note(one.user, kind, "ended", one.label)
    return [one.label for one in told]


def browser_label(request: web.Request) -> str:
    """Label of a browser: its pairing's, or its address."""
    pairing = request.get(PAIRING)
    return pairing.label if pairing else caller_of(request).address


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/grants",
        handler=grant,
        name="enterPin",
        answer=Answer(Granted, under="grant"),
        right=ANYBODY,
        body=Body(EnterPin),
        rate="sign_in",
        programs=False,
        statuses=(404, 422),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/lock",
        handler=lock,
        name="lock",
        answer=NOTHING,
        right=ANYBODY,
        body=Body(Lock),
        programs=False,
    ),
    Endpoint(
        method="POST",
        path="/api/v1/pin",
        handler=set_pin,
        name="setPin",
        answer=DONE,
        right=ANYBODY,
        body=Body(NewPin),
        rate="sign_in",
        programs=False,
        statuses=(422,),
    ),
)
