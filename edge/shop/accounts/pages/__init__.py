"""The pages of accounts: all of them with what each owes, and one with its orders, items, payments and papers."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.shop.access.rights import ACCOUNTS, MANAGE
from edge.shop.accounts.queries import (
    account_credits,
    account_items,
    read_accounts,
    read_sales_orders,
    standing,
)
from edge.shop.accounts.settings import settings_of
from edge.shop.accounts.statement import account_statement, days_late, interest_minor
from edge.shop.catalog.queries import read_products
from edge.shop.customers.queries import called, read_customers
from edge.web.context import SITE
from edge.web.pages.shell import page
from edge.web.problem import Problem

SHOWN = 100


async def accounts(request: web.Request) -> web.Response:
    """`GET /manager/accounts`: everybody who may pay later, and the orders that are open."""
    site = request.app[SITE]
    today = site.config.business_date(site.shop.now_us())
    return page(request, "receivables", **await site.asker.read(partial(_all, today=today)))


def _all(db: Connection, today: str) -> dict[str, Any]:
    found = read_accounts(db, today)
    orders = [*read_sales_orders(db, "open", limit=SHOWN), *read_sales_orders(db, "partial", limit=SHOWN)]
    customers = read_customers(db, limit=SHOWN).customers
    with_one = {one.account.customer for one in found}
    return {
        "accounts": found,
        "orders": sorted(orders, key=lambda one: one.number),
        "names": {one.customer: called(db, one.customer) for one in orders},
        "without": [one for one in customers if one.id not in with_one],
    }


async def account(request: web.Request) -> web.Response:
    """`GET /manager/accounts/one`: a `customer`'s account in a `month`."""
    site = request.app[SITE]
    today = site.config.business_date(site.shop.now_us())
    customer, month = request.query.get("customer", "")[:80], request.query.get("month", "")[:7] or today[:7]
    permille = settings_of(site.config).interest_permille
    found = await site.asker.read(partial(_one, customer=customer, month=month, today=today, permille=permille))
    if found is None:
        raise Problem(404, "no_account", customer=customer)
    return page(request, "receivable", fee_minor=settings_of(site.config).fee_minor, **found)


def _one(db: Connection, customer: str, month: str, today: str, permille: int) -> dict[str, Any] | None:
    now = standing(db, customer, today)
    if now is None:
        return None
    orders = read_sales_orders(db, customer=customer, limit=SHOWN)
    products = read_products(db, sorted({line.sku for one in orders for line in one.lines}))
    items = account_items(db, customer)
    return {
        "now": now,
        "orders": orders,
        "names": {sku: dict(product.names or {}) for sku, (_, product, _) in products.items()},
        "items": items,
        "late": {one.seq: days_late(one.due_on, today) for one in items},
        "interest_minor": interest_minor(tuple(items), today, permille),
        "payments": [one for one in account_credits(db, customer, SHOWN) if one.kind == "payment"],
        "statement": account_statement(db, customer, month, today),
    }


PAGES = (
    Page(
        path="/manager/accounts",
        name="receivables",
        handler=accounts,
        right=MANAGE,
        also=ACCOUNTS,
        fragments=("alerts", "clock"),
        group="counter",
        menu="accounts.title",
        place=24,
    ),
    Page(
        path="/manager/accounts/one",
        name="receivable",
        handler=account,
        right=MANAGE,
        also=ACCOUNTS,
        fragments=("alerts", "clock"),
        group="counter",
        under="receivables",
        place=25,
    ),
)
