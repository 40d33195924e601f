"""What an ESC/POS stream asks the printer to do, one frozen struct a deed.

Lengths are in dots, of which there are 203 to the inch (8 to the millimetre), as on most
printers for 80 mm paper. Every op carries the settings it needs, so it can be drawn alone.
"""

from __future__ import annotations

from typing import Literal

import msgspec

PAPER_DOTS = 576
LINE_DOTS = 30
FONT_DOTS = {"a": (12, 24), "b": (9, 17)}
TAB_DOTS = tuple(range(96, 3072, 96))  # every 8 characters of font A, at most 32 stops


class Style(msgspec.Struct, frozen=True):
    """How characters look. `wide` and `high` multiply the size, `gap` follows each character."""

    font: Literal["a", "b"] = "a"
    wide: int = 1
    high: int = 1
    bold: bool = False
    underline: int = 0
    invert: bool = False
    rotated: bool = False
    gap: int = 0


class Layout(msgspec.Struct, frozen=True):
    """A line's position on the paper, which is `paper` dots wide."""

    align: Literal["left", "center", "right"] = "left"
    left: int = 0
    width: int = PAPER_DOTS
    line: int = LINE_DOTS
    tabs: tuple[int, ...] = TAB_DOTS
    upside_down: bool = False
    paper: int = PAPER_DOTS

    @property
    def room(self) -> int:
        """How wide a line can be; the paper ends even where the margin and width set do not."""
        return min(self.width, self.paper - self.left)


class Bitmap(msgspec.Struct, frozen=True):
    """Dots, one bit each, the first in the highest bit; every row (or column) starts on a byte.

    `by_columns`: `data` holds columns of `height` dots instead of rows of `width`.
    """

    data: bytes
    width: int
    height: int
    by_columns: bool = False
    zoom_x: int = 1
    zoom_y: int = 1


class BarStyle(msgspec.Struct, frozen=True):
    """How a bar code looks: `module` is its thinnest bar, `label` where the plain text stands."""

    height: int = 162
    module: int = 3
    label: Literal["none", "above", "below", "both"] = "none"
    label_font: Literal["a", "b"] = "a"


class Text(msgspec.Struct, frozen=True):
    """Characters for the line being filled."""

    text: str
    style: Style
    layout: Layout


class Strip(msgspec.Struct, frozen=True):
    """A picture in the line being filled, like a very wide character."""

    image: Bitmap
    layout: Layout


class Picture(msgspec.Struct, frozen=True):
    """A picture of its own, below what is there."""

    image: Bitmap
    layout: Layout


class Bars(msgspec.Struct, frozen=True):
    """A bar code; `kind` is python-escpos's name of it, `data` as it came."""

    kind: str
    data: bytes
    style: BarStyle
    layout: Layout


class Qr(msgspec.Struct, frozen=True):
    """A QR code; `level` is its error correction."""

    data: bytes
    module: int
    level: Literal["L", "M", "Q", "H"]
    layout: Layout


class Matrix(msgspec.Struct, frozen=True):
    """Another two-dimensional code, of a kind in `codes.CODES_2D`."""

    kind: str
    data: bytes
    module: int
    layout: Layout


class Move(msgspec.Struct, frozen=True):
    """Go on at `x` of the line, counted from its beginning or from here."""

    x: int
    relative: bool
    layout: Layout


class Tab(msgspec.Struct, frozen=True):
    """Go on at the next tab stop."""

    layout: Layout


class Feed(msgspec.Struct, frozen=True):
    """Print the line that was filled and advance the paper by `dots`, or by the line if it is higher."""

    dots: int
    layout: Layout


class Cut(msgspec.Struct, frozen=True):
    """Cut the paper; `to_cutter` feeds it there first, plus `dots`.

    `at` counts the bytes of the stream up to and with this command.
    """

    to_cutter: bool = False
    dots: int = 0
    at: int = 0


class Kick(msgspec.Struct, frozen=True):
    """A pulse to the drawer on connector pin `pin`."""

    pin: int


class Beep(msgspec.Struct, frozen=True):
    """The buzzer sounds so often."""

    times: int


class Query(msgspec.Struct, frozen=True):
    """The host asks; `data` is the whole command."""

    data: bytes


Op = Text | Strip | Picture | Bars | Qr | Matrix | Move | Tab | Feed | Cut | Kick | Beep | Query
