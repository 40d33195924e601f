"""The process that makes a report's PDF: `python -m edge.shop.insight.report_pdf`.

Takes a `ReportSheet` as JSON from standard input and answers with the PDF. Its library is 35 MB that the till's process
has no use for; from right to left each piece of text is ordered before it is drawn, and tables are mirrored.
"""

from __future__ import annotations

import importlib.resources
import os
import resource
import subprocess
import sys
from typing import Any

import msgspec

from edge.lib.errors import NeedsHuman
from edge.lib.i18n.bidi import visual
from edge.shop.purchasing.order_pdf import CPU_S, FONT, LINE, MARGIN, MEMORY_BYTES, WAIT_S, WEIGHT

WIDE = 190
"""Of an A4 page, in millimetres."""


class SheetTable(msgspec.Struct, frozen=True):
    """A table in words; the first column is the widest."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class ReportSheet(msgspec.Struct, frozen=True):
    """All that stands on the paper, in words."""

    title: str
    right_to_left: bool
    shop: tuple[str, ...]
    notes: tuple[str, ...]
    tables: tuple[SheetTable, ...]


def main() -> int:
    """Answer one request."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    sys.stdout.buffer.write(drawn(msgspec.json.decode(sys.stdin.buffer.read(), type=ReportSheet)))
    return 0


def drawn(sheet: ReportSheet) -> bytes:
    """The paper."""
    from fpdf import FPDF
    from fpdf.enums import XPos, YPos

    pdf = FPDF(format="A4")
    pdf.set_margins(MARGIN, MARGIN)
    pdf.set_auto_page_break(auto=True, margin=2 * MARGIN)
    pdf.add_font("text", fname=str(importlib.resources.files(FONT[0]).joinpath(FONT[1])), variations=WEIGHT)
    pdf.set_title(sheet.title)
    pdf.add_page()
    start = "R" if sheet.right_to_left else "L"

    def text(words: str, size: int = 10) -> None:
        pdf.set_font("text", size=size)
        said = visual(words, sheet.right_to_left)
        pdf.cell(0, size * 0.6, said, align=start, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    for words in sheet.shop:
        text(words)
    pdf.ln(4)
    text(sheet.title, 16)
    pdf.ln(2)
    for words in sheet.notes:
        text(words, 9)
    for table in sheet.tables:
        pdf.ln(5)
        if pdf.will_page_break(3 * LINE):
            pdf.add_page()
        text(table.title, 12)
        pdf.ln(1)
        for cells in (table.header, *table.rows):
            _row(pdf, cells, sheet.right_to_left)
    return bytes(pdf.output())


def _row(pdf: Any, cells: tuple[str, ...], right_to_left: bool) -> None:
    """One line of a table; what is too long for its column is cut, and seen to be."""
    start, end = ("R", "L") if right_to_left else ("L", "R")
    first = WIDE / 2 if len(cells) > 2 else WIDE * 0.6
    widths = [first, *([(WIDE - first) / max(1, len(cells) - 1)] * (len(cells) - 1))]
    placed = list(zip(cells, widths, [start, *([end] * (len(cells) - 1))], strict=True))
    pdf.set_font("text", size=9)
    for words, width, align in reversed(placed) if right_to_left else placed:
        said = words
        while said and pdf.get_string_width(said) > width - 2:
            said = said[:-2] + "…" if len(said) > 2 else ""
        pdf.cell(width, LINE, visual(said, right_to_left), border="B", align=align)
    pdf.ln(LINE)


def make_pdf(sheet: ReportSheet) -> bytes:
    """The paper, made by a process of its own. `NeedsHuman`: it could not."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "edge.shop.insight.report_pdf"],
            input=msgspec.json.encode(sheet),
            stdout=subprocess.PIPE,
            timeout=WAIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode or not done.stdout.startswith(b"%PDF"):
        raise NeedsHuman("The report's PDF could not be made.", "Use the table (CSV), or print the page.")
    return done.stdout


if __name__ == "__main__":
    raise SystemExit(main())
