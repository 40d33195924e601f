"""Products spread over several rows: variants, and bundle contents. Pure.

Exports give common data (name, category, supplier) only in the first row. Other variants refer to the first one; each
is named after the product plus its distinguishing values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from edge.core.registry import JobIssue
from edge.goods.catalog.product import BundlePart, Product
from edge.goods.ingest.mapping import cell_parsers
from edge.goods.ingest.mapping.mapping import ColumnMapping
from edge.goods.ingest.mapping.row_converter import Converter, ParsedRow
from edge.lib.tables import TableRow
from edge.lib.units.amounts import amount_of, mark_of

Converted = ParsedRow | JobIssue | None

_SHARED = (
    *("brand", "category", "supplier", "tax_class", "unit", "weighed", "min_age", "container"),
    "attribute.tags",
)
"""Fields whose empty cells in later variants repeat the value above."""
_ONLY_ONE = frozenset(("", "default", "default title", "regular", "standard", "normal", "n/a", "-", "title"))
"""Names that systems give to a product's only variant."""
_PAIRS = re.compile(r"\s*(?:\[\w+\])?([^:=,;/|]{1,40})[:=]\s*([^:=,;/|]{1,80})\s*(?:[,;/|]|$)")
_NAME_AND_VALUE = re.compile(r"\bname=([^|;=]{1,40})\|value=([^|;]{1,80})", re.IGNORECASE)
_CHOICES = re.compile(r"[;|]")
"""Separator of the choices that a product's own row lists for its variants."""
_VARIANT_ROWS = frozenset(("variant", "variation", "product variation", "product variant", "sku", "combination"))
_OTHER_ROWS = frozenset(
    (
        *("option", "product option", "product option value", "option value", "modifier", "image", "product image"),
        *("media", "video", "rule", "file", "product file", "attachment"),
    )
)
"""Row types in other systems' exports that aren't products."""
_AXIS = re.compile(r"(?:product[ _])?(?:variation|variant)[ _]option[ _]", re.IGNORECASE)
HELD_MOST = 200
"""Maximum rows of options and pictures to hold back until a product's first variant."""
_PARENT_ID = re.compile(r"id:\s*", re.IGNORECASE)


