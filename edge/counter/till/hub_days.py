"""Daily and hourly totals at head office, in addition to the papers.

A page over a thousand shops then reads one row per shop and day or hour instead of every sale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import astuple

from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.rules.day_totals import receipt_of, sells
from sync.hub.model import Key
from sync.hub.table import Column, Index, Table, place

_DAY = (
    *place(device="Appliance that wrote the receipts."),
    Column("business_date", "date", "The store's business day.", key=True),
    Column("currency", "text", "ISO 4217.", key=True),
)
SALE_DAY = Table(
    "sale_day",
    "Daily sales of each appliance, counted like its own daily report.",
    *_DAY,
    Column("sales", "bigint", "Number of sales receipts, including voided ones."),
    Column("refunds", "bigint", "Number of refunds, including exchanges."),
    Column("net_minor", "bigint", "Net revenue minus refunds, in minor units."),
    Column("paid_minor", "bigint", "Payments minus refunds, in minor units."),
    Column("voids", "bigint", "Number of void receipts.", default="0"),
    Column("earning", "bigint", "Receipts with revenue that weren't voided.", default="0"),
    Column(
        *("earned_minor", "bigint", "Their revenue before returns, in minor units; used for the average sale."),
        default="0",
    ),
    indexes=(
        Index(
            "sale_day_sums",
            "tenant, business_date, store",
            include="currency, sales, refunds, net_minor, paid_minor, voids, earning, earned_minor",
        ),
    ),
)
TENDER_DAY = Table(
    "tender_day",
    "Daily payments of each appliance by payment method.",
    *_DAY,
    Column("kind", "text", "Payment method: cash, card, ...", key=True),
    Column("amount_minor", "bigint", "Payments minus change and refunds, in minor units."),
    indexes=(Index("tender_day_by_day", "tenant, business_date, store", include="currency, kind, amount_minor"),),
)
TAX_DAY = Table(
    "tax_day",
    "Daily taxes of each appliance by rate.",
    *_DAY,
    Column("name", "text", "Name of the tax on the receipt.", key=True),
    Column("rate", "bigint", "Rate in thousandths of a percent.", key=True),
    Column("net_minor", "bigint", "Taxable net amount minus refunds, in minor units."),
    Column("tax_minor", "bigint", "Tax minus refunded tax, in minor units."),
    indexes=(
        Index("tax_day_by_day", "tenant, business_date, store", include="currency, name, rate, net_minor, tax_minor"),
    ),
)
SALE_HOUR = Table(
    "sale_hour",
    "Hourly takings of each appliance.",
    *_DAY,
    Column("hour", "timestamptz", "Start of the hour (UTC).", key=True),
    Column("sales", "bigint", "Number of sales without voided ones."),
    Column("paid_minor", "bigint", "Payments minus refunds, in minor units."),
    indexes=(Index("sale_hour_by_day", "tenant, business_date, store", include="hour, currency, sales, paid_minor"),),
)
PRODUCT_DAY = Table(
    "product_day",
    "Daily product sales of each appliance.",
    *_DAY,
    Column("sku", "text", "The shop's product number (SKU).", key=True),
    Column("sold", "bigint", "Quantity in thousandths of the product's unit."),
    Column("returned", "bigint", "Returned quantity in thousandths of its unit."),
    Column("amount_minor", "bigint", "Line totals minus returns, in minor units."),
    indexes=(
        Index("product_day_by_day", "tenant, business_date, store"),
        Index("product_day_by_sku", "tenant, sku, business_date, store"),
    ),
    by_month="business_date",
)
TABLES = (SALE_DAY, TENDER_DAY, TAX_DAY, SALE_HOUR, PRODUCT_DAY)
_SUMS_OF_PAPERS = tuple(column.name for column in SALE_DAY.columns if not column.key)

_PAPER = "tenant = $1 AND store = $2 AND device = $3 AND register = $4 AND number = $5"
_TENDERS = f"SELECT kind, amount_minor - change_minor AS minor FROM {{table}} WHERE {_PAPER}"
_TAXES = f"SELECT name, rate, net_minor, tax_minor FROM {{table}} WHERE {_PAPER}"
_RETURNED = f"SELECT sku, -quantity AS quantity, -amount_minor AS amount_minor FROM refund_line WHERE {_PAPER}"


def _adding(table: Table) -> str:
    """An INSERT statement that adds sums to the day's existing row."""
    names = [column.name for column in table.columns]
    places = ", ".join(f"${at}" for at, _ in enumerate(names, 1))
    sums = [column.name for column in table.columns if not column.key]
    added = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in sums)
    key = ", ".join(table.key)
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places}) ON CONFLICT ({key}) DO UPDATE SET {added}"


