"""Network identity of a request's caller."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from edge.core.addresses import Address, address_of, names_us, network_of
from edge.core.messages import Refused
from edge.web.context import SITE


class Caller(msgspec.Struct, frozen=True):
    """`address` is the client's. `here`: this machine. `secure`: TLS from the browser. `host` is the name and port by
    which its pages know us ("": not one of ours), `origin` the origin such a page sends."""

    address: str
    here: bool = False
    secure: bool = False
    host: str = ""

    @property
    def origin(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.host}" if self.host else ""

    @property
    def network(self) -> str:
        """The key by which this caller's requests are counted."""
        return network_of(self.address)


_CALLER = web.RequestKey("caller", Caller)


def caller_of(request: web.Request) -> Caller:
    """Return the caller of a request; cached per request."""
    found: Caller | None = request.get(_CALLER)
    if found is None:
        found = request[_CALLER] = _look(request)
    return found


def wrong_proxy(request: web.Request) -> Refused | None:
    """Reject a proxied request that doesn't name its client or didn't use TLS."""
    if not _is_proxied(request):
        return None
    said = request.headers.get("X-Forwarded-Proto", "https").lower()
    return None if said == "https" and _forwarded_for(request) else Refused("proxy_wrong")


def _look(request: web.Request) -> Caller:
    site = request.app[SITE]
    peer = request.remote or ""
    if _is_proxied(request):
        public = urlsplit(site.config.panel.public_origin).netloc
        host = public if request.host.lower() == public else ""
        return Caller(str(_forwarded_for(request) or peer), False, True, host)
    # A proxy's request that doesn't name its client never counts as this machine: it could be from anyone.
    here = site.door.here(peer) and not _is_proxy(request, peer)
    return Caller(_plain(peer), here, request.secure, request.host if _own_name(request, here) else "")


def _plain(peer: str) -> str:
    try:
        return str(address_of(peer))
    except ValueError:
        return peer


def _is_proxy(request: web.Request, peer: str) -> bool:
    proxy = request.app[SITE].config.panel.trusted_proxy
    return bool(proxy) and _plain(peer) == _plain(proxy)


def _is_proxied(request: web.Request) -> bool:
    return "X-Forwarded-For" in request.headers and _is_proxy(request, request.remote or "")


def _forwarded_for(request: web.Request) -> Address | None:
    """Return the client's address from the header's last entry, which the proxy added. Earlier entries are the client's
    claims."""
    try:
        return address_of(request.headers["X-Forwarded-For"].rpartition(",")[2].strip())
    except ValueError:
        return None


def _own_name(request: web.Request, here: bool) -> bool:
    """Whether the Host header names this machine and port: an address connected to, or one of its names."""
    own = request.transport.get_extra_info("sockname") if request.transport else None
    if own is None:
        return False
    return names_us(request.host, own[0], own[1], request.secure, _names(request, here))


def _names(request: web.Request, here: bool) -> frozenset[str]:
    """Return our names. Other machines on the network could claim a name, so it counts as ours only if our certificate
    proves it (or to redirect there), and never on the unencrypted local connection."""
    site = request.app[SITE]
    names = frozenset({"localhost", site.config.panel.host.lower()})
    return names if here and not request.secure else names | site.door.names()


def origin_of(request: web.Request) -> str:
    """Return the origin by which a phone on the shop's network reaches this box: the proxy's, or its network
    address."""
    panel = request.app[SITE].config.panel
    if panel.public_origin:
        return panel.public_origin.rstrip("/")
    caller = caller_of(request)
    if not caller.here or panel.host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::"):
        return caller.origin
    port = caller.host.rpartition(":")[2]
    return f"https://{panel.host}:{port}" if panel.tls else caller.origin
