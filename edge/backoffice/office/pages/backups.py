"""Page of backups: state, destinations and list, with buttons to make a backup, test the newest one, or restore one."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from edge.backoffice.office.commands import DeleteAsideLedger, WriteOffLeftOut
from edge.backoffice.twin.desk import TWIN
from edge.core.endpoints import NOTHING, Body, Endpoint, Page
from edge.core.messages import Done, Refusal
from edge.core.secrets import keys
from edge.counter.till.lines.parked_baskets import count_parked
from edge.counter.till.pages.till_context import TILLS
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE
from edge.runtime.backup_state import aside_ledgers, restore_request, waiting_rows
from edge.runtime.backup_state.desk import BACKUPS, RESTART_S, BackupDesk
from edge.runtime.backup_state.destinations import labels_of_disks
from edge.runtime.backup_state.restore_request import RestoreRequest
from edge.runtime.sync_state import SYNC
from edge.web.actors import actor_of
from edge.web.context import SITE, PanelContext
from edge.web.pages.shell import page
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of

BackupPath = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class AskForBackup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make a backup now, or (`drill`) test the newest one by restoring it next to the shop."""

    task: Literal["backup", "drill"]


class LookIntoBackup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Open and verify a listed backup, without changing anything. `code`: its recovery code, if it isn't this box's."""

    path: BackupPath
    code: Annotated[str, msgspec.Meta(max_length=200)] = ""


class RestoreBackup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Restore the backup that was looked into, or (`office`) head office's copy, and restart.

    `keep_since`: whether to add again what was entered since. `shop`: the shop's name as typed, to confirm.
    """

    what: Literal["backup", "office"]
    shop: Annotated[str, msgspec.Meta(max_length=300)]
    keep_since: bool = True


class DecideLeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bring back what a restore left out (`bring`, which restarts), or write it off with a `reason` (`settle`)."""

    folder: Annotated[str, msgspec.Meta(max_length=40)]
    answer: Literal["bring", "settle"]
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


async def backups(request: web.Request) -> web.Response:
    """`GET /manager/backups`."""
    site = request.app[SITE]
    desk, folder = site.services.of(BACKUPS), site.config.folder
    disks, stored, found, mine, replaced = await asyncio.to_thread(
        lambda: (
            *(labels_of_disks(), desk.list_files(), desk.list_restorable(), keys.read_stored_secret(folder)),
            desk.list_replaced(),
        )
    )
    settings = desk.settings
    chosen = "disk" if settings.disk else "same_disk" if settings.same_disk else "folder" if settings.folder else "none"
    if settings.disk and settings.disk not in disks:
        disks = [settings.disk, *disks]
    sync = site.services.of(SYNC)
    return page(
        request,
        "backups",
        place=settings,
        chosen=chosen,
        disks=disks,
        stored=stored,
        found=found,
        own_key=keys.key_id(mine) if mine else "",
        preview=desk.preview,
        parked=await site.asker.read(count_parked),
        outcome=restore_request.last_outcome(folder),
        left_out=waiting_rows.load(folder),
        replaced=replaced,
        now_us=site.shop.clock.read().at_us,
        office_through=sync.through if sync else None,
        unsent=max(0, sync.head - sync.through) if sync else 0,
        shop_name=_shop_name(site),
        two_boxes=site.services.of(TWIN).status is not None,
    )


def _shop_name(site: PanelContext) -> str:
    """The shop's name as its pages show it."""
    header = site.services.of(TILLS).settings().header
    return next((line.strip() for line in header if line.strip()), site.config.store.id)


async def ask(request: web.Request) -> web.Response:
    """`POST backups`: start a backup or test now; the page shows the result."""
    _desk(request).ask((await body_of(request, AskForBackup)).task)
    return answer_json({})


async def look(request: web.Request) -> web.Response:
    """`POST backups/look`: open and verify a backup; the page then shows what it has."""
    wanted, desk = await body_of(request, LookIntoBackup), _desk(request)
    if wanted.path not in {one.path for one in await asyncio.to_thread(desk.list_restorable)}:
        raise Refusal("restore_not_listed")
    desk.look(wanted.path, wanted.code)
    return answer_json({})


async def close(request: web.Request) -> web.Response:
    """`DELETE backups/look`: close the backup that was looked into."""
    desk = _desk(request)
    desk.preview, desk.looking = None, ("", "")
    return answer_json({})


