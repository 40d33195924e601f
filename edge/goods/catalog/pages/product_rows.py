"""Repeated product data as rows: cases, parts, suppliers, axes, pictures. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from edge.goods.catalog.pages.product_form import as_typed
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.goods.catalog.routes import ProductHistory
from edge.lib.units.money import show_minor
from edge.lib.units.quantity import show_quantity

Kind = Literal["text", "code", "money", "quantity", "number", "sku", "permille"]


class Column(msgspec.Struct, frozen=True):
    """A field of each row: `key` in the request ("": the row is only this field), its type, and whether it is
    `required`.
    """

    key: str
    kind: Kind
    label: str
    required: bool = False


class Group(msgspec.Struct, frozen=True):
    """A repeated field with values as typed, its source, and each other source's values in one line.

    `by_key`: sent as an object, keyed by the first column.
    """

    key: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    by_key: bool = False
    source: Source | None = None
    mine: bool = False
    others: tuple[tuple[Source, str], ...] = ()


_NAME, _VALUE = Column("name", "text", "goods.axis", True), Column("value", "text", "goods.value", True)
_GROUPS: dict[str, tuple[Column, ...]] = {
    "packs": (
        Column("code", "code", "goods.code", True),
        Column("units", "number", "goods.units", True),
        Column("price_minor", "money", "goods.price_minor"),
        Column("name", "text", "goods.name"),
    ),
    "parts": (
        Column("sku", "sku", "goods.sku", True),
        Column("quantity", "quantity", "goods.quantity", True),
        Column("measure", "text", "goods.measure"),
        Column("loss_permille", "permille", "goods.loss"),
    ),
    "supplies": (
        Column("supplier", "text", "goods.supplier", True),
        Column("code", "text", "goods.supplier_code"),
        Column("cost_minor", "money", "goods.cost_minor"),
    ),
    "axes": (_NAME, _VALUE),
    "pictures": (Column("", "text", "goods.file", True),),
}
_NEW = Group("attributes", (_NAME, _VALUE), (), by_key=True)
"""Rows for new attributes. Existing attributes have separate fields."""


def groups_of(product: Product | None, history: ProductHistory | None, currency: str) -> list[Group]:
    """All groups of a product, or empty groups for a new product; the last is for more attributes."""
    found = []
    for key, columns in _GROUPS.items():
        value = getattr(product, key) if product else None
        source = _source(history, key)
        others = tuple(
            (word.source, _line(getattr(word.product, key), columns, currency))
            for word in (history.words if history else ())
            if getattr(word.product, key) not in (None, value) and (source is None or word.source.name != source.name)
        )
        mine = source is not None and source.name == MANAGER
        rows = tuple(_rows(value, columns, currency))
        found.append(Group(key, columns, rows, key == "axes", source, mine, others))
    return [*found, _NEW]


def field_text(value: Any, field: str, currency: str) -> str:
    """A product field in one line, repeated or not."""
    if field in _GROUPS and value:
        return _line(value, _GROUPS[field], currency)
    return "" if not value and field in _GROUPS else as_typed(value, field, currency)


def _source(history: ProductHistory | None, key: str) -> Source | None:
    return history.lineage.get(key) if history else None


def _line(value: Any, columns: tuple[Column, ...], currency: str) -> str:
    return "; ".join(" ".join(filter(None, row)) for row in _rows(value, columns, currency))


def _rows(value: Any, columns: tuple[Column, ...], currency: str) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        yield from value.items()
        return
    for one in value or ():
        cells = (getattr(one, column.key) if column.key else one for column in columns)
        yield tuple(_cell_text(cell, column.kind, currency) for cell, column in zip(cells, columns, strict=True))


def _cell_text(value: Any, kind: Kind, currency: str) -> str:
    if value is None:
        return ""
    if kind == "money":
        return show_minor(value, currency)
    if kind == "permille":
        return f"{value / 10:g}" if value else ""
    return show_quantity(value) if kind == "quantity" else str(value)
