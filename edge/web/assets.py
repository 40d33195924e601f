"""Styles, scripts and drawings of the frame and of capabilities; text is compressed for browsers that take it so, a
style together with those that it imports.

Pages name them below an address that changes with any of them (`{{ static }}/base.css`), and scripts each other beside
themselves (`"./ids.js"`), so that a browser keeps all of them and asks no more until the appliance is another version.
Without that part (`/static/base.css`) it asks each time whether they changed: so does what has one address for ever, as
a service worker and what it keeps."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path

from aiohttp import web

from edge.web.capability_pages import static_files

FOLDER = Path(__file__).parent / "static"
TEXTS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
LETTERS = {".woff2": "font/woff2"}
FOR_EVER = "public, max-age=31536000, immutable"
"""RFC 8246: not even asked for again when somebody reloads the page."""
LEVEL = 6
_IMPORT = re.compile(r'@import (?:url\()?"([\w.]+)"\)?;')
_VERSIONED = re.compile(r"(?:(?P<version>[0-9a-f]{16})/)?(?P<name>.+)")


@cache
def files() -> Mapping[str, Path]:
    """Each file by its name; a capability's does not take the place of ours."""
    ours = {str(path.relative_to(FOLDER)): path for path in sorted(FOLDER.rglob("*")) if path.is_file()}
    return dict(static_files()) | ours


@cache
def static() -> str:
    """Below which address pages name files: another one as soon as any file is."""
    return f"/static/{version_of(files().items())}"


def version_of(named: Iterable[tuple[str, Path]]) -> str:
    """What files are called together by what is in them."""
    digest = blake2b(digest_size=8)
    for name, path in sorted(named):
        digest.update(f"{name}\0".encode())
        digest.update(blake2b(path.read_bytes()).digest())
    return digest.hexdigest()


async def serve(request: web.Request) -> web.StreamResponse:
    """`GET /static/{name}`: a file, below its version or not. A page of another version, as one that was open during an
    upgrade, is served what there is now, and keeps none of it."""
    asked = _VERSIONED.fullmatch(request.match_info["name"])
    path = files().get(asked["name"]) if asked else None
    if asked is None or path is None:
        raise web.HTTPNotFound
    name, headers = asked["name"], {}
    if f"/static/{asked['version']}" == static():
        headers["Cache-Control"] = FOR_EVER
    if path.suffix not in TEXTS or "gzip" not in request.headers.get("Accept-Encoding", ""):
        if path.suffix in LETTERS:
            headers["Content-Type"] = LETTERS[path.suffix]
        return web.FileResponse(path, headers=headers)
    body, tag = _compress_asset(name)
    headers |= {"ETag": tag, "Vary": "Accept-Encoding"}
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, content_type=TEXTS[path.suffix], charset="utf-8", headers=headers)


@cache
def _compress_asset(name: str) -> tuple[bytes, str]:
    """A file as it goes out, and its tag: until the appliance starts again."""
    body = gzip.compress(_whole(name).encode(), LEVEL, mtime=0)
    return body, f'"{blake2b(body, digest_size=10).hexdigest()}"'


def _whole(name: str) -> str:
    """A file; a style has what it imports in the place of that: no page waits for a second turn of requests."""
    text = files()[name].read_text()
    return _IMPORT.sub(lambda one: _whole(one[1]), text) if name.endswith(".css") else text


ASSETS = web.get("/static/{name:.+}", serve)
