"""Styles, scripts and drawings of the frame and of capabilities; text is compressed for browsers that take it so, a
style together with those that it imports."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from hashlib import blake2b
from pathlib import Path

from aiohttp import web

from edge.core.endpoints import Handler
from edge.web.capability_pages import static_files

TEXTS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
LETTERS = {".woff2": "font/woff2"}
LASTING = "max-age=2592000"
"""Letters are asked for once a month: those of another version have another name, or are as good."""
KEPT = 400
"""Compressed files that are kept; there are fewer."""
LEVEL = 6
_IMPORT = re.compile(r'@import (?:url\()?"(?:/static/)?([\w.]+)"\)?;')


def assets(folder: Path) -> list[web.RouteDef]:
    """A route for each file of `folder` and of capabilities; a capability's does not take the place of ours."""
    found = dict(static_files())
    found |= {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    compressed = lru_cache(KEPT)(partial(_compressed, found))
    return [web.get(f"/static/{name}", _served(path, name, compressed)) for name, path in found.items()]


def _served(path: Path, name: str, compressed: Callable[[str], tuple[bytes, str]]) -> Handler:
    return partial(_serve, path=path, name=name, compressed=compressed)


async def _serve(
    request: web.Request, path: Path, name: str, compressed: Callable[[str], tuple[bytes, str]]
) -> web.StreamResponse:
    if path.suffix in LETTERS:
        return web.FileResponse(path, headers={"Content-Type": LETTERS[path.suffix], "Cache-Control": LASTING})
    if path.suffix not in TEXTS or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return web.FileResponse(path)
    body, tag = compressed(name)
    headers = {"ETag": tag, "Vary": "Accept-Encoding"}
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, content_type=TEXTS[path.suffix], charset="utf-8", headers=headers)


def _compressed(found: Mapping[str, Path], name: str) -> tuple[bytes, str]:
    """A file as it goes out, and its tag: until the appliance starts again."""
    body = gzip.compress(_whole(found, name).encode(), LEVEL, mtime=0)
    return body, f'"{blake2b(body, digest_size=10).hexdigest()}"'


def _whole(found: Mapping[str, Path], name: str) -> str:
    """A file; a style has what it imports in the place of that: no page waits for a second turn of requests."""
    text = found[name].read_text()
    return _IMPORT.sub(lambda one: _whole(found, one[1]), text) if name.endswith(".css") else text
