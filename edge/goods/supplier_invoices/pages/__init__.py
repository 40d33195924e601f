"""Manager pages of suppliers' invoices: the list, and one with its paper, order and receipts."""

from __future__ import annotations

from functools import partial
from typing import Any, get_args

import msgspec
from aiohttp import web

from edge.core.endpoints import Page
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.queries import find_by_skus
from edge.goods.purchasing.queries import read_suppliers
from edge.goods.supplier_invoices.mailed import read_mailbox, read_mailed
from edge.goods.supplier_invoices.match import UNIT_WORDS, unit_named
from edge.goods.supplier_invoices.paper import State
from edge.goods.supplier_invoices.printed import CORRECTED
from edge.goods.supplier_invoices.queries import AnyState, read_invoices_in
from edge.goods.supplier_invoices.reader_client import picture_of
from edge.goods.supplier_invoices.routes import matched_of
from edge.goods.supplier_invoices.settings import MAIL_SECRET, SupplierInvoicesSection
from edge.runtime.config import CONFIG
from edge.runtime.secrets import SECRETS
from edge.web.context import SITE
from edge.web.pages.shell import page

SHOWN = 100
PAGES_SHOWN = (1, 2, 3)
_STATES: tuple[State, ...] = get_args(State)


async def supplier_invoices_page(request: web.Request) -> web.Response:
    """`GET /manager/supplier-invoices?state=`: the invoices, the newest first."""
    state: AnyState = next((one for one in _STATES if one == request.query.get("state", "")), "")
    invoices = await request.app[SITE].asker.read(partial(read_invoices_in, state=state, limit=SHOWN))
    return page(request, "supplier_invoices", invoices=invoices, state=state, states=_STATES, mail=await _mail(request))


async def _mail(request: web.Request) -> dict[str, Any] | None:
    """The mailbox and its attachments; None if none is set up."""
    site = request.app[SITE]
    if not site.services.of(CONFIG).of(SupplierInvoicesSection).mail_host:
        return None
    files, box = await site.asker.read(read_mailed), await site.asker.read(read_mailbox)
    return {"box": box, "files": files, "secret": MAIL_SECRET, "set": site.services.of(SECRETS).has(MAIL_SECRET)}


async def supplier_invoice_page(request: web.Request) -> web.Response:
    """`GET /manager/supplier-invoice?id=`: an invoice, line by line."""
    site, id = request.app[SITE], request.query.get("id", "")
    found = await matched_of(request, int(id) if id.isdecimal() and len(id) < 16 else 0)
    suppliers = await site.asker.read(read_suppliers)
    there = [at for at in PAGES_SHOWN if picture_of(site.config.folder, found.invoice.digest, at).is_file()]
    paper = found.invoice.paper
    skus = {line.sku for line in found.lines} | {
        str(one.values["sku"]) for line in found.lines for one in line.findings if one.code == "product_like"
    }
    goods = await site.asker.read(partial(find_by_skus, skus=sorted(skus - {""})))
    return page(
        request,
        "supplier_invoice",
        found=found,
        suppliers=suppliers,
        pages=there,
        names={sku: product.names for sku, product in goods.items()},
        units=UNIT_WORDS,
        unit_named=unit_named,
        corrected=CORRECTED,
        places={one.name: one for one in paper.fields},
        rows_to_see=(*paper.lines, None),
        lines=msgspec.json.encode(paper.lines).decode(),
    )


PAGES = (
    Page(
        path="/manager/supplier-invoices",
        name="supplier_invoices",
        handler=supplier_invoices_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="supplier_invoices.title",
        group="stock",
        place=75,
    ),
    Page(
        path="/manager/supplier-invoice",
        name="supplier_invoice",
        group="stock",
        handler=supplier_invoice_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
    ),
)
