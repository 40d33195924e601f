"""Column mapping, from a mapping file or guessed from the header."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from edge.goods.catalog.fields import FIELD_OF
from edge.goods.ingest.mapping.cell_parsers import Decimal
from edge.goods.ingest.mapping.fields import FIELDS, SEVERAL, base, is_field
from edge.goods.ingest.mapping.headers import guess_fields, implied_fields
from edge.goods.ingest.mapping.heading_currency import check_heading
from edge.lib.errors import ConfigError
from edge.lib.i18n import ENGLISH

_SHOWN = 40
"""Number of a file's columns listed in an error."""

PriceChange = Literal["", "add_tax", "take_tax_off"]
_HEBREW, _LATIN = re.compile("[א-ת]"), re.compile("[A-Za-z]{2}")

MAPPING_CHARS = 64 * 1024
"""Maximum length of a mapping; longer texts are refused."""


class ColumnMapping(msgspec.Struct, frozen=True):
    """Positions of fields in a row, from 0 (`name.<language>` for names).

    A row is used if each cell in `where` has one of the values. `implied`: the header uses our own field names, as our
    exports do. `source`: overrides the source from the file name ("": doesn't). `taxes`, `units`: the shop's classes
    and units by other systems' terms, in lower case; "" is the shop's default. `prices`: how the file's prices become
    the shop's. `hint`: the decimal sign of the file's money, for ambiguous cells.
    """

    header: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    where: tuple[tuple[int, frozenset[str]], ...] = ()
    decimal: Decimal | None = None
    source: str = ""
    implied: bool = False
    taxes: Mapping[str, str] = {}
    units: Mapping[str, str] = {}
    prices: PriceChange = ""
    hint: Decimal | None = None


def guess(header: tuple[str, ...], language: str, file: str) -> ColumnMapping:
    """Guess a layout. Raises `ConfigError` without a product or price column."""
    layout = suggest(header, language)
    if missing := lacking(layout):
        raise ConfigError(
            f"{file}: no column looks like {' or like '.join(missing)}. Its columns are: {_list(header)}.",
            (
                "Write a mapping: a TOML file with a line for each column to import: [columns] "
                f'"{header[0]}" = "code" (or another of: {", ".join(FIELDS)}).'
            ),
            "ingest.not_understood",
            {"file": file, "columns": _list(header)},
        )
    return layout


def suggest(header: tuple[str, ...], language: str) -> ColumnMapping:
    """Guess a layout, even if insufficient."""
    implied = implied_fields(header)
    return ColumnMapping(header, implied or guess_fields(header, language), implied=implied is not None)


def names_language(header: tuple[str, ...], rows: Sequence[Sequence[str]], language: str) -> str:
    """Detect the language of names in columns that don't state one.

    It is the store's, unless their script belongs to another language. Columns with a stated language are ignored;
    without any name column, all columns count.

    >>> names_language(("sku", "name"), [["1", "חלב"]], "en")
    'he'
    >>> names_language(("name", "name_he"), [["Milk", "חלב"]], "en")
    'en'
    """
    if places := guess_fields(header, "").get("name."):
        rows = [[row[place] for place in places if place < len(row)] for row in rows]
    hebrew = sum(any(_HEBREW.search(cell) for cell in row) for row in rows)
    if language == "he":
        return "he" if hebrew or not any(_LATIN.search(cell) for row in rows for cell in row) else ENGLISH
    return "he" if 2 * hebrew > len(rows) else language


def lacking(layout: ColumnMapping) -> list[str]:
    """Required fields missing from a guessed layout."""
    priced = layout.implied or not {"price", "cost"}.isdisjoint(layout.places) or _describes(layout.places)
    return [*_missing(layout.places), *([] if priced else ["a price"])]


def is_whole(layout: ColumnMapping) -> bool:
    """Whether a layout has a name, a number or code, and a price."""
    named = any(field.startswith("name.") for field in layout.places)
    numbered = not {"sku", "code"}.isdisjoint(layout.places)
    return layout.implied or (named and numbered and "price" in layout.places)


