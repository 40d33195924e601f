"""Signing in on a device of one's own, or in a program of one's own; and where one is signed in.

A password (with an e-mail address) is for devices that nobody paired: it opens them alone. A PIN is enough where a
manager let the browser in, and at the appliance itself. Nobody learns which addresses are anybody's.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, Answer, Body, Endpoint
from edge.core.messages import Done, Refused, Right
from edge.core.people import index
from edge.shop.access.codes import PAPER_US, new_paper, plain
from edge.shop.access.commands import GiveCode, SetSecrets, UserId
from edge.shop.access.login_log import Login, read_logins
from edge.shop.access.password import MOST_CHARS, normalized, why_not
from edge.shop.access.pin import hash_pin
from edge.shop.access.queries import (
    SET_UP,
    name_of,
    read_users,
    rights_of,
    role_of,
    stored_hash,
    stored_password,
)
from edge.shop.access.refreshing import Tokens
from edge.shop.access.rights import MANAGE, PINS, USERS, system
from edge.shop.access.session import LASTING, Session
from edge.shop.access.throttle import AttemptSource
from edge.web.actors import (
    OWN,
    PAIRING,
    TOKEN,
    actor_of,
    from_here,
    is_console_token,
    is_program,
    register_of,
    seat_of,
    session_of,
    source_of,
)
from edge.web.api.pins import EnterPin, Typed, end_managing, hashed_for, where_of, who_has
from edge.web.callers import caller_of
from edge.web.context import SITE, now_us
from edge.web.problem import Problem
from edge.web.request_body import body_of, whole_of
from edge.web.responses import answer_json, answer_outcome, texts_of

UNKNOWN_BUCKETS = 256
"""Addresses that nobody has are counted in so many, so that one waits for them as for any other."""
LOGINS_SHOWN = 100
Password = Annotated[str, msgspec.Meta(max_length=4 * MOST_CHARS)]
Label = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]


class LogIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Show who you are: an e-mail address and a password, or (in a browser that was let in) a PIN; `code` is of the
    second factor. A program asks for tokens (`app`), a browser gets a cookie; `label` is what a list calls it."""

    email: Typed | Annotated[str, msgspec.Meta(max_length=254)] = ""
    password: Password = ""
    pin: Typed = ""
    person: Typed = ""
    code: Typed = ""
    app: bool = False
    label: Label = ""


