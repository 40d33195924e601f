"""Converts a row of text to product data, with notes on errors. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal as Number
from functools import lru_cache, partial
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from edge.core.registry import JobIssue
from edge.goods.catalog.fields import FIELDS, ProductField
from edge.goods.catalog.product import Product, Value
from edge.goods.ingest.mapping import cell_parsers, measures
from edge.goods.ingest.mapping.category_builder import Tree
from edge.goods.ingest.mapping.category_words import NO_WORDS, CategoryWords
from edge.goods.ingest.mapping.cell_access import WrongCell, pick
from edge.goods.ingest.mapping.cleaning import dominance, product_name, strain_type
from edge.goods.ingest.mapping.headers import find_currency, is_yes_retired, unit_of
from edge.goods.ingest.mapping.mapping import ColumnMapping, is_money
from edge.goods.ingest.mapping.repeated_fields import Groups, PlannedPrice
from edge.goods.ingest.mapping.tax_words import TaxWords
from edge.goods.quality.events import GateReason
from edge.lib.tables import TableRow, is_total_row
from edge.lib.tax.rules import FULL
from edge.lib.units.quantity import Unit

Parse = Callable[[str], Any]

VALUE_CHARS = 80
"""Number of characters of an invalid value shown in a note."""

REMEMBERED = 4_096
"""Parsed texts cached per column: prices, brands and units repeat over many rows."""

_TOTAL = re.compile(r"\W*(grand |sub ?-?)?(totals?|totaux|sous[- ]total|sum|somme|סה[\"״׳']*כ|סך)\b", re.IGNORECASE)
OF_STRAINS = frozenset({"thc", "cbd"})
"""Percentage attributes found in cannabis strain catalogues."""
DESCRIPTIONS = ("long description", "description", "short description")
PERCENT_MOST = 100_000
"""One hundred percent, in thousandths of a percent."""


class ImportSettings(msgspec.Struct, frozen=True):
    """Defaults for files: currency, language of names, tax class.

    `tax_classes`: the store's classes (empty: any). A price deviating by more than `price_jump_percent` needs approval
    (0: no limit). `data`: the appliance's folder; only uploads there and files in `folders` can be imported ("": any
    file, for local users). `sources`: in order of precedence. `clean_names`: for published catalogues. `inclusive`: the
    shop's prices include tax. `tax_rates`: each class's total rate in thousandths of a percent. `zone`: the time zone
    of times without an offset.
    """

    currency: str
    language: str
    tax_class: str
    tax_classes: tuple[str, ...] = ()
    price_jump_percent: int = 0
    data: str = ""
    folders: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    clean_names: bool = True
    inclusive: bool = True
    tax_rates: dict[str, int] = {}
    zone: str = "UTC"


class ParsedRow(msgspec.Struct, frozen=True, gc=False):
    """Data of a row.

    `on_hand`: stock in thousandths of the unit. `asks`: a user must confirm that it is a product, because its number is
    missing. `gate`: why it needs approval. `listed_minor`: the file's price before tax was added or removed.
    `inherited`: prices taken from the product above, because the row has none. `rounded`: by field, the difference
    removed by rounding, in fractions of a minor unit.
    """

    product: Product
    retired: bool | None = None
    prices: tuple[PlannedPrice, ...] = ()
    notes: tuple[JobIssue, ...] = ()
    on_hand: int | None = None
    asks: bool = False
    gate: GateReason | None = None
    listed_minor: int | None = None
    inherited: tuple[Literal["price", "cost"], ...] = ()
    rounded: dict[str, str] = {}


class Converter:
    """Converts rows of one layout to products of a store.

    An invalid essential cell (code, name, price, unit, age, tax; for regulated goods the category) rejects the row; any
    other invalid cell is ignored. `categories` are existing ids, `words` their other names; new categories are
    collected in `tree`.
    """

    def __init__(
        self,
        layout: ColumnMapping,
        settings: ImportSettings,
        categories: frozenset[str] = frozenset(),
        words: CategoryWords = NO_WORDS,
    ) -> None:
        self._layout = layout
        self._settings = settings
        places = layout.places
        self._codes = places.get("code", ())
        self.code_column = layout.header[self._codes[0]] if self._codes else ""
        self._sku = places.get("sku", (None,))[0]
        self._other_sku = places.get("other_sku", (None,))[0]
        self._names = [(field.partition(".")[2], at[0]) for field, at in places.items() if field.startswith("name.")]
        languages = [language for language, _ in self._names]
        language = languages[0] if len(languages) == 1 else settings.language
        self.tree, self._closed = Tree(categories, language, layout.implied, words), words.closed
        self._of_names = {field: at[0] for field, at in places.items()}
        self._decisive, self._soft = self._parsers()
        self._value, self._exact_value, self._word = map(_soft, (measures.value, measures.exact, cell_parsers.word))
        self._picture = _soft(_picture)
        self._sized = lru_cache(REMEMBERED)(_parse_size)
        self._attributes = [
            (at[0], words.attribute(field.partition(".")[2]))
            for field, at in places.items()
            if field.startswith(("attribute.", "share."))
        ]
        self._shares = frozenset(at[0] for field, at in places.items() if field.startswith("share."))
        self._share = _soft(measures.share)
        self._units = {place: unit_of(layout.header[place]) for place, _ in self._attributes}
        exact = [
            (at[0], words.attribute(field.partition(".")[2]))
            for field, at in places.items()
            if field.startswith("exact.")
        ]
        self._exact = {name: place for place, name in exact}
        self._axes = [(at[0], field.partition(".")[2]) for field, at in places.items() if field.startswith("axis.")]
        self._money = [at for field, places_at in places.items() if is_money(field) for at in places_at]
        self._currency = None if layout.implied else find_currency(layout.header)  # even if a mapping leaves it out
        self._groups = Groups(layout, self._price, self._thousandths, settings.zone)
        self._pictures = places.get("picture", ())
        self._size = next((places[field] for field in ("size", "amount") if field in places), None)
        more = self._soft or self._attributes or self._size or self._axes or self._pictures or self._groups.any
        self._on_hand = _soft(self._stock)
        columns = {name.casefold() for _, name in self._attributes}
        self._of_strains = not layout.implied and bool(columns & {*OF_STRAINS, "strain type"})
        self._more = bool(more) or "retired" in places or "on_hand" in places
        self._default_class = settings.tax_class if settings.tax_class != "standard" else None
        self._taxes = TaxWords(settings.tax_class, settings.tax_classes, settings.tax_rates, layout.taxes)
        self._tax_rates = places.get("tax_rate", ())
        self._more = self._more or bool(self._tax_rates)
        retired = self._of_names.get("retired")
        yes = True if retired is None or layout.implied else is_yes_retired(layout.header[retired])
        self._is_retired = partial(cell_parsers.is_retired, is_yes_retired=yes)

    def convert(self, row: TableRow) -> ParsedRow | JobIssue | None:
        """The data or error of a row; None if the layout skips it."""
        header = self._layout.header
        if row.fault:
            return JobIssue(row.line, "", "", row.fault, dict(row.values))
        if is_total_row(row.cells):
            return None
        if len(row.cells) != len(header) and (len(row.cells) < len(header) or any(row.cells[len(header) :])):
            value = " ".join(row.cells)[:VALUE_CHARS]
            return JobIssue(row.line, "", value, "columns", {"found": len(row.cells), "header": len(header)})
        if self._sku is None and not self._codes and not self._names:
            return JobIssue(row.line, "", "", "unidentified")
        for place, values in self._layout.where:
            if row.cells[place].strip() not in values:
                return None
        notes = self._amounts_elsewhere(row)
        if notes:
            row = row._replace(cells=["" if place in notes else text for place, text in enumerate(row.cells)])
        try:
            found = self._parse_row(row)
            return replace(found, notes=(*notes.values(), *found.notes)) if found and notes else found
        except WrongCell as wrong:
            return self._note(row, wrong.place, wrong.why)

    def _amounts_elsewhere(self, row: TableRow) -> dict[int, JobIssue]:
        """Notes, by column, about amounts in a foreign currency, which aren't imported."""
        ours = self._settings.currency
        all_in = "" if self._currency is None else cell_parsers.stated_currency(row.cells[self._currency], ours)
        return {
            place: self._note(row, place, cell_parsers.CellError("other_currency", value=found, currency=ours))
            for place in self._money
            if (text := row.cells[place]) and not cell_parsers.is_nothing(text)
            if (found := all_in or cell_parsers.other_currency(text, ours))
        }

    def _parse_row(self, row: TableRow) -> ParsedRow | None:
        texts = row.cells
        notes: list[JobIssue] = []
        sku = (pick(texts, self._sku, cell_parsers.sku) or "") if self._sku is not None else ""
        codes = self._codes_of(row, notes if sku else None)
        sku = sku or (codes[0] if codes else "") or (pick(texts, self._other_sku, cell_parsers.sku) or "")
        if not sku and self._only_defines(texts):
            return None
        said: dict[str, Any] = {}
        names = {language: name for language, place in self._names if (name := pick(texts, place, cell_parsers.name))}
        unnumbered = not sku
        sku = sku or self._number_of(names, texts)
        if names:
            said["names"] = names
        elif self._names:
            raise WrongCell(self._names[0][1], cell_parsers.CellError("empty"))
        if codes:
            said["codes"] = tuple(sorted(set(codes)))
        exact: dict[str, Number] = {}
        for place, field, parse in self._decisive:
            if (found := pick(texts, place, parse)) is not None:
                said[field] = found
        if self._layout.prices and "price_minor" in said:
            exact["price"] = self._exact_minor(texts[self._of_names["price"]])
        self._unit(texts, said)
        if self._tax_rates and "tax_class" not in said and (tax := self._tax_of(row, notes)):
            said["tax_class"] = tax
        if self._default_class and "tax_class" not in said:
            said["tax_class"] = self._default_class
        listed = self._with_the_shops_taxes(said, exact["price"]) if "price" in exact else None
        asks = unnumbered and (self._sku is not None or bool(self._codes))
        if not self._more:
            found = ParsedRow(Product(sku, **said), notes=tuple(notes), asks=asks, gate=_gate(row))
        else:
            found = self._with_more(row, sku, said, asks, notes)
            if "cost_minor" in said:
                exact["cost"] = self._exact_minor(texts[self._of_names["cost"]])
        taken = {"price": listed, "cost": said.get("cost_minor")}
        rounded = {field: str(more) for field, minor in exact.items() if (more := minor - (taken[field] or 0))}
        return found if listed is None and not rounded else replace(found, listed_minor=listed, rounded=rounded)

    def _codes_of(self, row: TableRow, notes: list[JobIssue] | None) -> list[str]:
        """The codes of a row. With `notes` (for products that have a number), an invalid code is noted and omitted."""
        found = []
        for place in self._codes:
            try:
                code = pick(row.cells, place, cell_parsers.code)
            except WrongCell as wrong:
                if notes is None:
                    raise
                notes.append(self._note(row, wrong.place, wrong.why))
                continue
            if code:
                found.append(code)
        return found

    def _with_the_shops_taxes(self, said: dict[str, Any], exact: Number) -> int:
        """Add tax to the price in `said`, or remove it, as the shop's prices require; returns the original price."""
        said["price_minor"] = self._with_the_shops_tax(exact, said)
        return cell_parsers.rounded_minor(exact)

    def _with_the_shops_tax(self, minor: Number, said: dict[str, Any]) -> int:
        rate = self._settings.tax_rates.get(said.get("tax_class") or self._settings.tax_class, 0)
        parts = (FULL + rate, FULL) if self._layout.prices == "add_tax" else (FULL, FULL + rate)
        return cell_parsers.rounded_minor(minor * parts[0] / parts[1])

    def _number_of(self, names: dict[str, str], texts: list[str]) -> str:
        """Substitute the name as the number of a product without one.

        If the file has numbers, rows without a price or with a total aren't products.
        """
        place = self._codes[0] if self._sku is None and self._codes else self._sku
        name = next(iter(names.values()), "")
        if place is None:
            return _number(name, self._names[0][1])
        priced = self._of_names.get("price")
        if not name or _TOTAL.match(name) or priced is None or pick(texts, priced, self._price) is None:
            raise WrongCell(place, cell_parsers.CellError("empty"))
        return _number(name, place)

    def _only_defines(self, texts: list[str]) -> bool:
        """Whether an exported row only defines a category; if so, its category is used."""
        place = self._of_names.get("category_tree")
        if place is None or not texts[place] or any(texts[:place]) or any(texts[place + 1 :]):
            return False
        pick(texts, place, self.tree.define)
        return True

    def _tax_of(self, row: TableRow, notes: list[JobIssue]) -> str:
        """The shop's tax class for another system's rates or names; "" for the shop's default."""
        header = self._layout.header
        said = [(header[place], row.cells[place]) for place in self._tax_rates]
        try:
            return self._taxes.by_rates(said)
        except cell_parsers.CellError as wrong:
            notes.append(self._note(row, self._tax_rates[0], wrong))
            return ""

    def _with_more(self, row: TableRow, sku: str, said: dict[str, Any], asks: bool, notes: list[JobIssue]) -> ParsedRow:
        soft = partial(self._soft_cell, row, notes)
        for place, field, parse in self._soft:
            if (found := soft(place, parse)) is not None:
                said[field] = found
        if (size := self._size_of(row, notes)) is not None:
            said["size"] = size
        if attributes := {
            name: found
            for place, name in self._attributes
            if (found := self._attribute(row, notes, place, name)) is not None
        }:
            said["attributes"] = attributes
        if self._of_strains:
            self._clean(row.cells, said)
        if axes := {name: found for place, name in self._axes if (found := soft(place, self._word)) is not None}:
            said["axes"] = axes
        if pictures := tuple(found for place in self._pictures if (found := soft(place, self._picture))):
            said["pictures"] = pictures
        prices = self._several(row.cells, said) if self._groups.any else ()
        if self._layout.prices:
            prices = tuple(
                replace(
                    one, price_minor=self._with_the_shops_tax(Number(one.price_minor), said), file_minor=one.price_minor
                )
                for one in prices
            )
        retired = pick(row.cells, self._of_names.get("retired"), self._is_retired)
        here = self._of_names.get("on_hand")
        on_hand = None if here is None else soft(here, self._on_hand)
        return ParsedRow(Product(sku, **said), retired, prices, tuple(notes), on_hand, asks, _gate(row))

    def _clean(self, texts: list[str], said: dict[str, Any]) -> None:
        """Clean data of a strain catalogue: names, strain type, dominance, size, and pieces in a pack."""
        attributes: dict[str, Value] = dict(said.get("attributes", {}))
        plant = attributes["strain type"].text if "strain type" in attributes else ""
        described = next((attributes[one].text for one in DESCRIPTIONS if one in attributes), "")
        named = " ".join(said.get("names", {}).values())
        for name, found in (
            ("strain type", strain_type(plant, described, named)),
            ("dominance", dominance(plant, described, named)),
        ):
            if found:
                attributes[name] = Value(found)
        size = texts[self._size[0]] if self._size else ""
        if packed := measures.packed_size(size, in_trade=True):
            said["size"] = packed
        if (pieces := measures.pieces(size)) > 1:
            attributes.setdefault("pieces", measures.value(str(pieces)))
        if attributes:
            said["attributes"] = attributes
        category = self._of_names.get("category")
        elsewhere = (size, said.get("brand", ""), plant, texts[category] if category is not None else "")
        if self._settings.clean_names and "names" in said:
            said["names"] = {language: product_name(name, elsewhere) for language, name in said["names"].items()}

    def _several(self, texts: list[str], said: dict[str, Any]) -> tuple[PlannedPrice, ...]:
        """Add repeated data to `said`; return other and future prices."""
        groups = self._groups
        for field, found in (
            ("packs", groups.packs(texts)),
            ("supplies", groups.supplies(texts)),
            ("parts", groups.parts(texts)),
        ):
            if found:
                said[field] = found
        return groups.prices(texts)

    def _attribute(self, row: TableRow, notes: list[JobIssue], place: int, name: str) -> Value | None:
        soft = partial(self._soft_cell, row, notes)
        text: Value | None = soft(place, self._share if place in self._shares else self._value)
        exact: Value | None = soft(self._exact[name], self._exact_value) if name in self._exact else None
        if text and exact:
            return replace(exact, text=text.text)
        if text and not text.unit and (text.low, text.high) != (None, None):
            text = replace(text, unit=self._units[place])  # a bare number: the column gives the unit
        if text and name.casefold() in OF_STRAINS:
            text = measures.trade_percent(text)
            if measures.is_odd_percent(text.text) or (text.unit == "mg/g" and _is_beyond_percent(text, 10)):
                issue = cell_parsers.CellError("percent_range", value=text.text[:VALUE_CHARS])
                notes.append(self._note(row, place, issue))
                return Value(text.text)
        if text and text.unit == "%" and _is_beyond_percent(text):
            issue = cell_parsers.CellError("percent_range", value=text.text[:VALUE_CHARS])
            notes.append(self._note(row, place, issue))
            return Value(text.text)
        return text

    def _parsers(self) -> tuple[list[tuple[int, str, Parse]], list[tuple[int, str, Parse]]]:
        """Position, field and parser of single-cell fields: essential fields, and others. Unit and size are spread over
        several cells and handled separately.
        """
        places = self._layout.places
        decisive, soft = list[tuple[int, str, Parse]](), list[tuple[int, str, Parse]]()
        for field in FIELDS:
            if field.is_single and field.column in places and field.name not in ("unit", "size"):
                at, parse = places[field.column][0], self._parser_of(field)
                if field.decisive or (field.name == "category" and self._closed):
                    decisive.append((at, field.name, lru_cache(REMEMBERED)(parse)))
                else:
                    soft.append((at, field.name, _soft(parse)))
        if "category_tree" in places:
            soft.append((places["category_tree"][0], "", _soft(self.tree.define)))
        return decisive, soft

    def _parser_of(self, field: ProductField) -> Parse:
        """Parser of a field's cells."""
        most = field.most or 0
        match field.name:
            case "tax_class":
                return self._tax_class
            case "stop_when_out":
                return lambda text: "yes" if cell_parsers.flag(text) else "no"
            case "min_age":
                return cell_parsers.min_age
            case "box":  # a box of zero units means none
                return lambda text: cell_parsers.whole(text, most) or None
        match field.control:
            case "money":
                return self._cost if field.name == "cost_minor" else self._price
            case "quantity":
                return self._thousandths
            case "number":
                return lambda text: cell_parsers.whole(text, most)
            case "category":
                return self._category
            case "sku":
                return cell_parsers.sku
        return partial(cell_parsers.name, limit=most)

    def _price(self, text: str) -> int | None:
        if text.strip().casefold() in cell_parsers.ASKED_FOR:
            return None
        if self._layout.prices:  # tax is added before rounding
            return cell_parsers.rounded_minor(self._exact_minor(text))
        layout = self._layout
        return cell_parsers.price_minor(text, self._settings.currency, layout.decimal, layout.hint)

    def _cost(self, text: str) -> int:
        return cell_parsers.rounded_minor(self._exact_minor(text))

    def _exact_minor(self, text: str) -> Number:
        layout = self._layout
        return cell_parsers.exact_minor(text, self._settings.currency, layout.decimal, layout.hint)

    def _category(self, text: str) -> str | None:
        return None if cell_parsers.is_nothing(text) else self.tree.id_of(text)

    def _thousandths(self, text: str) -> int:
        return cell_parsers.thousandths(text, self._layout.decimal)

    def _stock(self, text: str) -> int | None:
        if text.strip().casefold() in cell_parsers.UNCOUNTED:
            return None
        if text.strip().startswith(("-", "\u2212", "(")):
            raise cell_parsers.CellError("stock_below_zero")
        return self._thousandths(text)

    def _tax_class(self, text: str) -> str | None:
        return self._taxes.by_name(cell_parsers.tax_class(text))

    def _unit(self, texts: list[str], said: dict[str, Any]) -> None:
        """Set the unit: weighed goods are priced per kilogram, and goods in pieces aren't weighed."""
        weighed, unit = self._of_names.get("weighed"), self._of_names.get("unit")
        if pick(texts, weighed, cell_parsers.flag):
            said["unit"] = "kg"
        elif found := pick(texts, unit, self._unit_of):
            said["unit"] = found
        elif weighed is not None:
            said["unit"] = "piece"

    def _unit_of(self, text: str) -> Unit | None:
        meant = self._layout.units.get(text.strip().casefold())
        return cell_parsers.unit(text) if meant is None else cell_parsers.unit(meant) if meant else None

    def _size_of(self, row: TableRow, notes: list[JobIssue]) -> Any:
        if self._size is None:
            return None
        measure = self._of_names.get("measure")
        if measure is None or "size" in self._of_names:
            return self._soft_cell(row, notes, self._size[0], self._sized)
        return self._soft_cell(row, notes, self._size[0], partial(self._sized, measure=row.cells[measure]))

    def _soft_cell(self, row: TableRow, notes: list[JobIssue], place: int, parse: Parse) -> Any:
        """A non-essential cell; if invalid, it is ignored with a note."""
        try:
            return parse(row.cells[place])
        except cell_parsers.CellError as wrong:
            notes.append(self._note(row, place, wrong))
            return None

    def _note(self, row: TableRow, place: int, wrong: cell_parsers.CellError) -> JobIssue:
        return JobIssue(row.line, self._layout.header[place], row.cells[place][:VALUE_CHARS], wrong.key, wrong.values)


