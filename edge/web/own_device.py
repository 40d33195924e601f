"""The manager's pages as an app of one's own device: a manifest by which it is installed, and a service worker that
says that there is no connection (W3C, Web Application Manifest; Service Workers). It keeps that page and nothing else:
what is shown of the shop always comes from the shop.
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
"""Also for browsers that nobody let in: a browser asks for a manifest without its cookies."""
BEGINS = "/account"
"""Where the app opens: whoever is signed in sees where they are, others sign in."""
COLOR = "#11251e"
_script = (FOLDER / "static" / "service-worker.js").read_bytes()
_SENDS = b'import "/static/kept_sync.js";\n'


async def manifest(request: web.Request) -> web.Response:
    """`GET /manifest.webmanifest`: what the app is called, in the language that is asked for, and where it begins."""
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
    """`GET /service-worker.js`: from here, so that it may answer for all pages. `?sync`: a module, for browsers that
    send also when no page is open (WICG, Background Synchronization); others have no modules in workers, or not that.
    """
    headers = {"Cache-Control": "no-cache"}
    return web.Response(
        body=(_SENDS if "sync" in request.query else b"") + _script,
        content_type="text/javascript",
        charset="utf-8",
        headers=headers,
    )


async def offline(request: web.Request) -> web.Response:
    """`GET /offline`: what the service worker keeps and shows; nothing of the shop is in it."""
    return html(request.app[SITE].renderer.render("offline.html", texts_of(request).language))


ENDPOINTS = (
    Endpoint(method="GET", path=MANIFEST, handler=manifest, right=ANYBODY),
    Endpoint(method="GET", path=WORKER, handler=worker, right=ANYBODY),
    Endpoint(method="GET", path=OFFLINE, handler=offline, right=ANYBODY),
)
