"""The process that makes an order's PDF: `python -m edge.shop.purchasing.order_pdf`.

Takes an `OrderSheet` as JSON from standard input and answers with the PDF. Its library is 35 MB that the till's process
has no use for; from right to left each piece of text is ordered before it is drawn, and the table is mirrored.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterable

import msgspec

from edge.core.process import child
from edge.lib.errors import NeedsHuman
from edge.lib.i18n.bidi import visual

MEMORY_BYTES = 1024**3
CPU_S = 30
WAIT_S = 60
FONT = ("pylopdf_fonts_he", "NotoSansHebrew-Variable.ttf")
WIDTHS = (24, 62, 26, 18, 28, 32)
"""Of the table's columns, in millimetres: 190 of an A4 page."""
MARGIN = 10
WEIGHT = {"wght": 450.0}
LINE = 7


class SheetLine(msgspec.Struct, frozen=True):
    """A row of the table, as texts: their number, the product, quantity, packs, cost of one, sum."""

    cells: tuple[str, str, str, str, str, str]


class OrderSheet(msgspec.Struct, frozen=True):
    """All that stands on the paper, in words; `facts` are pairs of a name and a text."""

    title: str
    right_to_left: bool
    shop: tuple[str, ...]
    supplier: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    header: tuple[str, str, str, str, str, str]
    lines: tuple[SheetLine, ...]
    sums: tuple[tuple[str, str], ...]
    note: str = ""


def main() -> int:
    """Answer one request."""
    return child.answer(lambda asked: drawn(msgspec.json.decode(asked, type=OrderSheet)), MEMORY_BYTES, CPU_S)


def drawn(sheet: OrderSheet) -> bytes:
    """The paper."""
    from fpdf import FPDF
    from fpdf.enums import XPos, YPos

    pdf = FPDF(format="A4")
    pdf.set_margins(MARGIN, MARGIN)
    pdf.set_auto_page_break(auto=True, margin=2 * MARGIN)
    pdf.add_font("text", fname=str(importlib.resources.files(FONT[0]).joinpath(FONT[1])), variations=WEIGHT)
    pdf.set_title(sheet.title)
    pdf.add_page()
    start, end = ("R", "L") if sheet.right_to_left else ("L", "R")

    def text(words: str, size: int = 10, align: str = start) -> None:
        pdf.set_font("text", size=size)
        said = visual(words, sheet.right_to_left)
        pdf.cell(0, size * 0.6, said, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def row(cells: Iterable[str], line: str = "B") -> None:
        pdf.set_font("text", size=9)
        placed = list(zip(cells, WIDTHS, (start, start, end, end, end, end), strict=True))
        for words, width, align in reversed(placed) if sheet.right_to_left else placed:
            said = words
            while said and pdf.get_string_width(said) > width - 2:
                said = said[:-2] + "…" if len(said) > 2 else ""
            pdf.cell(width, LINE, visual(said, sheet.right_to_left), border=line, align=align)
        pdf.ln(LINE)

    for words in sheet.shop:
        text(words)
    pdf.ln(4)
    text(sheet.title, 16)
    pdf.ln(2)
    for words in sheet.supplier:
        text(words)
    pdf.ln(2)
    for name, words in sheet.facts:
        text(f"{name}: {words}")
    if sheet.note:
        pdf.ln(2)
        pdf.set_font("text", size=10)
        pdf.multi_cell(0, 6, visual(sheet.note, sheet.right_to_left), align=start, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(4)
    row(sheet.header)
    for line in sheet.lines:
        if pdf.will_page_break(LINE):
            pdf.add_page()
            row(sheet.header)
        row(line.cells)
    for name, words in sheet.sums:
        row(("", name, "", "", "", words), "")
    return bytes(pdf.output())


def make_pdf(sheet: OrderSheet) -> bytes:
    """The paper, made by a process of its own. `NeedsHuman`: it could not."""
    try:
        made = child.ask("edge.shop.purchasing.order_pdf", msgspec.json.encode(sheet), WAIT_S)
    except child.ChildFailed:
        made = b""
    if not made.startswith(b"%PDF"):
        raise NeedsHuman(
            "The order's PDF could not be made.", "Use the table (CSV), or print the page.", "purchasing.no_pdf"
        )
    return made


if __name__ == "__main__":
    raise SystemExit(main())
