"""Design of papers: the logo, and a receipt preview."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
from aiohttp import web

from edge.backoffice.office.commands import NoteConfiguration
from edge.core.endpoints import NOTHING, Answer, Body, Endpoint
from edge.core.messages import Refused
from edge.core.process import child
from edge.core.storage.atomic_write import write_whole
from edge.counter.till.after_sale.sample_receipt import sample_receipt
from edge.counter.till.live_settings import NOW
from edge.foundation.access.rights import MANAGE
from edge.foundation.printing.document import Document
from edge.foundation.printing.printers.escpos import with_logo
from edge.foundation.printing.service import logo_picture, paper_picture
from edge.foundation.printing.service.paper_picture import DrawPaper
from edge.foundation.settings.definitions import Lines
from edge.lib.i18n import ENGLISH, Language
from edge.runtime.config import CONFIG
from edge.runtime.config.device_uses import PaperOptions
from edge.runtime.config.till_choices import ReceiptPart
from edge.web.actors import actor_of, register_of
from edge.web.context import SITE, PanelContext
from edge.web.problem import Problem
from edge.web.request_body import body_of, body_within
from edge.web.responses import answer_json, answer_outcome, texts_of
from edge.web.work_threads import HEAVY

WAIT_S = 30.0
"""Time limit for an image rendered by a separate process."""
_LOGO_KEY = "papers.logo"


class PaperPreview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST papers/preview`: a receipt with these lines and language, as the register's printer would print it."""

    header: Lines
    footer: Lines
    without: Annotated[tuple[ReceiptPart, ...], msgspec.Meta(max_length=6)] = ()
    language: Language = ENGLISH


async def preview(request: web.Request) -> web.Response:
    """`POST papers/preview`: the receipt as a PNG."""
    asked, site = await body_of(request, PaperPreview), request.app[SITE]
    said = site.services.of(NOW)()
    shop = msgspec.structs.replace(
        said, header=asked.header, footer=asked.footer, receipt_without=asked.without, language=asked.language
    )
    register, now_us = register_of(request), site.shop.now_us()
    paper = sample_receipt(shop, register, now_us, site.config.business_date(now_us))
    drawn = await _draw(site, paper, register)
    return web.Response(body=drawn, content_type="image/png", headers={"Cache-Control": "no-store"})


async def _draw(site: PanelContext, paper: Document, register: str) -> bytes:
    try:
        return await _ask_for(site, paper, register)
    except child.ChildFailed:
        pass  # the logo may have been removed in the meantime: retry with the current one
    try:
        return await _ask_for(site, paper, register)
    except child.ChildFailed as error:
        raise Problem(422, "paper_not_drawn") from error


async def _ask_for(site: PanelContext, paper: Document, register: str) -> bytes:
    asked = msgspec.json.encode(DrawPaper(paper, paper_of(site, register)))
    return await site.services.of(HEAVY).do(child.ask, paper_picture.MODULE, asked, WAIT_S)


def paper_of(site: PanelContext, register: str) -> PaperOptions:
    """The paper options of a register's receipt printer; the default ones if it has none."""
    printers = (one for one in site.services.of(CONFIG).devices if one.role == "receipt_printer")
    paper = next((one.paper for one in printers if one.register == register), PaperOptions())
    return with_logo(paper, str(site.services.of(CONFIG).logo))


async def bring_logo(request: web.Request) -> web.Response:
    """`PUT papers/logo`: set the logo, a JPEG, PNG, WebP, GIF or BMP in the body. It appears on the next receipt."""
    site = request.app[SITE]
    brought = await body_within(request, logo_picture.BYTES_MOST)
    try:
        picture = await site.services.of(HEAVY).do(child.ask, logo_picture.MODULE, brought, WAIT_S)
    except child.ChildFailed as error:
        raise Problem(422, "picture_unreadable", megapixels=logo_picture.PIXELS_MOST // 1_000_000) from error

    logo = site.services.of(CONFIG).logo
    return await _change_logo(request, partial(_replace_logo, logo, picture))


async def drop_logo(request: web.Request) -> web.Response:
    """`DELETE papers/logo`: remove the logo. It's kept as the previous logo."""
    logo = request.app[SITE].services.of(CONFIG).logo

    def set_aside() -> None:
        if logo.is_file():
            logo.replace(_previous(logo))

    return await _change_logo(request, set_aside)


async def restore_logo(request: web.Request) -> web.Response:
    """`POST papers/logo/restore`: use the previous logo again, and keep the current one as the previous."""
    logo = request.app[SITE].services.of(CONFIG).logo
    previous = _previous(logo)
    if not await asyncio.to_thread(previous.is_file):
        raise Problem(404, "no_previous_logo")

    def swap() -> None:
        _replace_logo(logo, previous.read_bytes())

    return await _change_logo(request, swap)


def _replace_logo(logo: Path, picture: bytes) -> None:
    logo.parent.mkdir(mode=0o700, exist_ok=True)
    if logo.is_file():
        write_whole(_previous(logo), logo.read_bytes())
    write_whole(logo, picture)


def _previous(logo: Path) -> Path:
    return logo.with_name(f"previous-{logo.name}")


async def _change_logo(request: web.Request, work: Callable[[], object]) -> web.Response:
    site = request.app[SITE]
    try:
        await asyncio.to_thread(work)
    except OSError as error:
        values: dict[str, str | int] = {"file": str(site.services.of(CONFIG).logo), "why": str(error.strerror or error)}
        return answer_outcome(Refused("config_not_written", values), texts_of(request))
    outcome = await site.shop.do(NoteConfiguration((_LOGO_KEY,)), actor_of(request))
    return answer_outcome(outcome, texts_of(request)) if isinstance(outcome, Refused) else answer_json({})


_endpoint = partial(Endpoint, right=MANAGE, tag="office", programs=False)
_LOGO = "/api/v1/papers/logo"
ENDPOINTS = (
    _endpoint(
        method="POST",
        path="/api/v1/papers/preview",
        handler=preview,
        name="previewReceipt",
        body=Body(PaperPreview),
        answer=Answer(media="image/png"),
        statuses=(422,),
    ),
    _endpoint(
        method="PUT",
        path=_LOGO,
        handler=bring_logo,
        name="bringLogo",
        answer=NOTHING,
        body=Body(media="application/octet-stream", limit_bytes=logo_picture.BYTES_MOST),
        statuses=(413, 422),
    ),
    _endpoint(method="DELETE", path=_LOGO, handler=drop_logo, name="dropLogo", answer=NOTHING),
    _endpoint(
        method="POST",
        path=f"{_LOGO}/restore",
        handler=restore_logo,
        name="restoreLogo",
        answer=NOTHING,
        statuses=(404,),
    ),
)
