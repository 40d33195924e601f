"""Labels: what stands at a shelf's edge, and on a thing that was weighed. Pure: a product in, a document out."""

from __future__ import annotations

import msgspec

from edge.paper.document import Document, Form
from edge.units.money import amount_minor
from edge.units.quantity import Unit


class Labelled(msgspec.Struct, frozen=True):
    """A product as a label says it: `price_minor` for a `unit`; `code` is its bar code, empty for none.

    `per_minor` is what `per_unit` of it costs, where the law or the shop wants that said of packed goods.
    """

    names: dict[str, str]
    price_minor: int
    unit: Unit
    code: str = ""
    per_minor: int | None = None
    per_unit: Unit = "kg"


def shelf_label(product: Labelled, currency: str, language: str) -> Document:
    """For the edge of a shelf: name, price, unit price, bar code."""
    return _label("paper/shelf", product, currency, language)


def weighed_label(product: Labelled, quantity: int, code: str, currency: str, language: str) -> Document:
    """For something packed by weight: `quantity` in thousandths of its unit; `code` may have weight or price in it."""
    total = amount_minor(product.price_minor, quantity)
    return _label(
        "paper/weighed", msgspec.structs.replace(product, code=code), currency, language, total=total, weight=quantity
    )


def _label(template: str, product: Labelled, currency: str, language: str, **more: int) -> Document:
    kind = {13: "ean13", 8: "ean8"}.get(len(product.code) if product.code.isdigit() else 0, "code128")
    data = {"shop": {"currency": currency}, "product": product, "kind": kind, **more}
    return Document(language, (Form(template, data),))
