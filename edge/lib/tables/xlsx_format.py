"""XLSX: the first sheet with a table (ECMA-376). Read by calamine, written by openpyxl."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from edge.lib.tables.decompress import Content, seekable
from edge.lib.tables.table import CONTROLS, TableRow, checked_header, find_header, refusal

if TYPE_CHECKING:
    from python_calamine import CalamineSheet


class SpreadsheetTable:
    """Rows of a sheet, kept in memory. Cells have their stored form: 7290000000022, 12.5, 2026-11-20T00:00:00."""

    def __init__(self, content: Content) -> None:
        self._name = content.name
        filled = (TableRow(number, cells) for number, cells in self._numbered_rows(content) if any(cells))
        first, self._rows = find_header(filled)
        self._first = list(first.cells) if first else []
        while self._first and not self._first[-1]:
            self._first.pop()
        self.header = checked_header(self._first, content.name)

    def __iter__(self) -> Iterator[TableRow]:
        width = len(self.header)
        for number, cells, *_ in self._rows:
            if any(cells) and cells[:width] != self._first:
                yield TableRow(
                    number, cells[:width] + [""] * (width - len(cells)) + [cell for cell in cells[width:] if cell]
                )

    def _numbered_rows(self, content: Content) -> Iterator[tuple[int, list[str]]]:
        for _, rows in _sheets(content):
            empty = True
            for number, cells in rows:
                empty = empty and not any(cells)
                yield number, cells
            if not empty:
                return


def tables_in(content: Content) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Yield the visible sheets of a workbook that have a table, by name: the row of headings, and the rows below it."""
    for name, cells in _sheets(content, only_visible=True):
        filled = (TableRow(number, row) for number, row in cells if any(row))
        first, rows = find_header(filled)
        second = next(rows, None)
        if first and second and sum(map(bool, first.cells)) > 1:
            yield name, (row.cells for row in chain((first, second), rows))


def _sheets(content: Content, only_visible: bool = False) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    """Yield the sheets of a workbook, by name, with numbered rows. Raises `NeedsHuman` if it is damaged."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    from edge.lib.tables.formulas import failed_formulas

    try:
        with seekable(content.open()) as data, CalamineWorkbook.from_filelike(data) as book:
            for sheet in book.sheets_metadata:
                is_shown = not only_visible or sheet.visible == SheetVisibleEnum.Visible
                if sheet.typ == SheetTypeEnum.WorkSheet and is_shown:
                    wrong = failed_formulas(data, sheet.name)
                    yield sheet.name, _cells(book.get_sheet_by_name(sheet.name), wrong)
    except DefusedXmlException as error:
        raise refusal("xml_bomb", file=content.name) from error
    except (CalamineError, ParseError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise refusal("damaged", file=content.name, why=str(error)[:200]) from error


def _cells(sheet: CalamineSheet, wrong: dict[tuple[int, int], str]) -> Iterator[tuple[int, list[str]]]:
    """Yield rows from the first, cells from the first used column; `wrong`: see `failed_formulas`."""
    first = sheet.start[1] + 1 if sheet.start else 1
    places = dict[int, list[tuple[int, str]]]()
    for (row, column), text in wrong.items():
        places.setdefault(row, []).append((column - first, text))
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = [value.strip() if type(value) is str else _text(value) for value in values]
        for place, text in places.get(number, ()):
            cells[place] = text
        yield number, cells


def write_spreadsheet(path: Path, header: tuple[str, ...], rows: Iterable[list[str]]) -> None:
    """Write a table as a workbook with text cells only, so that number-like text stays unchanged."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    def cell(text: str) -> Any:
        if text.startswith("="):  # text, not a formula
            written = WriteOnlyCell(sheet, text)
            written.data_type = "s"
            return written
        return text.translate(CONTROLS) or None

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([cell(text) for text in header])
    for cells in rows:
        sheet.append([cell(text) for text in cells])
    book.save(path)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value).strip()