def load(text: str, name: str, header: tuple[str, ...], language: str) -> ColumnMapping:
    """Load a mapping (a TOML file with this name) for a header. Raises `ConfigError` with line and key."""
    if len(text) > MAPPING_CHARS:
        raise ConfigError(f"{name} is larger than {MAPPING_CHARS >> 10} KiB, so it isn't a mapping.")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _config_error(f"{name} isn't a mapping: {error}.", "It must be a TOML file in UTF-8.") from None
    return _File(name, text, header).layout(raw, language)


def write(layout: ColumnMapping, samples: Sequence[Sequence[str]] = ()) -> str:
    """Write a layout as an equivalent mapping, with `samples` (rows) as comments."""
    fields = {place: field for field, places in layout.places.items() for place in places}
    keys = [f"source = {_toml_string(layout.source)}\n"] if layout.source else []
    keys += [f'decimal = "{layout.decimal}"\n'] if layout.decimal else []
    keys += [f'prices = "{layout.prices}"\n'] if layout.prices else []
    lines = []
    for place, column in enumerate(layout.header):
        if not column:
            continue
        values = dict.fromkeys(row[place].strip() for row in samples if len(row) > place and row[place].strip())
        shown = ", ".join(value[:_SHOWN] for value in values)
        comment = "  # " + "".join(char if char.isprintable() else " " for char in shown) if shown else ""
        line = f"{_toml_string(column)} = {_toml_string(fields.get(place, ''))}{comment}"
        lines.append(line if place in fields else "# " + line)
    where = [
        f"{_toml_string(layout.header[place])} = [{', '.join(map(_toml_string, sorted(values)))}]"
        for place, values in layout.where
    ]
    tables = [*(["[where]", *where] if where else []), *_words_table("tax", layout.taxes)]
    tables += _words_table("unit", layout.units)
    return "".join(keys) + "\n".join(["[columns]", *lines, *tables]) + "\n"


def mapping_of(
    columns: Mapping[str, str],
    decimal: str = "",
    taxes: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    prices: PriceChange = "",
) -> str:
    """Mapping from columns to fields, and from other systems' tax and unit terms to the shop's."""
    lines = [f"{_toml_string(column)} = {_toml_string(field)}" for column, field in columns.items() if field]
    tables = [*_words_table("tax", taxes or {}), *_words_table("unit", units or {})]
    begin = f"decimal = {_toml_string(decimal)}\n" if decimal else ""
    begin += f"prices = {_toml_string(prices)}\n" if prices else ""
    return begin + "\n".join(["[columns]", *lines, *tables]) + "\n"


def _words_table(name: str, words: Mapping[str, str]) -> list[str]:
    lines = [f"{_toml_string(word)} = {_toml_string(meaning)}" for word, meaning in words.items()]
    return [f"[{name}]", *lines] if lines else []


def check_currency(layout: ColumnMapping, currency: str, file: str) -> None:
    """Raise `ConfigError` if a price header names a different currency from the store's."""
    for field, places in layout.places.items():
        for place in places if is_money(field) else ():
            check_heading(layout.header[place], currency, file)


def is_money(field: str) -> bool:
    """Whether a field's cells are amounts of money.

    >>> is_money("price.member"), is_money("pack.2.price"), is_money("supply.1.cost"), is_money("pack.2.units")
    (True, True, True, False)
    """
    of = FIELD_OF.get(field.partition(".")[0])
    return (
        field == "surcharge" or field.split(".")[-1] in ("price", "cost") or (of is not None and of.control == "money")
    )


