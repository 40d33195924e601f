"""Pages of accounts: all accounts with their debts; one account with its orders, items, payments and documents; and
tabs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from edge.accounting.accounts.account import SALES_OPEN
from edge.accounting.accounts.delivered_lots import sales_order_lots
from edge.accounting.accounts.queries import (
    AccountStanding,
    SalesOrder,
    account_credits,
    account_items,
    open_sales_orders,
    read_accounts,
    read_sales_orders,
    standing,
)
from edge.accounting.accounts.quote_reads import read_quotes
from edge.accounting.accounts.settings import settings_of
from edge.accounting.accounts.statement import account_statement, days_late, interest_minor
from edge.core.endpoints import Page
from edge.core.journal.projections import caught_up
from edge.core.storage.database import Connection
from edge.counter.till.lines.parked_baskets import Parked, read_parked
from edge.counter.till.queries import parked_customers
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import ACCOUNTS, MANAGE, SELL
from edge.goods.catalog.queries import read_products
from edge.goods.purchasing.pages.beside import OPEN_SALES
from edge.goods.stock.rows import rows_at
from edge.money.payments.queries import account_charges, chargeable_methods, read_methods
from edge.money.payments.states import TAKEN
from edge.people.customers.queries import all_ids, customer_name, read_customers, resolve
from edge.web.context import SITE
from edge.web.pages.shell import page
from edge.web.problem import Problem

SHOWN = 100
LATER = "9"
"""Sort key after every date, for goods without a known expiry date."""


async def accounts(request: web.Request) -> web.Response:
    """`GET /manager/accounts`: all accounts, and open orders."""
    site = request.app[SITE]
    today = site.config.business_date(site.shop.now_us())
    return page(request, "receivables", **await site.asker.read(partial(_all, today=today)))


def _all(db: Connection, today: str) -> dict[str, Any]:
    found = read_accounts(db, today)
    orders = [*read_sales_orders(db, "open", limit=SHOWN), *read_sales_orders(db, "partial", limit=SHOWN)]
    quotes = read_quotes(db, "open", limit=SHOWN)
    customers = read_customers(db, limit=SHOWN).customers
    with_one = {one.account.customer for one in found}
    return {
        "accounts": found,
        "orders": sorted(orders, key=lambda one: one.number),
        "quotes": quotes,
        "as_of": today,
        "names": {
            id: customer_name(db, id) for id in {one.customer for one in orders} | {one.customer for one in quotes}
        },
        "without": [one for one in customers if one.id not in with_one],
    }


async def account(request: web.Request) -> web.Response:
    """`GET /manager/accounts/one`: a `customer`'s account in a `month`."""
    site = request.app[SITE]
    today = site.config.business_date(site.shop.now_us())
    customer, month = request.query.get("customer", "")[:80], request.query.get("month", "")[:7] or today[:7]
    permille = settings_of(site.config).interest_permille
    await caught_up(site.shop, "stock_movements")  # the lots of deliveries come from this projection
    found = await site.asker.read(partial(_one, customer=customer, month=month, today=today, permille=permille))
    if found is None:
        raise Problem(404, "no_account", customer=customer)
    return page(request, "receivable", fee_minor=settings_of(site.config).fee_minor, business_date=today, **found)


def _one(db: Connection, customer: str, month: str, today: str, permille: int) -> dict[str, Any] | None:
    now = standing(db, customer, today)
    if now is None:
        return None
    orders = read_sales_orders(db, customer=customer, limit=SHOWN)
    quotes = read_quotes(db, customer=customer, limit=SHOWN)
    delivered = {one.number: sales_order_lots(db, one.number) for one in orders if one.deliveries}
    asked = {line.sku for one in orders for line in one.lines} | {line.sku for one in quotes for line in one.lines}
    products = read_products(db, sorted(asked.union(lot.sku for lots in delivered.values() for lot in lots)))
    items = account_items(db, customer)
    return {
        "now": now,
        "orders": orders,
        "quotes": quotes,
        "as_of": today,
        "month_ahead": (date.fromisoformat(today) + timedelta(days=30)).isoformat(),
        "delivered_lots": delivered,
        "lots": _lots_there(db, orders, today),
        "names": {sku: dict(product.names or {}) for sku, (_, product, _) in products.items()},
        "items": items,
        "late": {one.seq: days_late(one.due_on, today) for one in items},
        "interest_minor": interest_minor(tuple(items), today, permille),
        "payments": [one for one in account_credits(db, customer, SHOWN) if one.kind == "payment"],
        "statement": account_statement(db, customer, month, today),
        **_cards(db, customer, today),
    }


