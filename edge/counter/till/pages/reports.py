"""The till's X and Z report dialog: the period a Z would close, and earlier ones."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from edge.core.endpoints import fragment
from edge.core.storage.database import Connection
from edge.counter.shifts.queries import open_number
from edge.counter.till.after_sale.receipt_numbers import last_number
from edge.counter.till.commands import PrintReport
from edge.counter.till.lines.parked_baskets import read_parked
from edge.counter.till.queries import read_period, read_z_reports
from edge.counter.till.rules import day_totals
from edge.foundation.access.rights import OVERRIDE, REPORTS, SELL
from edge.foundation.printing.queries import count_unconfirmed
from edge.web.actors import actor_of, register_of
from edge.web.context import SITE
from edge.web.denied import Denied
from edge.web.limits import Z_REPORTS_SHOWN
from edge.web.pages.shell import html
from edge.web.responses import texts_of


async def dialog(request: web.Request) -> web.Response:
    """`GET /fragments/reports`: the period that the register's next Z will close, and its last reports.

    It contains no sums: users who count the drawer blind see sums only on paper, with a PIN.
    """
    site, register = request.app[SITE], register_of(request)
    values = await site.asker.read(partial(_read, register=register)) | {"made": "made" in request.query}
    return html(site.renderer.render("reports.html", texts_of(request).language, register=register, **values))


async def sums(request: web.Request) -> web.Response:
    """`GET /fragments/reports/sums?kind=x`: the register's sums since its last Z on screen, for a user who may print
    them; a printer isn't needed."""
    site, register = request.app[SITE], register_of(request)
    actor = actor_of(request, PrintReport.__name__)
    if not (actor.may(OVERRIDE) or actor.may(REPORTS)):
        raise Denied(OVERRIDE)
    values = await site.asker.read(partial(_read, register=register))
    values |= {"sums": day_totals.sums(values["period"].day), "kind": request.query.get("kind", "")[:1]}
    return html(site.renderer.render("reports_sums.html", texts_of(request).language, register=register, **values))


def _read(db: Connection, register: str) -> dict[str, Any]:
    return {
        "period": read_period(db, register),
        "next": last_number(db, register, "z") + 1,
        "reports": read_z_reports(db, register, limit=Z_REPORTS_SHOWN),
        "unsettled": count_unconfirmed(db, register),
        "shift": open_number(db, register),
        "parked": read_parked(db),
    }


ENDPOINTS = (fragment("/fragments/reports", dialog, SELL), fragment("/fragments/reports/sums", sums, SELL))
