"""The list of invoices, an invoice as a sheet (A4 or Letter), and the form to issue one."""

from __future__ import annotations

import asyncio
from functools import cache, partial
from typing import Any

import msgspec
from aiohttp import web
from markupsafe import Markup

from edge.accounting.fiscal.israel.allocations import Allocation, allocation_of
from edge.accounting.invoices.document import Buyer
from edge.accounting.invoices.papers import DocumentText, text_of
from edge.accounting.invoices.queries import (
    Invoice,
    buyer_on,
    document_of,
    may_name,
    may_read,
    read_document,
    read_invoices,
)
from edge.core.endpoints import Page, fragment
from edge.core.messages import Actor
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_receipt, read_receipts
from edge.counter.till.sales import paper_at, paper_event
from edge.foundation.access.rights import INVOICES, MANAGE, REPORTS, SELL
from edge.lib.regions.places import list_countries
from edge.lib.units.receipt_number import number_of
from edge.people.customers.queries import customer_name
from edge.runtime.config import CONFIG
from edge.web.actors import register_of, viewer_of
from edge.web.context import SITE
from edge.web.pages.shell import html, opens_figures, page
from edge.web.problem import Problem
from edge.web.request_body import whole
from edge.web.responses import texts_of

SHOWN = 50
LAST_PAPERS = 20
"""Recent papers to search for the last sale."""


class ShownInvoice(msgspec.Struct, frozen=True):
    """A document for display. `buyer` is None if it was erased, or if this user may not see it (`hidden`)."""

    invoice: Invoice
    text: DocumentText
    buyer: Buyer | None
    hidden: bool
    allocation: Allocation


async def invoices_page(request: web.Request) -> web.Response:
    """`GET /manager/invoices`: invoices, newest first; `?before=`: the next page; `?find=`: by invoice or receipt
    number."""
    query, site, viewer = request.query, request.app[SITE], viewer_of(request)
    wanted = query.get("find", "").strip()[:60]
    day = site.config.business_date(site.shop.now_us())
    read = partial(_rows, wanted=wanted, before=whole(request, "before"), viewer=viewer, day=day)
    rows = await site.asker.read(read)
    more = rows[-1][0].seq if len(rows) == SHOWN else 0
    return page(request, "invoices", documents=rows, wanted=wanted, more=more)


async def invoice_page(request: web.Request) -> web.Response:
    """`GET /manager/invoice?number=`: an invoice as a sheet, with its buyer if permitted."""
    site, viewer = request.app[SITE], viewer_of(request)
    day = site.config.business_date(site.shop.now_us())
    number, registry = request.query.get("number", "").upper()[:40], site.shop.registry
    found = await site.asker.read(partial(_read, registry=registry, number=number, viewer=viewer, day=day))
    if found is None:
        raise Problem(422, "no_such_invoice", number=number or "-")
    said = {"one": found.invoice, "text": found.text, "buyer": found.buyer, "hidden": found.hidden}
    values: dict[str, Any] = {**said, "allocation": found.allocation}
    opens = {"opens": opens_figures(request), "register": register_of(request)}
    sheet = site.renderer.render(
        "invoice_sheet.html", found.invoice.language, settings=site.settings, **opens, **values
    )
    shown = Markup(sheet)  # nosec B704: rendered by our template, which escapes everything
    mails = site.services.of(CONFIG).notify.mails
    return page(request, "invoice", sheet=shown, mails=mails, countries=await _countries(request), **values)


async def new_invoice_page(request: web.Request) -> web.Response:
    """`GET /manager/invoice/new?register=1&number=17`: the form to invoice a sale."""
    register, number = register_of(request), whole(request, "number") or 0
    found = await _asked_of(request, register, number)
    if found["last"] is None:
        raise Problem(404, "receipt_unknown", number=f"{register}-{number}")
    return page(request, "invoice_new", countries=await _countries(request), **found)


