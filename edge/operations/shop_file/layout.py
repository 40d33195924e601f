"""Declares the file's tables: each column once, with its meaning. Units follow from names. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from edge.core.storage.database import Connection

Cells = Sequence[Any]
"""Values of a row, in the order of its table's columns."""

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
"""Units by the suffix of a column's name. The longest matching suffix counts."""
WHOLE = ("_minor", "_milli", "_micro", "_us", "_days", "_years")


class ShopColumn(msgspec.Struct, frozen=True):
    """A column: its name, its meaning, and the column it references ("table.column")."""

    name: str
    what: str
    to: str = ""
    is_number: bool = False

    @property
    def type(self) -> type[int] | type[str]:
        return int if self.is_number or self.name.endswith(WHOLE) else str

    @property
    def unit(self) -> str:
        """The column's unit; "" if it has none."""
        return next((UNITS[end] for end in sorted(UNITS, key=len, reverse=True) if self.name.endswith(end)), "")


class ExportSource(msgspec.Struct, frozen=True):
    """The source: the ledger's connection, and store settings from the configuration."""

    db: Connection
    currency: str
    language: str
    zone: str

    def name(self, names: str | dict[str, str] | None, otherwise: str) -> str:
        """A name in the store's language, from names by language, also as JSON."""
        found = msgspec.json.decode(names, type=dict[str, str]) if isinstance(names, str) else names or {}
        return found.get(self.language) or next(iter(found.values()), otherwise)


class ShopTable(msgspec.Struct, frozen=True):
    """A table: its name, the meaning of a row, columns, key and indexes.

    `rows` returns all current rows, in column order. None: the rows come from the journal and change only by a later
    event.
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
    """Return a column whose type follows from its name: text, unless the name ends in an integer unit."""
    return ShopColumn(name, what, to)


def number(name: str, what: str, to: str = "") -> ShopColumn:
    """Return an integer column without unit."""
    return ShopColumn(name, what, to, True)


SEQ = number("seq", "Row in the shop's journal; a higher number is later.")
SKU = column("sku", "The product.", "product.sku")
CURRENCY = column("currency", "Currency of the row's amounts (ISO 4217).", "currency.code")
BUSINESS_DATE = column("business_date", "Business day, which may end after midnight.")
AT = column("at_us", "Time on the shop's clock.")
REGISTER = column("register", "Register.")


def decimals(table: ShopTable) -> Iterator[str]:
    """A table's columns in readable form: sums and quantities as decimals, times as ISO 8601 in UTC."""
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
    """Return the SELECT of the view `TABLE_decimal`; "" if the table has no sums, quantities or times."""
    if not any(one.name.endswith(("_minor", "_milli", "_us")) for one in table.columns):
        return ""
    money = " LEFT JOIN currency AS money ON money.code = t.currency" if table.has_money else ""
    return f"SELECT {', '.join(decimals(table))} FROM {table.name} AS t{money}"
