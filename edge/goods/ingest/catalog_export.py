"""Exports the catalogue as a table whose header names its fields; importing it again changes nothing.

`python -m edge.goods.ingest.catalog_export LEDGER FILE FORMAT CURRENCY` runs it in a separate process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import msgspec

from edge.core.storage.database import Connection, open_reader
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.fields import FIELDS
from edge.goods.catalog.product import Product, Value
from edge.goods.ingest.mapping.fields import ORDER, base
from edge.goods.ingest.mapping.measures import show_size
from edge.goods.ingest.mapping.measures import value as read_value
from edge.lib.tables import FORMATS, Format, write_table
from edge.lib.units.money import show_minor
from edge.lib.units.quantity import show_quantity

NICENESS = 10

_product = msgspec.json.Decoder(Product).decode
_ALL = "SELECT id, body, retired_us IS NOT NULL FROM product ORDER BY id"
_PRICES = """
    SELECT product_id, list, price_minor, from_us, until_us, bound FROM price
    WHERE list <> 'store' OR bound = 1 OR from_us > ? ORDER BY product_id, list, bound, from_us DESC
"""
_YES, _NO = "yes", "no"
Prices = dict[int, list[tuple[str, int, int, int | None, int]]]


def export(db: Connection, path: Path, form: Format, currency: str) -> int:
    """Write all products, including retired ones, to a file; returns their number."""
    now_us = int(datetime.now(UTC).timestamp() * 1e6)
    prices: Prices = {}
    for id, *price in db.execute(_PRICES, (now_us,)):
        prices.setdefault(id, []).append(cast(Any, tuple(price)))
    columns: dict[str, None] = {"sku": None}
    count = 0
    for row in _rows(db, prices, currency, now_us):
        columns.update(dict.fromkeys(row))
        count += "sku" in row
    header = tuple(sorted(columns, key=_place))
    cells = ([row.get(column, "") for column in header] for row in _rows(db, prices, currency, now_us))
    write_table(path, form, header, cells)
    return count


def cells_of(product: Product, currency: str) -> dict[str, str]:
    """Cells of a product by field."""
    cells = {"sku": product.sku}
    for field in FIELDS:
        found = getattr(product, field.name)
        if found is None or field.control in ("rows", "keyed"):
            continue
        match field.control:
            case "names":
                cells.update({f"{field.column}.{language}": name for language, name in found.items()})
            case "codes" | "several":
                _add_numbered_cells(cells, field.column, found)
            case "money":
                cells[field.column] = show_minor(found, currency)
            case "quantity":
                cells[field.column] = show_quantity(found)
            case "size":
                cells[field.column] = show_size(found)
            case _:
                cells[field.column] = str(found)
    for name, value in (product.attributes or {}).items():
        cells[f"attribute.{name}"] = value.text
        if read_value(value.text) != value:
            cells[f"exact.{name}"] = _exact(value)
    for axis, word in (product.axes or {}).items():
        cells[f"axis.{axis}"] = word
    _groups(cells, product, currency)
    return {field: text for field, text in cells.items() if text}


def _groups(cells: dict[str, str], product: Product, currency: str) -> None:
    def money(minor: int | None) -> str:
        return "" if minor is None else show_minor(minor, currency)

    for number, pack in enumerate(product.packs or (), 1):
        of = {"code": pack.code, "units": str(pack.units), "price": money(pack.price_minor), "name": pack.name}
        cells.update({f"pack.{number}.{part}": text for part, text in of.items()})
    for number, supply in enumerate(product.supplies or (), 1):
        of = {"supplier": supply.supplier, "code": supply.code, "cost": money(supply.cost_minor)}
        cells.update({f"supply.{number}.{part}": text for part, text in of.items()})
    for number, part in enumerate(product.parts or (), 1):
        lost = f"{part.loss_permille / 10:g}" if part.loss_permille else ""
        of = {"sku": part.sku, "quantity": show_quantity(part.quantity), "measure": part.measure, "loss": lost}
        cells.update({f"part.{number}.{name}": text for name, text in of.items()})


def _rows(db: Connection, prices: Prices, currency: str, now_us: int) -> Iterator[dict[str, str]]:
    """Yield products, each row with one category definition; remaining definitions follow in separate rows."""
    tree = iter(read_categories(db))
    for id, body, retired in db.execute(_ALL):
        cells = cells_of(_product(body), currency)
        cells["retired"] = _YES if retired else _NO
        cells.update(_prices(prices.get(id, ()), currency, now_us))
        if category := next(tree, None):
            cells["category_tree"] = msgspec.json.encode(category).decode()
        yield cells
    for category in tree:
        yield {"category_tree": msgspec.json.encode(category).decode()}


def _prices(prices: Iterable[tuple[str, int, int, int | None, int]], currency: str, now_us: int) -> dict[str, str]:
    """Current prices in other lists, and future prices or prices with an end."""
    cells: dict[str, str] = {}
    number = 0
    for name, minor, from_us, until_us, bound in prices:
        if not bound and from_us <= now_us:
            cells.setdefault(f"price.{name}", show_minor(minor, currency))
        elif until_us is None or until_us > now_us:
            number += 1
            of = {"list": name, "price": show_minor(minor, currency), "from": _moment(from_us)}
            cells.update({f"plan.{number}.{part}": text for part, text in of.items()})
            if until_us is not None:
                cells[f"plan.{number}.until"] = _moment(until_us)
    return cells


def _add_numbered_cells(cells: dict[str, str], field: str, texts: Iterable[str]) -> None:
    for number, text in enumerate(texts, 1):
        cells[f"{field}.{number}"] = text


def _exact(found: Value) -> str:
    low, high = ("" if bound is None else str(bound) for bound in (found.low, found.high))
    return f"{low}|{high}|{found.unit}"


def _moment(at_us: int) -> str:
    moment = datetime.fromtimestamp(at_us // 1_000_000, UTC).replace(microsecond=at_us % 1_000_000)
    return moment.isoformat()


def _place(column: str) -> tuple[int, str]:
    head = base(column).partition(".")[0]
    return ORDER.index(head), column


def main(argv: list[str]) -> int:
    """Run the export; see the module's docstring."""
    ledger, path, form, currency = argv
    os.nice(NICENESS)
    db = open_reader(ledger)
    try:
        export(db, Path(path), next(known for known in FORMATS if known == form), currency)
    finally:
        db.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