class Refresh(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Go on: a program by the token it was given for that, a browser by its cookie."""

    refresh_token: Annotated[str, msgspec.Meta(max_length=100)] = ""


class Me(msgspec.Struct, frozen=True):
    """Who asks: what they are called, and what they may now. `session` is "" at the shell of the appliance."""

    id: str
    name: str
    role: str
    rights: list[Right]
    session: str
    kind: str


class LoggedIn(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who is signed in; `tokens` are a program's. `ended` are devices that had to make room, by their labels."""

    me: Me
    tokens: Tokens | None = None
    ended: list[str] = []


class SessionShown(msgspec.Struct, frozen=True):
    """Where somebody is signed in. Times are UTC microseconds; `ends_us` 0: with the day of business. `here`: this is
    who asks."""

    id: str
    kind: str
    user: str
    called: str
    register: str
    label: str
    network: str
    begun_us: int
    used_us: int
    ends_us: int
    here: bool


class SetUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Set a PIN, a password or both, by the code that a manager gave on paper."""

    code: Typed
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    person: Typed = ""
    pin: Typed = ""
    password: Password = ""


class NewCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Give a person a code on paper, by which they set their PIN and password, or which stands in for their second
    factor once. Good for ten minutes; the answer is the only place where it ever stands."""

    user: UserId


class PaperCode(msgspec.Struct, frozen=True):
    """A code to write down, and for how many seconds it is good."""

    user: str
    called: str
    code: str
    seconds: int = PAPER_US // 1_000_000


async def log_in(request: web.Request) -> web.Response:
    """`POST auth/login`: a cookie for a device of one's own, or tokens for a program."""
    site, body = request.app[SITE], await body_of(request, LogIn)
    user = await (_by_password(request, body) if body.email or body.password else _by_pin(request, body))
    if isinstance(user, Refused):
        return answer_outcome(user, texts_of(request))
    network, label = caller_of(request).network, body.label.strip() or _agent(request)
    if body.app:
        return await _begin_app(request, user, label, network)
    if before := site.sessions.shown(OWN.read(request), "own", touch=False):
        site.sessions.end(before.id)
    begun = site.sessions.begin("own", user, label, network)
    answer = answer_json(LoggedIn(who_is(request, begun.session), ended=_ended(request, begun.ended)))
    OWN.set(request, answer, begun.secret)
    return answer


async def refresh(request: web.Request) -> web.Response:
    """`POST auth/refresh`: other tokens for a program; a browser's time begins anew."""
    site, body = request.app[SITE], await body_of(request, Refresh)
    if body.refresh_token:
        tokens = await site.tokens.refresh(body.refresh_token, caller_of(request).network)
        if isinstance(tokens, Refused):
            if tokens.code in ("token_wrong", "token_copied", "clock_suspect"):
                raise Problem(401, tokens.code)
            return answer_outcome(tokens, texts_of(request))
        session = site.tokens.session(tokens.refresh_token)
        assert session is not None, "its tokens were just made"
        return answer_json(LoggedIn(who_is(request, session), tokens))
    return answer_json(LoggedIn(who_is(request, _own(request))))


async def me(request: web.Request) -> web.Response:
    """`GET auth/me`: who is signed in, in this browser or program, and what they may now."""
    return answer_json(who_is(request, _own(request)))


async def log_out(request: web.Request) -> web.Response:
    """`POST auth/logout`: nobody is signed in here any more; a program says so by either of its tokens."""
    site, body = request.app[SITE], await body_of(request, Refresh)
    session = request.get(TOKEN) or site.tokens.session(body.refresh_token)
    if session:
        site.sessions.end(session.id)
    answer = answer_json({})
    if own := site.sessions.shown(OWN.read(request), "own", touch=False):
        site.sessions.end(own.id)
    OWN.end(request, answer)
    end_managing(request, answer)
    return answer


async def list_sessions(request: web.Request) -> web.Response:
    """`GET auth/sessions`: where one is signed in oneself; `?all=yes`: where anybody is, for whoever manages users."""
    site, actor = request.app[SITE], actor_of(request)
    if request.query.get("all") == "yes":
        if not (actor.may(MANAGE) or actor.may(USERS)):
            return answer_outcome(_denied(request), texts_of(request))
        return answer_json({"sessions": sessions_shown(request, site.sessions.all())})
    return answer_json({"sessions": sessions_shown(request, site.sessions.all(_own(request).user))})


async def end_one(request: web.Request) -> web.Response:
    """`DELETE auth/sessions/{id}`: one of one's own ends, from its next request on."""
    site, own = request.app[SITE], _own(request)
    found = site.sessions.get(request.match_info["id"])
    if found is None or found.user != own.user:
        return answer_outcome(Refused("no_such_session"), texts_of(request))
    end_sessions(request, [found])
    return answer_json({})


async def end_others(request: web.Request) -> web.Response:
    """`DELETE auth/sessions`: all of one's own end but this one."""
    site, own = request.app[SITE], _own(request)
    end_sessions(request, [one for one in site.sessions.all(own.user) if one.id != own.id])
    return answer_json({})


async def set_up(request: web.Request) -> web.Response:
    """`POST auth/setup`: a person sets their own PIN and password, by a code on paper."""
    site, body = request.app[SITE], await body_of(request, SetUp)
    if not (body.pin or body.password):
        return answer_outcome(Refused("setup_nothing"), texts_of(request))
    user = _user_of(request, body.email) if body.email else body.person
    role = role_of(site.shop.reader, user) if user != SET_UP else None
    hashed = await _password_hash(body.password, _said_of(request, user)) if body.password else ""
    if isinstance(hashed, Refused):
        return answer_outcome(hashed, texts_of(request))
    source = source_of(request)
    counted = _counted(request, source, user if role else "", body.email or body.person)
    wrong = await site.pins.paper(source, user if role else "", counted, body.code)
    if wrong or role is None:
        return answer_outcome(wrong or Refused("setup_wrong"), texts_of(request))
    pin = await hashed_for(request, body.pin, user, role.manages) if body.pin else ""
    if isinstance(pin, Refused):
        return answer_outcome(pin, texts_of(request))
    outcome = await site.shop.do(SetSecrets(user, pin, hashed), msgspec.structs.replace(system("panel"), name=user))
    return answer_json({}) if isinstance(outcome, Done) else answer_outcome(outcome, texts_of(request))


async def give_code(request: web.Request) -> web.Response:
    """`POST auth/codes`: a code on paper for a person, shown this once."""
    site, body = request.app[SITE], await body_of(request, NewCode)
    code = new_paper()
    hashed = await asyncio.to_thread(hash_pin, plain(code))
    outcome = await site.shop.do(GiveCode(body.user, hashed), actor_of(request).with_rights(PINS))
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts_of(request))
    return answer_json({"code": PaperCode(body.user, name_of(site.shop.reader, body.user), code)})


