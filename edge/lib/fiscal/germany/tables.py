"""The DSFinV-K tables as lines of CSV, and the index.xml that describes them. Pure.

UTF-8, semicolons, CR LF, a header line, decimal comma, no grouping (DSFinV-K 2.4, 3.1). Rows are dicts by column name;
missing columns are empty.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal
from xml.sax.saxutils import escape

import msgspec

from edge.lib.fiscal.csv_line import csv_line
from edge.lib.fiscal.fault import FiscalFault

Value = str | int | Decimal | datetime | bool | None
GermanRow = Mapping[str, Value]
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:,\d+)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class GermanColumn(msgspec.Struct, frozen=True, array_like=True):
    """A column. `size`: characters of a text, decimals of a number."""

    name: str
    type: Literal["text", "number", "time", "flag"]
    size: int

    @property
    def is_key(self) -> bool:
        """Whether other rows refer to the column, so that its values are never cut."""
        return self.name.endswith(("_ID", "_NR"))


class _Table(msgspec.Struct, frozen=True):
    columns: tuple[GermanColumn, ...]


@cache
def german_tables() -> Mapping[str, tuple[GermanColumn, ...]]:
    """Return the columns of each table, by its file name without the extension."""
    text = files("edge.lib.fiscal.germany").joinpath("columns.toml").read_bytes()
    return {name: table.columns for name, table in msgspec.toml.decode(text, type=dict[str, _Table]).items()}


@cache
def _names(table: str) -> frozenset[str]:
    return frozenset(column.name for column in german_tables()[table])


def header_line(table: str) -> bytes:
    return csv_line([column.name for column in german_tables()[table]])


def row_line(table: str, row: GermanRow) -> bytes:
    """Return a row as a line. Raises `FiscalFault` `too_long` for a key longer than its column; other texts are cut."""
    columns = german_tables()[table]
    if unknown := row.keys() - _names(table):
        raise FiscalFault("column", f"{table}.csv", f"it has no column {sorted(unknown)[0]}.")
    return csv_line([_format_cell(table, column, row.get(column.name)) for column in columns])


def read_rows(table: str, lines: Iterable[str]) -> Iterator[dict[str, Value]]:
    """Parse the rows of a file. Raises `FiscalFault` `malformed` with the first invalid line and the reason."""
    columns = german_tables()[table]
    rows = csv.reader(lines, delimiter=";", strict=True)
    try:
        if next(rows, []) != [column.name for column in columns]:
            raise FiscalFault("malformed", f"{table}.csv", "its first line isn't the column names.")
        for number, cells in enumerate(rows, 2):
            place = f"{table}.csv line {number}"
            if len(cells) != len(columns):
                raise FiscalFault("malformed", place, f"it has {len(cells)} columns, not {len(columns)}.")
            yield {column.name: _read(column, cell, place) for column, cell in zip(columns, cells, strict=True)}
    except csv.Error as error:
        raise FiscalFault("malformed", f"{table}.csv", f"it isn't a CSV file: {error}.") from error


def index_xml(name: str, place: str, tables: Iterable[str]) -> bytes:
    """The description that accompanies the files (GDPdU, gdpdu-01-09-2004.dtd): their owner and each column."""
    described = "".join(_table_xml(table) for table in tables)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd">\n'
        f"<DataSet><Version>1.0</Version><DataSupplier><Name>{escape(name)}</Name><Location>{escape(place)}</Location>"
        "<Comment>DSFinV-K 2.4</Comment></DataSupplier>"
        f"<Media><Name>DSFinV-K</Name>{described}</Media></DataSet>\n"
    ).encode()


def _table_xml(table: str) -> str:
    columns = "".join(
        f"<VariableColumn><Name>{column.name}</Name>{_kind(column)}</VariableColumn>"
        for column in german_tables()[table]
    )
    return (
        f"<Table><URL>{table}.csv</URL><Name>{table}</Name><UTF8/>"
        "<DecimalSymbol>,</DecimalSymbol><DigitGroupingSymbol>.</DigitGroupingSymbol><Range><From>2</From></Range>"
        "<VariableLength><ColumnDelimiter>;</ColumnDelimiter><RecordDelimiter>&#13;&#10;</RecordDelimiter>"
        f"<TextEncapsulator>&quot;</TextEncapsulator>{columns}</VariableLength></Table>"
    )


def _kind(column: GermanColumn) -> str:
    if column.type == "number":
        return f"<Numeric><Accuracy>{column.size}</Accuracy></Numeric>" if column.size else "<Numeric/>"
    return "<AlphaNumeric/>" + (f"<MaxLength>{column.size}</MaxLength>" if column.size else "")


def _format_cell(table: str, column: GermanColumn, value: Value) -> str:
    if value is None:
        return ""
    if column.type == "flag":
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if column.type == "number":
        return f"{Decimal(value):.{column.size}f}".replace(".", ",")
    text = _CONTROL.sub(" ", str(value))
    if column.size and len(text) > column.size and column.is_key:
        raise FiscalFault(
            "too_long", f"{table}.csv {column.name}", f"{text!r} has more than its {column.size} characters."
        )
    return text[: column.size] if column.size else text


def _read(column: GermanColumn, cell: str, place: str) -> Value:
    fits = True
    value: Value = None
    match column.type:
        case "text":
            fits, value = not column.size or len(cell) <= column.size, cell
        case "flag":
            fits, value = cell in ("0", "1", ""), cell == "1" if cell else None
        case "time" if cell:
            try:
                value = datetime.fromisoformat(cell)
            except ValueError:
                fits = False
        case "number" if cell:
            decimals = len(cell.partition(",")[2])
            fits = bool(_NUMBER.fullmatch(cell)) and decimals <= column.size
            value = Decimal(cell.replace(",", ".")) if fits else None
    if not fits:
        raise FiscalFault("malformed", f"{place}, {column.name}", f"{cell!r} isn't a {column.type} of {column.size}.")
    return value
