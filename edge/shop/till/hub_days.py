"""What each day came to, kept by head office beside the papers: a page over a thousand shops reads a row a shop and
day, not every sale of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sync.hub.model import Key
from sync.hub.table import Column, Index, Table, place

_DAY = (
    *place(device="The appliance that wrote the papers."),
    Column("business_date", "date", "The business day, as the store counts it.", key=True),
    Column("currency", "text", "ISO 4217.", key=True),
)
SALE_DAY = Table(
    "sale_day",
    "What each appliance sold on each day: voided papers left out, refunds taken off.",
    *_DAY,
    Column("sales", "bigint", "Sales that were not voided."),
    Column("refunds", "bigint", "Refunds."),
    Column("net_minor", "bigint", "Revenue without taxes, less refunds, in minor units."),
    Column("paid_minor", "bigint", "What was paid, less what was paid back, in minor units."),
    indexes=(
        Index(
            "sale_day_by_day", "tenant, business_date, store", include="currency, sales, refunds, net_minor, paid_minor"
        ),
    ),
)
TENDER_DAY = Table(
    "tender_day",
    "What each appliance took on each day by kind of money.",
    *_DAY,
    Column("kind", "text", "The kind of money: cash, card, ...", key=True),
    Column("amount_minor", "bigint", "Taken, less change and what was paid back, in minor units."),
    indexes=(Index("tender_day_by_day", "tenant, business_date, store", include="currency, kind, amount_minor"),),
)
TAX_DAY = Table(
    "tax_day",
    "The taxes of each appliance on each day by rate.",
    *_DAY,
    Column("name", "text", "The tax's name on the receipt.", key=True),
    Column("rate", "bigint", "In thousandths of a percent.", key=True),
    Column("net_minor", "bigint", "What was taxed, less what came back, without the tax, in minor units."),
    Column("tax_minor", "bigint", "The tax, less what was given back, in minor units."),
    indexes=(
        Index("tax_day_by_day", "tenant, business_date, store", include="currency, name, rate, net_minor, tax_minor"),
    ),
)
TABLES = (SALE_DAY, TENDER_DAY, TAX_DAY)

_PAPER = "tenant = $1 AND store = $2 AND device = $3 AND register = $4 AND number = $5"
_TENDERS = f"SELECT kind, amount_minor - change_minor AS minor FROM {{table}} WHERE {_PAPER}"
_TAXES = f"SELECT name, rate, net_minor, tax_minor FROM {{table}} WHERE {_PAPER}"


def _adding(table: Table) -> str:
    """INSERT of sums; where a day has some, they are added to it."""
    names = [column.name for column in table.columns]
    places = ", ".join(f"${at}" for at, _ in enumerate(names, 1))
    sums = [column.name for column in table.columns if not column.key]
    added = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in sums)
    key = ", ".join(table.key)
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places}) ON CONFLICT ({key}) DO UPDATE SET {added}"


_ADD = {table.name: _adding(table) for table in TABLES}


class OfficeDays:
    """What a batch of one appliance's papers adds to its days. `sign` is 1 for money that came in, -1 for what went
    back or is undone. Sums in minor units."""

    def __init__(self, key: Key) -> None:
        self._place = (key.tenant, key.store, key.device)
        self._sums: dict[str, dict[tuple[Any, ...], list[int]]] = {table.name: {} for table in TABLES}

    def papers(self, day: tuple[Any, str], *, sales: int = 0, refunds: int = 0, net: int = 0, paid: int = 0) -> None:
        """Papers of a day and currency, and what they come to."""
        self._add(SALE_DAY, day, sales, refunds, net, paid)

    def tenders(self, day: tuple[Any, str], sign: int, found: Iterable[tuple[str, int]]) -> None:
        """Kinds of money, each with what was taken."""
        for kind, minor in found:
            self._add(TENDER_DAY, (*day, kind), sign * minor)

    def taxes(self, day: tuple[Any, str], sign: int, found: Iterable[tuple[str, int, int, int]]) -> None:
        """Taxes: name, rate, what was taxed, and the tax."""
        for name, rate, net, tax in found:
            self._add(TAX_DAY, (*day, name, rate), sign * net, sign * tax)

    async def undo(self, connection: Any, kind: str, row: Mapping[str, Any], paper: tuple[Any, ...]) -> None:
        """Take off a `sale` or `refund` that was voided; `paper` is its key."""
        day = (row["business_date"], row["currency"])
        sign = -1 if kind == "sale" else 1
        counted = {"sales": -1} if kind == "sale" else {"refunds": -1}
        self.papers(day, **counted, net=sign * row["net"], paid=sign * row["paid"])
        self.tenders(day, sign, await connection.fetch(_TENDERS.format(table=f"{kind}_tender"), *paper))
        self.taxes(day, sign, await connection.fetch(_TAXES.format(table=f"{kind}_tax"), *paper))

    async def write(self, connection: Any) -> None:
        """Add all of it to the tables."""
        for name, sums in self._sums.items():
            rows = [(*self._place, *of, *values) for of, values in sorted(sums.items()) if any(values)]
            if rows:
                await connection.executemany(_ADD[name], rows)

    def _add(self, table: Table, of: tuple[Any, ...], *values: int) -> None:
        sums = self._sums[table.name].setdefault(of, [0] * len(values))
        for at, value in enumerate(values):
            sums[at] += value
