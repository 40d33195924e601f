"""HTTP routes of accounts: terms as master data, and statements as PDF. Orders and payments are commands and
queries."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from edge.accounting.accounts.entities import ACCOUNTS
from edge.accounting.accounts.papers import SheetWords, quote_sheet, reminder_sheet, statement_sheet
from edge.accounting.accounts.queries import account_items
from edge.accounting.accounts.quote_reads import read_quote
from edge.accounting.accounts.statement import account_statement, days_late
from edge.core.endpoints import Answer, Endpoint
from edge.core.process.pdf_sheet import PdfSheet, make_pdf
from edge.foundation.access.rights import ACCOUNTS as RIGHT
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.queries import read_products
from edge.lib.errors import EdgeError
from edge.lib.i18n.translations import name_in
from edge.people.customers.queries import customer_name
from edge.web.api import entity_api
from edge.web.context import SITE
from edge.web.live.localizer import Localizer
from edge.web.problem import Problem
from edge.web.responses import texts_of
from edge.web.work_threads import HEAVY


async def statement_pdf(request: web.Request) -> web.Response:
    """`GET accounts/{customer}/statement.pdf`: a month's statement as PDF, in the requested language."""
    site, texts = request.app[SITE], texts_of(request)
    today = site.config.business_date(site.shop.now_us())
    customer, month = request.match_info["customer"][:80], request.query.get("month", "")[:7] or today[:7]
    if not (len(month) == 7 and month[4] == "-" and month.replace("-", "").isdigit() and 1 <= int(month[5:]) <= 12):
        raise Problem(400, "accounts_month_wrong", month=month)
    found = await site.asker.read(partial(account_statement, customer=customer, month=month, today=today))
    if found is None:
        raise Problem(404, "no_account", customer=customer)
    name = await site.asker.read(partial(customer_name, id=found.customer))
    words = _words_of(texts, site.settings.currency)
    sheet = statement_sheet(found, site.settings.header, (name,), words)
    return await _as_pdf(request, sheet, f"statement-{month}.pdf")


async def reminder_pdf(request: web.Request) -> web.Response:
    """`GET accounts/{customer}/reminder.pdf`: a reminder of all overdue items."""
    site, texts = request.app[SITE], texts_of(request)
    today, customer = site.config.business_date(site.shop.now_us()), request.match_info["customer"][:80]
    items = await site.asker.read(partial(account_items, customer=customer))
    late = tuple(one for one in items if days_late(one.due_on, today) > 0)
    if not late:
        raise Problem(404, "accounts_nothing_due")
    name = await site.asker.read(partial(customer_name, id=customer))
    stage = max(1, *(one.stage for one in late)) if len(late) > 1 else max(1, late[0].stage)
    words = _words_of(texts, site.settings.currency)
    sheet = reminder_sheet(late, stage, today, site.settings.header, (name,), words)
    return await _as_pdf(request, sheet, f"reminder-{today}.pdf")


async def quote_pdf(request: web.Request) -> web.Response:
    """`GET quotes/{number}/quote.pdf`: a quote as PDF, in the requested language."""
    site, texts = request.app[SITE], texts_of(request)
    number = int(request.match_info["number"])
    found = await site.asker.read(partial(read_quote, number=number))
    if found is None:
        raise Problem(404, "no_quote", number=number)
    name = await site.asker.read(partial(customer_name, id=found.customer))
    products = await site.asker.read(partial(read_products, skus=[line.sku for line in found.lines]))
    names = {
        sku: name_in(dict(product.names or {}), texts.language) or sku for sku, (_, product, _) in products.items()
    }
    words = _words_of(texts, found.currency)
    sheet = quote_sheet(found, names, site.settings.header, (name,), words)
    return await _as_pdf(request, sheet, f"quote-{number}.pdf")


def _words_of(texts: Localizer, currency: str) -> SheetWords:
    return SheetWords(texts.direction == "rtl", texts.say, partial(texts.money, currency=currency), texts.date_text)


async def _as_pdf(request: web.Request, sheet: PdfSheet, name: str) -> web.Response:
    try:
        body = await request.app[SITE].services.of(HEAVY).do(make_pdf, sheet)
    except EdgeError as error:
        raise Problem(500, "pdf_not_made") from error
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type="application/pdf", headers=headers)


_paper = partial(
    Endpoint,
    method="GET",
    right=MANAGE,
    also=RIGHT,
    tag="accounts",
    answer=Answer(media="application/pdf"),
    statuses=(404,),
)
ENDPOINTS = (
    *entity_api.endpoints(
        ACCOUNTS,
        "accounts/{customer}",
        names=("account_terms", "account"),
        read=ACCOUNTS.read,
        right=MANAGE,
        tag="accounts",
    ),
    _paper(
        path="/api/v1/accounts/{customer}/statement.pdf",
        handler=statement_pdf,
        name="account_statement_pdf",
        query={"month": {"type": "string", "description": "Month, such as 2027-01; default: this month."}},
    ),
    _paper(path=r"/api/v1/quotes/{number:\d{1,15}}/quote.pdf", handler=quote_pdf, name="quote_pdf"),
    _paper(path="/api/v1/accounts/{customer}/reminder.pdf", handler=reminder_pdf, name="account_reminder_pdf"),
)
