"""A document on a grid of columns: which text stands where. Pure.

Lines are in logical order and count columns from where reading begins; the pen of a right-to-left
document mirrors them (`printing/escpos.py`).
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
"""Lines of one piece of paper, some eight metres of it; what comes behind is left off, and the paper says so."""


class Span(msgspec.Struct, frozen=True):
    """Text that fits into `width` columns from `start` on, aligned in them."""

    text: str
    start: int
    width: int
    align: Align = "start"

    @property
    def taken(self) -> int:
        """How many columns the text takes."""
        return width(self.text)

    @property
    def at(self) -> int:
        """The column of its first character."""
        room = self.width - self.taken
        return self.start + {"start": 0, "centre": room // 2, "end": room}[self.align]


class LayoutLine(msgspec.Struct, frozen=True):
    """One line of `columns` characters, each `size` times as wide and high as usual."""

    spans: tuple[Span, ...]
    columns: int
    bold: bool = False
    size: int = 1


Laid = LayoutLine | Rule | Qr | Bars | Logo | DrawerPulse


def lay_out(
    document: Document, columns: int, folder: str = "", shows: Callable[[str], bool] = lambda text: True
) -> list[Laid]:
    """The document line by line; templates come from `folder` first. `shows`: whether a text can stand on the paper; a
    name that cannot is written in another of its languages. Not pure where it has to read templates."""
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
    """The document as the printer's columns show it, in reading order: for screens and tests."""
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
    """`text` cut at spaces into lines of at most `columns` characters, indented as it begins; longer words are cut."""
    lines: list[str] = []
    for paragraph in _bind_punctuation(text).split("\n"):
        indent = min(len(paragraph) - len(paragraph.lstrip(" ")), columns // 2)
        wrapped = textwrap.wrap(paragraph.strip(), columns - indent) or [""]
        lines.extend(" " * indent + line for line in wrapped)
    return lines


def _bind_punctuation(text: str) -> str:
    """Blanks before French punctuation, and within « », are no place to break a line at."""
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
    """`left` and `right` on one line, or `left` wrapped above when both do not fit; no word is cut to make room."""
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
    """The cells side by side, one blank between them, each wrapped in its width."""
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
