"""Which column of a file is what of a product: as a mapping file says, or guessed from the header."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from edge.core.errors import ConfigError
from edge.ingest.cells import Decimal
from edge.ingest.headers import guess_fields

FIELDS = ("sku", "code", "name", "price", "tax_class", "unit", "weighed", "min_age")
"""What a column can be; `name` may have a language behind a point (`name.fr`), several columns may be `code`."""

_FIELD = re.compile(r"sku|code|name\.[a-z]{2,3}|price|tax_class|unit|weighed|min_age")
_SHOWN = 40
"""Columns of a file that an error lists."""

MAPPING_BYTES = 64 * 1024
"""A mapping file's size; a larger one is none."""


class Layout(msgspec.Struct, frozen=True):
    """Where in a row the fields stand: places from 0, by field (`name.<language>` for names).

    A row is taken if, for each of `where`, its cell is one of the values.
    """

    header: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    where: tuple[tuple[int, frozenset[str]], ...] = ()
    decimal: Decimal | None = None


def guess(header: tuple[str, ...], language: str, file: str) -> Layout:
    """The layout that a header suggests. `ConfigError`: it names no product, or no price."""
    places = guess_fields(header, language)
    missing = [*_missing(places), *([] if "price" in places else ["a price"])]
    if missing:
        raise ConfigError(
            f"{file}: no column looks like {' or like '.join(missing)}. Its columns are: {_list(header)}.",
            f"Write a mapping, a TOML file with a line for each column that counts:"
            f' [columns] "{header[0]}" = "code" (or another of: {", ".join(FIELDS)}).',
        )
    return Layout(header, places)


def load(path: Path, header: tuple[str, ...], language: str) -> Layout:
    """The layout that a mapping file gives a header. `ConfigError` names the file's line and key."""
    try:
        if path.stat().st_size > MAPPING_BYTES:
            raise ConfigError(f"{path.name} has more than {MAPPING_BYTES >> 10} KiB: it is no mapping.")
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except FileNotFoundError:
        raise ConfigError(f"There is no mapping file {path}.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path.name} is not a mapping: {error}.", "It is a TOML file in UTF-8.") from None
    return _File(path.name, text, header).layout(raw, language)


class _Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of a mapping file; what is in them is checked one by one, to name the line."""

    columns: dict[str, Any]
    where: dict[str, Any] = {}
    decimal: Literal["point", "comma"] | None = None


class _File:
    """A mapping file being read against a header."""

    def __init__(self, name: str, text: str, header: tuple[str, ...]) -> None:
        self._name = name
        self._lines = text.splitlines()
        self._header = header

    def layout(self, raw: dict[str, Any], language: str) -> Layout:
        for key in raw:
            if key not in _Keys.__struct_fields__:
                raise self._wrong(key, "is not a key of a mapping", key, _Keys.__struct_fields__)
        try:
            keys = msgspec.convert(raw, _Keys)
        except msgspec.ValidationError as error:
            key = next((key for key in raw if f"$.{key}" in str(error)), "columns")
            raise self._wrong(key, f"is wrong: {error}") from None
        places: dict[str, tuple[int, ...]] = {}
        for column, field in keys.columns.items():
            name = self._field(column, field, language)
            if name in places and name != "code":
                raise self._wrong(
                    column, f"is the second column for {name!r}; only 'code' may have several", below="columns"
                )
            places[name] = (*places.get(name, ()), self._place(column, "columns"))
        if missing := _missing(places):
            raise self._wrong("columns", f"has no column for {' and none for '.join(missing)}")
        return Layout(self._header, places, tuple(self._where(keys.where)), keys.decimal)

    def _field(self, column: str, field: object, language: str) -> str:
        name = f"name.{language}" if field == "name" else field
        if isinstance(name, str) and _FIELD.fullmatch(name):
            return name
        raise self._wrong(column, f"= {field!r} is not a field", str(field), FIELDS, "columns")

    def _where(self, where: dict[str, Any]) -> Iterator[tuple[int, frozenset[str]]]:
        for column, value in where.items():
            values = value if isinstance(value, list) else [value]
            if not values or not all(isinstance(value, str) for value in values):
                raise self._wrong(
                    column, 'takes a text in quotes, or a list of them, such as ["a", "b"]', below="where"
                )
            yield self._place(column, "where"), frozenset(value.strip() for value in values)

    def _place(self, column: str, below: str) -> int:
        if column.strip() in self._header:
            return self._header.index(column.strip())
        raise self._wrong(column, "is not a column of the file", column, self._header, below)

    def _wrong(
        self, key: str, what: str, wrong: str = "", allowed: tuple[str, ...] = (), below: str = ""
    ) -> ConfigError:
        near = difflib.get_close_matches(wrong, allowed, 1)
        advice = f"Did you mean {near[0]!r}?" if near else f"Allowed: {_list(allowed)}." if allowed else ""
        line = self._line(key, self._line(below) if below else 0)
        return ConfigError(f"{self._name} line {line}: {key!r} {what}.", advice)

    def _line(self, key: str, behind: int = 0) -> int:
        """The line (behind another) that begins with a key or is its table's header; 1 if it is written otherwise."""
        opening = re.compile(rf"""\s*\[?["']?{re.escape(key)}["']?\s*[=\].]""")
        lines = enumerate(self._lines[behind:], behind + 1)
        return next((number for number, line in lines if opening.match(line)), 1)


def _missing(places: Mapping[str, object]) -> list[str]:
    """What every product needs, and no column gives."""
    identified = "sku" in places or "code" in places
    named = any(field.startswith("name.") for field in places)
    return [*([] if identified else ["a code or sku"]), *([] if named else ["a name"])]


def _list(columns: tuple[str, ...]) -> str:
    more = f" and {len(columns) - _SHOWN} more" if len(columns) > _SHOWN else ""
    return ", ".join(repr(column[:80]) for column in columns[:_SHOWN]) + more
