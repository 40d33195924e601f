"""Sign-in on personal devices and in programs.

An unpaired device needs email address and password. A PIN suffices in paired browsers and at the appliance. Responses
never reveal which email addresses exist.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, NOTHING, Answer, Body, Endpoint
from edge.core.messages import Refused, Right
from edge.core.people import blind_index
from edge.foundation.access.browsers.session import LASTING, Session
from edge.foundation.access.credentials.password import MOST_CHARS
from edge.foundation.access.credentials.throttle import AttemptSource
from edge.foundation.access.identity import ACCESS
from edge.foundation.access.pages.attempts import source_of
from edge.foundation.access.pages.pins_api import EnterPin, Typed, browser_label, note_ended, pin_owner
from edge.foundation.access.programs.refresh_tokens import Tokens
from edge.foundation.access.queries import SET_UP, name_of, rights_of, role_of, stored_hash, stored_password
from edge.web.actors import (
    OWN,
    PAIRING,
    TOKEN,
    end_managing,
    from_here,
    is_console_token,
    is_program,
    register_of,
    seat_of,
    session_of,
)
from edge.web.caller import caller_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of

UNKNOWN_BUCKETS = 256
"""Counters shared by unknown addresses, so that they are throttled like known ones."""
LOGINS_SHOWN = 100
Password = Annotated[str, msgspec.Meta(max_length=4 * MOST_CHARS)]
Label = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]


class LogIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Authenticate: email address and password, or a PIN (in a paired browser); `code` is the second factor. A program
    requests tokens (`app`), a browser gets a cookie; `label` is its name in lists."""

    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    password: Password = ""
    pin: Typed = ""
    person: Typed = ""
    code: Typed = ""
    app: bool = False
    label: Label = ""


