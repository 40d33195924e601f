"""Product files over HTTP: upload, mapping, preview, report, export."""

from __future__ import annotations

import asyncio
import io
import re
from functools import partial

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.endpoints import fragment as piece
from edge.core.jobs.store import read_job, read_job_notes
from edge.core.limits import JOB_REPORT_ROWS
from edge.core.messages import Refused
from edge.foundation.access.rights import MANAGE
from edge.goods.ingest.from_config import import_settings
from edge.goods.ingest.import_folders import NAME_CHARS, new_place, take_away
from edge.goods.ingest.mapping.mapping import mapping_of
from edge.goods.ingest.pages import columns
from edge.goods.ingest.preview import Preview, preview_query
from edge.lib.errors import ConfigError, EdgeError
from edge.lib.tables import FORMATS
from edge.lib.tables.csv_format import write_separated
from edge.runtime.config import CONFIG, load
from edge.web.api.exports import CHUNK_BYTES, TYPES, headers_of, send_made, send_table
from edge.web.context import SITE
from edge.web.limits import UPLOAD_BYTES
from edge.web.problem import Problem
from edge.web.request_body import body_of, require_still
from edge.web.responses import answer_json, answer_problem, texts_of
from edge.web.work_threads import HEAVY

_SAFE = re.compile(r"[^\w.() -]+")


class Understood(msgspec.Struct, forbid_unknown_fields=True):
    """How to read a file: fields by column, or empty to guess. `path` is the result of the upload."""

    path: str
    columns: dict[str, str] | None = None
    decimal: str = ""


async def upload(request: web.Request) -> web.Response:
    """`POST imports?name=FILE`: upload a file; returns its path. Only the newest files are stored."""
    name = _SAFE.sub("_", request.query.get("name", "")).strip(". ")[-NAME_CHARS:] or "file"
    folder = request.app[SITE].config.folder
    place = await asyncio.to_thread(new_place, folder, name)
    try:
        with place.open("xb") as file:
            await _receive(request, file)
        require_still(request)
    except BaseException:
        take_away(place)
        raise
    return answer_json({"path": str(place), "name": name})


async def preview(request: web.Request) -> web.Response:
    """`POST imports/preview`: preview of the first rows (see `Understood`), as JSON."""
    found = await _preview_file(request)
    return found if isinstance(found, web.Response) else answer_json({"result": found})


async def fragment(request: web.Request) -> web.Response:
    """`POST /fragments/import`: the preview as a table, with a field selector per column."""
    found = await _preview_file(request)
    if isinstance(found, web.Response):
        return found
    site, texts = request.app[SITE], texts_of(request)
    shown = {"preview": found, "fields": columns.choices(), "label": partial(columns.label, texts=texts)}
    html = site.renderer.render("import_preview.html", texts.language, **shown)
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


async def report(request: web.Request) -> web.Response:
    """`GET jobs/{id}/report.csv`: a job's rejected input, in the requested language."""
    site, texts = request.app[SITE], texts_of(request)
    id = int(request.match_info["id"])
    job, notes = await site.asker.read(lambda db: (read_job(db, id), read_job_notes(db, id, JOB_REPORT_ROWS)))
    if job is None:
        raise Problem(404, "not_found", path=request.path[:200])
    out = io.StringIO()
    header = tuple(texts.say(f"manager.{column}") for column in ("line", "field", "value", "reason"))
    rows = ([str(n.line), n.field, n.value, texts.report_text(n.reason, n.values, "reason")] for n in notes)
    write_separated(out, header, rows, ",")
    return _download(out.getvalue().encode("utf-8-sig"), f"report-{id}.csv", "text/csv")


async def export(request: web.Request) -> web.StreamResponse:
    """`GET exports/catalogue.{format}`: all products, written by a separate process."""
    config = request.app[SITE].config
    module = "edge.goods.ingest.catalog_export"
    return await send_table(
        request, "catalogue", request.match_info["format"], module, config.ledger, config.store.currency
    )


async def export_shop(request: web.Request) -> web.StreamResponse:
    """`GET exports/shop.sqlite`: the whole shop without personal data as an SQLite file, written by a separate process
    with the current config.toml. Raises `Problem` 409 if config.toml is invalid.
    """
    site, module = request.app[SITE], "edge.operations.shop_file.export"
    file = site.services.of(CONFIG).file
    try:
        await asyncio.to_thread(load, file)
    except ConfigError as wrong:
        raise Problem(409, "config_refused", why=f"{wrong.what} {wrong.advice}") from wrong
    read = (str(file), str(site.config.ledger))
    return await send_made(request, "shop.sqlite", SQLITE, lambda path: (module, *read, str(path)))


async def _preview_file(request: web.Request) -> Preview | web.Response:
    site, texts = request.app[SITE], texts_of(request)
    wanted = await body_of(request, Understood)
    mapping = mapping_of(wanted.columns, wanted.decimal) if wanted.columns is not None else ""
    look = preview_query(import_settings(site.services.of(CONFIG)))
    try:
        return await site.services.of(HEAVY).do(look, None, wanted.path, mapping)
    except EdgeError as error:
        sentence = texts.report_text(error.key, error.values) if error.key else str(error)
        said = {"code": error.key, "message": sentence, "values": error.values}
        return answer_problem(422, Refused(error.key, dict(error.values)), sentence, refused=said)


async def _receive(request: web.Request, file: io.BufferedWriter) -> None:
    size = 0
    async for block in request.content.iter_chunked(CHUNK_BYTES):
        size += len(block)
        if size > UPLOAD_BYTES:
            raise Problem(413, "body_too_large", limit=UPLOAD_BYTES)
        await asyncio.to_thread(file.write, block)


def _download(data: bytes, name: str, kind: str) -> web.Response:
    return web.Response(body=data, headers=headers_of(name, kind))


SQLITE = "application/vnd.sqlite3"
_UPLOADED = {"type": "object", "properties": {"path": {"type": "string"}, "name": {"type": "string"}}}

ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/imports",
        handler=upload,
        name="uploadFile",
        right=MANAGE,
        tag="ingest",
        query={"name": {"type": "string"}},
        body=Body(media="application/octet-stream", limit_bytes=UPLOAD_BYTES),
        answer=Answer(schema=_UPLOADED),
        statuses=(413,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/imports/preview",
        handler=preview,
        name="previewImport",
        right=MANAGE,
        tag="ingest",
        body=Body(Understood),
        answer=Answer(Preview, under="result"),
        statuses=(422,),
    ),
    Endpoint(
        method="GET",
        path=r"/api/v1/jobs/{id:\d{1,18}}/report.csv",
        handler=report,
        name="jobReport",
        right=MANAGE,
        tag="ingest",
        path_types={"id": {"type": "integer", "minimum": 0}},
        answer=Answer(schema={"type": "string"}, media="text/csv"),
        statuses=(404,),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/exports/catalogue.{format}",
        handler=export,
        name="exportCatalogue",
        right=MANAGE,
        tag="ingest",
        path_types={"format": {"enum": list(FORMATS)}},
        answer=Answer(media=", ".join(TYPES.values())),
        statuses=(404,),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/exports/shop.sqlite",
        handler=export_shop,
        name="exportShop",
        right=MANAGE,
        tag="ingest",
        answer=Answer(media=SQLITE),
        statuses=(409,),
    ),
    piece("/fragments/import", fragment, MANAGE, "POST"),
)
