"""Process that renders a text-and-table sheet as PDF: `python -m edge.core.process.pdf_sheet`.

Reads a `PdfSheet` as JSON from standard input and writes the PDF. Its library is 35 MB that the till's process doesn't
need. For right-to-left languages lines are reordered before drawing and tables mirrored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from edge.core.process import child
from edge.lib.errors import NeedsHuman
from edge.lib.fonts import font_with, main_font, packaged_fonts
from edge.lib.i18n.bidi import visual

MEMORY_BYTES = 1024**3
CPU_S = 30
WAIT_S = 60
WEIGHT = {"wght": 450.0}
MARGIN, WIDE = 10, 190
"""Margin and text width of an A4 page, in millimetres."""
LINE = 7
TEXT, HEADING, TITLE, CELL = 10, 12, 16, 9
"""Font sizes in points."""


class SheetTable(msgspec.Struct, frozen=True):
    """A table: the first `words` columns are text, the others numbers aligned at the end. `widths` in millimetres; by
    default the first is widest. `sums` come last, without rules."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    words: int = 1
    sums: tuple[tuple[str, ...], ...] = ()


class PdfSheet(msgspec.Struct, frozen=True):
    """Contents of the sheet: `shop` above the title, then paragraphs and tables."""

    title: str
    right_to_left: bool
    shop: tuple[str, ...]
    paragraphs: tuple[tuple[str, ...], ...]
    tables: tuple[SheetTable, ...]


def main() -> int:
    """Handle one request."""
    return child.answer(lambda asked: draw_sheet(msgspec.json.decode(asked, type=PdfSheet)), MEMORY_BYTES, CPU_S)


def draw_sheet(sheet: PdfSheet) -> bytes:
    """Render the sheet."""
    from fpdf import FPDF

    pdf = FPDF(format="A4")
    pdf.set_margins(MARGIN, MARGIN)
    pdf.set_auto_page_break(auto=True, margin=2 * MARGIN)
    _add_fonts(pdf, sheet)
    pdf.set_title(sheet.title)
    pdf.add_page()
    draw = _Drawing(pdf, sheet.right_to_left)
    for words in sheet.shop:
        draw.text(words)
    pdf.ln(4)
    draw.text(sheet.title, TITLE)
    for paragraph in sheet.paragraphs:
        pdf.ln(2)
        for words in paragraph:
            draw.text(words)
    for table in sheet.tables:
        draw.table(table)
    return bytes(pdf.output())


def _add_fonts(pdf: Any, sheet: PdfSheet) -> None:
    """Add fonts for the sheet's characters; characters without a font are dropped."""
    rows = [cells for table in sheet.tables for cells in (table.header, *table.rows, *table.sums)]
    words = (sheet.title, *sheet.shop, *(one for lines in (*sheet.paragraphs, *rows) for one in lines))
    needed = {char for one in (*words, *(table.title for table in sheet.tables)) for char in visual(one, True)}
    found = {font_with(char) for char in sorted(needed) if not char.isascii()}
    main = main_font()
    if main is None:
        raise FileNotFoundError("the font is missing")
    others = sorted(path for path in found if path not in (None, main))
    for name, path in (("text", main), *((path.stem, path) for path in others)):
        pdf.add_font(name, fname=str(path), variations=WEIGHT if path in packaged_fonts() else None)
    pdf.set_fallback_fonts([path.stem for path in others], exact_match=False)


class _Drawing:
    """Draws on a page in the language's direction."""

    def __init__(self, pdf: Any, right_to_left: bool) -> None:
        self._pdf = pdf
        self._backwards = right_to_left
        self._start, self._end = ("R", "L") if right_to_left else ("L", "R")

    def text(self, words: str, size: int = TEXT) -> None:
        """Draw a text, wrapped."""
        self._pdf.set_font("text", size=size)
        for line in self._lines(words):
            self._pdf.cell(0, size * 0.6, self._drawable_text(line), align=self._start)
            self._pdf.ln(size * 0.6)

    def table(self, table: SheetTable) -> None:
        """Draw a table, repeating its header on each page."""
        self._pdf.ln(5)
        if self._pdf.will_page_break(4 * LINE):
            self._pdf.add_page()
        if table.title:
            self.text(table.title, HEADING)
            self._pdf.ln(1)
        self._row(table.header, table)
        for cells in table.rows:
            if self._pdf.will_page_break(LINE):
                self._pdf.add_page()
                self._row(table.header, table)
            self._row(cells, table)
        for cells in table.sums:
            self._row(cells, table, rule="")

    def _row(self, cells: tuple[str, ...], table: SheetTable, rule: str = "B") -> None:
        """Draw a row. Text too long for its column is cut with an ellipsis."""
        self._pdf.set_font("text", size=CELL)
        widths = table.widths or _widths(len(cells))
        aligned = [self._start if at < table.words else self._end for at in range(len(cells))]
        placed = list(zip(cells, widths, aligned, strict=True))
        for words, width, align in reversed(placed) if self._backwards else placed:
            said = words
            while said and self._pdf.get_string_width(said) > width - 2:
                said = said[:-2] + "…" if len(said) > 2 else ""
            self._pdf.cell(width, LINE, self._drawable_text(said), border=rule, align=align)
        self._pdf.ln(LINE)

    def _drawable_text(self, words: str) -> str:
        """Return the text in drawing order, without characters that no font has."""
        return "".join(char for char in visual(words, self._backwards) if char.isascii() or font_with(char))

    def _lines(self, words: str) -> Iterator[str]:
        """Wrap a text in reading order; each line is reordered afterwards."""
        for paragraph in words.split("\n"):
            line = ""
            for word in paragraph.split(" "):
                longer = f"{line} {word}" if line else word
                if line and self._pdf.get_string_width(longer) > WIDE - 2:
                    yield line
                    line = word
                else:
                    line = longer
            yield line


def _widths(columns: int) -> tuple[float, ...]:
    first = WIDE / 2 if columns > 2 else WIDE * 0.6
    return (first, *((WIDE - first) / max(1, columns - 1) for _ in range(columns - 1)))


def make_pdf(sheet: PdfSheet) -> bytes:
    """Render the sheet in a separate process. Raises `NeedsHuman` if that fails."""
    try:
        made = child.ask(__name__, msgspec.json.encode(sheet), WAIT_S)
    except child.ChildFailed:
        made = b""
    if not made.startswith(b"%PDF"):
        raise NeedsHuman("The PDF couldn't be created.", "Use the CSV table, or print the page.", "sheet.pdf_not_made")
    return made


if __name__ == "__main__":
    raise SystemExit(main())
