"""Page of head office: the API for people. It calls the API as the signed-in person, so it shows only data they may
see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from importlib import resources

from aiohttp import hdrs, web

FILES = {
    "/": ("index.html", "text/html"),
    "/page/page.css": ("page.css", "text/css"),
    "/page/page.js": ("page.js", "text/javascript"),
    "/page/common.js": ("common.js", "text/javascript"),
    "/page/attention.js": ("attention.js", "text/javascript"),
    "/page/csv.js": ("csv.js", "text/javascript"),
    "/page/charts.js": ("charts.js", "text/javascript"),
    "/page/today.js": ("today.js", "text/javascript"),
    "/page/areas.js": ("areas.js", "text/javascript"),
    "/page/morning.js": ("morning.js", "text/javascript"),
    "/page/opened.js": ("opened.js", "text/javascript"),
    "/page/making.js": ("making.js", "text/javascript"),
    "/page/questions.js": ("questions.js", "text/javascript"),
    "/page/data.js": ("data.js", "text/javascript"),
    "/page/software.js": ("software.js", "text/javascript"),
    "/page/support.js": ("support.js", "text/javascript"),
    "/page/put_aside.js": ("put_aside.js", "text/javascript"),
    "/page/settings.js": ("settings.js", "text/javascript"),
    "/page/setting_words.js": ("setting_words.js", "text/javascript"),
    "/page/preview.js": ("preview.js", "text/javascript"),
    "/page/composer.js": ("composer.js", "text/javascript"),
    "/page/publication.js": ("publication.js", "text/javascript"),
    "/page/texts.js": ("texts.js", "text/javascript"),
    "/page/invited.js": ("invited.js", "text/javascript"),
    "/page/myself.js": ("myself.js", "text/javascript"),
    "/page/employees.js": ("employees.js", "text/javascript"),
    "/page/edit.js": ("edit.js", "text/javascript"),
    "/page/places.js": ("places.js", "text/javascript"),
    "/page/words.json": ("words.json", "application/json"),
}
KINDS = {"json": "application/json", "css": "text/css", "js": "text/javascript", "woff2": "font/woff2"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""Content security policy: only the page's own script may run, because its tab has the signed-in person's token."""

_Answer = Callable[[web.Request], Awaitable[web.Response]]


def add_to(app: web.Application, parts: Mapping[str, bytes]) -> None:
    """Add the page at `/` and its files; `parts`: files shared with the shop's pages, by name."""
    own = resources.files(__package__)
    for path, (name, kind) in FILES.items():
        if name in parts:
            continue  # the shop's file has more languages than this package's
        app.router.add_get(path, _answer(own.joinpath(name).read_bytes(), kind))
    for name, file in parts.items():
        app.router.add_get(f"/page/{name}", _answer(file, KINDS[name.rpartition(".")[2]]))


def _answer(body: bytes, kind: str) -> _Answer:
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
        charset = None if kind.startswith("font/") else "utf-8"
        return web.Response(body=body, content_type=kind, charset=charset, headers=headers)

    return answer
