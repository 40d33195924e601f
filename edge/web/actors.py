"""Determines the actor behind a request."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import cast

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, SELL, Endpoint
from edge.core.jobs.store import MANAGE
from edge.core.messages import Actor, Refused, Surface
from edge.web.caller import caller_of
from edge.web.context import ENDPOINT, SITE, PanelContext, now_us
from edge.web.cookies import Cookie
from edge.web.cors import is_listed
from edge.web.denied import Denied
from edge.web.identity import PairedBrowser, PersonSession, ProgramKey
from edge.web.problem import Problem

MANAGING = Cookie("manager")
"""Cookie of a browser in which a manager entered their PIN on a manager's page."""
OWN = Cookie()
"""Cookie of a personal device."""

KEY: web.RequestKey[ProgramKey] = web.RequestKey("api_key")
"""The calling program's key, if the caller is a program."""
TOKEN: web.RequestKey[PersonSession] = web.RequestKey("token")
"""The session of the calling program's token, if it has one."""
_HERE: web.RequestKey[bool] = web.RequestKey("here")
PAIRING: web.RequestKey[PairedBrowser] = web.RequestKey("pairing")
"""The pairing that admits the calling browser, if any."""

PARTS_OF_PAGES = frozenset({"audio", "font", "image", "script", "style"})
"""Requests that a browser makes because a page refers to them (Fetch Metadata, `Sec-Fetch-Dest`)."""
SURFACES = ("cashier", "kiosk", "panel")
"""Surfaces that use HTTP."""


def actor_of(request: web.Request, command: str = "", command_id: bytes = b"", assumed: bool = False) -> Actor:
    """Return the actor: the user signed in at the named register, the one whose PIN approves the `command`, or the
    current rights of a program's key or token.

    An actor away from the registers has none, except for a `command` or query about a register that they name.
    `Register` is optional if there is one register, and for programs that read: endpoints about a register use
    `register_of`. `Grant` is a PIN approval, or the token of this machine's command line. Manager pages use the cookie
    instead, which till pages can't use.
    """
    site = request.app[SITE]
    grant = header(request, "Grant")
    if is_console_token(request):
        register = header(request, "Register")
        return msgspec.structs.replace(
            site.identity.console(), register=known_register(site, register) if register else ""
        )
    reads = request.method in ("GET", "HEAD") and is_program(request)
    register, surface = _at(request, command, assumed or reads), surface_of(request)
    if key := request.get(KEY):
        return _program(site, key, surface, register)
    if token := request.get(TOKEN):
        return msgspec.structs.replace(site.identity.person(token.user, surface, register), program=True)
    actor = site.identity.at_register(register, surface, seat_of(request), is_use(request))
    if not is_at_register(request) and surface != "kiosk":
        actor = msgspec.structs.replace(actor, rights=frozenset())  # naming a register doesn't make a cashier
    if actor.anonymous:
        actor = msgspec.structs.replace(actor, network=site.identity.network(caller_of(request).address))
    if grant and command and (user := site.identity.approver(grant, register, command, command_id)) is not None:
        return msgspec.structs.replace(site.identity.person(user, surface, register), asker=actor.name)
    if grant and (session := site.identity.find_by_secret(grant, "grant", "manager")):
        return site.identity.person(session.user, surface, register)
    session = session_of(request) if surface == "panel" else None
    return site.identity.person(session.user, surface, register) if session else actor


def _at(request: web.Request, command: str, assumed: bool) -> str:
    """Return the caller's register, or the one that their `command` may name; "" if none."""
    if is_at_register(request):
        return register_of(request, assumed)
    registry = request.app[SITE].shop.registry
    spec = registry.by_name.get(command) or registry.queries.get(command)
    return register_of(request, assumed) if spec and spec.surfaces.register == "named" else ""


def is_at_register(request: web.Request) -> bool:
    """Whether the caller is at a register: at the appliance's own screen, in a browser paired with a register, or a
    program whose key is for one or all registers. All other callers can only view and manage."""
    if request.app[SITE].door.register or KEY in request:
        return True
    pairing = request.get(PAIRING)
    return bool(pairing.register) if pairing else TOKEN not in request and from_here(request)


