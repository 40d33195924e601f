"""Structs as rows of CSV for a French tax office: UTF-8, semicolons, decimal commas, dates by ISO 8601. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from edge.lib.fiscal.csv_line import csv_line
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.france.chains import read_vat, write_vat

Row = TypeVar("Row", bound=msgspec.Struct)
_UNITS = re.compile(r"_(minor|thousandths|basis_points)$")


class Described(NamedTuple):
    """What a column holds, in French, and how many decimals its integer has."""

    french: str
    decimals: int = 0


class _Cell(NamedTuple):
    attribute: str
    kind: Any
    described: Described

    @property
    def name(self) -> str:
        """The column: its unit is said by its decimals."""
        return _UNITS.sub("", self.attribute)


def description(name: str, table: type[msgspec.Struct]) -> Iterator[str]:
    """A line for each column: its name and what it holds."""
    yield f"{name}.csv"
    for cell in _cells(table):
        yield f"  {cell.name} : {cell.described.french}"


def write_table(table: type[msgspec.Struct], rows: Iterable[msgspec.Struct]) -> Iterator[bytes]:
    """The lines of a CSV file, its header first."""
    cells = _cells(table)
    yield csv_line([cell.name for cell in cells])
    for row in rows:
        yield csv_line([_written(getattr(row, cell.attribute), cell.described.decimals) for cell in cells])


def read_table(name: str, table: type[Row], lines: Iterable[str]) -> Iterator[Row]:
    """The rows of a file. `FiscalFault` `malformed`: the first line that `write_table` would not have written."""
    cells = _cells(table)
    rows = csv.reader(lines, delimiter=";", strict=True)
    try:
        if next(rows, []) != [cell.name for cell in cells]:
            raise FiscalFault("malformed", name, "its first line does not name its columns.")
        for number, row in enumerate(rows, 2):
            try:
                values = {cell.attribute: _read(cell, text) for cell, text in zip(cells, row, strict=True)}
                yield msgspec.convert(values, table)
            except (ValueError, msgspec.ValidationError) as error:
                raise FiscalFault("malformed", f"{name} line {number}", f"{error}.") from error
    except csv.Error as error:
        raise FiscalFault("malformed", name, f"it is no CSV: {error}.") from error


@cache
def _cells(table: type[msgspec.Struct]) -> tuple[_Cell, ...]:
    hints = get_type_hints(table, include_extras=True)
    found = []
    for name in table.__struct_fields__:
        kind, *_, described = get_args(hints[name])
        found.append(_Cell(name, kind, described))
    return tuple(found)


def _written(value: Any, decimals: int) -> str:
    """
    >>> _written(-1055, 2), _written(5, 2), _written(12, 0)
    ('-10,55', '0,05', '12')
    """
    match value:
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case tuple():
            return write_vat(value)
        case int() if decimals:
            whole, rest = divmod(abs(value), 10**decimals)
            return f"{'-' * (value < 0)}{whole},{rest:0{decimals}}"
    return str(value)


def _read(cell: _Cell, text: str) -> Any:
    value: Any = text
    if cell.kind is int:
        value = int(text.replace(",", ""))
    elif cell.kind is datetime:
        value = datetime.fromisoformat(text)
    elif cell.kind is date:
        value = date.fromisoformat(text)
    elif get_origin(cell.kind) is tuple:
        value = read_vat(text)
    if _written(value, cell.described.decimals) != text:
        raise ValueError(f"{cell.name} is {text!r}, which nothing is written as")
    return value
