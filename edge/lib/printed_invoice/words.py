"""Positioned words on a page, and their rows. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

import msgspec

_HEBREW = re.compile(r"[֐-׿]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_SAME_ROW = 0.45
"""Share of the taller word's height by which two words must overlap to be in one row. A label and its larger total
overlap by more; a name in large letters and the address next to it by less."""
DOUBTFUL = 0.5
"""Maximum confidence of a word that two readers read differently."""
CELL_GAP = 1.3
"""Distance, in row heights, at which two words are in different cells."""


class Box(msgspec.Struct, frozen=True):
    """A rectangle on a page (from 1): edges in thousandths of its size, from the top left."""

    page: int
    left: int
    top: int
    right: int
    bottom: int


class PlacedWord(msgspec.Struct, frozen=True):
    """A word and its position; `sure`: OCR confidence, 0 to 1."""

    text: str
    box: Box
    sure: float = 1.0


class TextCell(msgspec.Struct, frozen=True):
    """Adjacent words of a row, in reading order."""

    words: tuple[PlacedWord, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class TextRow(msgspec.Struct, frozen=True):
    """Cells of a row, in reading order."""

    cells: tuple[TextCell, ...]

    @property
    def words(self) -> tuple[PlacedWord, ...]:
        return tuple(word for cell in self.cells for word in cell.words)

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)


def around(words: Sequence[PlacedWord]) -> Box:
    """Bounding box of words on one page."""
    boxes = [word.box for word in words]
    return Box(
        boxes[0].page,
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def sureness(words: Iterable[PlacedWord]) -> float:
    """Lowest confidence of some words."""
    return min((word.sure for word in words), default=1.0)


def rows_of(words: Iterable[PlacedWord]) -> list[TextRow]:
    """Rows of all pages, from the top."""
    rows: list[list[PlacedWord]] = []
    for word in sorted(words, key=lambda one: (one.box.page, one.box.top + one.box.bottom)):
        # a slightly lower row may have begun before this one, so check the last few
        fit = next((row for row in reversed(rows[-3:]) if _share(row[-1].box, word.box) >= _SAME_ROW), None)
        if fit is None:
            rows.append([word])
        else:
            fit.append(word)
    return [_row(row) for row in rows]


def _share(one: Box, other: Box) -> float:
    if one.page != other.page:
        return 0.0
    height = max(one.bottom - one.top, other.bottom - other.top, 1)
    return (min(one.bottom, other.bottom) - max(one.top, other.top)) / height


def _row(words: list[PlacedWord]) -> TextRow:
    words = sorted(words, key=lambda one: one.box.left)
    # boxes are in thousandths of the page's width and height, close enough for gaps on a portrait page
    wide = CELL_GAP * median(max(one.box.bottom - one.box.top, 1) for one in words)
    cells = [[words[0]]]
    for before, word in pairwise(words):
        if word.box.left - before.box.right > wide:
            cells.append([])
        cells[-1].append(word)
    text = " ".join(word.text for word in words)
    if len(_HEBREW.findall(text)) > len(_LATIN.findall(text)):
        return TextRow(tuple(TextCell(tuple(reversed(cell))) for cell in reversed(cells)))
    return TextRow(tuple(TextCell(tuple(cell)) for cell in cells))
