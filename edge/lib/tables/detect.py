"""Detects a file's format from its content, and opens its table; writes tables in a format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Literal, NamedTuple, get_args

from edge.lib.tables.csv_format import SeparatedTable, find_separator, write_separated
from edge.lib.tables.decompress import Content, content_of, in_plain_words
from edge.lib.tables.json_format import RecordTable, write_lines, write_list
from edge.lib.tables.table import HEADER_ROWS, ROWS, Table, TableRow, refusal
from edge.lib.tables.text import find_encoding, lines_of, opened_text
from edge.lib.tables.xlsx_format import SpreadsheetTable, tables_in, write_spreadsheet
from edge.lib.tables.xml_format import MarkupTable, write_markup

Format = Literal["csv", "tsv", "json", "jsonl", "xlsx", "xml"]
FORMATS: tuple[Format, ...] = get_args(Format)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x19\x1b-\x1f]")
"""Control characters, which are never in a heading but in the first line of almost any binary file. Ctrl-Z isn't
included, as it once ended text files."""
_PAGES = ("<!doctype html", "<html")


class Opened(NamedTuple):
    """Columns and rows of a file, and a description of its format, such as `CSV ";", cp1255`."""

    header: tuple[str, ...]
    rows: Iterator[TableRow]
    what: str


@contextmanager
def open_table(path: Path, language: str) -> Iterator[Opened]:
    """Open the table in a file. `language` (ISO 639-1) decides between encodings if the text doesn't.

    Raises `NeedsHuman` with a key of `edge/lib/i18n` if it is missing, damaged, too large, nested too deeply, or not a
    table.
    """
    content = content_of(path)
    with ExitStack() as stack:
        with in_plain_words(path.name):
            table, what = (
                (SpreadsheetTable(content), "XLSX") if content.spreadsheet else _text(content, language, stack)
            )
        yield Opened(table.header, _limit_rows(table, path.name), what)


def tables_of(path: Path) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Yield the tables of a workbook by the names of their sheets, each starting at its row of headings. Other files
    yield none.

    Raises `NeedsHuman` as `open_table` does.
    """
    content = content_of(path)
    if content.spreadsheet:
        with in_plain_words(path.name):
            yield from tables_in(content)


def write_table(path: Path, form: Format, header: tuple[str, ...], rows: Iterable[list[str]]) -> int:
    """Write a table in a format and return its number of rows. `open_table` reads back the same header and cells."""
    numbers = count()
    rows = (row for row, _ in zip(rows, numbers, strict=False))
    if form == "xlsx":
        write_spreadsheet(path, header, rows)
        return next(numbers)
    # Write a byte order mark, so that spreadsheets read CSV as UTF-8; JSON must not have one (RFC 8259, 8.1).
    with path.open("w", encoding="utf-8-sig" if form in ("csv", "tsv") else "utf-8", newline="") as text:
        if form == "json":
            write_list(text, header, rows)
        elif form == "jsonl":
            write_lines(text, header, rows)
        elif form == "xml":
            write_markup(text, header, rows)
        else:
            write_separated(text, header, rows, "\t" if form == "tsv" else ",")
    return next(numbers)


def _text(content: Content, language: str, stack: ExitStack) -> tuple[Table, str]:
    encoding = find_encoding(content, language)
    with opened_text(content, encoding) as text:
        lines = list(islice((line for line in lines_of(text) if line.strip("\ufeff \t\r\n")), HEADER_ROWS))
        first = lines[0] if lines else ""
    begin = first.lstrip("\ufeff \t")
    if not begin:
        raise refusal("empty", file=content.name)
    if begin.lower().startswith(_PAGES):
        raise refusal("is_page", file=content.name)
    if _CONTROL.search(begin):
        raise refusal("is_binary", file=content.name)
    if begin[0] == "<":
        spool = stack.enter_context(TemporaryFile())  # noqa: SIM115 - the stack closes it
        return MarkupTable(content, encoding, spool), f"XML, {encoding}"
    if begin[0] in "{[":
        table = RecordTable(content, encoding)
        return table, f"{table.what}, {encoding}"
    separator = find_separator(lines)
    rows = stack.enter_context(opened_text(content, encoding))
    kind = "TSV" if separator == "\t" else f'CSV "{separator}"'
    return SeparatedTable(rows, separator, content.name), f"{kind}, {encoding}"


def _limit_rows(rows: Iterable[TableRow], file: str) -> Iterator[TableRow]:
    with in_plain_words(file):
        for number, row in enumerate(rows, 1):
            if number > ROWS:
                raise refusal("long", file=file, limit=ROWS)
            yield row
