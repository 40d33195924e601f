"""Lays out a document on a character grid. Pure.

Lines are in logical order, counting columns from the start of reading; right-to-left documents are mirrored when
printed (`printing/printers/escpos.py`).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence

import msgspec

from edge.foundation.printing.document import (
    Align,
    Bars,
    Cell,
    Document,
    DrawerPulse,
    Element,
    Logo,
    Pair,
    Qr,
    Row,
    Rule,
    TemplateBlock,
    Text,
)
from edge.foundation.printing.templates import render_template
from edge.lib.i18n.bidi import printable_text, width

_UNBREAKABLE = re.compile(r"(?<=\S) (?=[!?:;»%](?:\s|$))|(?<=«) ")

ROWS_LIMIT = 2_000
"""Lines per document, about eight metres of paper. Further lines are cut off, and the document says so."""


class Span(msgspec.Struct, frozen=True):
    """Text within `width` columns from `start`, aligned."""

    text: str
    start: int
    width: int
    align: Align = "start"

    @property
    def width_columns(self) -> int:
        """Number of columns of the text."""
        return width(self.text)

    @property
    def at(self) -> int:
        """Column of its first character."""
        room = self.width - self.width_columns
        return self.start + {"start": 0, "centre": room // 2, "end": room}[self.align]


class LayoutLine(msgspec.Struct, frozen=True):
    """A line of `columns` characters, each `size` times as wide and high."""

    spans: tuple[Span, ...]
    columns: int
    bold: bool = False
    size: int = 1


Laid = LayoutLine | Rule | Qr | Bars | Logo | DrawerPulse


def lay_out(
    document: Document, columns: int, folder: str = "", shows: Callable[[str], bool] = lambda text: True
) -> list[Laid]:
    """Lay a document out line by line. Templates in `folder` are preferred. `shows` returns whether a text is
    printable; for unprintable names, another language is used. Not pure if it reads templates."""
    laid: list[Laid] = []
    for row in document.rows:
        for element in (
            render_template(row, document.language, folder, shows) if isinstance(row, TemplateBlock) else (row,)
        ):
            laid.extend(_lines(element, columns))
            if len(laid) > ROWS_LIMIT:
                return [*laid[:ROWS_LIMIT], LayoutLine((Span("[...]", 0, columns),), columns)]
    return laid


def plain_text(document: Document, columns: int = 42) -> str:
    """Document as text in reading order, for screens and tests."""
    lines = []
    for laid in lay_out(document, columns):
        match laid:
            case LayoutLine(spans):
                text = ""
                for span in spans:
                    text = text.ljust(span.at) + printable_text(span.text)
                lines.append(text)
            case Rule():
                lines.append("-" * columns)
            case Qr(data):
                lines.append(f"[QR {data}]")
            case Bars(data):
                lines.append(f"[{data}]")
            case Logo():
                lines.append("[logo]")
    return "\n".join(lines)


def wrap(text: str, columns: int) -> list[str]:
    """Wrap `text` at spaces to `columns` characters, keeping its indent. Longer words are cut."""
    lines: list[str] = []
    for paragraph in _bind_punctuation(text).split("\n"):
        indent = min(len(paragraph) - len(paragraph.lstrip(" ")), columns // 2)
        wrapped = textwrap.wrap(paragraph.strip(), columns - indent) or [""]
        lines.extend(" " * indent + line for line in wrapped)
    return lines


def _bind_punctuation(text: str) -> str:
    """Prevent line breaks before French punctuation and inside « »."""
    return _UNBREAKABLE.sub("\u00a0", text)


def _lines(element: Element, columns: int) -> Iterator[Laid]:
    match element:
        case Text(text, align, bold, size):
            fitting = columns // size
            for part in wrap(text, fitting):
                indent = len(part) - len(part.lstrip(" "))
                yield LayoutLine((Span(part[indent:], indent, fitting - indent, align),), fitting, bold, size)
        case Pair(left, right, bold, size):
            yield from _pair(left, right, columns // size, bold, size)
        case Row(cells, bold):
            yield from _row(cells, columns, bold)
        case _:
            yield element


def _pair(left: str, right: str, columns: int, bold: bool, size: int) -> Iterator[LayoutLine]:
    """Yield `left` and `right` on one line, or `left` wrapped above. Words aren't cut to fit."""
    taken = width(right)
    room = columns - taken - 1
    if any(width(word) > room for word in _bind_punctuation(left).split(" ")):
        for part in wrap(left, columns):
            yield LayoutLine((Span(part, 0, columns),), columns, bold, size)
        for part in wrap(right, columns):
            yield LayoutLine((Span(part, 0, columns, "end"),), columns, bold, size)
        return
    *above, last = wrap(left, max(1, room))
    for part in above:
        yield LayoutLine((Span(part, 0, columns),), columns, bold, size)
    yield LayoutLine((Span(last, 0, max(0, room)), Span(right, columns - taken, taken, "end")), columns, bold, size)


def _row(cells: Sequence[Cell], columns: int, bold: bool) -> Iterator[LayoutLine]:
    """Cells side by side with one space, each wrapped in its width."""
    free = columns - (len(cells) - 1) - sum(cell.width for cell in cells)
    sharing = max(1, sum(not cell.width for cell in cells))
    widths = [max(1, cell.width or free // sharing) for cell in cells]
    texts = [wrap(cell.text, width) for cell, width in zip(cells, widths, strict=True)]
    starts = [sum(widths[:place]) + place for place in range(len(cells))]
    for number in range(max(len(text) for text in texts)):
        spans = (
            Span(text[number].strip(), start, width, cell.align)
            for cell, text, start, width in zip(cells, texts, starts, widths, strict=True)
            if number < len(text)
        )
        yield LayoutLine(tuple(span for span in spans if span.text), columns, bold)
