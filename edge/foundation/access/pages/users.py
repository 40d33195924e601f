"""Manager page of users: staff, rights, sessions and authentications; requires a PIN."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from aiohttp import web

from edge.core.storage.database import Connection
from edge.foundation.access.identity import ACCESS
from edge.foundation.access.logs.login_log import read_logins
from edge.foundation.access.logs.look_log import READ_ROWS, read_looks
from edge.foundation.access.pages.looked_at import each_once
from edge.foundation.access.pages.own_sessions_api import sessions_shown
from edge.foundation.access.queries import SET_UP, factor_policies, name_of, pairings, people_hashes, read_users, roles
from edge.foundation.access.rights import LIMITED, MANAGE, RIGHTS, SELL
from edge.lib.units.money import exponent
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of

LOGINS_SHOWN = 50
OFFERED = (SELL, *sorted(RIGHTS - {MANAGE, SELL}))
FACTORS = ("none", "totp", "otp")


async def users(request: web.Request) -> web.Response:
    """`GET /manager/users`: the page; its content requires a PIN."""
    return page(request, "users")


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/users`: users, roles and authentications, to view and change."""
    site = request.app[SITE]

    def read(db: Connection) -> dict[str, Any]:
        return {
            "users": read_users(db),
            "roles": roles(db),
            "policy": factor_policies(db),
            "logins": logins_shown(db),
            "looks": looks_shown(db),
            "hashes": people_hashes(db),
        }

    found = await site.asker.read(read)
    sessions = sessions_shown(request, site.services.of(ACCESS).sessions.all())
    found |= {
        "off": {user for user, hash in found.pop("hashes") if site.services.of(ACCESS).pins.is_off(user, hash)},
        "sessions": {user.id: [one for one in sessions if one.user == user.id] for user in found["users"]},
        "set_up": [one for one in sessions if one.user == SET_UP],
        "offered": OFFERED,
        "limited": LIMITED,
        "factors": FACTORS,
        "plain": lambda minor: f"{Decimal(minor).scaleb(-exponent(site.settings.currency)):f}",
    }
    return html(site.renderer.render("user_rows.html", texts_of(request).language, **found))


def looks_shown(db: Connection) -> list[dict[str, Any]]:
    """Latest views of personal data and secrets, for people."""
    found = each_once(read_looks(db, limit=READ_ROWS))[:LOGINS_SHOWN]
    return [
        msgspec.structs.asdict(one)
        | {"topic": topic, "called": name_of(db, one.user), "whose": name_of(db, one.of) if one.of else ""}
        for one, topic in found
    ]


def logins_shown(db: Connection, user: str = "", limit: int = LOGINS_SHOWN) -> list[dict[str, Any]]:
    """Latest authentications (of one user), for people."""
    labels = {f"pairing:{one.id}": one.label or one.register for one in pairings(db)}
    shown = []
    for one in read_logins(db, user=user, limit=limit):
        place, _, register = one.place.partition(" ") if one.place.startswith("pairing:") else (one.place, "", "")
        called = "" if one.user in ("", SET_UP) else name_of(db, one.user)
        of = {"called": called, "set_up": one.user == SET_UP, "place": labels.get(place, place), "register": register}
        shown.append(msgspec.structs.asdict(one) | of)
    return shown
