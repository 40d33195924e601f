"""A row of text as what it says of a product, and notes on what is wrong with it. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import msgspec

from edge.catalog.category import DEPTH_LIMIT, Category
from edge.catalog.product import Pack, Part, Product, Supply, Value
from edge.core.shapes import Note
from edge.ingest import cells, measures
from edge.ingest.fields import GROUPS
from edge.ingest.mapping import Layout
from edge.sheets import Row

T = TypeVar("T")
Parse = Callable[[str], Any]

VALUE_CHARS = 80
"""Of a wrong value, what a note shows."""

BOX_LIMIT = 1_000_000
DAYS_LIMIT = 100_000
UNITS_LIMIT = 100_000

_decode_category = msgspec.json.Decoder(Category).decode
_STEPS = re.compile(r"\s*(?:[>»|/]|,(?=\S)|,$)\s*")
_SLUG = re.compile(r"[\W_]+")


class ImportSettings(msgspec.Struct, frozen=True):
    """What a file that does not say it means: the currency of prices, the language of names, the tax class.

    `tax_classes` are those that the store has (none: any). A price that is more than `price_jump_percent` away from the
    shop's waits for a yes (0: none does).
    """

    currency: str
    language: str
    tax_class: str
    tax_classes: tuple[str, ...] = ()
    price_jump_percent: int = 0


class PlannedPrice(msgspec.Struct, frozen=True):
    """A price in another list than the store's, or from or until some moment (see `catalog.SetPrice`)."""

    list: str
    price_minor: int
    from_us: int | None = None
    until_us: int | None = None


class Said(msgspec.Struct, frozen=True):
    """What a row says."""

    product: Product
    retired: bool | None = None
    prices: tuple[PlannedPrice, ...] = ()
    notes: tuple[Note, ...] = ()


class _Wrong(Exception):
    """A cell, by its place in the row, cannot be taken."""

    def __init__(self, place: int, why: cells.Wrong) -> None:
        super().__init__(str(why))
        self.place = place
        self.why = why


