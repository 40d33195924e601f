"""Who asks: the actor behind a request."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import cast

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, Endpoint
from edge.core.messages import Actor, Refused, Surface
from edge.shop.access.api_key import ApiKey
from edge.shop.access.pairing import Pairing
from edge.shop.access.pin_check import NAMED_FROM
from edge.shop.access.queries import SET_UP, actor_for, any_pin_set, count_users, rights_of
from edge.shop.access.rights import MANAGE, system
from edge.shop.access.roles import MANAGING as MAY_MANAGE
from edge.shop.access.session import LASTING, Session, mark_of
from edge.shop.access.throttle import CONSOLE, AttemptSource, network, paired
from edge.web.caller import caller_of
from edge.web.context import ENDPOINT, SITE, PanelContext, now_us
from edge.web.cookies import Cookie
from edge.web.cors import is_listed
from edge.web.denied import Denied
from edge.web.problem import Problem

MANAGING = Cookie("manager")
"""The cookie of a browser in which a manager's PIN was shown, on a page of the manager's."""
OWN = Cookie(max_age_s=LASTING["own"].most_us // 1_000_000)
"""The cookie of a person's own device."""

KEY = web.RequestKey("api_key", ApiKey)
"""The key of the program that asks, where it is one."""
TOKEN = web.RequestKey("token", Session)
"""The session of a person's program that asks with a token, where it is one."""
PAIRING = web.RequestKey("pairing", Pairing)
"""The pairing of the browser that asks, where it is let in by one."""

PARTS_OF_PAGES = frozenset({"audio", "font", "image", "script", "style"})
"""What a browser fetches because a page names it (Fetch Metadata, `Sec-Fetch-Dest`)."""
SURFACES = ("cashier", "kiosk", "panel")
"""The surfaces that are pages; the others have no HTTP."""


def actor_of(request: web.Request, command: str = "", command_id: bytes = b"", assumed: bool = False) -> Actor:
    """Whoever stands at the register that the request names, or whose PIN approves the `command` that it asks for; or
    the program whose key or token it has, as it is now.

    `Register` may be left out where there is one, and by a program or a device of somebody's own that reads: what is
    told of a register asks `register_of` for it. `Grant` is what a PIN gave, or the token of this machine's command
    line. A manager's pages have the cookie instead, which the till's pages cannot use.
    """
    site = request.app[SITE]
    grant = header(request, "Grant")
    if is_console_token(request):
        register = header(request, "Register")
        return msgspec.structs.replace(system("panel"), register=known_register(site, register) if register else "")
    reads = request.method in ("GET", "HEAD") and (is_program(request) or is_own_device(request))
    register, surface = register_of(request, assumed or reads), surface_of(request)
    if key := request.get(KEY):
        return _program(site, key, surface, register)
    if token := request.get(TOKEN):
        return msgspec.structs.replace(actor_for(site.shop.reader, token.user, surface, register), program=True)
    actor = site.sessions.actor(register, surface, seat_of(request), is_use(request))
    if actor.anonymous:
        actor = msgspec.structs.replace(actor, network=network(caller_of(request).address).keys[0].partition(":")[2])
    db = site.shop.reader
    if grant and command and (held := site.approvals.held(grant, register, command, now_us(), command_id)):
        if mark_of(db, held.user) == held.mark:
            return msgspec.structs.replace(actor_for(db, held.user, surface, register), asker=actor.name)
    elif grant and (session := site.sessions.shown(grant, "grant", "manager")):
        return actor_for(db, session.user, surface, register)
    session = session_of(request) if surface == "panel" else None
    return actor_for(db, session.user, surface, register) if session else actor


def _program(site: PanelContext, key: ApiKey, surface: Surface, register: str) -> Actor:
    found = site.keys.actor(key.id, surface, register)
    if found is None:
        raise Problem(401, "key_wrong")
    return found