_ADD = {table.name: _adding(table) for table in TABLES}


class _Line(msgspec.Struct, frozen=True):
    """The fields of a line in `sale.lines` that are used here."""

    sku: str
    quantity: int
    amount_minor: int


class OfficeDays:
    """Daily totals of a batch of one device's papers. `sign` is 1 for money received, -1 for refunds and voids. Sums in
    minor units."""

    def __init__(self, key: Key) -> None:
        self._place = (key.tenant, key.store, key.device)
        self._sums: dict[str, dict[tuple[Any, ...], list[int]]] = {table.name: {} for table in TABLES}

    def papers(self, day: tuple[Any, str], **sums: int) -> None:
        """Add papers of a day and currency, with their sums by column of `sale_day`."""
        self._add(SALE_DAY, day, *(sums.get(name, 0) for name in _SUMS_OF_PAPERS))

    def tenders(self, day: tuple[Any, str], sign: int, found: Iterable[tuple[str, int]]) -> None:
        """Add tenders and their amounts."""
        for kind, minor in found:
            self._add(TENDER_DAY, (*day, kind), sign * minor)

    def taxes(self, day: tuple[Any, str], sign: int, found: Iterable[tuple[str, int, int, int]]) -> None:
        """Add taxes: name, rate, taxed amount, tax."""
        for name, rate, net, tax in found:
            self._add(TAX_DAY, (*day, name, rate), sign * net, sign * tax)

    def hours(self, day: tuple[Any, str], at: datetime, sales: int, paid_minor: int) -> None:
        """Add a paper's sales and payments to the hour of `at` (UTC)."""
        self._add(SALE_HOUR, (*day, at.replace(minute=0, second=0, microsecond=0)), sales, paid_minor)

    def products(self, day: tuple[Any, str], sign: int, lines: Iterable[tuple[str, int, int]]) -> None:
        """Add lines: SKU, quantity in thousandths and amount. Both are negative for a return."""
        for sku, quantity, minor in lines:
            self._add(PRODUCT_DAY, (*day, sku), sign * max(quantity, 0), sign * max(-quantity, 0), sign * minor)

    async def undo(self, connection: Any, kind: str, row: Mapping[str, Any], paper: tuple[Any, ...]) -> None:
        """Subtract a voided `sale` or `refund`. `paper`: its key."""
        day = (row["business_date"], row["currency"])
        sign = -1 if kind == "sale" else 1
        earned = row["earned_minor"] if kind == "sale" else None  # None: no revenue
        receipt = {} if earned is None else {"earning": -1, "earned_minor": -earned}
        self.papers(day, voids=1, net_minor=sign * row["net"], paid_minor=sign * row["paid"], **receipt)
        self.hours(day, row["at"], -1 if kind == "sale" else 0, sign * row["paid"])
        self.tenders(day, sign, await connection.fetch(_TENDERS.format(table=f"{kind}_tender"), *paper))
        self.taxes(day, sign, await connection.fetch(_TAXES.format(table=f"{kind}_tax"), *paper))
        if kind == "sale":
            self.products(day, -1, map(astuple, msgspec.json.decode(row["lines"], type=list[_Line])))
        else:
            self.products(day, -1, await connection.fetch(_RETURNED, *paper))

    async def write(self, connection: Any) -> None:
        """Add all sums to the tables."""
        for name, sums in self._sums.items():
            rows = [(*self._place, *of, *values) for of, values in sorted(sums.items()) if any(values)]
            if rows:
                await connection.executemany(_ADD[name], rows)

    def _add(self, table: Table, of: tuple[Any, ...], *values: int) -> None:
        sums = self._sums[table.name].setdefault(of, [0] * len(values))
        for at, value in enumerate(values):
            sums[at] += value


def counts_of(event: SaleCompleted | SaleRefunded) -> dict[str, int]:
    """A paper's counts, as in the shop's own daily report."""
    if isinstance(event, SaleRefunded):
        return {"refunds": 1}
    receipt = receipt_of(event)
    counts = {"sales": int(sells(event)), "refunds": int(bool(event.returns))}
    return counts | {"earning": receipt.count, "earned_minor": receipt.minor}


def earned_of(event: SaleCompleted) -> int | None:
    """A sale's revenue before returns. None if it has no revenue, such as a sale of gift cards only."""
    receipt = receipt_of(event)
    return receipt.minor if receipt.count else None