async def restore(request: web.Request) -> web.Response:
    """`POST backups/restore`: restart, and restore before the shop opens."""
    wanted, site, desk = await body_of(request, RestoreBackup), request.app[SITE], _desk(request)
    name = _shop_name(site)
    if " ".join(wanted.shop.split()).casefold() != " ".join(name.split()).casefold():
        raise Refusal("restore_name", {"name": name})
    path, code = desk.looking
    if wanted.what == "backup" and (desk.preview is None or desk.preview.fault or desk.preview.path != path):
        raise Refusal("restore_not_looked")
    if wanted.what == "office":
        _require_office(site)
    _may_restart(site)
    by = await _asker_name(request)
    source = path if wanted.what == "backup" else ""
    await asyncio.to_thread(desk.store, RestoreRequest(wanted.what, source, wanted.keep_since, code, by))
    desk.begin_anew(RESTART_S)
    return answer_json({})


def _require_office(site: PanelContext) -> None:
    """Raise `Refusal` if head office can't be reached: the till would be closed for nothing."""
    sync = site.services.of(SYNC)
    if sync is None:
        raise Refusal("restore_no_office")
    if sync.state in ("offline", "greeting"):
        raise Refusal("restore_office_away")


async def decide(request: web.Request) -> web.Response:
    """`POST backups/left-out`: bring back what a restore left out, or stop reporting it."""
    wanted, site, desk = await body_of(request, DecideLeftOut), request.app[SITE], _desk(request)
    folder = site.config.folder
    waiting = next((one for one in waiting_rows.load(folder) if one.folder == wanted.folder), None)
    if waiting is None:
        raise Refusal("restore_not_listed")
    if wanted.answer == "settle":
        if not (reason := wanted.reason.strip()):
            raise Refusal("aside_reason")
        facts = (waiting.folder, waiting.rows, waiting.sales, waiting.sum_minor, waiting.currency)
        outcome = await site.shop.do(WriteOffLeftOut(*facts, reason), actor_of(request))
        if isinstance(outcome, Done):
            await asyncio.to_thread(waiting_rows.settle, folder, wanted.folder)
        return answer_outcome(outcome, texts_of(request))
    _may_restart(site)
    by = await _asker_name(request)
    await asyncio.to_thread(desk.store, RestoreRequest("aside", wanted.folder, by=by))
    desk.begin_anew(RESTART_S)
    return answer_json({})


async def delete(request: web.Request) -> web.Response:
    """`DELETE backups/replaced/{folder}`: delete a ledger that a restore replaced, once nothing in it waits."""
    site, name = request.app[SITE], request.match_info["folder"]
    listed = await asyncio.to_thread(_desk(request).list_replaced)
    found = next((one for one in listed if one.folder == name), None)
    if found is None:
        raise Problem(404, "aside_gone")
    if found.waits:
        raise Refusal("aside_waits")
    outcome = await site.shop.do(DeleteAsideLedger(*found.facts), actor_of(request))
    if isinstance(outcome, Done):
        await asyncio.to_thread(aside_ledgers.delete, site.config.folder, name)
    return answer_outcome(outcome, texts_of(request))


async def dismiss(request: web.Request) -> web.Response:
    """`DELETE backups/result`: the result of the last restore was seen."""
    await asyncio.to_thread(restore_request.forget_outcome, request.app[SITE].config.folder)
    return answer_json({})


def _may_restart(site: PanelContext) -> None:
    """Raise `Refusal` if the box can't restart for a restore: a standby box would take over, or a sale is open."""
    if site.services.of(TWIN).status is not None:
        raise Refusal("restore_two_boxes")
    tills = site.services.of(TILLS)
    if selling := [register for register in site.config.registers if tills.is_selling(register)]:
        raise Refusal("restore_open_sale", {"registers": ", ".join(selling)})


async def _asker_name(request: web.Request) -> str:
    return await request.app[SITE].asker.read(partial(name_of, user=actor_of(request).name))


def _desk(request: web.Request) -> BackupDesk:
    return request.app[SITE].services.of(BACKUPS)


_endpoint = partial(Endpoint, answer=NOTHING, right=MANAGE, tag="office", programs=False)
_restoring = partial(_endpoint, statuses=(422,), reauthenticate=True)
ENDPOINTS = (
    _endpoint(method="POST", path="/api/v1/backups", handler=ask, name="askForBackup", body=Body(AskForBackup)),
    _restoring(
        method="POST", path="/api/v1/backups/look", handler=look, name="lookIntoBackup", body=Body(LookIntoBackup)
    ),
    _endpoint(method="DELETE", path="/api/v1/backups/look", handler=close, name="closeBackup"),
    _restoring(
        method="POST", path="/api/v1/backups/restore", handler=restore, name="restoreBackup", body=Body(RestoreBackup)
    ),
    _restoring(
        method="POST", path="/api/v1/backups/left-out", handler=decide, name="decideLeftOut", body=Body(DecideLeftOut)
    ),
    _restoring(
        method="DELETE",
        path="/api/v1/backups/replaced/{folder}",
        handler=delete,
        name="deleteReplacedLedger",
        statuses=(404, 422),
    ),
    _endpoint(method="DELETE", path="/api/v1/backups/result", handler=dismiss, name="dismissRestore"),
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
