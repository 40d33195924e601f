"""Manager page of access: paired browsers and programs; requires a PIN."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from edge.core.endpoints import Page
from edge.core.endpoints import fragment as piece
from edge.core.storage.database import Connection
from edge.foundation.access.programs.api_key import DAYS, DAYS_MOST
from edge.foundation.access.queries import SET_UP, name_of, pairings
from edge.foundation.access.queries import keys as list_keys
from edge.foundation.access.rights import DEVICES, MANAGE, RIGHTS, SELL
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of

KINDS = ("till", "manager", "kiosk", "phone")
OFFERED = tuple(sorted(RIGHTS - {MANAGE, SELL}))


async def access_page(request: web.Request) -> web.Response:
    """`GET /manager/access`: the page; its content requires a PIN."""
    return page(request, "access")


async def fragment(request: web.Request) -> web.Response:
    """`GET /fragments/access`: browsers and API keys, to view and change."""
    site = request.app[SITE]

    def read(db: Connection) -> dict[str, Any]:
        return {"pairings": pairings(db), "keys": _keys(db)}

    found = await site.asker.read(read)
    found |= {
        "days": (DAYS, DAYS_MOST),
        "now_us": site.shop.now_us(),
        "registers": site.config.registers,
        "kinds": KINDS,
        "offered": (SELL, *OFFERED),
        "has_authority": (certificates := site.door.certificates) is not None and certificates.authority is not None,
    }
    return html(site.renderer.render("access_rows.html", texts_of(request).language, **found))


def _keys(db: Connection) -> list[dict[str, Any]]:
    """API keys with their makers' names."""
    makers = {SET_UP: "", "system": ""}
    return [
        {**msgspec.structs.asdict(key), "by": makers.get(key.maker, name_of(db, key.maker))} for key in list_keys(db)
    ]


ENDPOINTS = (piece("/fragments/access", fragment, MANAGE, also=DEVICES),)
PAGES = (
    Page(
        path="/manager/access",
        name="access",
        group="system",
        place=20,
        handler=access_page,
        right=MANAGE,
        also=DEVICES,
        fragments=("alerts", "clock"),
        menu="access.title",
    ),
)