def without_strangers(layout: ColumnMapping, rows: Sequence[Sequence[str]], settings: ImportSettings) -> ColumnMapping:
    """Drop the guessed tax and unit columns if none of their terms is known to the store.

    With them, every row would be rejected; without them, the defaults apply.
    """
    if layout.implied:
        return layout
    taxes = TaxWords(settings.tax_class, settings.tax_classes, settings.tax_rates, layout.taxes)
    known: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("tax_class", taxes.knows),
        ("unit", _is_unit),
    )
    places = dict(layout.places)
    for field, is_known in known:
        at = places.get(field, (None,))[0]
        said = [text for row in rows if at is not None and at < len(row) and (text := row[at].strip())]
        if said and not any(map(is_known, said)):
            del places[field]
    if rates := places.get("tax_rate"):
        told = [[(layout.header[at], row[at]) for at in rates if at < len(row)] for row in rows]
        if any(cell.strip() for cells in told for _, cell in cells) and not any(map(taxes.know_row, told)):
            del places["tax_rate"]
    return replace(layout, places=places)


def _is_unit(text: str) -> bool:
    try:
        cell_parsers.unit(text)
    except cell_parsers.CellError:
        return False
    return True


def _gate(row: TableRow) -> GateReason | None:
    return GateReason(row.asks, dict(row.values)) if row.asks else None


def _number(name: str, place: int) -> str:
    """Use a name as the number of a product that has none."""
    if not name:
        raise WrongCell(place, cell_parsers.CellError("empty"))
    return " ".join(name.split())[: cell_parsers.SKU_CHARS].strip()


def _soft(parse: Parse) -> Parse:
    """Cached parser that returns None for "none" cells."""
    return lru_cache(REMEMBERED)(lambda text: None if cell_parsers.is_nothing(text) else parse(text))


def _is_beyond_percent(value: Value, times: int = 1) -> bool:
    """Whether a share is negative or above its total, scaled by `times`."""
    bounds = [bound for bound in (value.low, value.high) if bound is not None]
    return any(not 0 <= bound <= PERCENT_MOST * times for bound in bounds)


def _parse_size(amount: str, measure: str | None = None) -> Any:
    if cell_parsers.is_nothing(amount) or (measure is not None and cell_parsers.is_nothing(measure)):
        return None
    return measures.size(amount) if measure is None else measures.size(amount, measure)


def _picture(text: str) -> str:
    if not re.fullmatch(r"[^/\\\x00-\x1f]{1,200}", text.strip()):
        raise cell_parsers.CellError("not_picture")
    return text.strip()
