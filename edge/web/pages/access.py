"""The manager's page of who is let in: paired browsers, who is signed in, programs, and roles; behind a PIN."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from aiohttp import web

from edge.core.endpoints import Body, Endpoint, Page
from edge.core.endpoints import fragment as piece
from edge.core.messages import Refused
from edge.core.storage.database import Connection
from edge.lib.units.money import exponent
from edge.shop.access.api_key import DAYS, DAYS_MOST
from edge.shop.access.login_log import read_logins
from edge.shop.access.queries import SET_UP, factor_policies, name_of, pairings, read_users, roles
from edge.shop.access.queries import keys as list_keys
from edge.shop.access.rights import DEVICES, MANAGE, RIGHTS, SELL
from edge.web.api.own_sessions import end_sessions, sessions_shown
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of

KINDS = ("till", "manager", "kiosk", "phone")
LIMITED = ("refund", "refund_cash", "discount")
"""Rights that a role may have up to an amount."""
LOGINS_SHOWN = 50
OFFERED = tuple(sorted(RIGHTS - {MANAGE, SELL}))


class EndSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sign somebody out: at a `register`, where their session has an `id`, or of all that a `user` has."""

    register: str = ""
    id: str = ""
    user: str = ""


async def shown(request: web.Request) -> web.Response:
    """`GET /manager/access`: the page; what it shows comes behind a PIN."""
    return page(request, "access")


async def fragment(request: web.Request) -> web.Response:
    """`GET /fragments/access`: browsers, sessions, keys of programs and roles, to look at and change."""
    site = request.app[SITE]

    def read(db: Connection) -> dict[str, Any]:
        return {
            "pairings": pairings(db),
            "roles": roles(db),
            "keys": _keys(db),
            "policy": factor_policies(db),
            "users": read_users(db),
            "logins": logins_shown(db),
        }

    found = await site.asker.read(read)
    found |= {
        "sessions": sessions_shown(request, site.sessions.all()),
        "days": (DAYS, DAYS_MOST),
        "now_us": site.shop.now_us(),
        "registers": site.config.registers,
        "kinds": KINDS,
        "offered": (SELL, *OFFERED),
        "limited": LIMITED,
        "plain": lambda minor: f"{Decimal(minor).scaleb(-exponent(site.settings.currency)):f}",
    }
    return html(site.renderer.render("access_rows.html", texts_of(request).language, **found))


async def end_session(request: web.Request) -> web.Response:
    """`POST sessions/end`: somebody is signed in no more, from their next request on."""
    sessions, body = request.app[SITE].sessions, await body_of(request, EndSession)
    if body.user:
        found = sessions.all(body.user)
    else:
        found = [one for one in (sessions.get(body.id) or sessions.at(body.register),) if one]
    if not found:
        return answer_outcome(Refused("no_such_session"), texts_of(request))
    end_sessions(request, found)
    return answer_json({})


def _keys(db: Connection) -> list[dict[str, Any]]:
    """Keys of programs, and what those are called who made them."""
    makers = {SET_UP: "", "system": ""}
    return [
        {**msgspec.structs.asdict(key), "by": makers.get(key.maker, name_of(db, key.maker))} for key in list_keys(db)
    ]


def logins_shown(db: Connection, user: str = "", limit: int = LOGINS_SHOWN) -> list[dict[str, Any]]:
    """The last who showed something (or what one of them did), as people are told of it."""
    labels = {f"pairing:{one.id}": one.label or one.register for one in pairings(db)}
    shown = []
    for one in read_logins(db, user=user, limit=limit):
        place, _, register = one.place.partition(" ") if one.place.startswith("pairing:") else (one.place, "", "")
        called = "" if one.user in ("", SET_UP) else name_of(db, one.user)
        of = {"called": called, "set_up": one.user == SET_UP, "place": labels.get(place, place), "register": register}
        shown.append(msgspec.structs.asdict(one) | of)
    return shown


ENDPOINTS = (
    piece("/fragments/access", fragment, MANAGE, also=DEVICES),
    Endpoint(
        method="POST",
        path="/api/v1/sessions/end",
        handler=end_session,
        reauthenticate=True,
        name="endSession",
        right=MANAGE,
        also=DEVICES,
        body=Body(EndSession),
        statuses=(422,),
    ),
)
PAGES = (
    Page(
        path="/manager/access",
        name="access",
        group="system",
        place=20,
        handler=shown,
        right=MANAGE,
        also=DEVICES,
        fragments=("alerts", "clock"),
        menu="access.title",
    ),
)
