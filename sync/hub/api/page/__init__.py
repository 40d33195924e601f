"""The page of head office: the API above all shops, for people. It asks the API as the person who signed in, so
it shows what they may see and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from importlib import resources

from aiohttp import hdrs, web

FILES = {
    "/": ("index.html", "text/html"),
    "/page/page.css": ("page.css", "text/css"),
    "/page/page.js": ("page.js", "text/javascript"),
    "/page/words.json": ("words.json", "application/json"),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""Nothing but its own script runs in it: the token of whoever signed in is kept in its tab."""

_Answer = Callable[[web.Request], Awaitable[web.Response]]


def add_to(app: web.Application) -> None:
    """The page at `/`, and its files."""
    for path, (name, kind) in FILES.items():
        app.router.add_get(path, _answer(name, kind))


def _answer(name: str, kind: str) -> _Answer:
    body = resources.files(__package__).joinpath(name).read_bytes()
    etag = hashlib.sha256(body).hexdigest()[:32]
    headers = {
        hdrs.CACHE_CONTROL: "no-cache",
        hdrs.ETAG: f'"{etag}"',
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
    }

    async def answer(request: web.Request) -> web.Response:
        if request.if_none_match and any(known.value in (etag, "*") for known in request.if_none_match):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)

    return answer
