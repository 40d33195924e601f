"""Characters as dots, each in the cell of its font, as on a receipt printer.

The typeface is DejaVu Sans Mono from the python-barcode package. Characters it lacks, such as Hebrew, come from Noto
Sans Hebrew (package pylopdf-fonts-he) or DejaVu Sans, if installed (Debian: fonts-dejavu-core). A character in none of
them becomes an empty box.
"""

from __future__ import annotations

import functools
import importlib.resources
import importlib.util
import io
from pathlib import Path
from typing import Literal

from PIL import Image, ImageChops, ImageDraw, ImageFont

from sim.printer.ops import FONT_DOTS, Style

MORE_FONTS = ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/TTF/DejaVuSans.ttf")
HEBREW_PACKAGE = "pylopdf_fonts_he"
HEBREW_WEIGHT = [600.0, 80.0]
NOT_A_CHARACTER = "\ufffe"
FINER = 4  # characters are drawn this many times larger, then scaled down to the cell
INK = 105  # of 255: how much of a dot must be covered to be printed
BASELINE = 5 / 6


@functools.lru_cache(maxsize=4096)
def cell(char: str, style: Style) -> Image.Image:
    """`char` in `style` as a picture of one cell, ink 1. Shared: don't draw on it."""
    dots = _glyph(char, style.font, style.bold)
    if style.rotated:
        dots = dots.transpose(Image.Transpose.ROTATE_270)
    wide = Image.new("1", (dots.width + style.gap, dots.height), 0)
    wide.paste(dots, (0, 0))
    wide = wide.resize((wide.width * style.wide, wide.height * style.high), Image.Resampling.NEAREST)
    if style.invert:
        return ImageChops.invert(wide)
    if style.underline:
        ImageDraw.Draw(wide).rectangle((0, wide.height - style.underline, wide.width, wide.height), fill=1)
    return wide


@functools.lru_cache(maxsize=4096)
def _glyph(char: str, font: Literal["a", "b"], bold: bool) -> Image.Image:
    """`char` as a picture of the size FONT_DOTS[font], ink 1."""
    width, height = FONT_DOTS[font]
    tall = height * FINER
    face = _face_for(char, tall)
    if face is None:
        drawn = Image.new("L", (width * FINER, tall), 0)
        ImageDraw.Draw(drawn).rectangle(
            (FINER, tall // 4, drawn.width - 2 * FINER, tall * 3 // 4), outline=255, width=3
        )
    else:
        wide = max(round(face.getlength(char)), width * FINER)
        drawn = Image.new("L", (wide, 3 * tall), 0)
        base = tall + round(tall * BASELINE)
        ImageDraw.Draw(drawn).text((wide // 2, base), char, font=face, fill=255, anchor="ms")
        _, first, _, last = drawn.getbbox() or (0, tall, 0, 2 * tall)
        # an accented capital may be taller than the cell: then the whole character is squeezed
        top, bottom = min(first, tall), 2 * tall
        if first > 2 * tall - FINER:  # `_` is below the cell: printers put it on the last row of dots
            top, bottom = last - tall, last
        drawn = drawn.crop((0, top, wide, bottom))
    dots = drawn.resize((width, height), Image.Resampling.BOX).point(lambda dark: 255 if dark > INK else 0).convert("1")
    if bold:
        shifted = Image.new("1", dots.size, 0)
        shifted.paste(dots, (1, 0))
        dots = ImageChops.logical_or(dots, shifted)
    return dots


@functools.cache
def _faces(size: int) -> tuple[ImageFont.FreeTypeFont, ...]:
    mono = importlib.resources.files("barcode").joinpath("fonts", "DejaVuSansMono.ttf").read_bytes()
    faces = [ImageFont.truetype(io.BytesIO(mono), size, layout_engine=ImageFont.Layout.BASIC)]
    if importlib.util.find_spec(HEBREW_PACKAGE):
        hebrew = importlib.resources.files(HEBREW_PACKAGE).joinpath("NotoSansHebrew-Variable.ttf").read_bytes()
        faces.append(ImageFont.truetype(io.BytesIO(hebrew), size, layout_engine=ImageFont.Layout.BASIC))
        faces[-1].set_variation_by_axes(HEBREW_WEIGHT)
    for path in MORE_FONTS:
        if Path(path).exists():
            faces.append(ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC))
    return tuple(faces)


def _face_for(char: str, size: int) -> ImageFont.FreeTypeFont | None:
    for face in _faces(size):
        if char.isspace() or bytes(face.getmask(char)) != bytes(face.getmask(NOT_A_CHARACTER)):
            return face
    return None
