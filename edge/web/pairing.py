"""Browser pairing: a manager admits each browser of another machine once. After that, its cookie identifies it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from edge.web import own_device
from edge.web.actors import OWN, PAIRING, from_here, is_console_token, is_program, session_of
from edge.web.caller import caller_of
from edge.web.capability_pages import declarations
from edge.web.context import SITE
from edge.web.cookies import Cookie
from edge.web.denied import note_stranger
from edge.web.identity import PairedBrowser
from edge.web.problem import Problem
from edge.web.responses import API
from edge.web.site_config import SiteConfig

PAIRED = Cookie("pairing", max_age_s=400 * 24 * 3600)
"""Cookie of a browser that is paired or requests pairing; kept for as long as browsers allow."""
ASKING: web.RequestKey[PairedBrowser] = web.RequestKey("asking")
"""The pairing of a browser that requests it."""
AGENT_CHARS = 400
PAIR, LOGIN = "/pair", "/login"
"""Paths to which unpaired browsers are redirected: LOGIN if the browser was a person's own device, otherwise PAIR."""


class OpenTo(msgspec.Struct, frozen=True):
    """Addresses open to unpaired browsers, declared by a capability (`OPEN_TO`).

    `pages`: whole paths. `below`: beginnings of paths. `when`: whether the shop's configuration opens them.
    """

    pages: frozenset[str] = frozenset()
    below: tuple[str, ...] = ()
    when: Callable[[SiteConfig], bool] = lambda config: True

    def holds(self, config: SiteConfig, path: str) -> bool:
        return (path in self.pages or f"{path}/".startswith(self.below)) and self.when(config)


_OWN = OpenTo(frozenset({PAIR, LOGIN, *own_device.OPEN, "/twin/leads", "/twin/arrive"}), ("/static/", "/trust/"))


@web.middleware
async def know_browser(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Recognise a paired browser by its cookie, and rotate the cookie occasionally."""
    cookie = PAIRED.read(request)
    identity = request.app[SITE].identity
    found, value = await identity.find_pairing(cookie, *_device(request)) if cookie else (None, None)
    if found is not None:
        request[PAIRING if found.paired_us else ASKING] = found
    answer = await handler(request)
    if value and not answer.prepared:
        PAIRED.set(request, answer, value)
    return answer


def _device(request: web.Request) -> tuple[str, str]:
    return caller_of(request).address, request.headers.get("User-Agent", "")[:AGENT_CHARS]


@web.middleware
async def require_pairing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Admit the machine's own browsers, paired ones and personal devices."""
    let_in = PAIRING in request or is_program(request) or from_here(request) or is_console_token(request)
    if not (let_in or is_open(request.app[SITE].config, request.path) or session_of(request)):
        if "text/html" in request.headers.get("Accept", "") and request.method == "GET":
            raise web.HTTPSeeOther(LOGIN if OWN.read(request) else PAIR)
        if request.path.startswith((API, "/ws")):
            await note_stranger(request)
        raise Problem(401, "not_paired")
    return await handler(request)


def is_open(config: SiteConfig, path: str) -> bool:
    """Whether an unpaired browser may request an address."""
    return any(one.holds(config, path) for one in (_OWN, *declarations("OPEN_TO")))