def own_register(request: web.Request) -> str:
    """Return the caller's register. Raises `Denied` if they aren't at one."""
    if not (is_at_register(request) or is_console_token(request)):
        raise Denied(SELL, code="register_denied")
    return register_of(request)


def _program(site: PanelContext, key: ProgramKey, surface: Surface, register: str) -> Actor:
    found = site.identity.program(key.id, surface, register)
    if found is None:
        raise Problem(401, "key_wrong")
    return found


def header(request: web.Request, name: str) -> str:
    """Return an identifying header, or "". Raises `Problem` 400 if it occurs twice, because servers could read
    either."""
    found = request.headers.getall(name, [])
    if len(found) > 1:
        raise Problem(400, "header_twice", header=name)
    return found[0] if found else ""


def is_console_token(request: web.Request) -> bool:
    """Whether the caller is this machine's command line, or a program that can read the command line's secret file."""
    grant = header(request, "Grant")
    return bool(grant) and hmac.compare_digest(grant.encode(errors="replace"), request.app[SITE].door.token.encode())


def viewer_of(request: web.Request) -> Actor:
    """Return the actor for viewing a page or fragment. In a manager's browser this is the manager, because links carry
    no header.

    Before the first PIN exists, a user at the appliance itself views as manager, in order to set the PIN.
    """
    actor, session = actor_of(request, assumed=True), session_of(request)
    identity = request.app[SITE].identity
    if session is not None and (actor.surface == "panel" or manages(request) is not None):
        return identity.person(session.user, actor.surface, actor.register)
    if from_here(request) and identity.is_unclaimed():
        return actor.with_rights(MANAGE)
    return actor


def asker_of(request: web.Request) -> Actor:
    """Return the actor to record for a denial: the caller for API addresses, otherwise the viewer."""
    return actor_of(request, assumed=True) if request[ENDPOINT].is_api else viewer_of(request)


def session_of(request: web.Request) -> PersonSession | None:
    """Return the manager's or personal device's session in this browser, never a till's."""
    identity, use = request.app[SITE].identity, is_use(request)
    return identity.find_by_secret(MANAGING.read(request), "manager", touch=use) or identity.find_by_secret(
        OWN.read(request), "own", touch=use
    )


def is_use(request: web.Request) -> bool:
    """Whether the request is user activity. Automatic requests (`By-Itself`, static/use.js), pictures, reconnecting
    sockets and prefetches aren't."""
    if "By-Itself" in request.headers or request.headers.get("Upgrade", "").lower() == "websocket":
        return False
    if request.headers.get("Sec-Purpose", "").startswith("prefetch"):  # speculative loading by the browser (Fetch)
        return False
    return request.headers.get("Sec-Fetch-Dest") not in PARTS_OF_PAGES


def manages(request: web.Request) -> str | None:
    """Return the user who manages in this browser, "" with the set-up PIN, or None."""
    session = session_of(request)
    return request.app[SITE].identity.manages(session.user) if session else None


def again(request: web.Request, at_till: bool = False) -> Refused | None:
    """Require a recent PIN for changes to permissions; return the refusal, or None. Raises `Denied` for programs.
    `at_till`: for a user's own data, being signed in at this till is enough."""
    if is_program(request):
        raise Denied(MANAGE, code="key_cannot")
    identity = request.app[SITE].identity
    shown = (
        identity.find_by_secret(header(request, "Grant"), "grant", "manager", touch=False),
        identity.find_by_secret(MANAGING.read(request), "manager", touch=False),
        identity.find_by_secret(OWN.read(request), "own", touch=False),
        identity.signed_in(register_of(request, assumed=True), seat_of(request)) if at_till else None,
    )
    lately = is_console_token(request) or any(one and one.entered_lately(now_us()) for one in shown)
    return None if lately else Refused("pin_again")


def is_program(request: web.Request) -> bool:
    """Whether the caller uses a key or token rather than a browser session."""
    return KEY in request or TOKEN in request


def is_own_device(request: web.Request) -> bool:
    """Whether the caller is a personal device, which is at no register."""
    return PAIRING not in request and not from_here(request) and session_of(request) is not None


