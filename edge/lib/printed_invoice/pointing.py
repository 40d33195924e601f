"""Reads the field that a user points at on a document. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edge.lib.printed_invoice.label_search import FieldValue, read_value
from edge.lib.printed_invoice.labels import FieldName
from edge.lib.printed_invoice.words import PlacedWord, TextCell, rows_of

SLACK = 8
"""Tolerance for a finger's position, in thousandths of a page."""
_LONGEST = 5


def value_at(words: Sequence[PlacedWord], field: FieldName, page: int, x: int, y: int) -> FieldValue | None:
    """Return the value at a page position (thousandths of width and height), read as a field; None if nothing matches.
    Dates and amounts may span several words; a seller is the whole text block, and an account any part of it."""
    cells = [(cell, at) for row in rows_of(words) for cell in row.cells for at in range(len(cell.words))]
    there = [(_off(cell.words[at], x, y), cell, at) for cell, at in cells if cell.words[at].box.page == page]
    off, cell, at = min(there, key=lambda one: one[0], default=(SLACK + 1, TextCell(()), 0))
    if off > SLACK:
        return None
    if field == "seller":
        return _whole(cell)
    if field == "account":
        return read_value(field, cell.words, month_first=False)
    return max(_readings(cell, at, field), key=lambda found: len(found.words), default=None)


def _off(word: PlacedWord, x: int, y: int) -> int:
    """Distance of a position from a word."""
    box = word.box
    return max(box.left - x, x - box.right, box.top - y, y - box.bottom, 0)


def _readings(cell: TextCell, at: int, field: FieldName) -> Iterator[FieldValue]:
    """Yield readings of the field that start at or before the word and include it."""
    for start in range(at, max(-1, at - _LONGEST), -1):
        found = read_value(field, cell.words[start : start + _LONGEST], month_first=False, is_close=False)
        if found is not None and cell.words[at] in found.words:
            yield found


def _whole(cell: TextCell) -> FieldValue:
    return FieldValue("seller", cell.text, cell.words, 0)
