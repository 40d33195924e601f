"""A user's sessions, viewed and ended by the user or by user managers."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, NOTHING, Answer, Body, Endpoint
from edge.core.messages import Refused
from edge.foundation.access.browsers.session import LASTING, Session
from edge.foundation.access.identity import ACCESS
from edge.foundation.access.pages.auth_api import own_session, request_session
from edge.foundation.access.queries import SET_UP, name_of
from edge.foundation.access.rights import MANAGE, USERS
from edge.web.actors import actor_of
from edge.web.context import SITE, now_us
from edge.web.denied import Denied
from edge.web.looks import OF
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of


class SessionShown(msgspec.Struct, frozen=True):
    """A session. Times are UTC microseconds; `ends_us` 0: at the end of the business day. `here`: the caller's."""

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


class EndSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sign someone out: at a `register`, a session by `id`, or all of a `user`."""

    register: str = ""
    id: str = ""
    user: str = ""


async def list_sessions(request: web.Request) -> web.Response:
    """`GET auth/sessions`: the caller's sessions; `?all=yes`: everyone's, for user managers."""
    site, actor = request.app[SITE], actor_of(request)
    if request.query.get("all") == "yes":
        if not (actor.may(MANAGE) or actor.may(USERS)):
            raise Denied(USERS)
        return answer_json({"sessions": sessions_shown(request, site.services.of(ACCESS).sessions.all())})
    return answer_json(
        {"sessions": sessions_shown(request, site.services.of(ACCESS).sessions.all(own_session(request).user))}
    )


async def end_one(request: web.Request) -> web.Response:
    """`DELETE auth/sessions/{id}`: end one of the caller's sessions, from its next request on."""
    site, own = request.app[SITE], own_session(request)
    found = site.services.of(ACCESS).sessions.get(request.match_info["id"])
    if found is None or found.user != own.user:
        return answer_outcome(Refused("no_such_session"), texts_of(request))
    end_sessions(request, [found])
    return answer_json({})


async def end_others(request: web.Request) -> web.Response:
    """`DELETE auth/sessions`: end all of the caller's other sessions."""
    site, own = request.app[SITE], own_session(request)
    end_sessions(request, [one for one in site.services.of(ACCESS).sessions.all(own.user) if one.id != own.id])
    return answer_json({})


async def end_others_session(request: web.Request) -> web.Response:
    """`POST sessions/end`: sign someone out, from their next request on."""
    sessions, body = request.app[SITE].services.of(ACCESS).sessions, await body_of(request, EndSession)
    if body.user:
        found = sessions.all(body.user)
    else:
        found = [one for one in (sessions.get(body.id) or sessions.at(body.register),) if one]
    if not found:
        return answer_outcome(Refused("no_such_session"), texts_of(request))
    request[OF] = found[0].user
    end_sessions(request, found)
    return answer_json({})


def end_sessions(request: web.Request, sessions: list[Session]) -> None:
    """End sessions and update the tills' pages."""
    site = request.app[SITE]
    for one in sessions:
        site.services.of(ACCESS).sessions.end(one.id)
        if one.register:
            site.live.refresh_pages({"signed_in"}, one.register)


def sessions_shown(request: web.Request, sessions: list[Session]) -> list[SessionShown]:
    """Return sessions with wall-clock times. Sessions of the set-up PIN have no name."""
    site, own = request.app[SITE], request_session(request)
    behind_us = site.shop.now_us() - now_us()

    def show_session(one: Session) -> SessionShown:
        called = "" if one.user == SET_UP else name_of(site.shop.reader, one.user)
        most_us, here = LASTING[one.kind].most_us, own is not None and one.id == own.id
        used_us, ends_us = one.touched_us + behind_us, one.began_us + most_us + behind_us if most_us else 0
        times = (one.begun_at_us, used_us, ends_us)
        return SessionShown(one.id, one.kind, one.user, called, one.register, one.label, one.network, *times, here)

    return [show_session(one) for one in sessions]


_ID = {"id": {"type": "string", "pattern": "^[0-9a-f]{16}$"}}
ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/sessions/end",
        handler=end_others_session,
        reauthenticate=True,
        name="endSession",
        answer=NOTHING,
        right=MANAGE,
        also=USERS,
        body=Body(EndSession),
        statuses=(422,),
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
        answer=NOTHING,
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
        answer=NOTHING,
        right=ANYBODY,
        tag="auth",
    ),
)
