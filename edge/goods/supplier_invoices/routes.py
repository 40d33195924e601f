"""Supplier invoices over HTTP."""

from __future__ import annotations

import asyncio
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated, get_args

import msgspec
from aiohttp import web

from edge.core.endpoints import DONE, Answer, Body, Endpoint
from edge.core.messages import Done, Refused
from edge.foundation.access.rights import MANAGE
from edge.goods.supplier_invoices.commands import CorrectedField, CorrectPrintedInvoice, ReceiveInvoice
from edge.goods.supplier_invoices.paper import LINES_MOST, PaperLine
from edge.goods.supplier_invoices.printed import CORRECTED
from edge.goods.supplier_invoices.queries import (
    MatchedInvoice,
    read_invoice_in,
    read_known_sellers,
)
from edge.goods.supplier_invoices.reader_client import (
    FILE_BYTES,
    PaperRead,
    file_name,
    keep_pictures,
    kept_words,
    picture_of,
    read_apart,
)
from edge.lib.printed_invoice import FieldName, KnownSeller, LearntField, LearntName, PlacedWord, learn, value_at
from edge.web.actors import actor_of
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE, today_of
from edge.web.problem import Problem
from edge.web.request_body import body_of, body_within
from edge.web.responses import answer_json, answer_outcome, answer_problem, texts_of
from edge.web.work_threads import HEAVY

_SEEN = {"invoice_seen": 409, "duplicate_number": 409}
_POINTED: tuple[FieldName, ...] = get_args(FieldName)
LEARNABLE: tuple[LearntName, ...] = tuple(name for name in get_args(LearntName) if name != "seller")
_NUMBER = r"/api/v1/invoices-in/{number:\d{1,15}}"


