"""XLSX: the first sheet of a workbook that has a table on it (ECMA-376, by openpyxl, streaming)."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from edge.sheets.content import Content, seekable
from edge.sheets.table import COLUMNS, CONTROLS, Row, checked_header, refusal

STRINGS_BYTES = 128 * 1024 * 1024
"""All different texts of a workbook, which are kept in memory. A workbook with more of them is refused."""

HEADER_ROWS = 20
"""Above a table there may be a title: the header is the first of these rows with two texts or more."""


class SpreadsheetTable:
    """The rows of a sheet. Cells are as they are stored: 7290000000022, 12.5, 2026-11-20T00:00:00."""

    def __init__(self, content: Content) -> None:
        self._name = content.name
        with seekable(content.open()) as data, zipfile.ZipFile(data) as archive:
            sizes = {member.filename: member.file_size for member in archive.infolist()}
        if sizes.get("xl/sharedStrings.xml", 0) > STRINGS_BYTES:
            raise refusal("large", file=content.name, limit=STRINGS_BYTES >> 20)
        self._book = _opened(content)
        try:
            self._rows = self._numbered()
            self.header = checked_header(self._first(), content.name)
        except BaseException:
            self._book.close()
            raise

    def __iter__(self) -> Iterator[Row]:
        width = len(self.header)
        for number, cells in self._rows:
            if any(cells):
                yield Row(
                    number, cells[:width] + [""] * (width - len(cells)) + [cell for cell in cells[width:] if cell]
                )

    def close(self) -> None:
        self._book.close()

    def _first(self) -> list[str]:
        seen = ((number, cells) for number, cells in self._rows if any(cells))
        best: list[str] = []
        for number, cells in seen:
            if sum(map(bool, cells)) > 1 or number > HEADER_ROWS:
                best = cells
                break
            best = best or cells
        while best and not best[-1]:
            best.pop()
        return best

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        try:
            for sheet in self._book.worksheets:
                sheet.reset_dimensions()
                rows = sheet.iter_rows(max_col=COLUMNS + 1, values_only=True)
                empty = True
                for number, values in enumerate(rows, 1):
                    cells = [_text(value) for value in values]
                    empty = empty and not any(cells)
                    yield number, cells
                if not empty:
                    return
        except (DefusedXmlException, ParseError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
            raise _damaged(self._name, error) from error


def write_spreadsheet(path: Path, header: tuple[str, ...], rows: Iterable[list[str]]) -> None:
    """A table as a workbook, every cell a text: what looks like a number stays as it is written."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    def cell(text: str) -> Any:
        if text.startswith("="):  # a name, not a formula
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


def _opened(content: Content) -> Any:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on styles and extensions that have no bearing on the cells
        try:
            return load_workbook(seekable(content.open()), read_only=True, data_only=True, keep_links=False)
        except (InvalidFileException, DefusedXmlException, ParseError, KeyError, ValueError, TypeError) as error:
            raise _damaged(content.name, error) from error


def _damaged(name: str, error: Exception) -> Exception:
    if isinstance(error, DefusedXmlException):
        return refusal("xml_bomb", file=name)
    return refusal("damaged", file=name, why=str(error)[:200])


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value).strip()