async def logins(request: web.Request) -> web.Response:
    """`GET auth/logins`: who showed what where, the newest first; `?before=` goes on behind a row."""
    before, user = whole_of(request, "before", 0), request.query.get("user", "")[:64]
    found = await request.app[SITE].asker.read(lambda db: read_logins(db, before, user, LOGINS_SHOWN))
    return answer_json({"logins": found})


def end_sessions(request: web.Request, sessions: list[Session]) -> None:
    """They end, and the tills' pages say so."""
    site = request.app[SITE]
    for one in sessions:
        site.sessions.end(one.id)
        if one.register:
            site.live.changed({"who"}, one.register)


def sessions_shown(request: web.Request, sessions: list[Session]) -> list[SessionShown]:
    """Sessions with their times by the wall clock; those of the set-up PIN have no name."""
    site, own = request.app[SITE], session_behind(request)
    behind_us = site.shop.now_us() - now_us()

    def shown(one: Session) -> SessionShown:
        called = "" if one.user == SET_UP else name_of(site.shop.reader, one.user)
        most_us, here = LASTING[one.kind].most_us, own is not None and one.id == own.id
        used_us, ends_us = one.touched_us + behind_us, one.began_us + most_us + behind_us if most_us else 0
        times = (one.begun_at_us, used_us, ends_us)
        return SessionShown(one.id, one.kind, one.user, called, one.register, one.label, one.network, *times, here)

    return [shown(one) for one in sessions]


async def _by_pin(request: web.Request, body: LogIn) -> str | Refused:
    """A PIN alone opens no strange device: it is too short for that."""
    pairing = request.get(PAIRING)
    if not (from_here(request) or (pairing and "panel" in pairing.surfaces)):
        raise Problem(401, "not_paired")
    caller, factors = source_of(request).keys[0], request.app[SITE].pins.factors
    entered = EnterPin(body.pin, body.person)
    return await who_has(request, "", entered, factor=lambda user: factors.ask(user, body.code, caller=caller))


async def _by_password(request: web.Request, body: LogIn) -> str | Refused:
    site, user = request.app[SITE], _user_of(request, body.email)
    db, source = site.shop.reader, source_of(request)
    stored = stored_password(db, user) if user else ""
    counted = _counted(request, source, user, body.email)
    caller, factors = source.keys[0], site.pins.factors
    return await site.pins.password(
        source, user, stored, body.password, counted, lambda whose: factors.ask(whose, body.code, caller=caller)
    )


def _counted(request: web.Request, source: AttemptSource, user: str, said: str) -> str:
    """What wrong tries for a person are counted by: what their PIN's are; for nobody, as many wait as for somebody."""
    if user:
        return source.person(user, stored_hash(request.app[SITE].shop.reader, user) or "")
    bucket = int.from_bytes(hashlib.sha256(said.casefold().encode()).digest()[:4]) % UNKNOWN_BUCKETS
    return source.person(f"?{bucket}", "")


