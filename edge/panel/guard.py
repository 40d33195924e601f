"""What protects the panel before there are users: only its own pages may talk to it, under its own name.

A page of another site cannot reach it by letting its own name point here (DNS rebinding),
nor make a browser in the shop send commands (cross-site requests).
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from edge.core.shapes import Refused
from edge.panel.answers import texts_of
from edge.panel.site import SITE

_READS = frozenset({"GET", "HEAD", "OPTIONS"})


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse foreign names and origins; mark every answer with what a browser may do with it."""
    refused = _refusal(request)
    if refused:
        message = texts_of(request).refusal(refused)
        answer: web.StreamResponse = web.Response(text=message + "\n", status=403)
    else:
        try:
            answer = await handler(request)
        except web.HTTPException as error:
            error.headers.update(_headers(request))
            raise
    if not answer.prepared:
        answer.headers.update(_headers(request))
    return answer


def _refusal(request: web.Request) -> Refused | None:
    if not _own_name(request):
        return Refused("host_foreign", {"host": request.host[:80]})
    origin = request.headers.get("Origin")
    changes = request.method not in _READS or request.headers.get("Upgrade", "").lower() == "websocket"
    if changes and origin is not None and origin != f"{request.scheme}://{request.host}":
        return Refused("origin_foreign", {"origin": origin[:80]})
    return None


def _own_name(request: web.Request) -> bool:
    """Whether Host is this machine and this port: an address that was connected to, or one of its names."""
    own = request.transport.get_extra_info("sockname") if request.transport else None
    if own is None:
        return False
    try:
        split = urlsplit(f"//{request.host}")
        name, port = (split.hostname or "").rstrip("."), split.port or 80
    except ValueError:
        return False
    if port != own[1]:
        return False
    if name in _names(request):
        return True
    try:
        # An address cannot be rebound: whoever connected to it meant this machine.
        return ipaddress.ip_address(name) == _address(own[0])
    except ValueError:
        return False


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    address = ipaddress.ip_address(text.split("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


def _names(request: web.Request) -> set[str]:
    host = socket.gethostname().lower()
    return {"localhost", host, f"{host}.local", request.app[SITE].config.panel.host.lower()}


def _headers(request: web.Request) -> dict[str, str]:
    aside = urlsplit(request.app[SITE].config.panel.aside)
    frames = f"{aside.scheme}://{aside.netloc}" if aside.netloc else "'none'"
    policy = (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors 'none'; frame-src {frames}; connect-src 'self' ws://{request.host} wss://{request.host}"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
