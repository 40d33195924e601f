"""Styles, scripts and images of the frame and of capabilities. Text is compressed where supported, styles are bundled
with their imports.

Pages refer to them below a versioned address (`{{ static }}/base.css`), and scripts to each other by relative paths
(`"./ids.js"`), so browsers cache them until the next version. Without the version (`/static/base.css`) they are
revalidated each time; that is for files with a fixed address, such as a service worker."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path

from aiohttp import web

from edge.lib.errors import InvariantBroken
from edge.lib.prepared_files import bytecode_folder, digest_of, read_prepared, write_prepared
from edge.web.capability_pages import static_files

FOLDER = Path(__file__).parent / "static"
TEXTS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
LETTERS = {".woff2": "font/woff2"}
FOR_EVER = "public, max-age=31536000, immutable"
"""Cache header for files that never change: not revalidated even when the page is reloaded (RFC 8246)."""
LEVEL = 6
_IMPORT = re.compile(r'@import (?:url\()?"([\w.]+)"\)?;')
_COMMENTS = {
    ".css": re.compile(r"[ \t]*/\*(?!!).*?\*/\n?", re.DOTALL),
    ".js": re.compile(r"^[ \t]*//.*\n", re.MULTILINE),
}
"""Comments of our own files; in scripts, only comments on separate lines. Licences ("/*!") stay."""
_VERSIONED = re.compile(r"(?:(?P<version>[0-9a-f]{16})/)?(?P<name>.+)")


@cache
def files() -> Mapping[str, Path]:
    """Return the files by name. Raises `InvariantBroken` if two share a name, because a page would get the wrong
    one."""
    found = {str(path.relative_to(FOLDER)): path for path in sorted(FOLDER.rglob("*")) if path.is_file()}
    for name, path in static_files():
        if found.setdefault(name, path) != path:
            raise InvariantBroken(f"{path} and {found[name]} would be served under the same name.")
    return found


@cache
def static() -> str:
    """Return the address prefix of static files, which changes with any file. Reading all files takes 20 ms, so set-up
    stores the result in a file, which is valid while all times and sizes are unchanged."""
    named = sorted(files().items())
    stats = [(name, str(path), path.stat()) for name, path in named]
    digest = digest_of(f"{name}\0{path}\0{it.st_mtime_ns} {it.st_size}".encode() for name, path, it in stats)
    file = bytecode_folder(__file__) / "static-version"
    if (found := read_prepared(file, digest)) is not None:
        return found.decode()
    made = f"/static/{version_of(named)}"
    write_prepared(file, digest + made.encode())
    return made


def version_of(named: Iterable[tuple[str, Path]]) -> str:
    """Version string derived from the files' contents."""
    digest = blake2b(digest_size=8)
    for name, path in sorted(named):
        digest.update(f"{name}\0".encode())
        digest.update(blake2b(path.read_bytes()).digest())
    return digest.hexdigest()


async def serve(request: web.Request) -> web.StreamResponse:
    """`GET /static/{name}`: a file, with or without its version. A page from before an upgrade gets the current file
    without caching."""
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
    """Return a compressed file and its ETag, cached until the next start."""
    comments = None if name.startswith("vendor/") else _COMMENTS.get(Path(name).suffix)
    text = comments.sub("", _whole(name)) if comments else _whole(name)
    body = gzip.compress(text.encode(), LEVEL, mtime=0)
    return body, f'"{blake2b(body, digest_size=10).hexdigest()}"'


def _whole(name: str) -> str:
    """Return a file's text. Styles have their imports inlined, which saves a round trip."""
    text = files()[name].read_text()
    return _IMPORT.sub(lambda one: _whole(one[1]), text) if name.endswith(".css") else text


ASSETS = web.get("/static/{name:.+}", serve)
