"""Manager page of software updates: the running version, the update in progress and why it waits, and past updates."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from edge import __version__
from edge.backoffice.software.queries import WAY_BACK_US, software_updates, update_to_take_back
from edge.backoffice.software.service.shop_now import update_blocker
from edge.backoffice.software.service.stick import releases_on_sticks
from edge.backoffice.software.service.update_files import FOLDER, Previous, UpdatePlaces, read
from edge.backoffice.software.settings import SoftwareSettings, live, settings_of
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.core.storage.migrate import version as schema_of
from edge.foundation.access.rights import MANAGE
from edge.web.context import SITE
from edge.web.pages.shell import page


async def software_page(request: web.Request) -> web.Response:
    """`GET /manager/software`: updates, newest first."""
    site = request.app[SITE]
    now_us = site.shop.clock.read().at_us
    found = await site.asker.read(partial(_read, base=settings_of(site.config), now_us=now_us))
    own, places = __version__, UpdatePlaces(site.config.folder / FOLDER)
    plugged = await asyncio.to_thread(releases_on_sticks, places, own)
    previous = read(places.previous, Previous) if found["taken_back_until_us"] else None
    way_back = {**msgspec.structs.asdict(previous), "until_us": found["taken_back_until_us"]} if previous else None
    return page(request, "software", own=own, plugged=plugged, way_back=way_back, **found)


def _read(db: Connection, base: SoftwareSettings, now_us: int) -> dict[str, Any]:
    settings = live(base).at(db)
    updates = [msgspec.structs.asdict(one) for one in software_updates(db)]
    waiting = any(one["step"] == "rehearsed" for one in updates)
    held_up = update_blocker(db, now_us, settings) if waiting else ""
    when = {name: getattr(settings, name) for name in ("window", "blocked_days", "pinned_until")}
    back = update_to_take_back(db, now_us)
    until_us = back.moved_us + WAY_BACK_US if back and back.release == __version__ else None
    return {"updates": updates, "held_up": held_up, "schema": schema_of(db), "taken_back_until_us": until_us, **when}


PAGES = (
    Page(
        path="/manager/software",
        name="software",
        handler=software_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="software.title",
        group="system",
        place=86,
    ),
)
