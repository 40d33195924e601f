"""HTTP API to examine another system's files before an import."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, cast, get_args

import msgspec
from aiohttp import web

from edge.backoffice.feeds.service.part import http_of
from edge.backoffice.switching.handlers import shop_choices
from edge.backoffice.switching.looking import FoundFile, look_at_brought, look_at_file
from edge.backoffice.switching.moved import TAKEN, FileKind, MovedFile, Stamp
from edge.backoffice.switching.service.odoo_move import OdooAccess, OdooMove, State
from edge.backoffice.switching.service.odoo_reader import ShopPrices
from edge.backoffice.switching.settings import export_terms, switching_settings
from edge.backoffice.switching.way_out import System, zip_for
from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.endpoints import fragment as piece
from edge.core.services import Service
from edge.counter.till.live_settings import NOW
from edge.foundation.access.queries import roles
from edge.foundation.access.rights import MANAGE
from edge.goods.stock.queries import read_places
from edge.runtime.config import CONFIG
from edge.web.context import SITE, today_of
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, texts_of
from edge.web.work_threads import HEAVY


class MoveFileAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An uploaded file. `kind`: set if the user chose it. `answers`: to questions about the file; refused if the file
    changed since its `stamp`."""

    path: Annotated[str, msgspec.Meta(max_length=4096)]
    kind: FileKind = "unknown"
    answers: Annotated[dict[str, Annotated[str, msgspec.Meta(max_length=300)]], msgspec.Meta(max_length=50)] = {}
    stamp: Stamp = ""


async def preview(request: web.Request) -> web.Response:
    """`POST moves/preview`: a file's kind and the records it would import; for an archive, each of its files. Nothing
    is imported."""
    return answer_json({"files": await _look(request)})


async def fragment(request: web.Request) -> web.Response:
    """`POST /fragments/move`: the preview as HTML, with the questions to answer."""
    found, site = await _look(request), request.app[SITE]
    taxes = site.services.of(NOW)().on(today_of(request)).tax
    more = {"taken": TAKEN, "taxes": taxes, "locations": read_places(site.shop.reader)}
    more["roles"] = {role.id: role.name for role in roles(site.shop.reader)}
    html = site.renderer.render("move_files.html", texts_of(request).language, files=found, **more)
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


async def _look(request: web.Request) -> list[FoundFile]:
    site, asked = request.app[SITE], await body_of(request, MoveFileAsked)
    settings = switching_settings(site.services.of(CONFIG))
    file, now_us = MovedFile(asked.path, asked.kind, asked.answers, asked.stamp), site.shop.now_us()
    heavy, choices = site.services.of(HEAVY), shop_choices(site.shop.reader)
    if asked.answers or asked.kind != "unknown":  # the file was previewed before
        return [await heavy.do(look_at_file, settings, file, now_us, choices)]
    return await heavy.do(look_at_brought, settings, site.config.folder, file, now_us, choices)


async def send_out(request: web.Request) -> web.Response:
    """`GET moves/export?system=&people=`: a ZIP of products, sales and receipts, with `people=yes` also customers, that
    Square or Odoo can import."""
    site, system = request.app[SITE], request.query.get("system", "")
    if system not in get_args(System):
        raise Problem(400, "argument_wrong", name="system", why=", ".join(get_args(System)))
    terms, people = export_terms(site.services.of(CONFIG)), request.query.get("people") == "yes"
    asked = (cast(System, system), site.shop.path, terms, site.shop.now_us(), people)
    body = await site.services.of(HEAVY).do(zip_for, *asked)
    headers = {"Content-Disposition": f'attachment; filename="{system}.zip"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type="application/zip", headers=headers)


class OdooAnswer(msgspec.Struct, frozen=True):
    """The progress of reading Odoo: the `kind` being read, and the `rows` read. `files`: once all are read, to be
    examined like uploaded ones; `error`: why there are none, or what they lack."""

    state: State
    kind: str = ""
    rows: int = 0
    files: tuple[str, ...] = ()
    error: str = ""


async def begin_odoo(request: web.Request) -> web.Response:
    """`POST moves/odoo`: read a shop's data from Odoo into files to examine; 202. 409 while another Odoo is
    being read."""
    began = request.app[SITE].services.of(ODOO).begin(await body_of(request, OdooAccess))
    if not began:
        raise Problem(409, "import_running", job="Odoo")
    return answer_json(_odoo_answer(request), 202)


async def odoo_progress(request: web.Request) -> web.Response:
    """`GET moves/odoo`: the progress of reading Odoo."""
    return answer_json(_odoo_answer(request))


async def stop_odoo(request: web.Request) -> web.Response:
    """`DELETE moves/odoo`: stop reading."""
    await request.app[SITE].services.of(ODOO).stop()
    return answer_json(_odoo_answer(request))


def _odoo_answer(request: web.Request) -> OdooAnswer:
    now, texts = request.app[SITE].services.of(ODOO).progress, texts_of(request)
    own = f"switching.odoo_{now.error.rpartition('.')[2]}"
    error = texts.report_text(own if own in _ODOO_FAULTS else now.error, now.values) if now.error else ""
    return OdooAnswer(now.state, now.kind, now.rows, now.files, error)


def _odoo_of(site: Any) -> OdooMove:
    config = site.services.of(CONFIG)
    prices = ShopPrices(config.tax.inclusive, config.store.currency)
    return OdooMove(site.config.folder, site.shop.till_first, lambda: http_of(config), prices)


ODOO: Service[OdooMove] = Service("odoo", _odoo_of)
_ODOO_FAULTS = frozenset(
    f"switching.odoo_{fault}"
    for fault in (
        *("wrong_password", "refused", "no_connection", "no_answer", "server_failed", "body_too_large"),
        *("no_such_model", "page_not_understood", "page_repeats", "too_many_records", "not_written"),
    )
)
_ODOO = partial(Endpoint, path="/api/v1/moves/odoo", right=MANAGE, tag="switching")
ENDPOINTS = (
    _ODOO(
        method="POST",
        handler=begin_odoo,
        name="beginOdooMove",
        body=Body(OdooAccess),
        answer=Answer(OdooAnswer, status=202),
        statuses=(409,),
    ),
    _ODOO(method="GET", handler=odoo_progress, name="odooMove", answer=Answer(OdooAnswer)),
    _ODOO(method="DELETE", handler=stop_odoo, name="stopOdooMove", answer=Answer(OdooAnswer)),
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
    Endpoint(
        method="GET",
        path="/api/v1/moves/export",
        handler=send_out,
        name="exportMove",
        right=MANAGE,
        tag="switching",
        query={"system": {"enum": list(get_args(System))}, "people": {"enum": ["yes"]}},
        answer=Answer(media="application/zip"),
    ),
    piece("/fragments/move", fragment, MANAGE, "POST"),
)
