"""The manager's list of sales, voids and refunds, and the page of one paper."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from edge.core.endpoints import Finder, Page
from edge.core.journal.rows import check_chain
from edge.core.people.remarks import Remarks, with_open_remarks
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.reports.pages import explained_page
from edge.counter.reports.papers import PaperEntry, PaperFilter, read_paper
from edge.counter.reports.past_receipts import PastFilter, find_past_receipts, read_past_receipt
from edge.counter.reports.queries import BEHIND, modifiers_sold
from edge.counter.reports.routes import filter_of, page_of
from edge.counter.till.queries import count_customers_of
from edge.counter.till.sales import paper_event
from edge.foundation.access.queries import name_of, read_users
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.goods.catalog.queries import read_products
from edge.goods.modifiers.pages.beside import SALES, ModifierSales
from edge.goods.stock.pages.beside import CUSTOMERS_OF
from edge.lib.units.money import parse_minor
from edge.lib.units.receipt_number import number_of
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.pages.shell import page
from edge.web.problem import Problem
from edge.web.request_body import whole

NO_MATCH = PaperFilter(number=-1)
"""A filter that matches no paper, for a condition that can't be met."""
PAST_SHOWN = 50
"""Receipts imported from another system per page."""


async def sales_page(request: web.Request) -> web.Response:
    """`GET /manager/sales`: papers by day, number, amount, product, cashier and register.

    `?after=` gives the next page.
    """
    product = await _product(request)
    wanted = _paper_filter(request, product)
    shown = await page_of(request, wanted)
    query = {**request.query, "after": shown.after} if shown.after else {}
    past = await _past_receipts(request, wanted)
    called = await _read_names(request, {paper.person for paper in shown.sales})
    users = read_users(request.app[SITE].shop.reader)
    values = {"papers": shown.sales, "called": called, "more": urlencode(query), "people_known": users, **past}
    return page(request, "sales", asked=request.query, product=product, **values)


async def _past_receipts(request: web.Request, wanted: PaperFilter) -> dict[str, Any]:
    """The imported receipts that match the form, and the link to older ones."""
    query = request.query
    if wanted.kind == "void" or query.get("person") or query.get("of") or (query.get("product") and not wanted.sku):
        return {"imported": [], "imported_more": ""}
    returned = None if wanted.kind is None else wanted.kind == "refund"
    number = query.get("receipt", "").strip() or None
    past = PastFilter(wanted.day, number, wanted.total_minor, wanted.sku, returned)
    after = _past_place(query.get("past", ""))
    found = await request.app[SITE].asker.read(lambda db: find_past_receipts(db, past, after, PAST_SHOWN + 1))
    shown, more = found[:PAST_SHOWN], ""
    if len(found) > PAST_SHOWN:
        last = shown[-1]
        more = urlencode({**query, "past": f"{last.business_date} {last.seq} {last.place}"})
    return {"imported": shown, "imported_more": more}


def _past_place(text: str) -> tuple[str, int, int] | None:
    """Where the next page of imported receipts begins. Raises `Problem` 400 if it can't be read."""
    if not text:
        return None
    match text.split():
        case [day, seq, place] if seq.isdecimal() and place.isdecimal() and len(seq + place) < 18:
            return day, int(seq), int(place)
    raise Problem(400, "argument_wrong", name="past", why="DAY ROW PLACE")


async def past_receipt_page(request: web.Request) -> web.Response:
    """`GET /manager/past-receipt?at=DAY ROW PLACE`: a receipt imported from another system, which can only be read."""
    at, registry = _past_place(request.query.get("at", "")), request.app[SITE].shop.registry
    if at is None:
        raise Problem(404, "receipt_unknown", number="")

    def read(db: Connection) -> Any:
        found = read_past_receipt(db, registry, *at)
        return found and (*found, read_products(db, [line.sku for line in found[0].lines if line.sku]))

    found = await request.app[SITE].asker.read(read)
    if found is None:
        raise Problem(404, "receipt_unknown", number="")
    receipt, source, products = found
    return page(request, "past_receipt", receipt=receipt, source=source, products=products)


