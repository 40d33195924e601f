"""Who asks: the actor behind a request."""

from __future__ import annotations

import hmac
from typing import cast

import msgspec
from aiohttp import web

from edge.access.queries import SET_UP
from edge.access.rights import MANAGE, OVERRIDE, REFUND_CASH, system
from edge.core.shapes import Actor, Surface
from edge.panel.cookies import Cookie
from edge.panel.problem import Problem
from edge.panel.site import SITE, Site, now_us

MANAGING = Cookie("manager")
"""The cookie of a browser in which a manager's PIN was shown, on a page of the manager's."""

SURFACES = ("cashier", "kiosk", "panel")
"""The surfaces that are pages; the others have no HTTP."""


def actor_of(request: web.Request) -> Actor:
    """Whoever stands at the register that the request names, allowed more with a PIN: then it is whose PIN it was.

    `Register` may be left out where there is one. `Grant` is what a PIN gave (for that register), or the token of this
    machine's command line. A manager's pages have the cookie instead, which the till's pages cannot use.
    """
    site = request.app[SITE]
    grant = request.headers.get("Grant", "")
    if grant and hmac.compare_digest(grant.encode(errors="replace"), site.token.encode()):
        register = request.headers.get("Register", "")
        return msgspec.structs.replace(system("panel"), register=_known(site, register) if register else "")
    register = register_of(request)
    surface = request.headers.get("Surface", "cashier")
    if surface not in SURFACES:
        raise Problem(400, "surface_unknown", surface=surface[:40], allowed=", ".join(SURFACES))
    actor = site.sessions.actor(register, cast(Surface, surface))
    if grant and (held := site.grants.held(grant, register, now_us())):
        return msgspec.structs.replace(actor, name=held.user or actor.name).with_rights(OVERRIDE, REFUND_CASH, MANAGE)
    manager = manages(request) if surface == "panel" else None
    if manager is not None:
        return msgspec.structs.replace(actor, name=manager or actor.name).with_rights(OVERRIDE, REFUND_CASH, MANAGE)
    return actor


def manages(request: web.Request) -> str | None:
    """Who manages in this browser, "" with the set-up PIN; None: nobody."""
    user = request.app[SITE].managing.user(MANAGING.read(request))
    return "" if user == SET_UP else user


def register_of(request: web.Request) -> str:
    """The register that the request is about: the header `Register`, `?register=`, or the only one there is."""
    site = request.app[SITE]
    register = request.headers.get("Register") or request.query.get("register")
    if not register:
        if len(site.config.registers) > 1:
            raise Problem(400, "register_missing", allowed=", ".join(site.config.registers))
        return site.config.registers[0]
    return _known(site, register)


def _known(site: Site, register: str) -> str:
    if register not in site.config.registers:
        raise Problem(400, "register_unknown", register=register[:40], allowed=", ".join(site.config.registers))
    return register