def header(request: web.Request, name: str) -> str:
    """A header that says who asks, or "". `Problem` 400: it is there twice, and who reads which, nobody knows."""
    found = request.headers.getall(name, [])
    if len(found) > 1:
        raise Problem(400, "header_twice", header=name)
    return found[0] if found else ""


def is_console_token(request: web.Request) -> bool:
    """Whether it is the command line of this machine that asks, or a program that can read its secret file."""
    grant = header(request, "Grant")
    return bool(grant) and hmac.compare_digest(grant.encode(errors="replace"), request.app[SITE].token.encode())


def viewer_of(request: web.Request) -> Actor:
    """Who looks at a page or a piece of one: in a browser that manages, the manager, whose links carry no header.

    Before there is any PIN, whoever sits at the appliance itself looks as the manager: somebody must set the first one.
    """
    actor, session = actor_of(request, assumed=True), session_of(request)
    db = request.app[SITE].shop.reader
    if session is not None and (actor.surface == "panel" or manages(request) is not None):
        return actor_for(db, session.user, actor.surface, actor.register)
    if from_here(request) and not any_pin_set(db):
        return actor.with_rights(MANAGE)
    return actor


def asker_of(request: web.Request) -> Actor:
    """Who was denied something: of a program's address whoever asks, of anything else whoever looks."""
    return actor_of(request, assumed=True) if request[ENDPOINT].is_api else viewer_of(request)


def session_of(request: web.Request) -> Session | None:
    """Whose time it is in this browser, of the manager's pages or as a device of somebody's own: not at a till."""
    sessions, use = request.app[SITE].sessions, is_use(request)
    return sessions.shown(MANAGING.read(request), "manager", touch=use) or sessions.shown(
        OWN.read(request), "own", touch=use
    )


def is_use(request: web.Request) -> bool:
    """Whether somebody does something: what a page asks by itself (`By-Itself`, static/use.js), its pictures, and a
    socket that comes again are no use of a session."""
    if "By-Itself" in request.headers or request.headers.get("Upgrade", "").lower() == "websocket":
        return False
    return request.headers.get("Sec-Fetch-Dest") not in PARTS_OF_PAGES


def manages(request: web.Request) -> str | None:
    """Who manages in this browser, "" with the set-up PIN; None: nobody."""
    session = session_of(request)
    if session is None or not rights_of(request.app[SITE].shop.reader, session.user) & MAY_MANAGE:
        return None
    return "" if session.user == SET_UP else session.user


def again(request: web.Request, at_till: bool = False) -> Refused | None:
    """Whether the PIN must be entered once more: for what changes who may do what, it was entered lately. A program has
    none to enter. `at_till`: signing in at this till counts, too, for what is of that person alone."""
    if is_program(request):
        raise Denied(MANAGE, code="key_cannot")
    sessions = request.app[SITE].sessions
    shown = (
        sessions.shown(header(request, "Grant"), "grant", "manager", touch=False),
        sessions.shown(MANAGING.read(request), "manager", touch=False),
        sessions.shown(OWN.read(request), "own", touch=False),
        sessions.at(register_of(request, assumed=True), seat_of(request)) if at_till else None,
    )
    lately = is_console_token(request) or any(one and one.entered_lately(now_us()) for one in shown)
    return None if lately else Refused("pin_again")


def is_program(request: web.Request) -> bool:
    """Whether it comes with a key or a token, and is no browser."""
    return KEY in request or TOKEN in request


def is_own_device(request: web.Request) -> bool:
    """Whether it is a device of somebody's own, which is at no register."""
    return PAIRING not in request and not from_here(request) and session_of(request) is not None


def source_of(request: web.Request) -> AttemptSource:
    """Where a PIN is typed, for counting wrong ones."""
    if pairing := request.get(PAIRING):
        return paired(pairing.id)
    return CONSOLE if from_here(request) else network(caller_of(request).address)