class Converter:
    """Rows of one layout to products of a store with these settings.

    A wrong cell of what is sold (code, name, price, unit, age, taxes) leaves the row out; any other is left out itself.
    `categories` are the ids that the shop has; those that the rows name besides are gathered in `categories()`.
    """

    def __init__(self, layout: Layout, settings: ImportSettings, categories: frozenset[str] = frozenset()) -> None:
        self._layout = layout
        self._settings = settings
        self._categories = categories
        self.new_categories: dict[str, Category] = {}
        self._named: set[str] = set()
        places = layout.places
        self._codes = places.get("code", ())
        self.code_column = layout.header[self._codes[0]] if self._codes else ""
        self._sku = places.get("sku", (None,))[0]
        self._names = [(field.partition(".")[2], at[0]) for field, at in places.items() if field.startswith("name.")]
        self._of_names = {field: at[0] for field, at in places.items()}
        self._vital = self._parsers(self._vital_parsers())
        self._soft = self._parsers(self._soft_parsers())
        self._attributes = [
            (at[0], field.partition(".")[2]) for field, at in places.items() if field.startswith("attribute.")
        ]
        exact = [(at[0], field.partition(".")[2]) for field, at in places.items() if field.startswith("exact.")]
        self._exact = {name: place for place, name in exact}
        self._axes = [(at[0], field.partition(".")[2]) for field, at in places.items() if field.startswith("axis.")]
        self._lists = [(at[0], field.partition(".")[2]) for field, at in places.items() if field.startswith("price.")]
        self._groups = {name: self._numbered(name, parts) for name, parts in GROUPS.items()}
        self._pictures = places.get("picture", ())
        self._size = next((places[field] for field in ("size", "amount") if field in places), None)
        self._default_class = settings.tax_class if settings.tax_class != "standard" else None

    def convert(self, row: Row) -> Said | Note | None:
        """What the row says, what is wrong with it, or None where the layout leaves it out."""
        header = self._layout.header
        if row.fault:
            return Note(row.line, "", "", row.fault, dict(row.values))
        if len(row.cells) < len(header) or any(row.cells[len(header) :]):
            value = " ".join(row.cells)[:VALUE_CHARS]
            return Note(row.line, "", value, "columns", {"found": len(row.cells), "header": len(header)})
        if self._sku is None and not self._codes:
            return Note(row.line, "", "", "unidentified")
        for place, values in self._layout.where:
            if row.cells[place].strip() not in values:
                return None
        try:
            return self._said(row)
        except _Wrong as wrong:
            return self._note(row, wrong)

    def _said(self, row: Row) -> Said:
        texts = row.cells
        codes = [code for place in self._codes if (code := _cell(texts, place, cells.code))]
        sku = (_cell(texts, self._sku, cells.sku) or "") if self._sku is not None else ""
        sku = sku or (codes[0] if codes else "")
        if not sku:
            place = self._codes[0] if self._sku is None else self._sku
            raise _Wrong(place, cells.Wrong("empty"))
        said: dict[str, Any] = {}
        names = {language: name for language, place in self._names if (name := _cell(texts, place, cells.name))}
        if names:
            said["names"] = names
        elif self._names:
            raise _Wrong(self._names[0][1], cells.Wrong("empty"))
        if codes:
            said["codes"] = tuple(sorted(set(codes)))
        for place, field, parse in self._vital:
            if (found := _cell(texts, place, parse)) is not None:
                said[field] = found
        self._unit(texts, said)
        if self._default_class and "tax_class" not in said:
            said["tax_class"] = self._default_class
        if not self._more:
            return Said(Product(sku, **said))
        return self._with_more(row, sku, said)

    @property
    def _more(self) -> bool:
        return bool(
            self._soft or self._attributes or self._size or self._axes or self._lists or self._pictures
            or any(self._groups.values()) or "retired" in self._of_names or "supplier" in self._of_names
        )  # fmt: skip

    def _with_more(self, row: Row, sku: str, said: dict[str, Any]) -> Said:
        notes: list[Note] = []
        soft = partial(self._soft_cell, row, notes)
        for place, field, parse in self._soft:
            if (found := soft(place, parse)) is not None:
                said[field] = found
        if (size := self._size_of(row, notes)) is not None:
            said["size"] = size
        if attributes := {
            name: found for place, name in self._attributes if (found := self._attribute(soft, place, name)) is not None
        }:
            said["attributes"] = attributes
        if axes := {name: found for place, name in self._axes if (found := soft(place, cells.word)) is not None}:
            said["axes"] = axes
        if pictures := tuple(found for place in self._pictures if (found := soft(place, _picture))):
            said["pictures"] = pictures
        if packs := self._packs(row.cells):
            said["packs"] = packs
        if supplies := self._supplies(row.cells):
            said["supplies"] = supplies
        if parts := self._parts(row.cells):
            said["parts"] = parts
        retired = _cell(row.cells, self._of_names.get("retired"), cells.flag)
        return Said(Product(sku, **said), retired, self._prices(row.cells), tuple(notes))

    def _attribute(self, soft: Callable[[int, Parse], Any], place: int, name: str) -> Value | None:
        text: Value | None = soft(place, measures.value)
        exact: Value | None = soft(self._exact[name], measures.exact) if name in self._exact else None
        return msgspec.structs.replace(exact, text=text.text) if text and exact else text

    def _vital_parsers(self) -> dict[str, tuple[str, Parse]]:
        return {
            "price": ("price_minor", self._price),
            "tax_class": ("tax_class", self._tax_class),
            "min_age": ("min_age", cells.min_age),
            "deposit": ("deposit_minor", self._price),
        }

    def _soft_parsers(self) -> dict[str, tuple[str, Parse]]:
        return {
            "category": ("category", self._category),
            "brand": ("brand", cells.brand),
            "container": ("container", cells.word),
            "box": ("box", lambda text: cells.whole(text, BOX_LIMIT) or None),
            "cost": ("cost_minor", self._price),
            "expiry_days": ("expiry_days", lambda text: cells.whole(text, DAYS_LIMIT)),
            "minimum": ("minimum", self._thousandths),
            "variant_of": ("variant_of", cells.sku),
            "category_tree": ("", self._tree),
        }

    def _parsers(self, fields: Mapping[str, tuple[str, Parse]]) -> list[tuple[int, str, Parse]]:
        places = self._layout.places
        return [(places[field][0], name, parse) for field, (name, parse) in fields.items() if field in places]

    def _numbered(self, group: str, parts: tuple[str, ...]) -> list[dict[str, int]]:
        """Where the parts of a group stand, one entry a number."""
        found: dict[int, dict[str, int]] = {}
        for field, at in self._layout.places.items():
            head, _, rest = field.partition(".")
            number, _, part = rest.partition(".")
            if head == group and part in parts:
                found.setdefault(int(number), {})[part] = at[0]
        return [found[number] for number in sorted(found)]

    def _price(self, text: str) -> int:
        return cells.price_minor(text, self._settings.currency, self._layout.decimal)

    def _thousandths(self, text: str) -> int:
        return cells.thousandths(text, self._layout.decimal)

    def _tax_class(self, text: str) -> str:
        found = cells.tax_class(text)
        if self._settings.tax_classes and found not in self._settings.tax_classes:
            raise cells.Wrong("tax_class_unknown", known=", ".join(self._settings.tax_classes))
        return found

    def _unit(self, texts: list[str], said: dict[str, Any]) -> None:
        """What is weighed is priced a kilogram, whatever its unit says; nobody weighs a piece."""
        weighed, unit = self._of_names.get("weighed"), self._of_names.get("unit")
        if _cell(texts, weighed, cells.flag):
            said["unit"] = "kg"
        elif found := _cell(texts, unit, cells.unit):
            said["unit"] = found
        elif weighed is not None:
            said["unit"] = "piece"

    def _size_of(self, row: Row, notes: list[Note]) -> Any:
        if self._size is None or cells.is_nothing(row.cells[self._size[0]]):
            return None
        measure = self._of_names.get("measure")
        if measure is None or "size" in self._of_names:
            return self._soft_cell(row, notes, self._size[0], measures.size)
        text = row.cells[measure]
        if cells.is_nothing(text):
            return None
        return self._soft_cell(row, notes, self._size[0], lambda amount: measures.size(amount, text))

    def _category(self, text: str) -> str | None:
        """The id that a text is, or of the path that it says; what of it is new is gathered."""
        text = cells.name(text)
        if text in self._categories:
            return text
        if self._layout.implied:
            self._named.add(cells.word(text))
            return text
        id = ""
        for step in [step for step in _STEPS.split(text) if step][:DEPTH_LIMIT]:
            parent, id = id, _category_id(id, step)
            if id not in self._categories and id not in self.new_categories:
                self.new_categories[id] = Category(id, {self._settings.language: step}, parent)
        return id or None

    def _tree(self, text: str) -> None:
        """The definition of a category, as an export says it."""
        try:
            category = _decode_category(text)
        except msgspec.DecodeError:
            raise cells.Wrong("not_category") from None
        if category.id not in self._categories:
            self.new_categories[category.id] = category

    def categories(self) -> tuple[Category, ...]:
        """Those that the rows name and the shop does not have, parents first."""
        new = dict(self.new_categories)
        for id in self._named - new.keys():
            new[id] = Category(id, {self._settings.language: id})
        ordered: dict[str, Category] = {}
        for category in new.values():
            line = [category]
            while (above := new.get(line[-1].parent)) and above not in line:
                line.append(above)
            ordered.update((found.id, found) for found in reversed(line))
        known = self._categories | ordered.keys()
        return tuple(c if c.parent in known else msgspec.structs.replace(c, parent="") for c in ordered.values())

    def _packs(self, texts: list[str]) -> tuple[Pack, ...]:
        packs = []
        for at in self._groups["pack"]:
            if code := _cell(texts, at.get("code"), cells.code):
                units = _cell(texts, at.get("units"), lambda text: cells.whole(text, UNITS_LIMIT))
                if units is None or units < 2:
                    raise _Wrong(at.get("units", at["code"]), cells.Wrong("pack_units"))
                price = _cell(texts, at.get("price"), self._price)
                packs.append(Pack(code, units, price, _cell(texts, at.get("name"), cells.word) or ""))
        return tuple(packs)

    def _supplies(self, texts: list[str]) -> tuple[Supply, ...]:
        plain = {"supplier": self._of_names.get("supplier"), "code": self._of_names.get("supplier_code")}
        groups: list[Mapping[str, int | None]] = [plain, *self._groups["supply"]]
        found = []
        for at in groups:
            if supplier := _cell(texts, at.get("supplier"), cells.word):
                code = _cell(texts, at.get("code"), cells.word) or ""
                found.append(Supply(supplier, code, _cell(texts, at.get("cost"), self._price)))
        return tuple(found)

    def _parts(self, texts: list[str]) -> tuple[Part, ...]:
        found = []
        for at in self._groups["part"]:
            if sku := _cell(texts, at.get("sku"), cells.sku):
                found.append(Part(sku, _cell(texts, at.get("quantity"), self._thousandths) or 1000))
        return tuple(found)

    def _prices(self, texts: list[str]) -> tuple[PlannedPrice, ...]:
        found = []
        for place, name in self._lists:
            if (price := _cell(texts, place, self._price)) is not None:
                found.append(PlannedPrice(name, price))
        for at in self._groups["plan"]:
            if (price := _cell(texts, at.get("price"), self._price)) is not None:
                moments = (_cell(texts, at.get(part), _moment_us) for part in ("from", "until"))
                found.append(PlannedPrice(_cell(texts, at.get("list"), str.strip) or "store", price, *moments))
        return tuple(found)

    def _soft_cell(self, row: Row, notes: list[Note], place: int, parse: Callable[[str], T]) -> T | None:
        """A cell that is left out, with a note, where it is wrong."""
        text = row.cells[place]
        if cells.is_nothing(text):
            return None
        try:
            return _cell(row.cells, place, parse)
        except _Wrong as wrong:
            notes.append(self._note(row, wrong))
            return None

    def _note(self, row: Row, wrong: _Wrong) -> Note:
        column, value = self._layout.header[wrong.place], row.cells[wrong.place][:VALUE_CHARS]
        return Note(row.line, column, value, wrong.why.key, wrong.why.values)


def _cell(texts: list[str], place: int | None, parse: Callable[[str], T]) -> T | None:
    """A cell's value; None where it is empty or there is no such column."""
    if place is None or not (text := texts[place]) or text.isspace():
        return None
    try:
        return parse(text)
    except cells.Wrong as wrong:
        raise _Wrong(place, wrong) from None


def _category_id(parent: str, step: str) -> str:
    """An id for a category: its path in small letters, or a digest of it where that is too long."""
    slug = _SLUG.sub("-", step.casefold()).strip("-") or "x"
    id = f"{parent}.{slug}" if parent else slug
    return id if len(id) <= cells.WORD_CHARS else hashlib.sha256(id.encode()).hexdigest()[:40]


def _picture(text: str) -> str:
    if not re.fullmatch(r"[^/\\\x00-\x1f]{1,200}", text.strip()):
        raise cells.Wrong("not_picture")
    return text.strip()


def _moment_us(text: str) -> int:
    """A moment as ISO 8601 has it, in UTC microseconds; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise cells.Wrong("not_moment") from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    whole = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (whole.days * 86_400 + whole.seconds) * 1_000_000 + whole.microseconds
