"""The actions an ESC/POS stream asks of the printer, one frozen struct each.

Lengths are in dots, 203 per inch (8 per millimetre), as on most printers for 80 mm paper. Every op carries the settings
it needs, so it can be drawn alone.
"""

from __future__ import annotations

from typing import Literal

import msgspec

PAPER_DOTS = 576
LINE_DOTS = 30
FONT_DOTS = {"a": (12, 24), "b": (9, 17)}
TAB_DOTS = tuple(range(96, 3072, 96))  # every 8 characters of font A, at most 32 stops


class Style(msgspec.Struct, frozen=True):
    """Character style. `wide` and `high` multiply the size, `gap` follows each character."""

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
        """The maximum width of a line; the paper's edge limits it whatever margin and width are set."""
        return min(self.width, self.paper - self.left)


class Bitmap(msgspec.Struct, frozen=True):
    """Dots, one bit each, most significant bit first; every row (or column) starts on a byte.

    `by_columns`: `data` holds columns of `height` dots instead of rows of `width`.
    """

    data: bytes
    width: int
    height: int
    by_columns: bool = False
    zoom_x: int = 1
    zoom_y: int = 1


class BarStyle(msgspec.Struct, frozen=True):
    """Bar code style: `module` is the width of its thinnest bar, `label` the position of the plain text."""

    height: int = 162
    module: int = 3
    label: Literal["none", "above", "below", "both"] = "none"
    label_font: Literal["a", "b"] = "a"


class Text(msgspec.Struct, frozen=True):
    """Characters for the current line."""

    text: str
    style: Style
    layout: Layout


class Strip(msgspec.Struct, frozen=True):
    """A picture in the current line, like a very wide character."""

    image: Bitmap
    layout: Layout


class Picture(msgspec.Struct, frozen=True):
    """A separate picture below everything printed so far."""

    image: Bitmap
    layout: Layout


class Bars(msgspec.Struct, frozen=True):
    """A bar code; `kind` is python-escpos's name for it, `data` is unchanged."""

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
    """Continue at `x` in the line, from its start or from the current position."""

    x: int
    relative: bool
    layout: Layout


class Tab(msgspec.Struct, frozen=True):
    """Continue at the next tab stop."""

    layout: Layout


class Feed(msgspec.Struct, frozen=True):
    """Print the current line and advance the paper by `dots`, or by the line's height if that is more."""

    dots: int
    layout: Layout


class Cut(msgspec.Struct, frozen=True):
    """Cut the paper; `to_cutter` feeds it there first, plus `dots`.

    `at` counts the bytes of the stream up to and including this command.
    """

    to_cutter: bool = False
    dots: int = 0
    at: int = 0


class Kick(msgspec.Struct, frozen=True):
    """A pulse to the drawer on connector pin `pin`."""

    pin: int


class Beep(msgspec.Struct, frozen=True):
    """Sound the buzzer this many times."""

    times: int


class Query(msgspec.Struct, frozen=True):
    """A request of the host; `data` is the whole command."""

    data: bytes


Op = Text | Strip | Picture | Bars | Qr | Matrix | Move | Tab | Feed | Cut | Kick | Beep | Query
