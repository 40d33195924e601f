"""Headers that may appear only once in a request, and headers of every response."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from edge.core.messages import Refused
from edge.web.caller import caller_of
from edge.web.context import SITE
from edge.web.cors import grant
from edge.web.two_boxes import origins
from sync.identity.heads import unreadable_part

ONCE = frozenset(
    b"accept-language authorization by-itself content-encoding content-length content-type cookie grant host "
    b"idempotency-key if-match if-none-match intuit-signature origin register sec-fetch-dest sec-fetch-site surface "
    b"last-event-id stripe-signature toast-signature transfer-encoding upgrade x-clover-auth x-forwarded-for "
    b"x-forwarded-proto x-hub-signature-256 x-shopify-hmac-sha256 x-signature-256 x-square-hmacsha256-signature "
    b"x-twilio-signature x-wc-webhook-signature x-xero-signature".split()
)
"""Headers that may appear only once. With two values, a proxy and this server might use different ones."""
HSTS_S = 30 * 24 * 3600
"""How long a browser that trusts our certificate uses only TLS (seconds). Not longer, because a box replaced without
its backup has another authority, and browsers refuse it until this time is over."""
POWERS = "camera=(self), microphone=(self), display-capture=(), geolocation=(), payment=(), usb=()"
"""Device features that pages may use: the scanning phone's camera, and the microphone."""


def wrong_headers(request: web.Request) -> Refused | None:
    """Return the refusal for malformed or duplicate headers, or None."""
    if part := unreadable_part(request):
        return Refused("head_unreadable", {"part": part[:40]})
    seen = set()
    for raw, _ in request.raw_headers:
        name = raw.lower()
        if name in ONCE and name in seen:
            return Refused("header_twice", {"header": name.decode("ascii")})
        seen.add(name)
    coding = request.headers.get("Transfer-Encoding", "chunked").strip().lower()
    return None if coding == "chunked" else Refused("coding_unknown", {"coding": coding[:40]})


async def dress(request: web.Request, answer: web.StreamResponse) -> None:
    """Add security headers to every answer, including streamed ones."""
    headers = answer.headers
    headers.popall("Server", None)  # don't reveal the version
    caller = caller_of(request)
    headers["Content-Security-Policy"] = _policy(request, caller.secure)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    # A kiosk that starts before the box shows a local file; it may learn that the box answers, but nothing more.
    headers["Cross-Origin-Resource-Policy"] = "cross-origin" if request.path == "/healthz" else "same-origin"
    headers["Permissions-Policy"] = POWERS
    if not answer.content_type.startswith(("image/", "font/")):
        headers.setdefault("Cache-Control", "no-store")  # by default, as it may contain personal data
    grant(request, answer)
    if caller.secure:
        headers["Strict-Transport-Security"] = f"max-age={HSTS_S}"


def _policy(request: web.Request, secure: bool) -> str:
    aside = urlsplit(request.app[SITE].config.panel.aside)
    frames = f"{aside.scheme}://{aside.netloc}" if aside.netloc else "'none'"
    socket = f"{'wss' if secure else 'ws'}://{caller_of(request).host or 'localhost'}"
    there = " ".join(("'self'", socket, *origins(request)))
    return (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors 'none'; frame-src {frames}; connect-src {there}"
    )