async def ask_invoice_dialog(request: web.Request) -> web.Response:
    """`GET /fragments/invoice`: the till's dialog to invoice the register's last sale."""
    register = register_of(request)
    found = await _asked_of(request, register)
    values = {"register": register, "countries": await _countries(request), **found}
    return html(request.app[SITE].renderer.render("invoice_dialog.html", texts_of(request).language, **values))


async def _countries(request: web.Request) -> tuple[tuple[str, str], ...]:
    """Countries for tax numbers: codes (ISO 3166) and names, sorted in the page's language."""
    return await asyncio.to_thread(_country_names, texts_of(request).language)


@cache
def _country_names(language: str) -> tuple[tuple[str, str], ...]:
    return tuple((one.code, one.name) for one in list_countries(language))


async def _asked_of(request: web.Request, register: str, number: int | None = None) -> dict[str, Any]:
    """The result of `_sale` for this user and day."""
    site, viewer = request.app[SITE], viewer_of(request)
    day = site.config.business_date(site.shop.now_us())
    of = partial(_sale, registry=site.shop.registry, viewer=viewer, day=day, register=register, number=number)
    return await site.asker.read(of)


def _rows(
    db: Connection, wanted: str, before: int | None, viewer: Actor, day: str
) -> list[tuple[Invoice, Buyer | None]]:
    """Documents with their buyers, if the viewer may see them."""
    found = read_invoices(db, before, SHOWN)
    if wanted:
        one, place = read_document(db, wanted.upper()), number_of(wanted, "")
        found = [one] if one else read_invoices(db, before, SHOWN, *place) if place else []
    return [(one, buyer_on(db, one) if may_read(db, viewer, one, day) else None) for one in found]


def _read(db: Connection, registry: Registry, number: str, viewer: Actor, day: str) -> ShownInvoice | None:
    invoice = read_document(db, number)
    if invoice is None:
        return None
    may = may_read(db, viewer, invoice, day)
    text = text_of(db, partial(paper_at, db, registry), invoice.register, invoice.paper, invoice.part)
    buyer = buyer_on(db, invoice) if may else None
    return ShownInvoice(invoice, text, buyer, not may, allocation_of(db, invoice.number))


def _sale(
    db: Connection, registry: Registry, viewer: Actor, day: str, register: str, number: int | None = None
) -> dict[str, Any]:
    """A sale for the form, by number or the register's last one: its content, its customer if permitted, and its
    invoice."""
    papers = (
        [read_receipt(db, register, number)] if number is not None else read_receipts(db, register, limit=LAST_PAPERS)
    )
    last = next((paper for paper in papers if paper and paper.kind == "sale" and paper.voided_by is None), None)
    sale = paper_event(db, registry, last.seq) if last and may_name(viewer, last.business_date, day) else None
    customer = sale.customer if isinstance(sale, SaleCompleted) else ""
    issued = document_of(db, register, last.number) if last else None
    return {"last": last, "issued": issued, "customer": customer_name(db, customer) if customer else ""}


ENDPOINTS = (fragment("/fragments/invoice", ask_invoice_dialog, SELL),)
_FRAMED: dict[str, Any] = {"group": "counter", "fragments": ("alerts", "clock")}
PAGES = (
    Page(
        path="/manager/invoices",
        name="invoices",
        handler=invoices_page,
        right=MANAGE,
        also=REPORTS,
        menu="invoices.title",
        place=22,
        **_FRAMED,
    ),
    Page(
        path="/manager/invoice",
        name="invoice",
        handler=invoice_page,
        right=SELL,
        also=INVOICES,
        under="invoices",
        place=23,
        **_FRAMED,
    ),
    Page(
        path="/manager/invoice/new",
        name="invoice_new",
        handler=new_invoice_page,
        right=SELL,
        also=INVOICES,
        under="invoices",
        place=24,
        **_FRAMED,
    ),
)
