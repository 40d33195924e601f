"""Product pictures: uploaded from a browser, stored in the shop's picture folder, and served.

Uploads are converted to WebP of limited size, upright and without camera metadata (location, owner). The name derives
from the content. Manually added files are never deleted.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Iterable
from pathlib import Path

from aiohttp import web

from edge.core.endpoints import ANYBODY, Answer, Body, Endpoint
from edge.core.process import child
from edge.core.services import Service
from edge.core.storage.atomic_write import write_whole
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.queries import picture_names
from edge.web.context import SITE, PanelContext
from edge.web.limits import PICTURE_PIXELS, PICTURE_S, PICTURE_UNUSED_S, PICTURE_UPLOAD_BYTES
from edge.web.problem import Problem
from edge.web.request_body import body_within
from edge.web.responses import answer_json
from edge.web.work_threads import HEAVY

_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
_OURS = re.compile(r"[0-9a-f]{20}\.webp")

PICTURES: Service[asyncio.Lock] = Service("pictures of products", lambda site: asyncio.Lock())
"""A lock, so that only one picture is converted at a time."""


async def upload(request: web.Request) -> web.Response:
    """`POST pictures`: a JPEG, PNG or WebP body; returns its name for products."""
    site = request.app[SITE]
    brought = await body_within(request, PICTURE_UPLOAD_BYTES)
    async with site.services.of(PICTURES):  # each takes about 100 MB; the same one may arrive twice at once
        data = await site.services.of(HEAVY).do(remade, brought)
        name = f"{hashlib.sha256(data).hexdigest()[:20]}.webp"
        await asyncio.to_thread(_keep, site.config.pictures, name, data)
    await forget(site)
    return answer_json({"name": name})


async def picture(request: web.Request) -> web.StreamResponse:
    """`GET /pictures/{name}`: a file of the picture folder."""
    path = _within(request.app[SITE].config.pictures, request.match_info["name"])
    if path is None or (type := _TYPES.get(path.suffix.lower())) is None:
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Content-Type": type})


async def forget(site: PanelContext, dropped: Iterable[str] = ()) -> None:
    """Delete uploads that no product uses: `dropped` ones at once, others an hour after the upload."""
    used = await site.asker.read(picture_names)
    await asyncio.to_thread(_remove, site.config.pictures, used, frozenset(dropped))


def remade(data: bytes) -> bytes:
    """Convert a picture in a separate process. Raises `Problem` 422 if unreadable or beyond limits."""
    try:
        return child.ask("edge.web.picture_process", data, 2 * PICTURE_S)
    except child.ChildFailed as error:
        raise Problem(422, "picture_unreadable", megapixels=PICTURE_PIXELS // 1_000_000) from error


def _within(folder: Path, name: str) -> Path | None:
    """The path of a file directly in the folder, or None.

    A name can contain a "/" that was encoded, and links may lead elsewhere.
    """
    if not name.isprintable() or name != Path(name).name:
        return None
    path = (folder / name).resolve()
    return path if path.parent == folder.resolve() and path.is_file() else None


def _keep(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    write_whole(folder / name, data)


def _remove(folder: Path, used: set[str], dropped: frozenset[str]) -> None:
    before = time.time() - PICTURE_UNUSED_S
    unused = (path for path in folder.glob("*.webp") if _OURS.fullmatch(path.name) and path.name not in used)
    for path in unused:
        if path.name in dropped or path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/pictures",
        handler=upload,
        name="uploadPicture",
        right=MANAGE,
        tag="ingest",
        body=Body(media="application/octet-stream", limit_bytes=PICTURE_UPLOAD_BYTES),
        answer=Answer(schema={"type": "object", "properties": {"name": {"type": "string"}}}),
        statuses=(413, 422),
    ),
    Endpoint(method="GET", path="/pictures/{name}", handler=picture, right=ANYBODY),
)
