"""Paper codes for setting PINs and passwords, password changes, and the authentication log for user managers."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, DONE, NOTHING, Answer, Body, Endpoint
from edge.core.messages import Done, Refused
from edge.foundation.access.commands import GiveCode, SetPassword, SetSecrets, UserId
from edge.foundation.access.credentials.one_time_codes import PAPER_US, new_paper, plain
from edge.foundation.access.credentials.password import normalize_password, why_not
from edge.foundation.access.credentials.pin import hash_password, hash_pin
from edge.foundation.access.identity import ACCESS
from edge.foundation.access.logs.login_log import Login, read_logins
from edge.foundation.access.pages.attempts import source_of
from edge.foundation.access.pages.auth_api import Password, counted_by, own_session, user_of
from edge.foundation.access.pages.pins_api import Typed, hashed_for
from edge.foundation.access.queries import SET_UP, name_of, read_users, role_of, stored_password
from edge.foundation.access.rights import MANAGE, PINS, USERS, system
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.request_body import body_of, whole_of
from edge.web.responses import answer_json, answer_outcome, texts_of

LOGINS_SHOWN = 100


class SetUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Set a PIN, a password or both with a manager's paper code."""

    code: Typed
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    person: Typed = ""
    pin: Typed = ""
    password: Password = ""


class ChangePassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Change the caller's password with the `present` one. Without it, a manager issues a paper code."""

    present: Password
    password: Password


class NewCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Create a user's paper code, to set PIN and password or replace the second factor once. Valid for ten minutes;
    only this answer contains it."""

    user: UserId


class PaperCode(msgspec.Struct, frozen=True):
    """A code to write down, and its validity in seconds."""

    user: str
    called: str
    code: str
    seconds: int = PAPER_US // 1_000_000


async def set_up(request: web.Request) -> web.Response:
    """`POST auth/setup`: a user sets their PIN and password with a paper code."""
    site, body = request.app[SITE], await body_of(request, SetUp)
    if not (body.pin or body.password):
        return answer_outcome(Refused("setup_nothing"), texts_of(request))
    user = user_of(request, body.email) if body.email else body.person
    role = role_of(site.shop.reader, user) if user != SET_UP else None
    hashed = await _password_hash(body.password, _public_facts(request, user)) if body.password else ""
    if isinstance(hashed, Refused):
        return answer_outcome(hashed, texts_of(request))
    source = source_of(request)
    counted = counted_by(request, source, user if role else "", body.email or body.person)
    wrong = await site.services.of(ACCESS).pins.paper(source, user if role else "", counted, body.code)
    if wrong or role is None:
        return answer_outcome(wrong or Refused("setup_wrong"), texts_of(request))
    pin = await hashed_for(request, body.pin, user, role.manages) if body.pin else ""
    if isinstance(pin, Refused):
        return answer_outcome(pin, texts_of(request))
    outcome = await site.shop.do(SetSecrets(user, pin, hashed), msgspec.structs.replace(system("panel"), name=user))
    return answer_json({}) if isinstance(outcome, Done) else answer_outcome(outcome, texts_of(request))


async def change_password(request: web.Request) -> web.Response:
    """`POST auth/password`: change the password with the present one; ends all sessions, including this one."""
    site, user = request.app[SITE], own_session(request).user
    body, source = await body_of(request, ChangePassword), source_of(request)
    stored = stored_password(site.shop.reader, user)
    if not stored:
        return answer_outcome(Refused("password_none"), texts_of(request))
    hashed = await _password_hash(body.password, _public_facts(request, user))
    if isinstance(hashed, Refused):
        return answer_outcome(hashed, texts_of(request))
    shown = await site.services.of(ACCESS).pins.password(
        source, user, stored, body.present, counted_by(request, source, user, ""), _enough
    )
    if isinstance(shown, Refused):
        wrong = Refused("password_wrong") if shown.code == "login_wrong" else shown
        return answer_outcome(wrong, texts_of(request))
    asker = msgspec.structs.replace(system("panel"), name=user)
    return answer_outcome(await site.shop.do(SetPassword(user, hashed), asker), texts_of(request))


async def _enough(user: str) -> None:
    """No second factor: the present password suffices."""


async def give_code(request: web.Request) -> web.Response:
    """`POST auth/codes`: create a user's paper code, shown once."""
    site, body = request.app[SITE], await body_of(request, NewCode)
    code = new_paper()
    hashed = await asyncio.to_thread(hash_pin, plain(code))
    outcome = await site.shop.do(GiveCode(body.user, hashed), actor_of(request).with_rights(PINS))
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts_of(request))
    return answer_json({"code": PaperCode(body.user, name_of(site.shop.reader, body.user), code)})


async def logins(request: web.Request) -> web.Response:
    """`GET auth/logins`: authentications, newest first; `?before=` continues after a row."""
    before, user = whole_of(request, "before", 0), request.query.get("user", "")[:64]
    found = await request.app[SITE].asker.read(lambda db: read_logins(db, before, user, LOGINS_SHOWN))
    return answer_json({"logins": found})


def _public_facts(request: web.Request, user: str) -> tuple[str, ...]:
    """Return publicly known facts about a user and the shop."""
    store = request.app[SITE].config.store
    of = [(one.name, one.email, one.phone) for one in read_users(request.app[SITE].shop.reader) if one.id == user]
    return (*store.header, store.id, *(of[0] if of else ()))


async def _password_hash(password: str, said: tuple[str, ...]) -> str | Refused:
    if why := await asyncio.to_thread(why_not, password, said):
        return Refused(why)
    return await asyncio.to_thread(hash_password, normalize_password(password))


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/auth/setup",
        handler=set_up,
        name="setUpSecrets",
        answer=NOTHING,
        right=ANYBODY,
        tag="auth",
        body=Body(SetUp),
        rate="sign_in",
        programs=False,
        statuses=(422,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/auth/password",
        handler=change_password,
        name="changePassword",
        answer=DONE,
        right=ANYBODY,
        tag="auth",
        body=Body(ChangePassword),
        rate="sign_in",
        programs=False,
        statuses=(422,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/auth/codes",
        handler=give_code,
        reauthenticate=True,
        name="giveCode",
        right=MANAGE,
        also=USERS,
        tag="auth",
        body=Body(NewCode),
        answer=Answer(PaperCode, under="code"),
        statuses=(422,),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/auth/logins",
        handler=logins,
        name="listLogins",
        right=MANAGE,
        also=USERS,
        tag="auth",
        query={"before": {"type": "integer", "minimum": 0}, "user": {"type": "string"}},
        answer=Answer(list[Login], under="logins"),
    ),
)