async def sale_page(request: web.Request) -> web.Response:
    """`GET /manager/sale?register=1&number=17`: a paper with its lines, taxes and tenders, and who made it."""
    site, register, number = request.app[SITE], register_of(request), whole(request, "number") or 0
    read = partial(_read, registry=site.shop.registry, register=register, number=number)
    paper, event, faults = await site.asker.read(read, BEHIND)
    if paper is None:
        raise Problem(404, "receipt_unknown", number=f"{register}-{number}")
    called = await _read_names(request, {paper.person})
    return page(request, "sale", paper=paper, event=event, called=called, faults=faults)


def _paper_filter(request: web.Request, product: Any) -> PaperFilter:
    """The filter from the form, with numbers and amounts as people type them."""
    query = request.query
    place = number_of(query.get("receipt", ""), "") if query.get("receipt", "").strip() else None
    wanted = filter_of(request)
    if query.get("receipt", "").strip():
        if place is None:
            return NO_MATCH
        wanted = msgspec.structs.replace(wanted, number=place[1], register=place[0] or wanted.register)
    if amount := query.get("amount", "").strip():
        try:
            minor = parse_minor(amount.replace(",", "."), request.app[SITE].settings.currency)
        except ValueError:
            return NO_MATCH
        wanted = msgspec.structs.replace(wanted, total_minor=minor)
    if query.get("product", "").strip():
        wanted = msgspec.structs.replace(wanted, sku=product.sku) if product else NO_MATCH
    return wanted


async def _product(request: web.Request) -> Any:
    """The product that best matches the typed text, active or discontinued; None if nothing is typed or found."""
    text = request.query.get("product", "").strip()
    if not text:
        return None
    asker = request.app[SITE].asker
    found = await asker.ask(asker.questions["search"], {"text": text, "limit": 1, "retired": True})
    return next(iter(found.products), None)


def _read(
    db: Connection, registry: Registry, register: str, number: int
) -> tuple[PaperEntry | None, Any, tuple[str, ...]]:
    """A paper, its event, and faults of its journal row in the hash chain."""
    paper = read_paper(db, register, number)
    if paper is None:
        return None, None, ()
    faults = tuple(sentence for _, sentence in check_chain(db, paper.seq, paper.seq))
    return paper, _readable_paper(db, paper_event(db, registry, paper.seq)), faults


def _readable_paper(db: Connection, event: Any) -> Any:
    """A paper's event for display, with decrypted reasons and remarks."""
    remarks, event = Remarks(db), with_open_remarks(db, event)
    lines = tuple(
        msgspec.structs.replace(line, reason=remarks.read(line.reason)) for line in getattr(event, "lines", ())
    )
    return msgspec.structs.replace(event, lines=lines) if lines else event


async def _read_names(request: web.Request, people: set[str]) -> dict[str, str]:
    return await request.app[SITE].asker.read(lambda db: {person: name_of(db, person) for person in people})


FINDERS = (
    Finder(
        title="sales.title",
        asks="/manager/sales?receipt=",
        rows=".papers-list td a",
        right=REPORTS,
        pattern=r"^\S{0,8}\d+$(?!\n)",
    ),
)
PAGES = (
    *explained_page.PAGES,
    Page(
        path="/manager/sales",
        name="sales",
        group="counter",
        place=20,
        handler=sales_page,
        right=MANAGE,
        also=REPORTS,
        fragments=("alerts", "clock"),
        menu="sales.title",
        past=True,
        changed_by=("receipts",),
    ),
    Page(
        path="/manager/sale",
        name="sale",
        group="counter",
        place=21,
        handler=sale_page,
        right=MANAGE,
        also=REPORTS,
        fragments=("alerts", "clock"),
        under="sales",
        past=True,
    ),
    Page(
        path="/manager/past-receipt",
        name="past_receipt",
        group="counter",
        place=22,
        handler=past_receipt_page,
        right=MANAGE,
        also=REPORTS,
        fragments=("alerts", "clock"),
        under="sales",
    ),
)
PROVIDES = ((SALES, ModifierSales(modifiers_sold, BEHIND)), (CUSTOMERS_OF, count_customers_of))
