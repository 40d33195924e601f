"""Users over HTTP: signing in and out at a register, and what a manager does to users. PINs never reach the journal."""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web

from edge.access.commands import Role, SetUser, UserName
from edge.access.queries import name_of, next_id
from edge.access.rights import MANAGE
from edge.core.shapes import Refused
from edge.panel.actors import actor_of, register_of
from edge.panel.answers import answer_json, answer_outcome, texts_of
from edge.panel.api.pins import EnterPin, body_of, hashed_for, who_has
from edge.panel.site import SITE


class SignOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let nobody be signed in at this register."""


class NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Add a user with a PIN, or (with `id`) change one: without a `pin` it stays as it is."""

    name: UserName
    role: Role
    pin: str = ""
    id: Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,30})?$")] = ""


async def sign_in(request: web.Request) -> web.Response:
    """`POST sign-in`: whose PIN this is stands at the request's register from now on."""
    site, register = request.app[SITE], register_of(request)
    body = await body_of(request, EnterPin)
    user = await who_has(site, register, body.pin)
    if isinstance(user, Refused):
        return answer_outcome(user, texts_of(request))
    site.sessions.sign_in(register, user)
    site.live.changed({"who"}, register)
    return answer_json({"user": {"id": user, "name": name_of(site.shop.reader, user)}})


async def sign_out(request: web.Request) -> web.Response:
    """`POST sign-out`: nobody stands at the request's register."""
    site, register = request.app[SITE], register_of(request)
    site.sessions.sign_out(register)
    site.live.changed({"who"}, register)
    return answer_json({})


async def set_user(request: web.Request) -> web.Response:
    """`POST users`: a new user gets a name in the journal that says nothing of them."""
    site, actor = request.app[SITE], actor_of(request)
    if not actor.may(MANAGE):
        return answer_outcome(
            Refused("right_denied", {"command": SetUser.__name__, "right": MANAGE}), texts_of(request)
        )
    body = await body_of(request, NewUser)
    id = body.id or next_id(site.shop.reader)
    hashed = await hashed_for(site, body.pin, id) if body.pin or not body.id else ""
    if isinstance(hashed, Refused):
        return answer_outcome(hashed, texts_of(request))
    outcome = await site.shop.do(SetUser(id, body.name.strip(), body.role, hashed), actor)
    return answer_outcome(outcome, texts_of(request))
