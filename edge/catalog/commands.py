"""What can be asked of the catalogue."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.shapes import Command
from edge.units.money import LIMIT_MINOR
from edge.units.quantity import Unit

Price = Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Names = Annotated[dict[str, Annotated[str, msgspec.Meta(max_length=300)]], msgspec.Meta(min_length=1, max_length=20)]


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product as someone describes it; see `events.ProductSet` for the fields."""

    sku: Sku
    names: Names
    codes: Annotated[tuple[str, ...], msgspec.Meta(max_length=50)] = ()
    price_minor: Price | None = None
    tax_class: str = "standard"
    unit: Unit = "piece"
    min_age: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0


class SetProducts(Command, frozen=True):
    """Add products or change them, 100 at most; what is the same already is left alone.

    A code that another product has stays there; the answer's result lists such codes as
    (sku, code, sku that has it).
    """

    products: Annotated[tuple[Product, ...], msgspec.Meta(max_length=100)]
    source: str = ""


class ChangePrice(Command, frozen=True):
    """Let a product cost something else from now on."""

    sku: Sku
    price_minor: Price
    source: str = ""
