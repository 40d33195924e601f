"""The manager's page of tenders: the shop's own, and foreign currencies with today's rate."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.lib.units.money import exponent, worth_of_one
from edge.money.tenders.entities import TENDERS
from edge.money.tenders.queries import read_rates, read_tenders
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields
from edge.web.pages.shell import page

FIELDS = form_fields(TENDERS.struct)


async def tenders_page(request: web.Request) -> web.Response:
    """`GET /manager/tenders`: the shop's own tenders, and the rates of foreign currencies."""
    site = request.app[SITE]
    found = await site.asker.read(_read)
    today = site.config.business_date(site.shop.now_us())
    ours = exponent(site.settings.currency)
    rates = [
        {
            "currency": one.currency,
            "typed": f"{worth_of_one(one.rate, exponent(one.currency), ours):f}",
            "today": one.business_date == today and one.rate > 0,
        }
        for one in found["rates"]
    ]
    return page(request, "tenders", tenders=found["tenders"], rates=rates, fields=FIELDS)


def _read(db: Connection) -> dict[str, Any]:
    return {"tenders": read_tenders(db), "rates": read_rates(db)}


PAGES = (
    Page(
        path="/manager/tenders",
        name="tenders",
        handler=tenders_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="tenders.title",
        group="system",
        place=51,
    ),
)
