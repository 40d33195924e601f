"""Match lines of another system's sales to the shop's products: by number, code, or name."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from edge.backoffice.switching.protocol import SoldDay, StockOf
from edge.core.storage.database import Connection
from edge.goods.catalog.product import Product
from edge.lib.codes.gtin import normal

_PRODUCTS = "SELECT sku, body FROM product"
_CODES = "SELECT c.code, p.sku, c.units FROM product_code c JOIN product p ON p.id = c.product_id"
_PLAIN = frozenset(("", "default", "default title", "regular", "standard", "normal", "n/a", "-"))
"""Names that systems give to a product's only variant."""


class _Named(msgspec.Struct):
    names: dict[str, str] = {}


class SoldProducts:
    """Finds the shop's products by all their identifiers."""

    def __init__(self, db: Connection) -> None:
        self._skus: dict[str, str] = {}
        self._codes: dict[str, tuple[str, int]] = {}
        self._names: dict[str, str | None] = {}
        self.added: dict[str, Product] = {}
        """Products that the import will create."""
        decode = msgspec.json.Decoder(_Named).decode
        for sku, body in db.execute(_PRODUCTS):
            self._note(sku, decode(body).names.values())
        for code, sku, units in db.execute(_CODES):
            self._codes[code] = (sku, units)

    def add(self, product: Product) -> None:
        """Add a product that the import will create."""
        self._note(product.sku, (product.names or {}).values())
        self.added.setdefault(product.sku, product)
        for one in product.codes or ():
            self._codes.setdefault(normal(one), (product.sku, 1))

    def _note(self, sku: str, names: Iterable[str]) -> None:
        self._skus.setdefault(sku.casefold(), sku)
        for name in {plain(name) for name in names}:
            # if two products share the name, it's unknown which one was sold
            self._names[name] = sku if self._names.get(name, sku) == sku else None

    def find(self, sold: SoldDay | StockOf) -> tuple[str, int] | None:
        """The SKU of a sold product, and the quantity that its code stands for; None if the shop has no match."""
        for number in (f"{sold.sku}-{sold.variant}", sold.sku):  # to distinguish variants with the same number
            if sold.sku and (found := self._skus.get(number.casefold())):
                return found, 1
        for code in (sold.code, sold.sku):
            if code and (by_code := self._codes.get(normal(code))):
                return by_code
        for name in _names_of(sold):
            if name and (named := self._names.get(plain(name))):
                return named, 1
        return None


def _names_of(sold: SoldDay | StockOf) -> Iterable[str]:
    if sold.variant.casefold() not in _PLAIN:
        yield f"{sold.item} {sold.variant}"
    yield sold.item


def plain(name: str) -> str:
    """A name normalised for comparison.

    >>> plain("Classic Tee - S"), plain("[TEE] Classic Tee (S)")
    ('classic tee s', 'classic tee s')
    """
    return " ".join(re.findall(r"\w+", re.sub(r"^\[[^\]]*\]", "", name.strip()).casefold()))
