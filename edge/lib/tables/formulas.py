"""Failed formulas of a workbook: calamine reads them as empty, but a price of `#REF!` isn't empty."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from defusedxml.ElementTree import fromstring, iterparse

_A_FAILED_ONE = re.compile(rb"""\st=["']e["']""")
_AT = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
BLOCK_BYTES = 1024 * 1024
OVERLAP_BYTES = 16


def failed_formulas(data: IO[bytes], sheet: str) -> dict[tuple[int, int], str]:
    """Errors of a sheet's failed formulas (`#N/A`), by row and column from 1.

    Raises `KeyError`, `ValueError` or `zipfile.BadZipFile` for a damaged workbook (ECMA-376, part 1, 12.3 and
    18.3.1.4).
    """
    with zipfile.ZipFile(data) as archive:
        part = _part_of(archive, sheet)
        with archive.open(part) as cells:
            if not any(_A_FAILED_ONE.search(block) for block in _blocks(cells)):
                return {}
        with archive.open(part) as cells:
            return dict(_failed_cells(cells))


def _part_of(archive: zipfile.ZipFile, name: str) -> str:
    targets = {one.get("Id"): one.get("Target") for one in fromstring(archive.read("xl/_rels/workbook.xml.rels"))}
    for sheet in fromstring(archive.read("xl/workbook.xml")).iter():
        if sheet.tag.endswith("}sheet") and sheet.get("name") == name:
            target: str = targets[next(value for key, value in sheet.items() if key.endswith("}id"))]
            return target[1:] if target.startswith("/") else f"xl/{target}"
    raise KeyError(name)


def _blocks(cells: IO[bytes]) -> Iterator[bytes]:
    """Yield all bytes, each block preceded by the end of the previous."""
    end = b""
    while block := cells.read(BLOCK_BYTES):
        yield end + block
        end = block[-OVERLAP_BYTES:]


def _failed_cells(cells: IO[bytes]) -> Iterator[tuple[tuple[int, int], str]]:
    for _, one in iterparse(cells):
        if one.tag.endswith("}c") and one.get("t") == "e" and (at := _AT.fullmatch(one.get("r", ""))):
            yield (int(at[2]), _column(at[1])), _text(one)
        elif one.tag.endswith("}row"):
            one.clear()


def _text(cell: Any) -> str:
    return next((part.text for part in cell if part.tag.endswith("}v") and part.text), "#")


def _column(letters: str) -> int:
    """Column number: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
