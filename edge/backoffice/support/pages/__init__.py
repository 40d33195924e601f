"""Manager page of support: requests of head office, the exact answer to each, and approval."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from edge.backoffice.support.queries import support_cases, support_leave
from edge.backoffice.support.service.support_desk import DESK
from edge.backoffice.support.settings import SupportSection
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.web.context import SITE
from edge.web.pages.shell import page

HOURS = (0, 4, 24, 72)


async def support_page(request: web.Request) -> web.Response:
    """`GET /manager/support`: cases, newest first, with the answers of waiting ones."""
    site = request.app[SITE]
    now_us = site.shop.clock.read().at_us
    found = await site.asker.read(partial(_read, now_us=now_us))
    desk = site.services.of(DESK)
    for one in found["cases"]:
        one["answer"] = desk.answer_to(one["id"]) if one["state"] in ("asked", "agreed") else ""
        one["shown"] = hashlib.sha256(one["answer"].encode()).hexdigest() if one["answer"] else ""
    return page(request, "support", hours=HOURS, always=site.config.of(SupportSection).allow, **found)


def _read(db: Connection, now_us: int) -> dict[str, Any]:
    cases = [msgspec.structs.asdict(case) for case in support_cases(db)]
    for case in cases:
        if case["state"] == "asked" and case["until_us"] <= now_us:
            case["state"] = "lapsed"
    until_us = support_leave(db).until_us
    return {"cases": cases, "leave_us": until_us if until_us > now_us else 0}


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