def _user_of(request: web.Request, email: str) -> str:
    """Whose e-mail address that is; "": nobody's."""
    found = index.find(request.app[SITE].shop.reader, "user email", email.strip())
    return found[0] if len(found) == 1 else ""


def _said_of(request: web.Request, user: str) -> tuple[str, ...]:
    """What others know of somebody, and of the shop."""
    store = request.app[SITE].config.store
    of = [(one.name, one.email, one.phone) for one in read_users(request.app[SITE].shop.reader) if one.id == user]
    return (*store.header, store.id, *(of[0] if of else ()))


async def _password_hash(password: str, said: tuple[str, ...]) -> str | Refused:
    if why := await asyncio.to_thread(why_not, password, said):
        return Refused(why)
    return await asyncio.to_thread(hash_pin, normalized(password))


async def _begin_app(request: web.Request, user: str, label: str, network: str) -> web.Response:
    site = request.app[SITE]
    if refused := await site.tokens.doubted():
        return answer_outcome(refused, texts_of(request))
    begun = site.sessions.begin("app", user, label, network)
    tokens = await site.tokens.begin(begun.session, begun.secret)
    if isinstance(tokens, Refused):
        site.sessions.end(begun.session.id)
        return answer_outcome(tokens, texts_of(request))
    return answer_json(LoggedIn(who_is(request, begun.session), tokens, _ended(request, begun.ended)))


def _ended(request: web.Request, ended: tuple[Session, ...]) -> list[str]:
    """Devices that had to make room: who signed in is told, and the list of logins has it."""
    for one in ended:
        request.app[SITE].pins.log.note(one.user, "token" if one.kind == "app" else "cookie", "ended", one.label)
    return [one.label for one in ended]


def session_behind(request: web.Request) -> Session | None:
    """The session behind a request: a program's, a device's, the manager's pages, or at the till it stands at."""
    if found := request.get(TOKEN) or session_of(request):
        return found
    if is_program(request) or is_console_token(request):
        return None
    return request.app[SITE].sessions.at(register_of(request, assumed=True), seat_of(request))


def _own(request: web.Request) -> Session:
    """`Problem` 401: nobody is signed in here."""
    if found := session_behind(request):
        return found
    raise Problem(401, "not_signed_in")


def who_is(request: web.Request, session: Session) -> Me:
    db, user = request.app[SITE].shop.reader, session.user
    role = role_of(db, user)
    called = "" if user == SET_UP else name_of(db, user)
    return Me(user, called, role.id if role else "", sorted(rights_of(db, user)), session.id, session.kind)


def _agent(request: web.Request) -> str:
    return where_of(request) if PAIRING in request else request.headers.get("User-Agent", "")[:60]


def _denied(request: web.Request) -> Refused:
    return Refused("right_denied", {"query": request.path[:80], "right": USERS})


_ID = {"id": {"type": "string", "pattern": "^[0-9a-f]{16}$"}}
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
        right=ANYBODY,
        tag="auth",
        body=Body(Refresh),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/auth/sessions",
        handler=list_sessions,
        name="listSessions",
        right=ANYBODY,
        tag="auth",
        query={"all": {"enum": ["yes"]}},
        answer=Answer(list[SessionShown], under="sessions"),
    ),
    Endpoint(
        method="DELETE",
        path="/api/v1/auth/sessions/{id}",
        handler=end_one,
        name="endOwnSession",
        right=ANYBODY,
        tag="auth",
        path_types=_ID,
        statuses=(422,),
    ),
    Endpoint(
        method="DELETE",
        path="/api/v1/auth/sessions",
        handler=end_others,
        name="endOtherSessions",
        right=ANYBODY,
        tag="auth",
    ),
    Endpoint(
        method="POST",
        path="/api/v1/auth/setup",
        handler=set_up,
        name="setUpSecrets",
        right=ANYBODY,
        tag="auth",
        body=Body(SetUp),
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
