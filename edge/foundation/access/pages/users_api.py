"""Users over HTTP: sign-in at registers, and user management. PINs never reach the journal."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, DONE, NOTHING, Answer, Body, Endpoint
from edge.core.messages import Refusal, Refused
from edge.foundation.access.commands import EMPLOYEE_NUMBER, Role, SetUser, UserName
from edge.foundation.access.contact import email_of, phone_of
from edge.foundation.access.identity import ACCESS
from edge.foundation.access.pages.beside import PHONE_REGION
from edge.foundation.access.pages.pins_api import EnterPin, browser_label, hashed_for, pin_owner
from edge.foundation.access.queries import name_of, next_id, role_of
from edge.foundation.access.rights import MANAGE, PINS, USERS
from edge.foundation.access.roles import read_role
from edge.web.actors import PAIRING, actor_of, from_here, is_console_token, own_register, seat_of
from edge.web.caller import caller_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of

Typed = Annotated[str, msgspec.Meta(max_length=254)]


class SignOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sign out at this register, if signed in there."""


class SignedIn(msgspec.Struct, frozen=True):
    """The signed-in user and their name."""

    id: str
    name: str


class NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Add a user with a PIN, or (with `id`) change one: an omitted `pin`, email address, phone (in local format) or
    employee number stays unchanged; an empty one is removed."""

    name: UserName
    role: Role
    pin: Annotated[str, msgspec.Meta(max_length=64)] = ""
    id: Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,30})?$(?!\n)")] = ""
    email: Typed | None = None
    phone: Typed | None = None
    employee_number: Typed | None = None


class Contact(msgspec.Struct, frozen=True):
    """Contact data, normalised; None: unchanged."""

    email: str | None
    phone: str | None
    employee_number: str | None


async def sign_in(request: web.Request) -> web.Response:
    """`POST sign-in`: sign the PIN's owner in at the request's register, in this browser."""
    site = request.app[SITE]
    if not (PAIRING in request or from_here(request) or is_console_token(request)):
        raise Problem(401, "not_paired")  # a personal device belongs to no register
    register = own_register(request)
    user = await pin_owner(request, register, await body_of(request, EnterPin))
    if isinstance(user, Refused):
        return answer_outcome(user, texts_of(request))
    where = (seat_of(request), browser_label(request), caller_of(request).network)
    for left in (register, *site.services.of(ACCESS).sessions.sign_in(register, user, *where)):
        site.live.refresh_pages({"signed_in"}, left)
    return answer_json({"user": SignedIn(user, name_of(site.shop.reader, user))})


async def sign_out(request: web.Request) -> web.Response:
    """`POST sign-out`: sign out at the request's register, if signed in from here."""
    site, register = request.app[SITE], own_register(request)
    site.services.of(ACCESS).sessions.sign_out(register, seat_of(request))
    site.live.refresh_pages({"signed_in"}, register)
    return answer_json({})


async def set_user(request: web.Request) -> web.Response:
    """`POST users`: a new user's id in the journal reveals nothing about them."""
    site, actor = request.app[SITE], actor_of(request)
    body = await body_of(request, NewUser)
    contact = _contact(body, site.services.of(PHONE_REGION)(site.config))
    hashed = await _pin_hash(request, body, contact)
    if isinstance(hashed, Refused):
        return answer_outcome(hashed, texts_of(request))
    id = body.id or next_id(site.shop.reader)
    user = SetUser(id, body.name.strip(), body.role, hashed, **msgspec.structs.asdict(contact))
    return answer_outcome(await site.shop.do(user, actor.with_rights(PINS)), texts_of(request))


def _contact(body: NewUser, region: str) -> Contact:
    email = None if body.email is None else email_of(body.email)
    phone = None if body.phone is None else phone_of(body.phone, region)
    number = None if body.employee_number is None else body.employee_number.strip()
    if phone and phone.extension:
        raise Refusal("phone_invalid")
    if number and not re.fullmatch(EMPLOYEE_NUMBER, number):
        raise Refusal("employee_number_invalid")
    return Contact(email, phone.e164 if phone else None, number)


async def _pin_hash(request: web.Request, body: NewUser, contact: Contact) -> str | Refused:
    """Return the hash of a user's new PIN, "" if unchanged. A user who becomes manager needs a new PIN."""
    db = request.app[SITE].shop.reader
    before, after = (role_of(db, body.id) if body.id else None), read_role(db, body.role)
    if after is None:
        return Refused("no_such_role", {"role": body.role})
    if body.id and before is None:
        return Refused("no_such_user", {"id": body.id})
    if body.pin or before is None:
        numbers = (contact.phone or "", contact.employee_number or "")
        return await hashed_for(request, body.pin, body.id, after.manages, numbers)
    return Refused("user_needs_pin", {"id": body.id}) if after.manages and not before.manages else ""


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/sign-in",
        handler=sign_in,
        name="signIn",
        answer=Answer(SignedIn, under="user"),
        right=ANYBODY,
        body=Body(EnterPin),
        rate="sign_in",
        programs=False,
        statuses=(422,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/sign-out",
        handler=sign_out,
        name="signOut",
        answer=NOTHING,
        right=ANYBODY,
        body=Body(SignOut),
        programs=False,
    ),
    Endpoint(
        method="POST",
        path="/api/v1/users",
        handler=set_user,
        reauthenticate=True,
        name="setUser",
        answer=DONE,
        right=MANAGE,
        also=USERS,
        body=Body(NewUser),
        statuses=(422,),
    ),
)
