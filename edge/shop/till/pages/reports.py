"""The dialog of X and Z at the till: what a Z would close, and those of before."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from edge.core.endpoints import fragment
from edge.core.storage.database import Connection
from edge.shop.access.rights import SELL
from edge.shop.printing.queries import unconfirmed_prints
from edge.shop.shifts.queries import open_number
from edge.shop.till.queries import read_period, read_z_reports
from edge.shop.till.receipt_numbers import last_number
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.limits import Z_REPORTS_SHOWN
from edge.web.pages.shell import html
from edge.web.responses import texts_of


async def dialog(request: web.Request) -> web.Response:
    """`GET /fragments/reports`: what the register's next Z closes, and its last ones. No sums: whoever counts the
    drawer blind sees them on paper, with a PIN."""
    site, register = request.app[SITE], register_of(request)
    values = await site.asker.read(partial(_read, register=register))
    return html(site.renderer.render("reports.html", texts_of(request).language, register=register, **values))


def _read(db: Connection, register: str) -> dict[str, Any]:
    return {
        "period": read_period(db, register),
        "next": last_number(db, register, "z") + 1,
        "reports": read_z_reports(db, register, limit=Z_REPORTS_SHOWN),
        "unsettled": len(unconfirmed_prints(db, register)),
        "shift": open_number(db, register),
    }


ENDPOINTS = (fragment("/fragments/reports", dialog, SELL),)
