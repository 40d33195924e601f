"""Detects whether a new product is an existing one with another number, by brand, name and size.

Different numbers from one source are different products, so only other sources' products are compared. A match is
proposed and applied only after approval; decisions are remembered (`quality.queries.read_sameness`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.product import Product
from edge.goods.ingest.ipc import EntryFrame
from edge.goods.quality.queries import Sameness
from edge.lib.units.quantity import show_quantity

_OTHERS = """
    SELECT p.body FROM product p WHERE p.retired_us IS NULL AND p.brand IS NOT NULL AND p.body -> '$.size' IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM product_word w WHERE w.product_id = p.id AND w.source = ?) ORDER BY p.id
"""
_product = msgspec.json.Decoder(Product).decode
_WORD = re.compile(r"[^\W_]+(?:[.,][0-9]+)?")


class ProductKey(NamedTuple):
    """Identity of a product in normalised spelling."""

    brand: str
    name: str
    size: str
    axes: str


class OthersProducts:
    """Products that a source doesn't describe, by identity; loaded on first use."""

    def __init__(self, db: Connection, source: str) -> None:
        self._db, self._source = db, source
        self._known: dict[ProductKey, str] | None = None

    def named_as(self, product: Product) -> str:
        """SKU of the matching product; "" if none, or if the row is incomplete."""
        wanted = list(keys_of(product))
        if not wanted:
            return ""
        if self._known is None:
            found = (_product(body) for (body,) in self._db.execute(_OTHERS, (self._source,)))
            self._known = {key: one.sku for one in found for key in keys_of(one)}
        return next((self._known[key] for key in wanted if key in self._known), "")


def keys_of(product: Product) -> Iterator[ProductKey]:
    """Yield a product's identity per language; none without brand, name or size.

    >>> from edge.goods.catalog.product import Size
    >>> two = [Product(sku, {"en": name}, brand="Leaf", size=Size(3_500, "g"))
    ...     for sku, name in (("a", "Leaf Harbour KUSH™ 3.5g"), ("b", "Harbour Kush - Leaf"))]
    >>> [key.name for one in two for key in keys_of(one)]
    ['harbour kush', 'harbour kush']
    """
    if not (product.brand and product.names and product.size):
        return
    brand, size = _plain(product.brand), product.size
    amount = show_quantity(size.amount)
    axes = " ".join(f"{axis}={value}" for axis, value in sorted((product.axes or {}).items()))
    around = (brand, f"{amount}{size.measure}", f"{amount} {size.measure}")
    for name in dict.fromkeys(_bare(_plain(one), around) for one in product.names.values()):
        if brand and name:
            yield ProductKey(brand, name, f"{amount} {size.measure}", axes.casefold())


def as_said(entry: EntryFrame, said: Mapping[str, Sequence[Sameness]]) -> EntryFrame:
    """The row assigned to the product that a user confirmed."""
    if entry.said is None:
        return entry
    other = next((one.other for one in said.get(entry.said.product.sku, ()) if one.same), "")
    if not other:
        return entry
    same = msgspec.structs.replace(entry.said.product, sku=other)
    return msgspec.structs.replace(entry, said=msgspec.structs.replace(entry.said, product=same))


def _plain(text: str) -> str:
    found: list[str] = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
    return " ".join(word.replace(",", ".") for word in found)


def _bare(name: str, around: Sequence[str]) -> str:
    """The name without parts that have their own columns; unchanged if nothing would remain."""
    left, before = name, ""
    while left != before:
        before = left
        for part in around:
            left = f" {left}".removesuffix(f" {part}").strip()
            left = f"{left} ".removeprefix(f"{part} ").strip()
    return left or name
