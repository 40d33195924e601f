"""Manager page of extensions: installed packages, publishers, and a switch for each."""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from edge.backoffice.extensions.queries import ExtensionOn, extensions_on
from edge.core.endpoints import Page
from edge.foundation.access.rights import MANAGE
from edge.runtime.config import CONFIG
from edge.runtime.extensions import FOLDER, Extension, Extensions, installed_extensions
from edge.web.context import SITE
from edge.web.pages.shell import page


class ExtensionRow(msgspec.Struct, frozen=True):
    """A package as shown. `why` and `detail`: its error."""

    package: str
    version: str
    publisher: str
    summary: str
    provides: tuple[tuple[str, str], ...]
    state: str
    is_on: bool
    why: str = ""
    detail: str = ""


async def extensions_page(request: web.Request) -> web.Response:
    """`GET /manager/extensions`: installed packages by name, and enabled ones that are no longer installed."""
    site = request.app[SITE]
    on = {one.package: one for one in await site.asker.read(extensions_on)}
    folder, used = site.config.folder, site.services.of(CONFIG).extensions
    rows = _rows(await asyncio.to_thread(installed_extensions, folder), on, used)
    waits = any(row.state in ("starting", "stopping") for row in rows)
    return page(request, "extensions", extensions=rows, waits=waits, place=folder / FOLDER)


def _rows(installed: tuple[Extension, ...], on: dict[str, ExtensionOn], used: Extensions) -> list[ExtensionRow]:
    rows = [_row(one, on.get(one.package), used) for one in installed]
    for name in on.keys() - {one.package for one in installed}:
        gone = on[name]
        rows.append(ExtensionRow(name, gone.version, gone.publisher, "", (), "failed", True, "gone"))
    return sorted(rows, key=lambda row: row.package)


def _row(one: Extension, before: ExtensionOn | None, used: Extensions) -> ExtensionRow:
    is_on = before is not None and before.publisher == one.publisher
    is_running = any(running.package == one.package for running in used.on)
    found = next((problem for problem in used.problems if problem.package == one.package), None)
    why, detail = one.why, one.detail
    if before is not None and not is_on:
        why, detail = "publisher", before.publisher
    elif is_on and found and not why and found.why != "publisher":
        why, detail = found.why, found.detail
    state = "failed" if why else _STATES[is_on, is_running]
    provides = tuple((provided.kind, provided.name) for provided in one.provides)
    return ExtensionRow(
        *(one.package, one.version, one.publisher, one.summary, provides, state, before is not None, why, detail)
    )


_STATES = {(True, True): "on", (True, False): "starting", (False, True): "stopping", (False, False): "off"}
"""State of an extension, by the owner's choice and by whether it has been loaded since the start."""

PAGES = (
    Page(
        path="/manager/extensions",
        name="extensions",
        handler=extensions_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="extensions.title",
        group="system",
        place=87,
    ),
)
