"""HTTP API to preview a history file: columns, errors, conflicts."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from edge.analytics.forecast.history.day_forms import DayForm
from edge.analytics.forecast.history.history_preview import HistoryPreview, find_upload, look_at, preview_history
from edge.analytics.forecast.history.history_protocol import NAMES
from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.endpoints import fragment as piece
from edge.foundation.access.rights import MANAGE
from edge.lib.errors import EdgeError
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, texts_of
from edge.web.work_threads import HEAVY


class HistoryFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An uploaded file and its columns (see `ImportHistory`)."""

    path: Annotated[str, msgspec.Meta(max_length=500)]
    columns: dict[str, str] = {}
    form: DayForm = ""


async def preview(request: web.Request) -> web.Response:
    """`POST forecasts/history`: preview a history file without importing it."""
    return answer_json(await _preview_file(request))


async def fragment(request: web.Request) -> web.Response:
    """`POST /fragments/history`: the preview as HTML, with a field selector for each column."""
    shown = {"look": await _preview_file(request), "fields": tuple(NAMES)}
    html = request.app[SITE].renderer.render("history_preview.html", texts_of(request).language, **shown)
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


async def _preview_file(request: web.Request) -> HistoryPreview:
    """Preview the file. Raises `Problem` 422 if it wasn't uploaded here, or is unreadable."""
    site, asked = request.app[SITE], await body_of(request, HistoryFile)
    try:
        path = find_upload(asked.path, site.config.folder)
        look = await site.services.of(HEAVY).do(look_at, str(path), asked.columns, asked.form, site.settings.zone)
    except (EdgeError, ValueError) as error:
        key, values = (error.key, error.values) if isinstance(error, EdgeError) else ("", {})
        why = texts_of(request).report_text(key, values) if key else str(error)[:200]
        raise Problem(422, "history_wrong", why=why) from error
    return await site.asker.read(partial(preview_history, look=look))


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/forecasts/history",
        handler=preview,
        name="previewHistory",
        right=MANAGE,
        tag="forecast",
        body=Body(HistoryFile),
        answer=Answer(HistoryPreview),
        statuses=(400, 422),
    ),
    piece("/fragments/history", fragment, MANAGE, "POST"),
)
