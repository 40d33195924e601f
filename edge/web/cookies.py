"""The cookies of the panel: what they are called, where they go, and when they count.

Over TLS a cookie's name begins with `__Host-`, which only this host itself can set (RFC 6265bis, section 4.1.3.2); on
the plain wire of the machine to itself it ends in `-local`. One is never taken for the other. The shop is in the name,
as browsers send cookies to every port of a host.
"""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.web.caller import caller_of
from edge.web.context import SITE

READS = frozenset({"GET", "HEAD", "OPTIONS"})
FOREIGN = frozenset({"cross-site", "same-site"})
"""What a browser says of a page that is not ours (Fetch Metadata, `Sec-Fetch-Site`)."""


class Cookie(msgspec.Struct, frozen=True):
    """`kind` tells several of one shop apart; the session's has none. `max_age_s` None: until the browser ends.
    `by_link`: also a link on another page leads to what it opens, which shows nothing secret; what it changes still
    needs a page of ours that asks (`counts`)."""

    kind: str = ""
    max_age_s: int | None = None
    by_link: bool = False

    def name(self, request: web.Request) -> str:
        """As the browser at the other end of this request knows it."""
        kind = f".{self.kind}" if self.kind else ""
        shop = request.app[SITE].config.store.id
        return f"__Host-edge-{shop}{kind}" if caller_of(request).secure else f"edge-{shop}-local{kind}"

    def read(self, request: web.Request) -> str:
        """Its value. "": there is none, or two, or it does not count (`counts`)."""
        if not counts(request):
            return ""
        name = self.name(request)
        pairs = (pair.strip().partition("=") for pair in request.headers.get("Cookie", "").split(";"))
        found = [value.strip('"') for key, _, value in pairs if key == name]
        return found[0] if len(found) == 1 else ""

    def set(self, request: web.Request, answer: web.StreamResponse, value: str, max_age_s: int | None = None) -> None:
        """Give it to the browser that gets `answer`, for `max_age_s` (None: as its kind lasts); no script sees it, and
        no other site has it sent."""
        secure, samesite = caller_of(request).secure, "Lax" if self.by_link else "Strict"
        lasts_s = max_age_s or self.max_age_s
        answer.set_cookie(
            self.name(request),
            value,
            max_age=lasts_s,
            httponly=True,
            samesite=samesite,
            secure=secure,
        )

    def end(self, request: web.Request, answer: web.StreamResponse) -> None:
        """Let the browser that gets `answer` forget it."""
        answer.del_cookie(self.name(request), httponly=True, samesite="Strict", secure=caller_of(request).secure)


def bearer_of(request: web.Request) -> str:
    """What a program sent as `Authorization: Bearer ...` (RFC 6750, section 2.1); "": nothing. Other schemes are
    between a browser and the proxy in front."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return (token.strip() or "?") if scheme.lower() == "bearer" else ""


def changes(request: web.Request) -> bool:
    """Whether a request may change something; a socket counts, as it goes on after the answer."""
    return request.method not in READS or request.headers.get("Upgrade", "").lower() == "websocket"


def counts(request: web.Request) -> bool:
    """Whether cookies count: never for a program, nor for a page of another origin, another port of this host among
    these; where something may change, only if the browser says that a page of ours asks."""
    if bearer_of(request):
        return False
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin == caller_of(request).origin
    said = request.headers.get("Sec-Fetch-Site")
    if not changes(request):
        return said not in FOREIGN or not request.path.startswith("/api/")
    return said == "same-origin"