def _cards(db: Connection, customer: str, today: str) -> dict[str, Any]:
    """A customer's chargeable stored cards, and the state of the last charge until it's booked."""
    whose = resolve(db, customer) or customer
    named = {one.id: one.display_name for one in read_methods(db, whose)}
    last = next(iter(account_charges(db, all_ids(db, customer))), None)
    found: dict[str, Any] = {"cards": chargeable_methods(db, whose, today)}
    if last is None or last.used or last.state in ("voided", "refunded"):
        return found | {"charge": ""}
    how = "unknown" if last.state == "unknown" else "runs" if last.runs or last.state in TAKEN else "failed"
    shown = {"charge": how, "charge_minor": last.amount_minor, "charge_code": last.code if how == "failed" else ""}
    return found | shown | {"charge_card": named.get(last.method, "")}


def _lots_there(db: Connection, orders: Iterable[SalesOrder], today: str) -> dict[str, list[str]]:
    """Available lots of each product still to be delivered, earliest expiry first."""
    found: dict[str, list[str]] = {}
    for one in orders:
        for sku in (line.sku for line in one.lines if one.state in SALES_OPEN and line.open):
            rows = [row for row in rows_at(db, sku, one.location, today) if not row.barred and row.quantity > 0]
            rows.sort(key=lambda row: (row.expiry or LATER, row.arrived))
            lots = dict.fromkeys(row.lot for row in rows if row.lot)
            found[sku] = list(lots)[:SHOWN]
    return found


class Tab(msgspec.Struct, frozen=True):
    """A parked basket: the user who parked it (`by`), its customer, their account's standing, the credit left after
    debts and orders, and their chargeable stored cards (id and name)."""

    parked: Parked
    by: str
    who: str = ""
    now: AccountStanding | None = None
    cards: tuple[tuple[str, str], ...] = ()

    @property
    def left_minor(self) -> int:
        limit = self.now.account.limit_minor if self.now else None
        return 0 if limit is None or self.now is None else max(0, limit - self.now.exposure_minor)


async def tabs(request: web.Request) -> web.Response:
    """`GET /tabs`: parked baskets with their customers and available credit."""
    site = request.app[SITE]
    today = site.config.business_date(site.shop.now_us())
    found = await site.asker.read(partial(_tabs, today=today))
    return page(request, "tabs", tabs=found, sum_minor=sum(one.parked.total_minor for one in found))


def _tabs(db: Connection, today: str) -> list[Tab]:
    whose = parked_customers(db)
    return [_tab(db, one, whose.get(one.number, ""), today) for one in read_parked(db)]


def _tab(db: Connection, parked: Parked, customer: str, today: str) -> Tab:
    by = name_of(db, parked.person) or parked.person
    if not customer:
        return Tab(parked, by)
    now, cards = standing(db, customer, today), chargeable_methods(db, resolve(db, customer) or customer, today)
    return Tab(parked, by, customer_name(db, customer), now, tuple((one.id, one.display_name) for one in cards))


_page = partial(Page, right=MANAGE, also=ACCOUNTS, fragments=("alerts", "clock"), group="counter")
PAGES = (
    _page(path="/manager/accounts", name="receivables", handler=accounts, menu="accounts.title", place=24),
    _page(path="/manager/accounts/one", name="receivable", handler=account, under="receivables", place=25),
    Page(
        path="/tabs",
        name="tabs",
        handler=tabs,
        right=SELL,
        also=ACCOUNTS,
        fragments=("alerts", "clock"),
        group="counter",
        menu="accounts.tabs",
        place=26,
    ),
)
PROVIDES = ((OPEN_SALES, open_sales_orders),)
