"""Public static pages of head office."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from aiohttp import web

KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def add_static_page(app: web.Application, folder: Path, *beside: str, asks: bool = False) -> None:
    """Add the page `NAME.html` from the folder `NAME` at `/NAME`, and the files `beside` it under `/NAME/`. `asks`: it
    may make requests to head office; otherwise to no server."""
    headers = dict(HEADERS)
    if asks:
        headers["Content-Security-Policy"] += "; connect-src 'self'"
    app.router.add_get(f"/{folder.name}", _serving(folder / f"{folder.name}.html", headers))
    for name in beside:
        app.router.add_get(f"/{folder.name}/{name}", _serving(folder / name, headers))


def _serving(file: Path, headers: Mapping[str, str]) -> Callable[[web.Request], Awaitable[web.Response]]:
    body, kind = file.read_bytes(), KINDS[file.suffix]

    async def serve(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)

    return serve
