"""The words of a PDF's text layer and their positions. Called only by `paper_reader`, in its own process."""

from __future__ import annotations

import ctypes
import itertools
import unicodedata
from collections.abc import Iterator
from typing import Any

from edge.lib.printed_invoice import Box, PlacedWord

CHARS_MOST = 200_000
"""Maximum characters read from all pages together."""
_GAP = 0.25
"""Distance, in letter heights, from which two letters belong to different words."""


def words_of_pdf(file: Any) -> list[PlacedWord]:
    """The words of all pages in file order; empty if the pages are pictures."""
    words: list[PlacedWord] = []
    left = CHARS_MOST
    for at in range(len(file)):
        letters = list(itertools.islice(_letters(file[at]), left))
        left -= len(letters)
        words.extend(_words(letters, at + 1))
    return words


_Letter = tuple[str, float, float, float, float]
"""A character and its left, top, right and bottom in thousandths of the page; a character without a position separates
words.
"""


def _letters(page: Any) -> Iterator[_Letter]:
    import pypdfium2.raw as pdf

    text = page.get_textpage()
    edges = pdf.FS_RECTF()
    for at in range(text.count_chars()):
        char = chr(pdf.FPDFText_GetUnicode(text, at))
        if char.isspace() or unicodedata.category(char) in ("Cc", "Cf", "Cs"):
            yield " ", 0, 0, 0, 0
            continue
        # the loose box, because the tight box of a 1 is so narrow that it seems to stand alone
        if not pdf.FPDFText_GetLooseCharBox(text, at, edges):
            continue
        (x0, y0), (x1, y1) = (
            _point_on_page(page, edges.left, edges.top),
            _point_on_page(page, edges.right, edges.bottom),
        )
        yield char, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _point_on_page(page: Any, x: float, y: float) -> tuple[float, float]:
    """A point as displayed, in thousandths of the page, even if the page is rotated or cropped."""
    import pypdfium2.raw as pdf

    across, down = ctypes.c_int(), ctypes.c_int()
    pdf.FPDF_PageToDevice(page, 0, 0, 10_000, 10_000, 0, x, y, across, down)
    return across.value / 10, down.value / 10


def _words(letters: list[_Letter], page: int) -> Iterator[PlacedWord]:
    held: list[_Letter] = []
    for letter in letters:
        if held and (letter[0] == " " or _apart(held[-1], letter)):
            yield _word(held, page)
            held = []
        if letter[0] != " ":
            held.append(letter)
    if held:
        yield _word(held, page)


def _apart(one: _Letter, other: _Letter) -> bool:
    height = max(one[4] - one[2], other[4] - other[2], 1)
    level = min(one[4], other[4]) >= max(one[2], other[2]) - height / 2
    gap = max(other[1] - one[3], one[1] - other[3])
    return not level or gap > _GAP * height


def _word(held: list[_Letter], page: int) -> PlacedWord:
    edges = (
        min(one[1] for one in held),
        min(one[2] for one in held),
        max(one[3] for one in held),
        max(one[4] for one in held),
    )
    return PlacedWord("".join(one[0] for one in held), Box(page, *(round(edge) for edge in edges)))
