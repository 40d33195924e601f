"""Page of backups: state, destinations and list, with buttons to make a backup or test the newest one."""

from __future__ import annotations

import asyncio
from typing import Literal

import msgspec
from aiohttp import web

from edge.core.endpoints import NOTHING, Body, Endpoint, Page
from edge.foundation.access.rights import MANAGE
from edge.runtime.backup_state.desk import BACKUPS
from edge.runtime.backup_state.destinations import labels_of_disks
from edge.web.context import SITE
from edge.web.pages.shell import page
from edge.web.request_body import body_of
from edge.web.responses import answer_json


class AskForBackup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make a backup now, or (`drill`) test the newest one by restoring it next to the shop."""

    task: Literal["backup", "drill"]


async def backups(request: web.Request) -> web.Response:
    """`GET /manager/backups`."""
    desk = request.app[SITE].services.of(BACKUPS)
    disks, stored = await asyncio.to_thread(lambda: (labels_of_disks(), desk.list_files()))
    settings = desk.settings
    chosen = "disk" if settings.disk else "same_disk" if settings.same_disk else "folder" if settings.folder else "none"
    if settings.disk and settings.disk not in disks:
        disks = [settings.disk, *disks]
    return page(request, "backups", place=settings, chosen=chosen, disks=disks, stored=stored)


async def ask(request: web.Request) -> web.Response:
    """`POST backups`: start a backup or test now; the page shows the result."""
    request.app[SITE].services.of(BACKUPS).ask((await body_of(request, AskForBackup)).task)
    return answer_json({})


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/backups",
        handler=ask,
        name="askForBackup",
        answer=NOTHING,
        right=MANAGE,
        tag="office",
        programs=False,
        body=Body(AskForBackup),
    ),
)
PAGES = (
    Page(
        path="/manager/backups",
        name="backups",
        group="system",
        place=17,
        handler=backups,
        right=MANAGE,
        fragments=("alerts", "clock", "backup"),
        menu="backup.title",
    ),
)
