"""Converts rows of a published catalogue to our columns, cleaned. Pure.

Columns are data (`ocs.toml`). A row that fails the checks needs approval (`asks`); a row without a name has a `fault`
for the report.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files

import msgspec

from edge.goods.ingest.mapping.cleaning import (
    NOTHING,
    PercentWrong,
    dominance,
    percent,
    product_name,
    strain_type,
    weight,
    weight_fault,
)
from edge.goods.ingest.mapping.mapping import ColumnMapping
from edge.goods.ingest.mapping.measures import TEXT_CHARS
from edge.lib.errors import ConfigError
from edge.lib.i18n import ENGLISH, translate
from edge.lib.tables import TableRow

GTIN_DIGITS = 14
_ADAPTERS = ("ocs.toml",)
_CHANGED_SHARE = 2
"""If a header has more than one in this many of a catalogue's columns, it is that catalogue in a changed layout.

Files with fewer matches are a shop's own list and are mapped as usual.
"""
CLEANED = (
    *("name.en", "category", "size", "attribute.strain type", "attribute.dominance"),
    *("attribute.THC", "attribute.CBD", "attribute.pieces", "variant_of"),
)
"""Fields made from several cells."""


class LayoutChanged(ConfigError):
    """A published catalogue's columns have changed."""


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A layout.

    The fields in `columns` are used unchanged, others are cleaned. `percent`: columns of minimum and maximum;
    `per_unit` and `per_volume`: columns in milligrams.
    """

    source: str
    required: tuple[str, ...]
    columns: dict[str, str]
    said: _Said
    percent: dict[str, tuple[str, str]]
    per_unit: dict[str, str]
    per_volume: dict[str, str]
    units: dict[str, str] = {}
    """Units, by field, of numbers in `columns` for which the catalogue states no unit."""

    @property
    def column_names(self) -> frozenset[str]:
        """All known columns of the catalogue."""
        pairs = (column for pair in self.percent.values() for column in pair)
        plain = (*self.required, *self.columns.values(), *self.said.categories, *self.said.descriptions)
        return frozenset((*plain, *pairs, *self.per_unit.values(), *self.per_volume.values()))

    @property
    def mapping(self) -> ColumnMapping:
        """Column mapping of the cleaned rows."""
        fields = (*self.columns, *CLEANED)
        return ColumnMapping(fields, {field: (at,) for at, field in enumerate(fields)}, source=self.source)

    def rows(
        self, header: tuple[str, ...], rows: Iterable[TableRow], has: Callable[[str], bool], clean_names: bool = True
    ) -> Iterator[TableRow]:
        """Yield the cleaned rows of a file. `has`: returns whether a category word is known.

        Rows with the same GTIN become one product with the first number; rows of the same item become variants of the
        first. Without `clean_names`, names stay as sent.
        """
        owners: dict[str, str] = {}
        items: dict[str, str] = {}
        for row in rows:
            if row.fault or len(row.cells) != len(header):
                yield row
                continue
            cells = dict(zip(header, row.cells, strict=True))
            code = cells.get(self.columns["code"], "").strip().zfill(GTIN_DIGITS)
            if code.strip("0"):
                cells[self.columns["sku"]] = owners.setdefault(code, cells[self.columns["sku"]])
            sku, item = cells[self.columns["sku"]], cells.get(self.said.item, "").strip()
            parent = items.setdefault(item, sku) if item else sku
            yield self._clean_row(row.line, cells, has, clean_names, parent if parent != sku else "")

    def _clean_row(
        self, line: int, cells: dict[str, str], has: Callable[[str], bool], clean: bool, parent: str
    ) -> TableRow:
        said = self.said
        if not cells[said.name].strip():
            return TableRow(line, [], "published_name", {})
        gate = self._price_gate(cells)
        shares = dict[str, str]()
        for name, (low, high) in self.percent.items():
            try:
                shares[name] = percent(cells.get(low, ""), cells.get(high, ""))
            except PercentWrong as error:
                shares[name] = f"{str(error)[:40]} %"  # keep the text, which isn't parsed as a value
                gate = gate or ("published_thc", {"thc": str(error)[:40]})
        for column in said.descriptions:
            if len(cells.get(column, "").strip()) > TEXT_CHARS:
                cells[column] = cells[column].strip()[: TEXT_CHARS - 1] + "…"
        plain = [_with_unit(cells.get(column, ""), self.units.get(field, "")) for field, column in self.columns.items()]
        words = [cells.get(column, "").strip() for column in said.categories]
        category = next((word for word in words if word and has(word)), words[-1])
        texts = (cells[said.plant], *(cells.get(one, "") for one in said.descriptions), cells[said.name])
        elsewhere = (cells[said.size], cells.get(said.brand, ""), cells[said.plant], *words)
        name = product_name(cells[said.name], elsewhere) if clean else cells[said.name].strip()
        grams, odd = weight(cells[said.size]), weight_fault(cells[said.size])
        if odd and gate is None:
            gate = (odd, {"value": cells[said.size].strip()[:40]})
        pieces = str(grams.pieces) if grams and grams.pieces > 1 else cells.get(said.pieces, "")
        size = f"{grams.grams.normalize():f} g" if grams else "" if odd else cells[said.size]
        thc, cbd = (shares[one] or self._milligrams(one, cells) for one in ("THC", "CBD"))
        row = [*plain, name, category, size, strain_type(*texts), dominance(*texts), thc, cbd, pieces, parent]
        return TableRow(line, row) if gate is None else TableRow(line, row, "", gate[1], gate[0])

    def _price_gate(self, cells: dict[str, str]) -> tuple[str, dict[str, str | int]] | None:
        """The reason a price is implausible, or None. A negative price is also removed from `cells`."""
        price = cells[self.said.price].strip()
        if price.casefold() in NOTHING or _is_above_nothing(price):
            return None
        if price.startswith("-"):
            cells[self.said.price] = ""
        return "published_price", {"price": price[:40]}

    def _milligrams(self, name: str, cells: Mapping[str, str]) -> str:
        """Milligrams per unit or millilitre, if no percentage is given."""
        for columns, unit in ((self.per_unit, "mg"), (self.per_volume, "mg/ml")):
            text = cells.get(columns[name], "").strip()
            if text.casefold() not in NOTHING:
                return f"{text} {unit}" if text.replace(".", "", 1).isdigit() else text
        return ""


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    brand: str
    size: str
    price: str
    plant: str
    descriptions: tuple[str, ...]
    categories: tuple[str, ...]
    item: str
    pieces: str


def _with_unit(text: str, unit: str) -> str:
    """A number followed by its unit."""
    bare = text.strip()
    return f"{bare} {unit}" if unit and bare.replace(".", "", 1).isdigit() else text


def find_published(header: tuple[str, ...]) -> Published | None:
    """The published catalogue that a header belongs to, or None. Raises `LayoutChanged` with the missing columns."""
    for layout in _layouts():
        missing = [column for column in layout.required if column not in header]
        if not missing:
            return layout
        if len(layout.column_names.intersection(header)) * _CHANGED_SHARE > len(layout.column_names):
            values: dict[str, str | int] = {"source": layout.source, "columns": ", ".join(missing)}
            what, advice = (
                translate(ENGLISH, key, **values) for key in ("ingest.layout_changed", "ingest.layout_changed_do")
            )
            raise LayoutChanged(what, advice, "ingest.layout_changed", values)
    return None


@cache
def _layouts() -> tuple[Published, ...]:
    folder = files(__package__)
    texts = (folder.joinpath(name).read_text(encoding="utf-8") for name in _ADAPTERS)
    return tuple(msgspec.convert(tomllib.loads(text), Published) for text in texts)


def _is_above_nothing(text: str) -> bool:
    try:
        return Decimal(text.removeprefix("$").replace(",", "")) > 0
    except InvalidOperation:
        return True  # text that isn't a number is reported as such later, with its column
