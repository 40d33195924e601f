"""HTTP API to upload suppliers' invoices."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from edge.backoffice.feeds.commands import IngestInvoice
from edge.backoffice.feeds.routes import IngestBegun, newest_job
from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.messages import Done
from edge.foundation.access.rights import MANAGE
from edge.goods.ingest.import_folders import digest_of, new_place, take_away
from edge.goods.supplier_invoices.reader_client import FILE_BYTES, file_name
from edge.runtime.config import CONFIG
from edge.web.actors import actor_of
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.request_body import body_within
from edge.web.responses import answer_json, answer_outcome, texts_of


async def process_ocr(request: web.Request) -> web.Response:
    """`POST invoices/process-ocr?name=FILE`: read a supplier's invoice (XML, PDF, JPEG, PNG, WebP) as a job; 202 with
    its number. 409 if the identical file was uploaded before."""
    site, name = request.app[SITE], request.query.get("name", "")
    body = await body_within(request, FILE_BYTES)
    place, digest = await asyncio.to_thread(_bring, Path(site.services.of(CONFIG).folder), file_name(name), body)
    command = IngestInvoice(str(place), digest, file_name(name))
    outcome = await site.shop.do(command, actor_of(request), idempotency_key(request))
    if isinstance(outcome, Done) and outcome.result:
        return answer_json(IngestBegun(int(outcome.result)), 202)
    take_away(place)
    if isinstance(outcome, Done):  # a repeated request
        return answer_json(IngestBegun(await site.asker.read(newest_job)), 202)
    return answer_outcome(outcome, texts_of(request), {"invoice_seen": 409})


def _bring(data: Path, name: str, body: bytes) -> tuple[Path, str]:
    """Store an uploaded file. Returns its path and digest."""
    place = new_place(data, name)
    place.write_bytes(body)
    return place, digest_of(place)


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/invoices/process-ocr",
        handler=process_ocr,
        name="processInvoice",
        right=MANAGE,
        rate="feed",
        tag="supplier invoices",
        query={"name": {"type": "string", "maxLength": 200}},
        body=Body(media="application/octet-stream", limit_bytes=FILE_BYTES),
        answer=Answer(IngestBegun, status=202),
        statuses=(409, 413),
    ),
)