class Refresh(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Renew: a program with its refresh token, a browser with its cookie."""

    refresh_token: Annotated[str, msgspec.Meta(max_length=100)] = ""


class Me(msgspec.Struct, frozen=True):
    """The caller: name and current rights. `session` is "" at the appliance's shell."""

    id: str
    name: str
    role: str
    rights: list[Right]
    session: str
    kind: str


class LoggedIn(msgspec.Struct, frozen=True, omit_defaults=True):
    """The signed-in user; `tokens` for a program. `ended`: labels of devices signed out to make room."""

    me: Me
    tokens: Tokens | None = None
    ended: list[str] = []


async def log_in(request: web.Request) -> web.Response:
    """`POST auth/login`: a cookie for a personal device, or tokens for a program."""
    site, body = request.app[SITE], await body_of(request, LogIn)
    user = await (_by_password(request, body) if body.email or body.password else _by_pin(request, body))
    if isinstance(user, Refused):
        return answer_outcome(user, texts_of(request), {"login_wrong": 401, "pin_wrong": 401})
    network, label = caller_of(request).network, body.label.strip() or _agent(request)
    if body.app:
        return await _begin_app(request, user, label, network)
    if before := site.services.of(ACCESS).sessions.find_by_secret(OWN.read(request), "own", touch=False):
        site.services.of(ACCESS).sessions.end(before.id)
    begun = site.services.of(ACCESS).sessions.begin("own", user, label, network)
    answer = answer_json(LoggedIn(signed_in_user(request, begun.session), ended=note_ended(request, begun.ended)))
    OWN.set(request, answer, begun.secret, LASTING["own"].most_us // 1_000_000)
    return answer


async def refresh(request: web.Request) -> web.Response:
    """`POST auth/refresh`: new tokens for a program, or a renewed session for a browser."""
    site, body = request.app[SITE], await body_of(request, Refresh)
    if body.refresh_token:
        tokens = await site.services.of(ACCESS).tokens.refresh(body.refresh_token, caller_of(request).network)
        if isinstance(tokens, Refused):
            if tokens.code in ("token_wrong", "token_copied", "clock_suspect"):
                raise Problem(401, tokens.code)
            return answer_outcome(tokens, texts_of(request))
        session = site.services.of(ACCESS).tokens.session(tokens.refresh_token)
        assert session is not None, "its tokens were just made"
        return answer_json(LoggedIn(signed_in_user(request, session), tokens))
    return answer_json(LoggedIn(signed_in_user(request, own_session(request))))


async def me(request: web.Request) -> web.Response:
    """`GET auth/me`: the signed-in user of this browser or program, with current rights."""
    return answer_json(signed_in_user(request, own_session(request)))


async def log_out(request: web.Request) -> web.Response:
    """`POST auth/logout`: sign out; programs send either of their tokens."""
    site, body = request.app[SITE], await body_of(request, Refresh)
    session = request.get(TOKEN) or site.services.of(ACCESS).tokens.session(body.refresh_token)
    if session:
        site.services.of(ACCESS).sessions.end(session.id)
    answer = answer_json({})
    if own := site.services.of(ACCESS).sessions.find_by_secret(OWN.read(request), "own", touch=False):
        site.services.of(ACCESS).sessions.end(own.id)
    OWN.end(request, answer)
    end_managing(request, answer)
    return answer


async def _by_pin(request: web.Request, body: LogIn) -> str | Refused:
    """Return the user with this PIN. A PIN alone is too short for an unpaired device, so it is refused there."""
    pairing = request.get(PAIRING)
    if not (from_here(request) or (pairing and "panel" in pairing.surfaces)):
        raise Problem(401, "not_paired")
    caller, factors = source_of(request).keys[0], request.app[SITE].services.of(ACCESS).pins.factors
    entered = EnterPin(body.pin, body.person)
    return await pin_owner(request, "", entered, factor=lambda user: factors.ask(user, body.code, caller=caller))


async def _by_password(request: web.Request, body: LogIn) -> str | Refused:
    site, user = request.app[SITE], user_of(request, body.email)
    db, source = site.shop.reader, source_of(request)
    stored = stored_password(db, user) if user else ""
    counted = counted_by(request, source, user, body.email)
    caller, factors = source.keys[0], site.services.of(ACCESS).pins.factors
    return await site.services.of(ACCESS).pins.password(
        source, user, stored, body.password, counted, lambda whose: factors.ask(whose, body.code, caller=caller)
    )


def counted_by(request: web.Request, source: AttemptSource, user: str, said: str) -> str:
    """Return the key for counting a user's wrong attempts, shared with their PIN. Unknown users are counted and delayed
    in the same way."""
    if user:
        return source.person(user, stored_hash(request.app[SITE].shop.reader, user) or "")
    bucket = int.from_bytes(hashlib.sha256(said.casefold().encode()).digest()[:4]) % UNKNOWN_BUCKETS
    return source.person(f"?{bucket}", "")


def user_of(request: web.Request, email: str) -> str:
    """User with this email address, or ""."""
    found = blind_index.find(request.app[SITE].shop.reader, "user email", email.strip().lower())
    return found[0] if len(found) == 1 else ""


async def _begin_app(request: web.Request, user: str, label: str, network: str) -> web.Response:
    site = request.app[SITE]
    if refused := await site.services.of(ACCESS).tokens.refuse_distrusted_clock():
        return answer_outcome(refused, texts_of(request))
    begun = site.services.of(ACCESS).sessions.begin("app", user, label, network)
    tokens = await site.services.of(ACCESS).tokens.begin(begun.session, begun.secret)
    if isinstance(tokens, Refused):
        site.services.of(ACCESS).sessions.end(begun.session.id)
        return answer_outcome(tokens, texts_of(request))
    return answer_json(LoggedIn(signed_in_user(request, begun.session), tokens, note_ended(request, begun.ended)))


def request_session(request: web.Request) -> Session | None:
    """Return the session of a request: a program's, a device's, the manager pages', or the till's."""
    if found := request.get(TOKEN) or session_of(request):
        return request.app[SITE].services.of(ACCESS).sessions.get(found.id)
    if is_program(request) or is_console_token(request):
        return None
    return request.app[SITE].services.of(ACCESS).sessions.at(register_of(request, assumed=True), seat_of(request))


def own_session(request: web.Request) -> Session:
    """Session of the caller. Raises `Problem` 401 if not signed in."""
    if found := request_session(request):
        return found
    raise Problem(401, "not_signed_in")


def signed_in_user(request: web.Request, session: Session) -> Me:
    db, user = request.app[SITE].shop.reader, session.user
    role = role_of(db, user)
    called = "" if user == SET_UP else name_of(db, user)
    return Me(user, called, role.id if role else "", sorted(rights_of(db, user)), session.id, session.kind)


def _agent(request: web.Request) -> str:
    return browser_label(request) if PAIRING in request else request.headers.get("User-Agent", "")[:60]


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/auth/login",
        handler=log_in,
        name="logIn",
        right=ANYBODY,
        tag="auth",
        body=Body(LogIn),
        answer=Answer(LoggedIn),
        rate="sign_in",
        programs=False,
        statuses=(422,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/auth/refresh",
        handler=refresh,
        name="refreshLogin",
        right=ANYBODY,
        tag="auth",
        body=Body(Refresh),
        answer=Answer(LoggedIn),
        rate="sign_in",
        programs=False,
    ),
    Endpoint(
        method="GET",
        path="/api/v1/auth/me",
        handler=me,
        name="whoAmI",
        right=ANYBODY,
        tag="auth",
        answer=Answer(Me),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/auth/logout",
        handler=log_out,
        name="logOut",
        answer=NOTHING,
        right=ANYBODY,
        tag="auth",
        body=Body(Refresh),
    ),
)
