"""The manager's page of fiscal law (status, files for authorities, closings, missing allocation numbers), and the
attestation sheet."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from edge.accounting.fiscal.france.attestation import attestation
from edge.accounting.fiscal.israel.allocations import lacking
from edge.accounting.fiscal.quebec.quebec_outbox import outbox_state
from edge.accounting.fiscal.queries import (
    closings,
    count_unsigned,
    fiscal_files,
    overdue_days,
    read_regimes,
    read_registers,
)
from edge.accounting.fiscal.regimes import KEEP_YEARS, SIGNING
from edge.accounting.fiscal.routes import tape_of, user_report_of
from edge.accounting.fiscal.settings import FiscalSettings, settings_of
from edge.accounting.fiscal.shortfall import shortfall
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import FISCAL
from edge.runtime.config import CONFIG
from edge.web.actors import viewer_of
from edge.web.context import SITE, today_of
from edge.web.pages.shell import page
from edge.web.responses import texts_of

CLOSINGS_SHOWN, FILES_SHOWN = 40, 20


async def stands(request: web.Request) -> web.Response:
    """`GET /manager/fiscal`: the laws that apply to the store, and pending actions."""
    site = request.app[SITE]
    settings, today = settings_of(site.services.of(CONFIG)), today_of(request)
    found = await site.asker.read(partial(_read, settings=settings, today=today))
    language = texts_of(request).language
    found["shortfalls"] = {law.regime: shortfall(settings, law.regime, language) for law, *_ in found["laws"]}
    return page(request, "fiscal", keep_years=KEEP_YEARS, signing=SIGNING, newest_day=today, **found)


async def attestation_sheet(request: web.Request) -> web.Response:
    """`GET /manager/fiscal/attestation`: the sheet signed by publisher and taxpayer in France."""
    site = request.app[SITE]
    settings = settings_of(site.services.of(CONFIG))
    registers = await site.asker.read(lambda db: [one.register for one in read_registers(db, "fr")])
    return page(request, "attestation", lines=attestation(settings, registers, today_of(request)))


async def control_tape(request: web.Request) -> web.Response:
    """`GET /manager/fiscal/tape?day=&of=`: Israel's control tape of a register's day."""
    day = request.query.get("day", "")[:10] or today_of(request)
    return page(request, "tape", lines=await tape_of(request), of_day=day, of_till=request.query.get("of", "")[:64])


async def user_report(request: web.Request) -> web.Response:
    """`GET /manager/fiscal/user-report?of=&year=`: Québec's user report of a till, as sent."""
    of, year = request.query.get("of", "")[:64], request.query.get("year", "")
    if not year.isdecimal() or len(year) != 4:
        year = today_of(request)[:4]
    _, lines = await user_report_of(request, of, int(year), viewer_of(request).name)
    return page(request, "user_report", lines=lines, of_year=int(year), of_till=of)


def _read(db: Connection, settings: FiscalSettings, today: str) -> dict[str, Any]:
    laws = read_regimes(db)
    known = {one.regime for one in laws}
    return {
        "laws": [
            (law, read_registers(db, law.regime), count_unsigned(db, law) if law.regime in SIGNING else {})
            for law in laws
        ],
        "waiting": [regime for regime in settings.regimes if regime not in known],
        "overdue": sum(overdue_days(db, law.regime, today) for law in laws),
        "closed": closings(db, limit=CLOSINGS_SHOWN),
        "files": fiscal_files(db, limit=FILES_SHOWN),
        "lacking": lacking(db),
        "outbox": outbox_state(db),
    }


_FRAMED: dict[str, Any] = {"fragments": ("alerts", "clock"), "group": "system"}
PAGES = (
    Page(path="/manager/fiscal", name="fiscal", handler=stands, right=FISCAL, menu="fiscal.title", place=90, **_FRAMED),
    Page(
        path="/manager/fiscal/attestation",
        name="attestation",
        handler=attestation_sheet,
        right=FISCAL,
        under="fiscal",
        place=91,
        **_FRAMED,
    ),
    Page(
        path="/manager/fiscal/tape",
        name="tape",
        handler=control_tape,
        right=FISCAL,
        under="fiscal",
        place=92,
        **_FRAMED,
    ),
    Page(
        path="/manager/fiscal/user-report",
        name="user_report",
        handler=user_report,
        right=FISCAL,
        under="fiscal",
        place=93,
        **_FRAMED,
    ),
)