def seat_of(request: web.Request) -> str:
    """Return the request's browser: the id of its pairing, a personal device, or "" for the appliance's own."""
    pairing: PairedBrowser | None = request.get(PAIRING)
    if pairing or from_here(request) or is_console_token(request):
        return pairing.id if pairing else ""
    session: PersonSession | None = request.get(TOKEN) or session_of(request)
    return session.id if session else "?"


def permission_check(request: web.Request, endpoint: Endpoint | None = None) -> Callable[[], bool]:
    """Return a check of whether a long-lived request (a socket) is still permitted. The check doesn't extend the
    session."""
    site, pairing, key = request.app[SITE], request.get(PAIRING), request.get(KEY)
    granted = site.identity.find_by_secret(header(request, "Grant"), "grant", "manager", touch=False)
    opened = request.get(TOKEN) or session_of(request) or granted

    def still() -> bool:
        if pairing is not None and not site.identity.is_paired(pairing.id):
            return False
        if key is None and opened is None:
            return True
        actor = site.identity.program(key.id, "panel", "") if key else None
        if opened is not None and site.identity.session(opened.id):
            actor = site.identity.person(opened.user, "panel", "")
        return actor is not None and (endpoint is None or endpoint.right == ANYBODY or endpoint.allows(actor))

    return still


def from_here(request: web.Request) -> bool:
    """Whether the request comes from this machine, which needs no pairing, and not from another origin's page in its
    browser. Cached per request."""
    found: bool | None = request.get(_HERE)
    if found is None:
        always = request.app[SITE].config.panel.pairing == "always"
        found = request[_HERE] = not always and not is_listed(request) and caller_of(request).here
    return found


def surface_of(request: web.Request) -> Surface:
    """Return the surface named by a request, limited to the surfaces of its pairing. Sockets, which have no headers,
    use `?surface=`."""
    surface = header(request, "Surface") or request.query.get("surface", "")
    pairing = request.get(PAIRING)
    allowed = pairing.surfaces if pairing else SURFACES
    if TOKEN in request or (KEY not in request and is_own_device(request)):
        allowed = ("panel",)  # neither a personal device nor a program with a user's token is a till
    if not surface:
        return cast(Surface, allowed[0])
    if surface not in SURFACES:
        raise Problem(400, "surface_unknown", surface=surface[:40], allowed=", ".join(SURFACES))
    if surface not in allowed:
        raise Problem(400, "surface_not_paired", surface=surface, allowed=", ".join(allowed))
    return cast(Surface, surface)


def register_of(request: web.Request, assumed: bool = False) -> str:
    """Return the register that the request is about: the header `Register`, `?register=`, or the only one. `assumed`:
    default to the first, for viewing.

    A browser or key tied to one register can't name another.
    """
    site = request.app[SITE]
    if site.door.register:
        return site.config.registers[0]
    said = [one for one in (header(request, "Register"), *request.query.getall("register", [])) if one]
    for bound, code in ((request.get(PAIRING), "register_not_paired"), (request.get(KEY), "register_not_of_key")):
        if bound and bound.register:
            for other in (one for one in said if one != bound.register):
                raise Problem(400, code, register=other[:40], allowed=bound.register)
            return known_register(site, bound.register)
    register = said[0] if said else ""
    if not register:
        if len(site.config.registers) > 1 and not assumed:
            raise Problem(400, "register_missing", allowed=", ".join(site.config.registers))
        return site.config.registers[0]
    return known_register(site, register)


def known_register(site: PanelContext, register: str) -> str:
    """Validate a register's name. Raises `Problem` 400."""
    if register not in site.config.registers:
        raise Problem(400, "register_unknown", register=register[:40], allowed=", ".join(site.config.registers))
    return register


def end_managing(request: web.Request, answer: web.Response) -> None:
    """End the manager session of the browser that gets `answer`. In a shared browser in the shop, also end a personal
    device's session."""
    identity, shared = request.app[SITE].identity, from_here(request) or PAIRING in request
    for cookie, kind in ((MANAGING, "manager"), *(((OWN, "own"),) if shared else ())):
        if secret := cookie.read(request):
            if session := identity.find_by_secret(secret, kind, touch=False):
                identity.end(session.id)
            cookie.end(request, answer)
