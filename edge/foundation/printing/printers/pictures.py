"""Renders text and logo as dots, for characters that a printer lacks. 1 is ink.

Each character uses the first font that has it (`edge/lib/fonts.py`). A character without a font, such as an emoji, is
dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from edge.foundation.printing.document import Rule
from edge.foundation.printing.layout import LayoutLine
from edge.lib.errors import ConfigError
from edge.lib.fonts import font_with, main_font, packaged_fonts
from edge.lib.i18n.bidi import visual

if TYPE_CHECKING:
    from PIL import Image, ImageFont

LOGO_DOTS = 400
"""Maximum height of a logo."""
_FINE = {False: [500.0, 88.0], True: [800.0, 82.0]}
"""Font weight and width of regular and bold letters."""
_INK = 110
"""Coverage, out of 255, at which a dot is printed."""
_OVERHANG = 6
"""Dots by which a letter may exceed its width on either side."""
GLYPHS = 1024
TEXTS = 512
"""Number of rendered characters and texts to cache, of half a kilobyte and about five each. The least recently used is
dropped."""
_LINE = 30 / 24
_BASE = 0.79
"""Line height and baseline, in character heights."""


class Grid(msgspec.Struct, frozen=True):
    """Graphic grid: `columns` of `cell` dots, and direction."""

    columns: int
    cell: int
    right_to_left: bool


def no_font() -> ConfigError:
    """Error for a missing font."""
    return ConfigError(
        "No font is installed for characters that the printer lacks, so they print as question marks.",
        "Install the Python package pylopdf-fonts-he, or Debian's fonts-dejavu-core.",
    )


def draw_lines(lines: Sequence[LayoutLine | Rule], grid: Grid) -> Image.Image:
    """Render lines from top to bottom. Raises `ConfigError` without a font."""
    from PIL import Image

    heights = [_height(line, grid.cell) for line in lines]
    page = Image.new("1", (grid.columns * grid.cell, sum(heights)), 0)
    y = 0
    for line, height in zip(lines, heights, strict=True):
        if isinstance(line, Rule):
            page.paste(1, (0, y + height // 2 - 1, page.width, y + height // 2 + 1))
        else:
            _draw_line(page, y, line, grid)
        y += height
    return page


def logo(path: str, dots: int) -> Image.Image:
    """Logo, dithered, at most as wide as the paper. Raises `ConfigError`."""
    try:
        return _logo(path, dots, Path(path).stat().st_mtime_ns)
    except OSError as error:
        raise _unusable(path, error) from error


@lru_cache(maxsize=4)
def _logo(path: str, dots: int, _as_of_ns: int) -> Image.Image:
    from PIL import Image

    try:
        with Image.open(path) as source:
            source.thumbnail((dots, LOGO_DOTS))
            flat = Image.new("RGBA", source.size, "white")
            flat.alpha_composite(source.convert("RGBA"))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise _unusable(path, error) from error
    grey = flat.convert("L").point(lambda light: 255 - light)
    return grey.convert("1", dither=Image.Dither.FLOYDSTEINBERG)


def _unusable(path: str, error: Exception) -> ConfigError:
    return ConfigError(f"The logo {path} can't be used: {error}.", "Use a PNG image.")


def _height(line: LayoutLine | Rule, cell: int) -> int:
    size = line.size if isinstance(line, LayoutLine) else 1
    return round(cell * 2 * (size - 1 + _LINE))


def _draw_line(page: Image.Image, y: int, line: LayoutLine, grid: Grid) -> None:
    """Draw spans in their columns, compressed if too wide."""
    cell = grid.cell * line.size
    for span in line.spans:
        if not span.text:
            continue
        room = span.width * cell
        text = _text(visual(span.text, grid.right_to_left), cell, line.bold)
        taken = text.advance + 1
        free = max(0, room - taken)
        x = span.start * cell + {"start": 0, "centre": free // 2, "end": free}[span.align]
        if grid.right_to_left:
            x = page.width - x - min(taken, room)
        if taken <= room:
            page.paste(1, (x - _OVERHANG, y), text.image)
        else:
            whole = text.image.crop((_OVERHANG, 0, _OVERHANG + taken, text.image.height))
            page.paste(1, (x, y), whole.resize((room, whole.height)))


class _Drawn(NamedTuple):
    """Rendered characters with _OVERHANG on both sides, and their advance width. Shared: never modified."""

    image: Image.Image
    advance: int


@lru_cache(maxsize=TEXTS)
def _text(text: str, cell: int, bold: bool) -> _Drawn:
    """Return the rendered text for cells of that width; cached."""
    from PIL import Image

    glyphs = [_glyph(char, cell, bold) for char in text]
    advance = sum(glyph.advance for glyph in glyphs)
    image = Image.new("1", (advance + 2 * _OVERHANG, _high(cell)), 0)
    x = 0
    for char, glyph in zip(text, glyphs, strict=True):
        if char != " ":
            image.paste(1, (x, 0), glyph.image)
        x += glyph.advance
    return _Drawn(image, advance)


@lru_cache(maxsize=GLYPHS)
def _glyph(char: str, cell: int, bold: bool) -> _Drawn:
    """Return the rendered character; cached, because fonts are slow."""
    from PIL import Image, ImageDraw

    path = main_font() if char.isascii() else font_with(char)
    if path is None and char.isascii():
        raise no_font()
    if path is None:
        return _Drawn(Image.new("1", (cell + 2 * _OVERHANG, _high(cell)), 0), cell)
    font = _font(path, cell * 11 // 6, bold)
    advance = round(font.getlength(char))
    image = Image.new("L", (advance + 2 * _OVERHANG, _high(cell)), 0)
    ImageDraw.Draw(image).text((_OVERHANG, round(cell * 2 * _BASE)), char, font=font, fill=255, anchor="ls")
    return _Drawn(image.point(_ink_table(), "1"), advance)


def _high(cell: int) -> int:
    """Height of a text line in dots, with descenders."""
    return cell * 2 + cell // 2


@cache
def _ink_table() -> list[int]:
    return [255 if covered > _INK else 0 for covered in range(256)]


@cache
def _font(path: Path, size: int, bold: bool) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    font = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    if path in packaged_fonts():
        font.set_variation_by_axes(_FINE[bold])
    return font
