"""The manager's pages as an installable app: a manifest, and a service worker that shows an offline page (W3C, Web
Application Manifest; Service Workers). It caches only that page: shop data always comes from the shop.
"""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, Endpoint
from edge.web.context import SITE
from edge.web.live.rendering import FOLDER
from edge.web.pages.shell import html
from edge.web.responses import texts_of

MANIFEST, WORKER, OFFLINE = "/manifest.webmanifest", "/service-worker.js", "/offline"
OPEN = (MANIFEST, WORKER, OFFLINE)
"""Addresses open to unpaired browsers as well: browsers request a manifest without cookies."""
BEGINS = "/account"
"""The page on which the app opens. Signed-in users see their account; others can sign in."""
COLOR = "#11251e"
_script = (FOLDER / "static" / "service-worker.js").read_bytes()
_SENDS = b'import "/static/kept_sync.js";\n'


async def manifest(request: web.Request) -> web.Response:
    """`GET /manifest.webmanifest`: the app's name in the requested language, and its start page."""
    texts, header = texts_of(request), request.app[SITE].settings.header
    name = header[0] if header else "edge-store"
    made = {
        "id": BEGINS,
        "name": name,
        "short_name": name[:12].strip(),
        "start_url": f"{BEGINS}?lang={texts.language}",
        "scope": "/",
        "display": "standalone",
        "lang": texts.language,
        "dir": texts.direction,
        "background_color": COLOR,
        "theme_color": COLOR,
        "icons": [{"src": "/static/icon.svg", "type": "image/svg+xml", "sizes": "any", "purpose": "any"}],
    }
    headers = {"Cache-Control": "no-cache"}
    return web.Response(body=msgspec.json.encode(made), content_type="application/manifest+json", headers=headers)


async def worker(request: web.Request) -> web.Response:
    """`GET /service-worker.js`: served from here so that its scope covers all pages. `?sync`: as a module, for browsers
    that can send without an open page (WICG, Background Synchronization).
    """
    headers = {"Cache-Control": "no-cache"}
    return web.Response(
        body=(_SENDS if "sync" in request.query else b"") + _script,
        content_type="text/javascript",
        charset="utf-8",
        headers=headers,
    )


async def offline(request: web.Request) -> web.Response:
    """`GET /offline`: the page that the service worker caches; contains no shop data."""
    return html(request.app[SITE].renderer.render("offline.html", texts_of(request).language))


ENDPOINTS = (
    Endpoint(method="GET", path=MANIFEST, handler=manifest, right=ANYBODY),
    Endpoint(method="GET", path=WORKER, handler=worker, right=ANYBODY),
    Endpoint(method="GET", path=OFFLINE, handler=offline, right=ANYBODY),
)
