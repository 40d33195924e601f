"""Pages of sign-in on personal devices and of access management."""

from __future__ import annotations

from aiohttp import web

from edge.core.command_bus import CommandBus
from edge.core.endpoints import ANYBODY, Endpoint, Page, fragment
from edge.foundation.access.credentials.factors import RECOVERY_FEW
from edge.foundation.access.identity import ACCESS
from edge.foundation.access.pages import (
    access,
    auth_api,
    factor,
    factors_api,
    keys_api,
    own_sessions_api,
    pairing_page,
    paper_codes_api,
    pins_api,
    users,
    users_api,
)
from edge.foundation.access.pages.auth_api import Me, request_session, signed_in_user
from edge.foundation.access.pages.own_sessions_api import sessions_shown
from edge.foundation.access.queries import at_till, count_users, name_of, read_users, stored_password
from edge.foundation.access.rights import MANAGE, SELL, USERS, anonymous_actor
from edge.web.actors import PAIRING, from_here, seat_of
from edge.web.context import SITE
from edge.web.live.fragments import FACTS, TICK, Fragment, FragmentSource, Values
from edge.web.pages.shell import html, page
from edge.web.pairing import OpenTo
from edge.web.responses import texts_of

SHOWN = 10
_WITHOUT_ANYBODY = ("auth/login", "auth/refresh", "auth/logout", "auth/setup")
"""Requests that don't require being signed in."""


async def login(request: web.Request) -> web.Response:
    """`GET /login`: email address and password, a PIN in paired browsers, or a paper code."""
    site, language = request.app[SITE], texts_of(request).language
    near = from_here(request) or PAIRING in request
    header, people = site.settings.header, await site.asker.read(read_users) if near else []
    shown = {
        "near": near,
        "people": people,
        "named": near and bool(site.identity.named_people(seat_of(request))),
        "shop": header[0] if header else "",
    }
    return html(site.renderer.render("login.html", language, **shown))


async def account(request: web.Request) -> web.Response:
    """`GET /account`: the user's sessions, to view and end."""
    return page(request, "account")


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/account`: the user's current sessions."""
    site, session = request.app[SITE], request_session(request)
    me: Me | None = signed_in_user(request, session) if session else None
    found = sessions_shown(request, site.services.of(ACCESS).sessions.all(session.user)) if session else []
    logins = await site.asker.read(lambda db: users.logins_shown(db, session.user, SHOWN)) if session else []
    has_password = session is not None and bool(stored_password(site.shop.reader, session.user))
    factors = site.services.of(ACCESS).pins.factors
    left = factors.recovery_left(session.user) if session is not None and factors.has(session.user) else None
    shown = {"me": me, "sessions": found, "logins": logins, "has_password": has_password, "left": left}
    shown["few"] = left is not None and left <= RECOVERY_FEW
    return html(site.renderer.render("account_rows.html", texts_of(request).language, **shown))


def signed_in(views: FragmentSource, register: str) -> Values:
    """Return the signed-in user at a till, and whether sign-in is required or possible."""
    reader, access = views.shop.reader, views.services.of(ACCESS)
    needed, user = access.must_sign_in(), access.sessions.user(register)
    return {
        "user": user,
        "approves": approved_by_signing_in(views.shop, user, register) if user else (),
        "called": name_of(reader, user or ""),
        "needed": needed,
        "may": needed or count_users(reader),
    }


def approved_by_signing_in(shop: CommandBus, user: str, register: str) -> list[str]:
    """Return the commands that need a PIN at a till, but not for the signed-in user."""
    actor, nobody = at_till(shop.reader, user, "cashier", register), anonymous_actor(register)
    specs = shop.registry.by_name.items()
    return sorted(name for name, one in specs if one.refusal(actor) is None and one.refusal(nobody) is not None)


_APIS = (pins_api, factors_api, auth_api, own_sessions_api, paper_codes_api, keys_api, users_api, pairing_page)
ENDPOINTS = (
    Endpoint(method="GET", path="/login", handler=login, right=ANYBODY),
    fragment("/fragments/account", rows, SELL),
    fragment("/fragments/users", users.rows, MANAGE, also=USERS),
    *access.ENDPOINTS,
    *(endpoint for module in _APIS for endpoint in module.ENDPOINTS),
)
PAGES = (
    Page(
        path="/account",
        name="account",
        group="system",
        place=31,
        handler=account,
        right=SELL,
        surfaces=("cashier", "panel"),
        fragments=("alerts", "clock"),
        menu="auth.account",
    ),
    Page(
        path="/manager/users",
        name="users",
        group="system",
        place=15,
        handler=users.users,
        right=MANAGE,
        also=USERS,
        fragments=("alerts", "clock"),
        menu="users.title",
    ),
    *access.PAGES,
    *factor.PAGES,
)
OPEN_TO = (OpenTo(frozenset({f"/api/v1/{what}" for what in ("pairings", *_WITHOUT_ANYBODY)})),)
FRAGMENTS = (Fragment("signed_in", signed_in, urgent=True, follows=(FACTS, TICK)),)
