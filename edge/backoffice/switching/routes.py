"""HTTP API to examine another system's files before an import."""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web

from edge.backoffice.switching.looking import FoundFile, look_at_brought, look_at_file
from edge.backoffice.switching.moved import TAKEN, FileKind, MovedFile
from edge.backoffice.switching.settings import switching_settings
from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.endpoints import fragment as piece
from edge.foundation.access.rights import MANAGE
from edge.runtime.config import CONFIG
from edge.web.context import SITE
from edge.web.request_body import body_of
from edge.web.responses import answer_json, texts_of
from edge.web.work_threads import HEAVY


class MoveFileAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An uploaded file; `kind` if the user chose it, and `answers` to questions about it."""

    path: Annotated[str, msgspec.Meta(max_length=4096)]
    kind: FileKind = "unknown"
    answers: Annotated[dict[str, Annotated[str, msgspec.Meta(max_length=300)]], msgspec.Meta(max_length=50)] = {}


async def preview(request: web.Request) -> web.Response:
    """`POST moves/preview`: a file's kind and the records it would import; for an archive, each of its files. Imports
    nothing."""
    return answer_json({"files": await _look(request)})


async def fragment(request: web.Request) -> web.Response:
    """`POST /fragments/move`: the same as HTML, with the questions to answer."""
    found, site = await _look(request), request.app[SITE]
    html = site.renderer.render("move_files.html", texts_of(request).language, files=found, taken=TAKEN)
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


async def _look(request: web.Request) -> list[FoundFile]:
    site, asked = request.app[SITE], await body_of(request, MoveFileAsked)
    settings = switching_settings(site.services.of(CONFIG))
    file, now_us = MovedFile(asked.path, asked.kind, asked.answers), site.shop.now_us()
    heavy = site.services.of(HEAVY)
    if asked.answers or asked.kind != "unknown":  # it was opened before
        return [await heavy.do(look_at_file, settings, file, now_us)]
    return await heavy.do(look_at_brought, settings, site.config.folder, file, now_us)


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/moves/preview",
        handler=preview,
        name="previewMove",
        right=MANAGE,
        tag="switching",
        body=Body(MoveFileAsked),
        answer=Answer(list[FoundFile], under="files"),
    ),
    piece("/fragments/move", fragment, MANAGE, "POST"),
)