class Families:
    """Combines rows of a layout into products with shared data.

    >>> from edge.goods.ingest.mapping.mapping import guess
    >>> from edge.goods.ingest.mapping.row_converter import ImportSettings
    >>> layout = guess(("Item Name", "Variation Name", "SKU", "Price"), "en", "a.csv")
    >>> families = Families(layout, Converter(layout, ImportSettings("EUR", "en", "standard")))
    >>> rows = [TableRow(2, ["Latte", "Small", "L-S", "3.20"]), TableRow(3, ["Latte", "Large", "L-L", "3.90"])]
    >>> [(one.product.names, one.product.variant_of) for _, one in families.entries(rows)]
    [({'en': 'Latte Small'}, None), ({'en': 'Latte Large'}, 'L-S')]
    """

    def __init__(self, layout: ColumnMapping, converter: Converter) -> None:
        places = layout.places
        self._converter = converter
        self._family = _only(places.get("family"))
        self._variation = _only(places.get("variation"))
        self._template = _only(places.get("template"))
        self._row_kind = _only(places.get("row_kind"))
        self._surcharge = _only(places.get("surcharge"))
        self._own_price = _only(places.get("own_price"))
        other = _only(places.get("other_sku"))
        self._other_sku = other if other is not None and "sku" in layout.header[other].casefold() else None
        self._sku = _only(places.get("sku"))
        self._codes = places.get("code", ())
        self._price = _only(places.get("price"))
        self._names = tuple(at[0] for field, at in places.items() if field.startswith("name."))
        self._options = _options(layout)
        self._part = (_only(places.get("part.1.sku")), _only(places.get("part.1.quantity")))
        names = (name for name, _, _ in self._options)
        self._shared = (
            *self._names,
            *(places[field][0] for field in _SHARED if field in places),
            *_known_places(names),
        )
        kinds = (self._family, self._variation, self._row_kind)
        self._any = any(place is not None for place in kinds) or bool(self._options)
        self._money: tuple[tuple[Literal["price", "cost"], int | None], ...] = (
            ("price", self._price),
            ("cost", _only(places.get("cost"))),
        )
        self._inherited = tuple(_known_places((*self._shared, *(place for _, place in self._money))))
        self._above: dict[str, list[str]] = {}
        self._called: dict[str, str] = {}
        """The main key of each template, by every word variants may use for it: its number, first column or key."""
        self._first: dict[str, str] = {}
        self._axes_of: dict[str, Mapping[str, str]] = {}
        """The axes of the first variant with each number."""
        self._row_key = ""
        """The key of the last row marked as a product, if no column names the variants' family."""
        self._is_by_place = self._family is None and self._row_kind is None
        by_parent = self._family is not None and layout.header[self._family].casefold().startswith("parent")
        self._is_by_parent = by_parent and self._template is None and self._row_kind is None
        """Whether variants refer to a row above by its number or id."""
        self._named: list[str] = []
        """The last row with a name. Rows below it without a name are its variants if no other column says so."""

    def entries(self, rows: Iterable[TableRow]) -> Iterator[tuple[TableRow, Converted]]:
        """Yield each row with its data.
        Parents, rows of another kind and rows that only add to the previous product have none.
        """
        if not self._any or not self._names:
            yield from ((row, self._converter.convert(row)) for row in rows)
            return
        waiting: list[tuple[TableRow, Converted]] = []
        for row, is_parent in self._with_parents(rows):
            if is_parent or self._kind_of(row.cells) == "other":
                if is_parent:
                    self._note_template(row.cells)
                    self._named = row.cells
                waiting.append((row, None))
                continue
            if waiting and self._adds_to(waiting[0][0], row):
                waiting[0] = (waiting[0][0], self._with_part(waiting[0][1], row))
                waiting.append((row, None))
                continue
            if waiting and self._is_nameless_variant_of(waiting[0][0], row):
                waiting[0] = (waiting[0][0], None)  # only its variants are sold
            yield from waiting
            waiting = [(row, self._convert(row))]
        yield from waiting

    def _is_nameless_variant_of(self, above: TableRow, row: TableRow) -> bool:
        """Whether a row without a name is a variant of the product above."""
        if not self._is_by_parent or row.fault or above.fault or self._is_named(row.cells):
            return False
        return bool(_cell(row.cells, self._family)) and self._above.get(self._key(row.cells)) == above.cells

    def _with_parents(self, rows: Iterable[TableRow]) -> Iterator[tuple[TableRow, bool]]:
        """Yield each row, and whether it is only a parent with its variants' common data."""
        if self._row_kind is None:
            yield from self._with_headings(rows) if self._is_by_place else ((row, False) for row in rows)
            return
        held: list[TableRow] = []
        for row in rows:
            kind = self._kind_of(row.cells)
            if held and kind == "other" and len(held) < HELD_MOST:
                held.append(row)
                continue
            yield from ((one, kind == "variant" and place == 0) for place, one in enumerate(held))
            held = [row] if kind == "product" else []
            if not held:
                yield row, False
        yield from ((one, False) for one in held)

    def _with_headings(self, rows: Iterable[TableRow]) -> Iterator[tuple[TableRow, bool]]:
        """Yield each row, and whether it only names the variants below: it has no price, and they have no name."""
        held: TableRow | None = None
        for row in rows:
            if held is not None:
                is_told_apart = self._axes(held.cells) or _cell(held.cells, self._price)
                yield held, self._is_nameless(row.cells) and not is_told_apart and self._is_named(held.cells)
            held = row
        if held is not None:
            yield held, False

    def _is_named(self, cells: list[str]) -> bool:
        return any(_cell(cells, place) for place in self._names)

    def _is_nameless(self, cells: list[str]) -> bool:
        return self._is_by_place and not self._is_named(cells) and bool(self._axes(cells))

    def _kind_of(self, cells: list[str]) -> str:
        """The row's type: a "product", a "variant" of the one above, or "other"."""
        said = " ".join(_cell(cells, self._row_kind).casefold().replace("_", " ").split())
        return "variant" if said in _VARIANT_ROWS else "other" if said in _OTHER_ROWS else "product"

    def _note_template(self, cells: list[str]) -> None:
        """Remember the common data of a product's variants."""
        self._row_key = f"row {len(self._above)}" if self._family is None and self._row_kind is not None else ""
        key = self._row_key or self._key(cells)
        named_by = [one.casefold() for one in (_cell(cells, self._sku), _cell(cells, 0), key) if one]
        self._above |= dict.fromkeys(named_by, cells)
        self._called |= dict.fromkeys(named_by, named_by[0] if named_by else "")

    def _adds_to(self, above: TableRow, row: TableRow) -> bool:
        """Whether a row only adds a part or picture to the one above."""
        cells = row.cells
        if self._family is None or row.fault or above.fault or not self._key(cells):
            return False
        numbered = any(_cell(cells, place) for place in (self._sku, self._price, *self._codes, *self._names))
        told_apart = any(_cell(cells, value) for _, value, _ in self._options)
        return self._key(cells) == self._key(above.cells) and not numbered and not told_apart

    def _with_part(self, above: Converted, row: TableRow) -> Converted:
        sku = _cell(row.cells, self._part[0])
        if not isinstance(above, ParsedRow) or not sku:
            return above
        quantity = _cell(row.cells, self._part[1])
        try:
            part = BundlePart(cell_parsers.sku(sku), cell_parsers.thousandths(quantity, None) if quantity else 1000)
        except cell_parsers.CellError as wrong:
            note = JobIssue(row.line, "", sku[:80], wrong.key, wrong.values)
            return msgspec.structs.replace(above, notes=(*above.notes, note))
        product = msgspec.structs.replace(above.product, parts=(*(above.product.parts or ()), part))
        return msgspec.structs.replace(above, product=product)

    def _convert(self, row: TableRow) -> Converted:
        if row.fault:
            return self._converter.convert(row)
        if self._is_by_place:
            row = self._with_name(row)
        if self._is_by_parent and not _cell(row.cells, self._family):
            self._note_template(row.cells)
        key, cells = self._key(row.cells), list(row.cells)
        above = self._above.get(key) if key else None
        is_variant = self._kind_of(row.cells) == "variant" or (self._is_by_parent and above is not None)
        apart = dict(self._apart_by_name(cells)) if is_variant and not self._axes(cells) else {}
        for place in (self._inherited if is_variant else self._shared) if above else ():
            if above and place < len(cells) and place < len(above) and not cells[place].strip():
                cells[place] = above[place]
        if self._is_template(cells):
            self._note_template(cells)
            return None
        if key:
            self._above.setdefault(key, list(cells))
        self._take_own(cells, is_variant)
        if above and is_variant and not _cell(row.cells, self._price) and not _cell(cells, self._own_price):
            self._add_surcharge(cells)
        self._name_the_unnumbered(cells)
        found = self._converter.convert(row._replace(cells=cells))
        if not isinstance(found, ParsedRow):
            return found
        if inherited := tuple(field for field, at in self._money if _cell(cells, at) and not _cell(row.cells, at)):
            found = msgspec.structs.replace(found, inherited=inherited)
        return self._as_variant(found, key, apart or self._axes(cells))

    def _with_name(self, row: TableRow) -> TableRow:
        """A variant's row with the name and other shared data of the row above, whose variant it is."""
        if not self._is_nameless(row.cells):
            if self._is_named(row.cells):
                self._named = row.cells
            return row
        cells = list(row.cells)
        for place in self._shared:
            if place < len(cells) and place < len(self._named) and not cells[place].strip():
                cells[place] = self._named[place]
        return row._replace(cells=cells)

    def _apart_by_name(self, cells: list[str]) -> Iterator[tuple[str, str]]:
        """Yield the options of a variant whose name lists them ("[S]Size=Small"), and clear that name."""
        for place in self._names:
            if "=" in _cell(cells, place) and (pairs := _PAIRS.findall(cells[place])):
                cells[place] = ""
                yield from ((name.strip(), value.strip()) for name, value in pairs)

    def _add_surcharge(self, cells: list[str]) -> None:
        """Add a variant's surcharge to its product's price.

        If either can't be read or is ambiguous, the price stays open.
        """
        price, more = _cell(cells, self._price), _cell(cells, self._surcharge)
        if self._price is None or not more or not price:
            return
        mark = mark_of((price, more))
        amounts = amount_of(price, mark), amount_of(more, mark)
        is_open = not mark and re.search(r"[.,]\d", price + more)
        known = [one for one in amounts if one is not None and not is_open]
        cells[self._price] = str(sum(known)) if len(known) == len(amounts) else ""

    def _take_own(self, cells: list[str], is_variant: bool) -> None:
        """Use a variant's own price and a product's own number if they have separate columns."""
        own = _cell(cells, self._own_price)
        if is_variant and own and self._price is not None:
            cells[self._price] = own
        number = _cell(cells, self._other_sku)
        if not is_variant and self._row_kind is not None and self._sku is not None and not _cell(cells, self._sku):
            cells[self._sku] = number

    def _name_the_unnumbered(self, cells: list[str]) -> None:
        """Give a variant without a number its full name, which becomes its number.

        Otherwise a product's variants would share one number.
        """
        if any(_cell(cells, place) for place in (self._sku, *self._codes)):
            return
        if apart := " ".join(self._axes(cells).values()):
            for place in self._names:
                if place < len(cells) and cells[place].strip():
                    cells[place] = _variant_name(cells[place].strip(), apart)

    def _as_variant(self, found: ParsedRow, key: str, axes: Mapping[str, str]) -> ParsedRow:
        product = found.product
        changes: dict[str, object] = {}
        if axes:
            changes["axes"] = {**(product.axes or {}), **axes}
        if product.names:
            told_apart = " ".join(axes.values())
            changes["names"] = {language: _variant_name(name, told_apart) for language, name in product.names.items()}
        sku = self._number_of(product.sku, axes)
        if sku != product.sku:
            changes["sku"] = sku
        first = self._first.setdefault(key, sku) if key else sku
        if first != sku and not product.variant_of:
            changes["variant_of"] = first
        if not changes:
            return found
        changed: Product = msgspec.structs.replace(product, **changes)
        asks = found.asks and "variant_of" not in changes  # a variant needs no confirmation, even without a number
        return msgspec.structs.replace(found, product=changed, asks=asks)

    def _number_of(self, sku: str, axes: Mapping[str, str]) -> str:
        """A variant's number, extended by its values if another variant has the same one."""
        if not axes or self._axes_of.setdefault(sku, axes) == axes:
            return sku
        return "-".join((sku, *axes.values()))[: cell_parsers.SKU_CHARS].strip()

    def _axes(self, cells: list[str]) -> dict[str, str]:
        """Variant axes with values."""
        found: dict[str, str] = {}
        for name, value, default in self._options:
            text = _cell(cells, value)
            if self._row_kind is not None and _CHOICES.search(text):
                continue
            if text.casefold() not in _ONLY_ONE:
                found[(_cell(cells, name) or default)[: cell_parsers.WORD_CHARS]] = text[: cell_parsers.WORD_CHARS]
        called = _cell(cells, self._variation)
        if found or called.casefold() in _ONLY_ONE:
            return found
        if pairs := _NAME_AND_VALUE.findall(called) or _PAIRS.findall(called):
            return {name.strip(): value.strip() for name, value in pairs}
        return {"variation": called[: cell_parsers.WORD_CHARS]}

    def _key(self, cells: list[str]) -> str:
        """Key shared by a product's variants: a handle, parent, name, or the row above."""
        if self._row_key and self._kind_of(cells) == "variant":
            return self._row_key
        if self._family is not None:
            said = _PARENT_ID.sub("", _cell(cells, self._family)).casefold()
            return self._called.get(said, said)
        name = _cell(cells, self._names[0])
        apart = self._axes(cells) or _cell(cells, self._variation)
        return f"name {name.casefold()}" if name and apart else ""

    def _is_template(self, cells: list[str]) -> bool:
        return self._template is not None and cell_parsers.template(_cell(cells, self._template))


def _options(layout: ColumnMapping) -> list[tuple[int | None, int, str]]:
    """The columns of each option's name and value, and its default name."""
    found = []
    for number in range(1, 10):
        value = _only(layout.places.get(f"option.{number}.value"))
        if value is not None:
            name = _only(layout.places.get(f"option.{number}.name"))
            found.append((name, value, _axis_of(layout.header[value]) if name is None else f"option {number}"))
    return found


def _axis_of(heading: str) -> str:
    """The name of an option, from the heading of its column.

    >>> _axis_of("product_variation_option_Size"), _axis_of("Custom: Color")
    ('Size', 'Custom: Color')
    """
    return _AXIS.sub("", heading) or heading


def _variant_name(name: str, apart: str) -> str:
    """A variant's name: the product's, plus distinguishing values not already in it."""
    missing = [word for word in apart.split() if word.casefold() not in name.casefold().split()]
    return f"{name} {apart}"[: cell_parsers.NAME_CHARS] if missing else name


def _only(places: tuple[int, ...] | None) -> int | None:
    return places[0] if places else None


def _known_places(places: Iterable[int | None]) -> Iterator[int]:
    return (place for place in places if place is not None)


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""
