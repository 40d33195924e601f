"""Lets phones and tills trust this box: the page `/trust` and its downloads. Clients without TLS get only these and the
redirect to TLS.

An unencrypted download could be forged, so users compare its fingerprint with the one at the box (`edge check`).
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding

from edge.core.addresses import address_of, is_loopback
from edge.core.endpoints import ANYBODY, Endpoint
from edge.core.messages import Refused
from edge.web.caller import caller_of
from edge.web.connection import time_request
from edge.web.context import SITE, PanelContext
from edge.web.cookies import READS
from edge.web.guard import guard
from edge.web.headers import dress
from edge.web.live.rendering import FOLDER
from edge.web.responses import explain, texts_of
from edge.web.throttle import throttle

if TYPE_CHECKING:  # loaded only if other machines can connect
    from cryptography import x509


def make_trust_app(site: PanelContext) -> web.Application:
    """Application for clients without TLS."""
    app = web.Application(middlewares=[time_request, guard, explain, throttle], client_max_size=0)
    app[SITE] = site
    both = [web.route(endpoint.method, endpoint.path, endpoint.handler) for endpoint in ENDPOINTS]
    app.add_routes([*both, web.static("/static", FOLDER / "static"), web.route("*", "/{path:.*}", _lead)])
    app.on_response_prepare.append(dress)
    return app


async def page(request: web.Request) -> web.Response:
    """`GET /trust`: instructions for Android phones, iPhones and PCs."""
    site, texts = request.app[SITE], texts_of(request)
    _authority(request)
    certificates = site.door.certificates
    assert certificates is not None, "there is an authority"
    address = trust_address(request)
    html = site.renderer.render(
        "trust.html",
        texts.language,
        settings=site.settings,
        fingerprint=certificates.fingerprint,
        address=address,
        picture=picture(address),
        there=f"https://{caller_of(request).host}/",
    )
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


def trust_address(request: web.Request) -> str:
    """Return the address at which phones on the shop's network open the page, without TLS."""
    site = request.app[SITE]
    port = request.transport.get_extra_info("sockname")[1] if request.transport else site.config.panel.port
    return f"http://{reachable_address(site)}:{port}/trust"


async def certificate(request: web.Request) -> web.Response:
    """`GET /trust/edge-store.cer`: the authority's certificate, for Android and Windows."""
    return _download(_authority(request).public_bytes(Encoding.DER), "application/x-x509-ca-cert")


async def apple(request: web.Request) -> web.Response:
    """`GET /trust/edge-store.mobileconfig`: the authority's certificate, for iPhones."""
    from edge.core.tls.profile import MEDIA_TYPE, profile

    header = request.app[SITE].settings.header
    return _download(profile(_authority(request), header[0] if header else "edge-store"), MEDIA_TYPE)


async def _lead(request: web.Request) -> web.StreamResponse:
    """Redirect to TLS. Requests with a body get an error instead, because it was sent unencrypted."""
    there = f"https://{caller_of(request).host}{request.raw_path}"
    if request.method in READS:
        return web.Response(status=307, headers={"Location": there, "Cache-Control": "no-store"})
    message = texts_of(request).refusal(Refused("tls_first", {"address": there[:200]}))
    return web.Response(status=403, text=message + "\n")


def _authority(request: web.Request) -> x509.Certificate:
    certificates = request.app[SITE].door.certificates
    if certificates is None or certificates.authority is None:
        raise web.HTTPNotFound  # clients already trust the owner's certificate
    return certificates.authority


def _download(body: bytes, kind: str) -> web.Response:
    return web.Response(body=body, content_type=kind, headers={"Cache-Control": "no-store"})


def reachable_address(site: PanelContext) -> str:
    """An address reachable for phones: numeric, as not every phone resolves local names."""
    names = site.door.names()
    addresses = sorted(name for name in names if "." in name and _is_address(name) and not is_loopback(name))
    return addresses[0] if addresses else next((name for name in sorted(names) if name.endswith(".local")), "localhost")


def _is_address(name: str) -> bool:
    try:
        address_of(name)
    except ValueError:
        return False
    return True


def picture(text: str) -> str:
    """A QR code as a data URL."""
    import zxingcpp

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    svg = zxingcpp.write_barcode_to_svg(code).encode()
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")


ENDPOINTS = (
    Endpoint(method="GET", path="/trust", handler=page, right=ANYBODY),
    Endpoint(method="GET", path="/trust/edge-store.cer", handler=certificate, right=ANYBODY),
    Endpoint(method="GET", path="/trust/edge-store.mobileconfig", handler=apple, right=ANYBODY),
)
"""Endpoints available on both ports."""
