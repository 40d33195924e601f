"""A row of text as a product, or as a note that says what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from edge.catalog.product import Product
from edge.core.shapes import Note
from edge.ingest import cells
from edge.ingest.mapping import Layout
from edge.ingest.reading import Row
from edge.units.quantity import Unit

T = TypeVar("T")

VALUE_CHARS = 80
"""Of a wrong value, what a note shows."""


class _Wrong(Exception):
    """A cell, by its place in the row, cannot be taken."""

    def __init__(self, place: int, why: str) -> None:
        super().__init__(why)
        self.place = place


class Converter:
    """Rows of one layout to products of a store with this currency, whose usual tax class is `tax_class`."""

    def __init__(self, layout: Layout, currency: str, tax_class: str) -> None:
        self._layout = layout
        self._currency = currency
        self._tax_class = tax_class
        places = layout.places
        self._codes = places.get("code", ())
        self.code_column = layout.header[self._codes[0]] if self._codes else ""
        self._names = [(field.partition(".")[2], at[0]) for field, at in places.items() if field.startswith("name.")]
        self._sku, self._price, self._class, self._unit, self._weighed, self._age = (
            places.get(field, (None,))[0] for field in ("sku", "price", "tax_class", "unit", "weighed", "min_age")
        )

    def convert(self, row: Row) -> Product | Note | None:
        """The row's product, what is wrong with it, or None where the layout leaves it out."""
        header = self._layout.header
        if row.fault:
            return row.line, "", "", row.fault
        if len(row.cells) < len(header) or any(row.cells[len(header) :]):
            value = " ".join(row.cells)[:VALUE_CHARS]
            return row.line, "", value, f"has {len(row.cells)} columns, and the header {len(header)}"
        for place, values in self._layout.where:
            if row.cells[place].strip() not in values:
                return None
        try:
            return self._product(row.cells)
        except _Wrong as wrong:
            return row.line, header[wrong.place], row.cells[wrong.place][:VALUE_CHARS], str(wrong)

    def _product(self, row: list[str]) -> Product:
        codes = tuple(code for place in self._codes if (code := _cell(row, place, cells.code, "")))
        sku = _cell(row, self._sku, cells.sku, "") or next(iter(codes), "")
        if not sku:
            raise _Wrong(self._codes[0] if self._sku is None else self._sku, "empty")
        names = {language: name for language, place in self._names if (name := _cell(row, place, cells.name, ""))}
        if not names:
            raise _Wrong(self._names[0][1], "empty")
        return Product(
            sku,
            names,
            codes,
            _cell(row, self._price, self._parse_price, None),
            _cell(row, self._class, cells.tax_class, "") or self._tax_class,
            self._unit_of(row),
            _cell(row, self._age, cells.min_age, 0),
        )

    def _parse_price(self, text: str) -> int | None:
        return cells.price_minor(text, self._currency, self._layout.decimal)

    def _unit_of(self, row: list[str]) -> Unit:
        """What is weighed is priced a kilogram, whatever its unit says; nobody weighs a piece."""
        if _cell(row, self._weighed, cells.flag, False):
            return "kg"
        return _cell(row, self._unit, cells.unit, "piece")


def _cell(row: list[str], place: int | None, parse: Callable[[str], T], default: T) -> T:
    if place is None:
        return default
    try:
        return parse(row[place])
    except ValueError as error:
        raise _Wrong(place, str(error)) from None
