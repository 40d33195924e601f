"""The till's dialog to send a receipt by email."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from edge.accounting.receipt_mail.mails import read_mails
from edge.core.endpoints import fragment
from edge.core.storage.database import Connection
from edge.counter.till.queries import read_receipts
from edge.foundation.access.rights import SELL
from edge.runtime.config import CONFIG
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.pages.shell import html
from edge.web.responses import texts_of

PAPERS = 20
"""Recent papers to search for the last sale."""


async def mail(request: web.Request) -> web.Response:
    """`GET /fragments/receipt-mail`: the receipt, its address, and the results of earlier mails."""
    site = request.app[SITE]
    found = await site.asker.read(partial(_last_sale, register=register_of(request)))
    values = {"set_up": site.services.of(CONFIG).notify.mails, **found}
    return html(site.renderer.render("receipt_mail.html", texts_of(request).language, **values))


def _last_sale(db: Connection, register: str) -> dict[str, Any]:
    papers = read_receipts(db, register, limit=PAPERS)
    last = next((paper for paper in papers if paper.kind == "sale" and paper.voided_by is None), None)
    return {"register": register, "last": last, "mails": read_mails(db, register, last.number) if last else []}


ENDPOINTS = (fragment("/fragments/receipt-mail", mail, SELL),)
PAGES = ()
