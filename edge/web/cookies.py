"""Cookies of the panel: names, scope, and when they are accepted.

Over TLS a cookie's name begins with `__Host-`, which only this host can set (RFC 6265bis, section 4.1.3.2); on the
unencrypted local connection it ends in `-local`. Neither is accepted as the other. The name contains the shop, because
browsers send cookies to every port of a host.
"""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.web.caller import caller_of
from edge.web.context import SITE

READS = frozenset({"GET", "HEAD", "OPTIONS"})
FOREIGN = frozenset({"cross-site", "same-site"})
"""The browser's mark of a request from another site's page (Fetch Metadata, `Sec-Fetch-Site`)."""


class Cookie(msgspec.Struct, frozen=True):
    """`kind` distinguishes a shop's cookies; the session's is empty. `max_age_s` None: until the browser closes.
    `by_link`: also sent when following a link from another site; harmless because views hold no secrets and changes
    need one of our pages (`counts`)."""

    kind: str = ""
    max_age_s: int | None = None
    by_link: bool = False

    def name(self, request: web.Request) -> str:
        """The cookie's name for this request's connection."""
        kind = f".{self.kind}" if self.kind else ""
        shop = request.app[SITE].config.store.id
        return f"__Host-edge-{shop}{kind}" if caller_of(request).secure else f"edge-{shop}-local{kind}"

    def read(self, request: web.Request) -> str:
        """Read the cookie's value; "" if missing, duplicated or not accepted (`counts`)."""
        if not counts(request):
            return ""
        name = self.name(request)
        pairs = (pair.strip().partition("=") for pair in request.headers.get("Cookie", "").split(";"))
        found = [value.strip('"') for key, _, value in pairs if key == name]
        return found[0] if len(found) == 1 else ""

    def set(self, request: web.Request, answer: web.StreamResponse, value: str, max_age_s: int | None = None) -> None:
        """Set the cookie in `answer` for `max_age_s` (None: the kind's default), invisible to scripts and other
        sites."""
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
        """Delete the cookie in `answer`."""
        answer.del_cookie(self.name(request), httponly=True, samesite="Strict", secure=caller_of(request).secure)


def bearer_of(request: web.Request) -> str:
    """Return the bearer token of a program (RFC 6750, section 2.1); "" if none. Other schemes belong to the browser and
    the proxy."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return (token.strip() or "?") if scheme.lower() == "bearer" else ""


def changes(request: web.Request) -> bool:
    """Whether a request may change something. Sockets count, because they continue after the answer."""
    return request.method not in READS or request.headers.get("Upgrade", "").lower() == "websocket"


def counts(request: web.Request) -> bool:
    """Whether cookies are accepted. They never are for programs or pages of another origin (including other ports), and
    for changes only if the browser confirms that the page is ours."""
    if bearer_of(request):
        return False
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin == caller_of(request).origin
    said = request.headers.get("Sec-Fetch-Site")
    if not changes(request):
        return said not in FOREIGN or not request.path.startswith("/api/")
    return said == "same-origin"