def seat_of(request: web.Request) -> str:
    """The browser that asks: its pairing, a device of somebody's own, or "" for the appliance's own."""
    pairing: Pairing | None = request.get(PAIRING)
    if pairing or from_here(request) or is_console_token(request):
        return pairing.id if pairing else ""
    session: Session | None = request.get(TOKEN) or session_of(request)
    return session.id if session else "?"


def still_in(request: web.Request, endpoint: Endpoint | None = None) -> Callable[[], bool]:
    """Whether the browser of a request that goes on (a socket) would still be let in, and whoever opened it may still
    see that: asking is no use of their session."""
    site, pairing, opened = request.app[SITE], request.get(PAIRING), session_of(request)

    def still() -> bool:
        if pairing is not None and not site.pairings.exists(pairing.id):
            return False
        if opened is None:
            return True
        session = site.sessions.get(opened.id)
        if session is None or endpoint is None or endpoint.right == ANYBODY:
            return session is not None
        return endpoint.allows(actor_for(site.shop.reader, session.user, "panel", ""))

    return still


def from_here(request: web.Request) -> bool:
    """Whether it is the machine itself that asks, where that needs no pairing; a page of another origin in its browser
    is not whoever stands there."""
    if request.app[SITE].config.panel.pairing == "always" or is_listed(request):
        return False
    return caller_of(request).here


def surface_of(request: web.Request) -> Surface:
    """The surface that a request names (a socket, which has no headers, as `?surface=`), as far as its pairing is one
    for that."""
    surface = header(request, "Surface") or request.query.get("surface", "")
    pairing = request.get(PAIRING)
    allowed = pairing.surfaces if pairing else SURFACES
    if not is_program(request) and is_own_device(request):
        allowed = ("panel",)  # a device of somebody's own is no till
    if not surface:
        return cast(Surface, allowed[0])
    if surface not in SURFACES:
        raise Problem(400, "surface_unknown", surface=surface[:40], allowed=", ".join(SURFACES))
    if surface not in allowed:
        raise Problem(400, "surface_not_paired", surface=surface, allowed=", ".join(allowed))
    return cast(Surface, surface)


def register_of(request: web.Request, assumed: bool = False) -> str:
    """The register that the request is about: the header `Register`, `?register=`, or the only one there is;
    `assumed`: the first, for whoever only looks.

    A browser that is paired with a register is at no other, and a key that is for one is for no other.
    """
    site = request.app[SITE]
    if site.trains:
        return site.config.registers[0]
    register = header(request, "Register") or request.query.get("register")
    pairing = request.get(PAIRING)
    if pairing and pairing.register:
        if register and register != pairing.register:
            raise Problem(400, "register_not_paired", register=register[:40], allowed=pairing.register)
        return known_register(site, pairing.register)
    key = request.get(KEY)
    if key and key.register:
        if register and register != key.register:
            raise Problem(400, "register_not_of_key", register=register[:40], allowed=key.register)
        return known_register(site, key.register)
    if not register:
        if len(site.config.registers) > 1 and not assumed:
            raise Problem(400, "register_missing", allowed=", ".join(site.config.registers))
        return site.config.registers[0]
    return known_register(site, register)


def known_register(site: PanelContext, register: str) -> str:
    """A register of this shop. `Problem` 400: there is none of that name."""
    if register not in site.config.registers:
        raise Problem(400, "register_unknown", register=register[:40], allowed=", ".join(site.config.registers))
    return register


def end_managing(request: web.Request, answer: web.Response) -> None:
    """The browser that gets `answer` manages no more; nor is one that stands in the shop anybody's own."""
    sessions, shared = request.app[SITE].sessions, from_here(request) or PAIRING in request
    for cookie, kind in ((MANAGING, "manager"), *(((OWN, "own"),) if shared else ())):
        if secret := cookie.read(request):
            if session := sessions.shown(secret, kind, touch=False):
                sessions.end(session.id)
            cookie.end(request, answer)


def names_people(site: PanelContext) -> bool:
    """Whether there are so many people that whoever enters a PIN says who they are."""
    return count_users(site.shop.reader) >= NAMED_FROM
