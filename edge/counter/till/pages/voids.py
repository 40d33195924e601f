"""The confirmation of the void dialog: which sale, and how it will be refunded."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from edge.core.endpoints import fragment
from edge.core.messages import Refusal
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.basket import money_back
from edge.counter.basket.event_structs import GivenBack
from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.queries import Receipt, voidable
from edge.counter.till.sales import paper_event
from edge.foundation.access.rights import SELL
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.pages.shell import html
from edge.web.responses import texts_of


async def sale(request: web.Request) -> web.Response:
    """`GET /fragments/void`: the sale that can be voided at the register, or why no sale can be."""
    site = request.app[SITE]
    language = texts_of(request).language
    read = partial(_read, registry=site.shop.registry, register=register_of(request))
    try:
        receipt, back = await site.asker.read(read)
    except Refusal as refusal:
        return html(site.renderer.render("void.html", language, refused=refusal.refused))
    return html(site.renderer.render("void.html", language, refused=None, receipt=receipt, back=back))


def _read(db: Connection, registry: Registry, register: str) -> tuple[Receipt, tuple[GivenBack, ...]]:
    receipt = voidable(db, register)
    sold = paper_event(db, registry, receipt.seq)
    if isinstance(sold, SaleRefunded):
        return receipt, sold.tenders
    assert isinstance(sold, SaleCompleted)
    return receipt, money_back.undone_by_tender(sold.tenders, sold.change_minor)


ENDPOINTS = (fragment("/fragments/void", sale, SELL),)
