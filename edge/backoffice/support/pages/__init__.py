"""Manager page of support: head office's requests, the exact answer to each, and approval."""

from __future__ import annotations

import hashlib
import time
from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from edge.backoffice.support.queries import current_help, help_cases, newest_help, support_cases, support_leave
from edge.backoffice.support.service.desk import DESK
from edge.backoffice.support.settings import SupportSection
from edge.core.command_bus import COMMITTED
from edge.core.endpoints import JSON, Answer, Endpoint, Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.web.api.exports import headers_of
from edge.web.context import SITE
from edge.web.live.fragments import Fragment, FragmentSource
from edge.web.pages.shell import page

HOURS = (0, 4, 24, 72)


async def support_page(request: web.Request) -> web.Response:
    """`GET /manager/support`: cases, newest first, with the answers of waiting ones."""
    site = request.app[SITE]
    now_us = site.shop.clock.read().at_us
    found = await site.asker.read(partial(_read, now_us=now_us))
    desk = site.services.of(DESK)
    for one in found["helped"]:
        one["answer"] = desk.answer_to(one["id"])
    for one in found["cases"]:
        one["answer"] = desk.answer_to(one["id"]) if one["state"] in ("asked", "agreed") else ""
        one["shown"] = hashlib.sha256(one["answer"].encode()).hexdigest() if one["answer"] else ""
    return page(request, "support", hours=HOURS, always=site.config.of(SupportSection).allow, **found)


async def diagnosis(request: web.Request) -> web.Response:
    """`GET support/diagnosis`: diagnostics as a file, without names, prices, sales or secrets. Only people may request
    it."""
    text = await request.app[SITE].services.of(DESK).diagnosis()
    name = f"edge-diagnosis-{time.strftime('%Y%m%d-%H%M%S')}.json"
    return web.Response(text=text, headers=headers_of(name, JSON))


def _read(db: Connection, now_us: int) -> dict[str, Any]:
    cases = [msgspec.structs.asdict(case) for case in support_cases(db) if not case.help]
    newest = newest_help(db)
    helped = [msgspec.structs.asdict(case) for case in help_cases(db, newest.id)] if newest else []
    for case in cases:
        if case["state"] == "asked" and case["until_us"] <= now_us:
            case["state"] = "lapsed"
    until_us = support_leave(db).until_us
    more = {"helped": helped, "help_on": current_help(db, now_us)}
    return {"cases": cases, "leave_us": until_us if until_us > now_us else 0, **more}


def _remote_help(views: FragmentSource, register: str) -> dict[str, Any]:
    """The bar shown on all manager pages while remote help lasts."""
    return {"help": current_help(views.shop.reader, views.shop.now_us())}


FRAGMENTS = (Fragment("remote_help", _remote_help, follows=(COMMITTED,)),)

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/v1/support/diagnosis",
        handler=diagnosis,
        name="supportDiagnosis",
        right=MANAGE,
        surfaces=("panel",),
        tag="support",
        answer=Answer(media=JSON),
        programs=False,
    ),
)
PAGES = (
    Page(
        path="/manager/support",
        name="support",
        handler=support_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="support.title",
        group="system",
        place=85,
    ),
)
