"""Two pages: signing in on a device of one's own, and where one is signed in."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import ANYBODY, Endpoint, Page, fragment
from edge.shop.access.queries import read_users, stored_password
from edge.shop.access.rights import SELL
from edge.web.actors import PAIRING, from_here
from edge.web.api.auth import Me, session_behind, who_is
from edge.web.api.own_sessions import sessions_shown
from edge.web.api.pins import names_people
from edge.web.context import SITE
from edge.web.pages.access import logins_shown
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of

SHOWN = 10


async def login(request: web.Request) -> web.Response:
    """`GET /login`: e-mail address and password, a PIN where the browser was let in, or a code on paper."""
    site, language = request.app[SITE], texts_of(request).language
    near = from_here(request) or PAIRING in request
    header, people = site.settings.header, await site.asker.read(read_users) if near else []
    shown = {"near": near, "people": people, "named": near and names_people(site), "shop": header[0] if header else ""}
    return html(site.renderer.render("login.html", language, **shown))


async def account(request: web.Request) -> web.Response:
    """`GET /account`: where one is signed in, to look at and to end."""
    return page(request, "account")


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/account`: one's sessions as they are now."""
    site, session = request.app[SITE], session_behind(request)
    me: Me | None = who_is(request, session) if session else None
    found = sessions_shown(request, site.sessions.all(session.user)) if session else []
    logins = await site.asker.read(lambda db: logins_shown(db, session.user, SHOWN)) if session else []
    has_password = session is not None and bool(stored_password(site.shop.reader, session.user))
    shown = {"me": me, "sessions": found, "logins": logins, "has_password": has_password}
    return html(site.renderer.render("account_rows.html", texts_of(request).language, **shown))


ENDPOINTS = (
    Endpoint(method="GET", path="/login", handler=login, right=ANYBODY),
    fragment("/fragments/account", rows, SELL),
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
)
