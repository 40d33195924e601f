"""Structs as CSV rows for a French tax office: UTF-8, semicolons, decimal commas, ISO 8601 dates. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import cache, partial
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from edge.lib.fiscal.csv_line import csv_line
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.france.chains import read_vat, write_vat

Row = TypeVar("Row", bound=msgspec.Struct)
_UNITS = re.compile(r"_(minor|thousandths|basis_points)$")


class Described(NamedTuple):
    """A column's description in French, and the number of decimals of its integer."""

    french: str
    decimals: int = 0


class _Cell(NamedTuple):
    """A column. Its decimals show its unit. `read` parses a text, and raises `ValueError` for a text that `write`
    wouldn't produce."""

    attribute: str
    name: str
    french: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]


def description(name: str, table: type[msgspec.Struct]) -> Iterator[str]:
    """Yield the file's name, and then a line for each column with its name and description."""
    yield f"{name}.csv"
    for cell in _cells(table):
        yield f"  {cell.name} : {cell.french}"


def write_table(table: type[msgspec.Struct], rows: Iterable[msgspec.Struct]) -> Iterator[bytes]:
    """The lines of a CSV file, with the header first."""
    yield csv_line([cell.name for cell in _cells(table)])
    yield from write_rows(table, rows)


def write_rows(table: type[msgspec.Struct], rows: Iterable[msgspec.Struct]) -> Iterator[bytes]:
    """Yield the lines without the header."""
    writers = [(cell.attribute, cell.write) for cell in _cells(table)]
    for row in rows:
        yield csv_line([write(getattr(row, attribute)) for attribute, write in writers])


def read_table(name: str, table: type[Row], lines: Iterable[str]) -> Iterator[Row]:
    """Parse the rows of a file. Raises `FiscalFault` `malformed` at the first line that `write_table` wouldn't
    produce."""
    readers = [(cell.attribute, cell.name, cell.read) for cell in _cells(table)]
    rows = csv.reader(lines, delimiter=";", strict=True)
    try:
        if next(rows, []) != [name for _, name, _ in readers]:
            raise FiscalFault("malformed", name, "its first line isn't the column names.")
        for number, row in enumerate(rows, 2):
            try:
                values = {attribute: read(text) for (attribute, _, read), text in zip(readers, row, strict=True)}
                yield msgspec.convert(values, table)
            except (ValueError, msgspec.ValidationError) as error:
                raise FiscalFault("malformed", f"{name} line {number}", f"{error}.") from error
    except csv.Error as error:
        raise FiscalFault("malformed", name, f"it isn't a CSV file: {error}.") from error


@cache
def _cells(table: type[msgspec.Struct]) -> tuple[_Cell, ...]:
    hints = get_type_hints(table, include_extras=True)
    return tuple(_cell(name, *get_args(hints[name])) for name in table.__struct_fields__)


def _cell(attribute: str, kind: Any, *more: Any) -> _Cell:
    described: Described = more[-1]
    write: Callable[[Any], str] = _write_text
    parse: Callable[[str], Any] | None = None
    if kind is int:
        write = partial(_write_decimals, 10**described.decimals, described.decimals) if described.decimals else str
        parse = _parse_number
    elif kind is datetime:
        write, parse = _write_moment, datetime.fromisoformat
    elif kind is date:
        write, parse = date.isoformat, date.fromisoformat
    elif get_origin(kind) is tuple:
        write, parse = write_vat, read_vat
    name = _UNITS.sub("", attribute)
    read = partial(_read, name, write, parse) if parse else _write_text
    return _Cell(attribute, name, described.french, write, read)


def _write_text(value: str) -> str:
    return str(value)


def _write_decimals(one: int, decimals: int, value: int) -> str:
    """
    >>> _write_decimals(100, 2, -1055), _write_decimals(100, 2, 5)
    ('-10,55', '0,05')
    """
    whole, rest = divmod(abs(value), one)
    return f"{'-' * (value < 0)}{whole},{rest:0{decimals}}"


def _write_moment(value: datetime) -> str:
    return value.isoformat(timespec="seconds")


def _parse_number(text: str) -> int:
    return int(text.replace(",", ""))


def _read(name: str, write: Callable[[Any], str], parse: Callable[[str], Any], text: str) -> Any:
    value = parse(text)
    if write(value) != text:
        raise ValueError(f"{name} is {text!r}, which isn't a valid value")
    return value
