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
from edge.counter.reports.queries import BEHIND, modifiers_sold
from edge.counter.reports.routes import filter_of, page_of
from edge.counter.till.queries import count_customers_of
from edge.counter.till.sales import paper_event
from edge.foundation.access.queries import name_of, read_users
from edge.foundation.access.rights import MANAGE, REPORTS
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


async def sales_page(request: web.Request) -> web.Response:
    """`GET /manager/sales`: papers by day, number, amount, product, cashier and register.

    `?after=` gives the next page.
    """
    product = await _product(request)
    shown = await page_of(request, _paper_filter(request, product))
    query = {**request.query, "after": shown.after} if shown.after else {}
    called = await _read_names(request, {paper.person for paper in shown.sales})
    users = read_users(request.app[SITE].shop.reader)
    values = {"papers": shown.sales, "called": called, "more": urlencode(query), "people_known": users}
    return page(request, "sales", asked=request.query, product=product, **values)


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
)
PROVIDES = ((SALES, ModifierSales(modifiers_sold, BEHIND)), (CUSTOMERS_OF, count_customers_of))
