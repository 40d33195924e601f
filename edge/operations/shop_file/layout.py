"""How tables of the file are declared: each column once, with what it means; units follow from names. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from edge.core.storage.database import Connection

Cells = Sequence[Any]
"""A row, in the order of its table's columns."""

UNITS = {
    "_minor": "minor units of the row's currency, such as cents",
    "_milli": "thousandths of the product's unit (piece, kg, litre, metre)",
    "_micro": "millionths of a minor unit of the shop's currency, for one unit",
    "_us": "microseconds since 1970-01-01 00:00 UTC",
    "_date": "ISO 8601",
    "_days": "days",
    "_years": "years",
    "_percent_milli": "thousandths of a percent",
}
"""What a name ends in, and the unit of what it names; the longest ending counts."""
WHOLE = ("_minor", "_milli", "_micro", "_us", "_days", "_years")


class ShopColumn(msgspec.Struct, frozen=True):
    """A column: its name, what it means, and the table and column that it refers to ("table.column")."""

    name: str
    what: str
    to: str = ""
    is_number: bool = False

    @property
    def type(self) -> type[int] | type[str]:
        return int if self.is_number or self.name.endswith(WHOLE) else str

    @property
    def unit(self) -> str:
        """The unit of it; "" of what has none."""
        return next((UNITS[end] for end in sorted(UNITS, key=len, reverse=True) if self.name.endswith(end)), "")


class ExportSource(msgspec.Struct, frozen=True):
    """What is read: the ledger's connection, and what the configuration says of the store."""

    db: Connection
    currency: str
    language: str
    zone: str

    def name(self, names: str | dict[str, str] | None, otherwise: str) -> str:
        """What something is called in the store's language, of its names by language, also as JSON."""
        found = msgspec.json.decode(names, type=dict[str, str]) if isinstance(names, str) else names or {}
        return found.get(self.language) or next(iter(found.values()), otherwise)


class ShopTable(msgspec.Struct, frozen=True):
    """A table: its name, what a row is, its columns, which of them are the key, and which are looked for.

    `rows`: all of them as they are now, each in the order of the columns; None: they come out of the journal and are
    never changed again, but where a later fact says so.
    """

    name: str
    what: str
    columns: tuple[ShopColumn, ...]
    key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...] = ()
    rows: Callable[[ExportSource], Iterator[Cells]] | None = None

    @property
    def has_money(self) -> bool:
        return any(column.name == "currency" for column in self.columns)

    @property
    def insert(self) -> str:
        names = [column.name for column in self.columns]
        return f"INSERT INTO {self.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def column(name: str, what: str, to: str = "") -> ShopColumn:
    """One whose type its name says: text, where it ends in no unit of whole numbers."""
    return ShopColumn(name, what, to)


def number(name: str, what: str, to: str = "") -> ShopColumn:
    """One of whole numbers without a unit."""
    return ShopColumn(name, what, to, True)


SEQ = number("seq", "The row of the shop's journal that says so; rows with a greater one came later.")
SKU = column("sku", "The product.", "product.sku")
CURRENCY = column("currency", "ISO 4217: what the sums of this row are in.", "currency.code")
BUSINESS_DATE = column("business_date", "The day of business, which may end behind midnight.")
AT = column("at_us", "When it was, by the shop's clock.")
REGISTER = column("register", "The till.")


def decimals(table: ShopTable) -> Iterator[str]:
    """The columns of a table as people read them: sums and quantities as decimals, moments as ISO 8601 in UTC."""
    for one in table.columns:
        plain = f"t.{one.name}"
        if one.name.endswith("_minor"):
            yield f"{plain} * 1.0 / money.factor AS {one.name.removesuffix('_minor')}"
        elif one.name.endswith("_milli"):
            yield f"{plain} / 1000.0 AS {one.name.removesuffix('_milli')}"
        elif one.name.endswith("_us"):
            yield f"strftime('%Y-%m-%dT%H:%M:%SZ', {plain} / 1000000, 'unixepoch') AS {one.name.removesuffix('_us')}"
        else:
            yield plain


def decimal_view(table: ShopTable) -> str:
    """The SELECT of the view `TABLE_decimal`; "": nothing in the table is a sum, a quantity or a moment."""
    if not any(one.name.endswith(("_minor", "_milli", "_us")) for one in table.columns):
        return ""
    money = " LEFT JOIN currency AS money ON money.code = t.currency" if table.has_money else ""
    return f"SELECT {', '.join(decimals(table))} FROM {table.name} AS t{money}"
