"""The page on which browsers agree to be told by a shop (web push): at head office's address, which they trust.

A box has no such address. The page keeps nothing, and knows nobody; who sends is the box, by a key of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).with_name("push")
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def add_push_page(app: web.Application) -> None:
    """`/push`, and what belongs to it under `/push/`."""
    app.router.add_get("/push", _serving(FOLDER / "push.html"))
    for name in ("push.css", "push.js", "push-worker.js"):
        app.router.add_get(f"/push/{name}", _serving(FOLDER / name))


def _serving(file: Path) -> Callable[[web.Request], Awaitable[web.Response]]:
    body, kind = file.read_bytes(), KINDS[file.suffix]

    async def serve(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=HEADERS)

    return serve
