"""Reads of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from edge.catalog.codes import normal
from edge.catalog.events import ProductSet
from edge.core.database import Connection
from edge.core.shapes import Number
from edge.units.quantity import Unit

_FIELDS = "p.id, p.sku, p.names, p.price_minor, p.tax_class, p.unit, p.min_age"
_WORD = re.compile(r"\w+")
SEARCH_LIMIT = 50


class StockedProduct(msgspec.Struct, frozen=True):
    """A product as the catalogue has it now (see `events.ProductSet`)."""

    id: int
    sku: str
    names: dict[str, str]
    price_minor: int | None
    tax_class: str
    unit: Unit
    min_age: int


def find_by_code(db: Connection, code: str) -> StockedProduct | None:
    """The product that has a code, however it is written (with or without leading zeros)."""
    return _one(
        db, f"SELECT {_FIELDS} FROM product_code c JOIN product p ON p.id = c.product_id WHERE c.code = ?", normal(code)
    )


def find_by_sku(db: Connection, sku: str) -> StockedProduct | None:
    """The product with this number of the shop's own."""
    return _one(db, f"SELECT {_FIELDS} FROM product p WHERE p.sku = ?", sku)


def read_products(db: Connection, skus: Sequence[str]) -> dict[str, ProductSet]:
    """All about several products, by sku, as the event that would set them (with no source)."""
    found = db.execute(f"SELECT {_FIELDS} FROM product p WHERE p.sku IN (SELECT value FROM json_each(?))", _json(skus))
    known = [_product(row) for row in found]
    codes: dict[int, list[str]] = {product.id: [] for product in known}
    for id, code in db.execute(
        "SELECT product_id, code FROM product_code WHERE product_id IN (SELECT value FROM json_each(?)) ORDER BY code",
        _json(codes),
    ):
        codes[id].append(code)
    return {
        p.sku: ProductSet(p.sku, p.names, tuple(codes[p.id]), p.price_minor, p.tax_class, p.unit, p.min_age)
        for p in known
    }


def owners_of(db: Connection, codes: Sequence[str]) -> dict[str, str]:
    """The skus that have codes in normal form, by code; a code that nobody has is left out."""
    return dict(
        db.execute(
            "SELECT c.code, p.sku FROM product_code c JOIN product p ON p.id = c.product_id"
            " WHERE c.code IN (SELECT value FROM json_each(?))",
            _json(codes),
        ).fetchall()
    )


def search_products(db: Connection, text: str, limit: Number = 20) -> list[StockedProduct]:
    """Products whose names or codes have words that begin like those of `text`, best first."""
    words = _WORD.findall(text)[:8]
    if not words:
        return []
    match = " ".join(f'"{word}"*' for word in words)
    rows = db.execute(
        f"SELECT {_FIELDS} FROM product_search s JOIN product p ON p.id = s.rowid"
        " WHERE product_search MATCH ? ORDER BY rank LIMIT ?",
        (match, min(limit, SEARCH_LIMIT)),
    )
    return [_product(row) for row in rows]


def count_products(db: Connection) -> int:
    """How many products there are."""
    return int(db.execute("SELECT count(*) FROM product").fetchone()[0])


def _json(values: Iterable[object]) -> tuple[str]:
    return (msgspec.json.encode(list(values)).decode(),)


def _one(db: Connection, query: str, value: str) -> StockedProduct | None:
    row = db.execute(query, (value,)).fetchone()
    return _product(row) if row else None


def _product(row: tuple[int, str, str, int | None, str, Unit, int]) -> StockedProduct:
    id, sku, names, price_minor, tax_class, unit, min_age = row
    return StockedProduct(id, sku, msgspec.json.decode(names), price_minor, tax_class, unit, min_age)
