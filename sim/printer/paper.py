"""Draws the ops of one receipt as a picture and as text."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable

import msgspec
from PIL import Image

from sim.printer.glyphs import cell
from sim.printer.ops import (
    FONT_DOTS,
    PAPER_DOTS,
    Bars,
    Cut,
    Feed,
    Layout,
    Matrix,
    Move,
    Op,
    Picture,
    Qr,
    Strip,
    Tab,
    Text,
)
from sim.printer.pictures import bar_code, bitmap, matrix_code, qr_code

MARGIN_DOTS = 32  # 80 mm of paper are 640 dots, of which 576 can be printed
CUTTER_DOTS = 96  # between print head and cutter: the blank top of every receipt
FOOT_DOTS = 16
MAX_DOTS = 24_000  # three metres
PAPER_RGB = (252, 251, 247)
INK_RGB = (38, 36, 42)
DESCENT = 6  # the part of a character's height below the baseline
COLUMN_DOTS = FONT_DOTS["a"][0]


class Drawing(msgspec.Struct, frozen=True):
    """A receipt as printed: its text line by line from left to right, and as PNG.

    `clear_of_knife` is False if the paper was cut before the last line had passed the knife: a real printer would leave
    that line on the next receipt.
    """

    text: str
    png: bytes
    clear_of_knife: bool


def draw(ops: Iterable[Op], paper_dots: int = PAPER_DOTS) -> Drawing:
    """Draw one receipt. Anything beyond MAX_DOTS is left off."""
    paper = _Paper(paper_dots)
    for op in ops:
        paper.take(op)
    return paper.finish()


class _Line:
    """The current line: pictures side by side on a common baseline."""

    def __init__(self) -> None:
        self.items: list[tuple[int, int, Image.Image]] = []
        self.x = 0
        self._written = ""
        self._written_to = 0

    def put(self, image: Image.Image, text: str) -> None:
        below = image.height // DESCENT if text else 0
        gap = max(0, self.x - self._written_to) // COLUMN_DOTS
        self._written += " " * gap + text
        self.items.append((self.x, below, image))
        self.x += image.width
        self._written_to = self.x

    def image(self) -> Image.Image:
        """Return the line's pictures on a common baseline, including the parts of letters below it."""
        base = max(image.height - below for _, below, image in self.items)
        height = base + max(below for _, below, _ in self.items)
        line = Image.new("1", (max(self.x, 1), height), 0)
        for x, below, image in self.items:
            line.paste(1, (x, base + below - image.height), image)
        return line

    def text(self, indent_dots: int) -> str:
        return (" " * (indent_dots // COLUMN_DOTS) + self._written).rstrip()


class _Paper:
    def __init__(self, dots: int) -> None:
        self._dots = dots
        self._placed: list[tuple[int, int, Image.Image]] = []
        self._y = self._ink_end = CUTTER_DOTS
        self._end = 0
        self._cleared = True
        self._lines: list[str] = []
        self._line = _Line()
        self._layout = Layout()

    def take(self, op: Op) -> None:
        if self._y >= MAX_DOTS:
            return
        match op:
            case Text():
                for char in op.text:
                    self._put(cell(char, op.style), char, op.layout)
            case Strip():
                self._put(bitmap(op.image), "", op.layout)
            case Picture():
                name = f"picture {op.image.width}x{op.image.height}"
                self._block(name, op.layout, lambda: bitmap(op.image))
            case Bars():
                self._block(f"{op.kind} {op.data.decode('latin-1')}", op.layout, lambda: bar_code(op))
            case Qr():
                self._block(f"QR {op.data.decode('utf-8', 'replace')}", op.layout, lambda: qr_code(op))
            case Matrix():
                self._block(f"{op.kind} {op.data.decode('utf-8', 'replace')}", op.layout, lambda: matrix_code(op))
            case Move():
                self._line.x = max(0, self._line.x + op.x if op.relative else op.x)
            case Tab():
                self._line.x = next((stop for stop in op.layout.tabs if stop > self._line.x), self._line.x)
            case Feed():
                self._layout = op.layout
                self._end_line(op.dots)
            case Cut():
                self._cut(op)

    def finish(self) -> Drawing:
        self._flush()
        height = min(self._end or max(self._ink_end, self._y) + FOOT_DOTS, MAX_DOTS)
        page = Image.new("P", (self._dots + 2 * MARGIN_DOTS, height), 0)
        page.putpalette([*PAPER_RGB, *INK_RGB])
        for x, y, image in self._placed:
            page.paste(1, (MARGIN_DOTS + x, y), image)
        out = io.BytesIO()
        page.save(out, "PNG", bits=1, dpi=(203, 203))
        return Drawing("\n".join(self._lines).rstrip() + "\n", out.getvalue(), self._cleared)

    def _put(self, image: Image.Image, text: str, layout: Layout) -> None:
        self._layout = layout
        if self._line.items and self._line.x + image.width > layout.room:
            self._end_line(layout.line)
        self._line.put(image, text)

    def _block(self, name: str, layout: Layout, make: Callable[[], Image.Image]) -> None:
        """A separate picture; codes that don't fit aren't printed."""
        self._flush()
        try:
            image = make()
            if image.width > layout.room and not name.startswith("picture"):
                raise ValueError("too wide for the paper")
        except ValueError as err:
            self._lines.append(f"[{name}: not printed, {err}]")
            return
        self._lines.append(" " * (self._indent(image.width, layout) // COLUMN_DOTS) + f"[{name}]")
        self._place(image, layout)
        self._y += image.height

    def _end_line(self, feed_dots: int) -> None:
        """Print the line, then advance by `feed_dots` or its height; backwards only without a line."""
        height = 0
        if self._line.items:
            image = self._line.image()
            height = image.height
            self._place(image, self._layout)
            self._lines.append(self._line.text(self._indent(image.width, self._layout)))
        elif feed_dots > 0:
            self._lines.append("")
        self._y = max(self._y + max(height, feed_dots) if height else self._y + feed_dots, CUTTER_DOTS)
        self._line = _Line()

    def _flush(self) -> None:
        if self._line.items:
            self._end_line(0)

    def _cut(self, cut: Cut) -> None:
        self._flush()
        if cut.to_cutter:
            self._end = self._y + cut.dots + FOOT_DOTS
        else:
            self._cleared = not self._placed or self._y - self._ink_end >= CUTTER_DOTS
            self._end = max(self._y - CUTTER_DOTS, self._ink_end + FOOT_DOTS)

    def _indent(self, width: int, layout: Layout) -> int:
        """Return the distance in dots from the left of the printable area to an item `width` wide, by alignment."""
        room = max(0, layout.room - width)
        return layout.left + {"left": 0, "center": room // 2, "right": room}[layout.align]

    def _place(self, image: Image.Image, layout: Layout) -> None:
        x = self._indent(image.width, layout)
        if layout.upside_down:
            image = image.transpose(Image.Transpose.ROTATE_180)
            x = self._dots - x - image.width
        self._placed.append((x, self._y, image.crop((0, 0, self._dots - x, image.height))))
        self._ink_end = self._y + image.height
