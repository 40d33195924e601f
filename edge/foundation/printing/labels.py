"""Labels for shelf edges, weighed goods and locations. Pure: product to document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from edge.core.storage.database import Connection
from edge.foundation.printing.document import Document, TemplateBlock
from edge.lib.i18n import ENGLISH
from edge.lib.units.money import amount_minor, divide_half_up
from edge.lib.units.quantity import THOUSANDTHS, Unit

_LARGE: Mapping[str, tuple[Unit, int]] = {
    "g": ("kg", 1000),
    "ml": ("litre", 1000),
    "m": ("metre", 1),
    "piece": ("piece", 1),
}
"""Unit for price comparison by unit of size, and the number of smaller units in it."""


class PackSize(Protocol):
    """Pack size of one unit: `amount` in thousandths of the measure."""

    @property
    def amount(self) -> int: ...
    @property
    def measure(self) -> str: ...


class LabelProduct(Protocol):
    """The product data that a label needs."""

    @property
    def sku(self) -> str: ...
    @property
    def names(self) -> dict[str, str]: ...
    @property
    def price_minor(self) -> int | None: ...
    @property
    def unit(self) -> Unit: ...
    @property
    def codes(self) -> tuple[str, ...]: ...
    @property
    def size(self) -> PackSize | None: ...


class LabelGoods(msgspec.Struct, frozen=True):
    """Lookups for labels: a product by SKU or barcode at a moment, and a location's name (None: unknown)."""

    by_sku: Callable[[Connection, str, int], LabelProduct | None]
    by_code: Callable[[Connection, str, int], LabelProduct | None]
    place_names: Callable[[Connection, str], Mapping[str, str] | None]


class Labelled(msgspec.Struct, frozen=True):
    """Product data on a label: `price_minor` per `unit`; `code` is the barcode, or empty.

    `per_minor` is the price per `per_unit`, if required for packed goods.
    """

    names: dict[str, str]
    price_minor: int
    unit: Unit
    code: str = ""
    per_minor: int | None = None
    per_unit: Unit = "kg"


def unit_price(price_minor: int, size: PackSize | None) -> tuple[int, Unit] | None:
    """Return the price per kilogram, litre, metre or piece of packed goods, rounded half up. None without a pack size,
    or for a pack of one."""
    if size is None or not size.amount:
        return None
    unit, many = _LARGE[size.measure]
    whole = many * THOUSANDTHS
    return None if size.amount == whole else (divide_half_up(price_minor * whole, size.amount), unit)


def shelf_label(product: Labelled, currency: str, language: str) -> Document:
    """Shelf edge label: name, price, unit price, barcode."""
    return _label("paper/shelf", product, currency, language)


def weighed_label(product: Labelled, quantity: int, code: str, currency: str, language: str) -> Document:
    """Return the label of a weighed pack. `quantity` is in thousandths of its unit; `code` may embed weight or
    price."""
    total = amount_minor(product.price_minor, quantity)
    return _label(
        "paper/weighed", msgspec.structs.replace(product, code=code), currency, language, total=total, weight=quantity
    )


def place_label(id: str, names: Mapping[str, str], language: str) -> Document:
    """Location label: its name, and its id as a barcode."""
    place = {"id": id, "names": dict(names) or {ENGLISH: id}}
    return Document(language, (TemplateBlock("paper/place", {"place": place}),))


def batch_label(product: Labelled, lot: str, expiry: str, currency: str, language: str) -> Document:
    """Return a batch label: name, expiry date, lot and barcode. Dates are ISO 8601, "": none."""
    return _label("paper/batch", product, currency, language, lot=lot, expiry=expiry)


def _label(template: str, product: Labelled, currency: str, language: str, **more: int | str) -> Document:
    kind = {13: "ean13", 8: "ean8"}.get(len(product.code) if product.code.isdigit() else 0, "code128")
    data = {"shop": {"currency": currency}, "product": product, "kind": kind, **more}
    return Document(language, (TemplateBlock(template, data),))