class _Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keys of a mapping. Their contents are checked one by one so that errors can name the line."""

    columns: dict[str, Any]
    where: dict[str, Any] = {}
    decimal: Literal["point", "comma"] | None = None
    source: str = ""
    tax: dict[str, str] = {}
    unit: dict[str, str] = {}
    prices: PriceChange = ""


class _File:
    """A mapping being read against a header."""

    def __init__(self, name: str, text: str, header: tuple[str, ...]) -> None:
        self._name = name
        self._lines = text.splitlines()
        self._header = header

    def layout(self, raw: dict[str, Any], language: str) -> ColumnMapping:
        for key in raw:
            if key not in _Keys.__struct_fields__:
                raise self._wrong(key, "isn't a key of a mapping", key, _Keys.__struct_fields__)
        try:
            keys = msgspec.convert(raw, _Keys)
        except msgspec.ValidationError as error:
            key = next((key for key in raw if f"$.{key}" in str(error)), "columns")
            raise self._wrong(key, f"is wrong: {error}") from None
        places: dict[str, tuple[int, ...]] = {}
        for column, field in keys.columns.items():
            name = self._field(column, field, language)
            if name in places and name not in SEVERAL:
                raise self._wrong(
                    column, f"is the second column for {name!r}; only “code” can have several", below="columns"
                )
            places[name] = (*places.get(name, ()), self._place(column, "columns"))
        if missing := _missing(places):
            raise self._wrong("columns", f"has no column for {' and none for '.join(missing)}")
        where = tuple(self._row_filters(keys.where))
        taxes, units = ({word.casefold(): said for word, said in one.items()} for one in (keys.tax, keys.unit))
        source = keys.source[:80]
        return ColumnMapping(self._header, places, where, keys.decimal, source, False, taxes, units, keys.prices)

    def _field(self, column: str, field: object, language: str) -> str:
        name = f"name.{language}" if field == "name" else field
        if isinstance(name, str) and is_field(name):
            return base(name)
        raise self._wrong(column, f"= {field!r} isn't a field", str(field), FIELDS, "columns")

    def _row_filters(self, where: dict[str, Any]) -> Iterator[tuple[int, frozenset[str]]]:
        for column, value in where.items():
            values = value if isinstance(value, list) else [value]
            if not values or not all(isinstance(value, str) for value in values):
                raise self._wrong(
                    column, 'must be text in quotes, or a list of texts, such as ["a", "b"]', below="where"
                )
            yield self._place(column, "where"), frozenset(value.strip() for value in values)

    def _place(self, column: str, below: str) -> int:
        if column.strip() in self._header:
            return self._header.index(column.strip())
        raise self._wrong(column, "isn't a column of the file", column, self._header, below)

    def _wrong(
        self, key: str, what: str, wrong: str = "", allowed: tuple[str, ...] = (), below: str = ""
    ) -> ConfigError:
        near = difflib.get_close_matches(wrong, allowed, 1)
        advice = f"Did you mean {near[0]!r}?" if near else f"Allowed: {_list(allowed)}." if allowed else ""
        line = self._line(key, self._line(below) if below else 0)
        return _config_error(f"{self._name} line {line}: {key!r} {what}.", advice)

    def _line(self, key: str, behind: int = 0) -> int:
        """The line of a key or table, searched after another line; 1 if it is written differently."""
        opening = re.compile(rf"""\s*\[?["']?{re.escape(key)}["']?\s*[=\].]""")
        lines = enumerate(self._lines[behind:], behind + 1)
        return next((number for number, line in lines if opening.match(line)), 1)


def _config_error(what: str, advice: str) -> ConfigError:
    return ConfigError(what, advice, "ingest.mapping_wrong", {"why": f"{what} {advice}".strip()})


def _missing(places: Mapping[str, object]) -> list[str]:
    """Required fields that have no column."""
    named = any(field.startswith("name.") for field in places)
    if named or "sku" in places:
        return []
    return ["a name"] if "code" in places else ["a code or sku", "a name"]


def _describes(places: Mapping[str, object]) -> bool:
    """Whether a header without prices still describes products."""
    kinds = {field.partition(".")[0] for field in places}
    return "brand" in kinds and len({"category", "size", "amount", "unit", "container", "attribute"} & kinds) > 1


def _toml_string(text: str) -> str:
    """TOML basic string (toml.io 1.0, "String"); JSON's escapes are valid."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")


def _list(columns: tuple[str, ...]) -> str:
    more = f" and {len(columns) - _SHOWN} more" if len(columns) > _SHOWN else ""
    return ", ".join(repr(column[:80]) for column in columns[:_SHOWN]) + more