class InvoiceCorrections(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Corrected fields, and all lines if they were checked."""

    fields: Annotated[tuple[CorrectedField, ...], msgspec.Meta(max_length=len(CORRECTED))] = ()
    lines: Annotated[tuple[PaperLine, ...], msgspec.Meta(max_length=LINES_MOST)] | None = None


class PointedAt(msgspec.Struct, frozen=True):
    """The text at a position, read as the requested field, and its edges in thousandths of the page."""

    value: str
    left: int
    top: int
    right: int
    bottom: int


class ReceivedInvoice(msgspec.Struct, frozen=True):
    """Our number for the invoice."""

    number: int


async def receive(request: web.Request) -> web.Response:
    """`POST invoices-in?name=FILE`: receive an invoice as XML (UBL, CII), a PDF, or a picture (JPEG, PNG, WebP).

    Answers 409 if it was received before, or 422 with the reason if it can't be read.
    """
    site, texts = request.app[SITE], texts_of(request)
    name = file_name(request.query.get("name", ""))
    body = await body_within(request, FILE_BYTES)
    known = await site.asker.read(read_known_sellers)
    read = await site.services.of(HEAVY).do(partial(_read, known=known, currency=site.settings.currency), body)
    if read.paper is None:
        code = f"supplier_invoices.{read.why}"
        return answer_problem(
            422, Refused(read.why, {"detail": read.detail}), texts.report_text(code, {"detail": read.detail})
        )
    command = ReceiveInvoice(read.paper, read.digest, name)
    outcome = await site.shop.do(command, actor_of(request), idempotency_key(request))
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts, _SEEN)
    await asyncio.to_thread(keep_pictures, site.config.folder, read)
    return answer_json(ReceivedInvoice(int(outcome.result)), 201)


def _read(body: bytes, known: tuple[KnownSeller, ...], currency: str) -> PaperRead:
    with tempfile.TemporaryDirectory(prefix="edge-invoice-") as folder:
        path = Path(folder) / "invoice"
        path.write_bytes(body)
        return read_apart(path, known, currency)


async def correct(request: web.Request) -> web.Response:
    """`POST invoices-in/{number}/corrections`: correct a printed invoice.

    The values are located on its page, and their positions are learnt for its seller.
    """
    site, texts = request.app[SITE], texts_of(request)
    said = await body_of(request, InvoiceCorrections)
    found = await matched_of(request, int(request.match_info["number"]))
    words = await asyncio.to_thread(kept_words, site.config.folder, found.invoice.digest)
    learnt = await site.services.of(HEAVY).do(_learnt, words, said.fields)
    command = CorrectPrintedInvoice(found.invoice.number, said.fields, said.lines, learnt)
    return answer_outcome(await site.shop.do(command, actor_of(request), idempotency_key(request)), texts, _SEEN)


async def read_at_place(request: web.Request) -> web.Response:
    """`GET invoices-in/{number}/reading?field=&page=&x=&y=`: the text at a position on its page, read as a field; 404
    if no text there fits the field.
    """
    site = request.app[SITE]
    found = await matched_of(request, int(request.match_info["number"]))
    name = next((one for one in _POINTED if one == request.query.get("field")), None)
    if name is None:
        raise Problem(400, "argument_wrong", name="field", why=", ".join(_POINTED))
    page, x, y = (_whole(request, key) for key in ("page", "x", "y"))
    words = await asyncio.to_thread(kept_words, site.config.folder, found.invoice.digest)
    value = await site.services.of(HEAVY).do(value_at, words, name, page, x, y)
    if value is None:
        raise Problem(404, "not_found", path=request.path[:200])
    box = value.box
    return answer_json(PointedAt(value.value, box.left, box.top, box.right, box.bottom))


def _whole(request: web.Request, key: str) -> int:
    """Parse a coordinate. Raises `Problem` 400 if it isn't one."""
    text = request.query.get(key, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        raise Problem(400, "argument_wrong", name=key, why="0 to 9999")
    return int(text)


def _learnt(words: tuple[PlacedWord, ...], fields: tuple[CorrectedField, ...]) -> tuple[LearntField, ...]:
    """The positions of these values on the page."""
    said = {one.name: one.value for one in fields if one.value}
    found = (learn(words, name, said[name]) for name in LEARNABLE if name in said)
    return tuple(one for one in found if one is not None)


async def one(request: web.Request) -> web.Response:
    """`GET invoices-in/{number}`: an invoice matched with orders and receipts."""
    return answer_json(await matched_of(request, int(request.match_info["number"])))


async def picture(request: web.Request) -> web.StreamResponse:
    """`GET invoices-in/{number}/pages/{page}.png`: a page of the invoice, if it was a PDF or a picture."""
    site, number = request.app[SITE], int(request.match_info["number"])
    found = await site.asker.read(lambda db: read_invoice_in(db, number))
    path = picture_of(site.config.folder, found.digest, int(request.match_info["page"])) if found else None
    if path is None or not path.is_file():
        raise Problem(404, "not_found", path=request.path[:200])
    return web.FileResponse(path, headers={"Content-Type": "image/png", "Cache-Control": "private"})


async def matched_of(request: web.Request, number: int) -> MatchedInvoice:
    """A matched invoice. Raises `Problem` 404 if no invoice has that number."""
    site = request.app[SITE]
    matched = site.shop.registry.queries["invoice_in_matched"].read
    read = partial(matched, number=number, currency=site.settings.currency, today=today_of(request))
    found: MatchedInvoice | None = await site.asker.read(read)
    if found is None:
        raise Problem(404, "not_found", path=request.path[:200])
    return found


ENDPOINTS = (
    Endpoint(
        method="POST",
        path=_NUMBER + "/corrections",
        handler=correct,
        name="correctInvoice",
        right=MANAGE,
        tag="supplier invoices",
        path_types={"number": {"type": "integer", "minimum": 0}},
        body=Body(InvoiceCorrections),
        answer=DONE,
        statuses=(404, 409, 422),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/invoices-in",
        handler=receive,
        name="receiveInvoice",
        right=MANAGE,
        tag="supplier invoices",
        query={"name": {"type": "string", "maxLength": 200}},
        body=Body(media="application/octet-stream", limit_bytes=FILE_BYTES),
        answer=Answer(ReceivedInvoice, status=201),
        statuses=(409, 413, 422),
    ),
    Endpoint(
        method="GET",
        path=_NUMBER,
        handler=one,
        name="invoiceIn",
        right=MANAGE,
        tag="supplier invoices",
        path_types={"number": {"type": "integer", "minimum": 0}},
        answer=Answer(MatchedInvoice),
        statuses=(404,),
    ),
    Endpoint(
        method="GET",
        path=_NUMBER + "/reading",
        handler=read_at_place,
        name="invoiceInReading",
        right=MANAGE,
        tag="supplier invoices",
        path_types={"number": {"type": "integer", "minimum": 0}},
        query={
            "field": {"enum": list(_POINTED)},
            "page": {"type": "integer", "minimum": 0},
            "x": {"type": "integer", "minimum": 0},
            "y": {"type": "integer", "minimum": 0},
        },
        answer=Answer(PointedAt),
        statuses=(404,),
    ),
    Endpoint(
        method="GET",
        path=_NUMBER + r"/pages/{page:[1-9]}.png",
        handler=picture,
        name="invoiceInPage",
        right=MANAGE,
        tag="supplier invoices",
        path_types={"number": {"type": "integer", "minimum": 0}, "page": {"type": "integer", "minimum": 1}},
        answer=Answer(media="image/png"),
        statuses=(404,),
    ),
)
