"""Documents as the bytes of an ESC/POS printer, by python-escpos.

Right-to-left lines are put into the order in which the print head goes, by the Unicode
bidirectional algorithm (UAX #9, python-bidi); characters go through whichever code page
of the printer's profile has them.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from edge.paper.document import Align, Document, Kick, Pair, Qr, Rule, Text, pair_lines, wrap
from edge.words import direction


class PaperOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a receipt printer is like: characters a line, and its name in python-escpos' table of profiles."""

    columns: Annotated[int, msgspec.Meta(ge=20, le=64)] = 42
    profile: str = "default"


def render(document: Document, options: PaperOptions) -> bytes:
    """The bytes to send. Takes milliseconds, and half a second the first time (imports): off the event loop."""
    from escpos.printer import Dummy

    printer = Dummy(profile=options.profile)
    pen = _Pen(printer, options.columns, direction(document.language) == "rtl")
    if any(not isinstance(row, Kick) for row in document.rows):
        printer.hw("INIT")
    for row in document.rows:
        pen.draw(row)
    if document.cut:
        printer.cut()
    return bytes(printer.output)


class _Pen:
    """Draws rows with a printer of python-escpos."""

    def __init__(self, printer: Any, columns: int, right_to_left: bool) -> None:
        self._printer = printer
        self._columns = columns
        self._right_to_left = right_to_left

    def draw(self, row: Text | Pair | Rule | Qr | Kick) -> None:
        match row:
            case Text(text, align, bold, size):
                width = self._columns // size
                self._print([self._aligned(part, align, width) for part in wrap(text, width)], bold, size)
            case Pair(left, right, bold, size):
                self._print(self._pair(left, right, self._columns // size), bold, size)
            case Rule():
                self._print(["-" * self._columns], False, 1)
            case Qr(data):
                self._printer.set(align="center")
                self._printer.qr(data, native=True, size=6)
                self._printer.set(align="left")
            case Kick():
                self._printer.cashdraw(2)

    def _print(self, lines: list[str], bold: bool, size: int) -> None:
        large = size == 2
        self._printer.set(align="left", bold=bold, normal_textsize=not large, double_width=large, double_height=large)
        for line in lines:
            self._printer.text(line + "\n")

    def _aligned(self, text: str, align: Align, width: int) -> str:
        pad = {"start": 0, "centre": (width - len(text)) // 2, "end": width - len(text)}[align]
        if self._right_to_left:
            return _visual(text).rjust(width - pad)
        return " " * pad + text

    def _pair(self, left: str, right: str, width: int) -> list[str]:
        lines = pair_lines(left, right, width)
        if not self._right_to_left:
            return lines
        *above, last = lines
        name = last[: len(last) - len(right)].rstrip()
        mirrored = _visual(right) + _visual(name).rjust(width - len(right))
        return [*(_visual(line).rjust(width) for line in above), mirrored]


def _visual(text: str) -> str:
    """Text in the order of the print head, its paragraph right-to-left."""
    from bidi import get_display

    return str(get_display(text, base_dir="R"))
