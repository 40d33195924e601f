"""Pictures for the demo's goods: a simple drawing for each kind, in a colour of the product's own."""

from __future__ import annotations

import colorsys
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image, ImageDraw

SIDE = 320
"""Pixels of a side: sharp on a kiosk's card, 2 to 4 KB as WebP."""
_FINE = 3
"""Drawn larger and made smaller, so that edges are smooth."""
_WHITE, _DARK = (255, 255, 255), (74, 60, 52)
Colour = tuple[int, int, int]


def draw_picture(kind: str, number: int) -> bytes:
    """A WebP of a product of a kind (`KINDS`; another one is a box); `number` says its colour."""
    hue = number * 0.381966 % 1.0  # the golden angle: neighbours differ
    picture = Image.new("RGB", (100 * _FINE * 4, 100 * _FINE * 4), _of(hue, 0.10, 0.98))
    pen = _Pen(ImageDraw.Draw(picture), picture.width / 100)
    KINDS.get(kind, _box)(pen, _of(hue, 0.62, 0.80), _of(hue, 0.72, 0.55))
    out = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(out, "WEBP", quality=70, method=4)
    return out.getvalue()


def put_into(folder: Path, of: Mapping[str, str]) -> dict[str, str]:
    """A picture for each product of a kind, as files in the folder: their names."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = {sku: f"demo-{sku}.webp" for sku in of}
    for at, (sku, kind) in enumerate(of.items()):
        (folder / names[sku]).write_bytes(draw_picture(kind, at))
    return names


class _Pen:
    """Draws in hundredths of a side."""

    def __init__(self, draw: ImageDraw.ImageDraw, scale: float) -> None:
        self._draw = draw
        self._scale = scale

    def block(self, left: float, top: float, right: float, bottom: float, fill: Colour, round: float = 3) -> None:
        box = tuple(one * self._scale for one in (left, top, right, bottom))
        self._draw.rounded_rectangle(box, round * self._scale, fill)

    def disc(self, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
        self._draw.ellipse(tuple(one * self._scale for one in (left, top, right, bottom)), fill)

    def shape(self, *points: tuple[float, float], fill: Colour) -> None:
        self._draw.polygon([(x * self._scale, y * self._scale) for x, y in points], fill)

    def line(self, *points: tuple[float, float], fill: Colour, width: float = 3) -> None:
        at = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(at, fill, round(width * self._scale), "curve")


def _of(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = (round(one * 255) for one in colorsys.hsv_to_rgb(hue, saturation, value))
    return red, green, blue


def _box(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.block(26, 22, 74, 84, light)
    pen.block(26, 22, 74, 36, dark)
    pen.block(34, 48, 66, 66, _WHITE)


def _carton(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.shape((32, 36), (40, 18), (60, 18), (68, 36), fill=dark)
    pen.block(38, 12, 62, 20, dark, 1)
    pen.block(32, 36, 68, 88, light, 2)
    pen.block(32, 54, 68, 70, _WHITE, 0)
    pen.disc(44, 56, 56, 68, light)


def _loaf(pen: _Pen, light: Colour, dark: Colour) -> None:
    crust, crumb = (196, 128, 62), (238, 196, 130)
    pen.block(16, 38, 84, 78, crust, 18)
    for x in (30, 46, 62):
        pen.line((x, 62), (x + 8, 46), fill=crumb, width=4)
    pen.block(16, 74, 84, 80, dark, 3)


def _jar(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.block(34, 16, 66, 28, dark, 2)
    pen.block(28, 28, 72, 86, light, 8)
    pen.block(28, 46, 72, 70, _WHITE, 0)
    pen.line((36, 54), (64, 54), fill=dark, width=2)
    pen.line((36, 62), (56, 62), fill=dark, width=2)


def _bag(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.shape((26, 18), (74, 18), (70, 30), (76, 84), (24, 84), (30, 30), fill=light)
    pen.block(24, 14, 76, 20, dark, 0)
    pen.block(24, 82, 76, 88, dark, 0)
    pen.disc(34, 38, 66, 70, _WHITE)
    pen.disc(42, 46, 58, 62, dark)


def _frozen(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.block(18, 30, 82, 78, light)
    for one in (((50, 36), (50, 72)), ((34, 45), (66, 63)), ((34, 63), (66, 45))):
        pen.line(*one, fill=_WHITE, width=4)
    pen.block(18, 72, 82, 78, dark, 2)


def _bottle(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.block(44, 8, 56, 16, dark, 1)
    pen.block(45, 16, 55, 34, light, 1)
    pen.block(34, 30, 66, 90, light, 12)
    pen.block(34, 50, 66, 72, _WHITE, 0)
    pen.block(34, 58, 66, 64, dark, 0)


def _glass(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.block(30, 12, 70, 54, _WHITE, 18)
    pen.block(30, 30, 70, 54, light, 16)
    pen.block(30, 28, 70, 40, light, 0)
    pen.block(48, 52, 52, 82, dark, 1)
    pen.block(32, 82, 68, 87, dark, 2)


def _fruit(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.line((50, 34), (54, 16), fill=_DARK, width=3)
    pen.disc(54, 14, 76, 26, (92, 158, 84))
    pen.disc(20, 30, 58, 84, light)
    pen.disc(42, 30, 80, 84, light)
    pen.disc(28, 40, 38, 54, _WHITE)


def _wedge(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.shape((14, 56), (74, 26), (86, 44), (86, 56), fill=(248, 210, 104))
    pen.block(14, 56, 86, 78, (236, 184, 66), 2)
    for left, top, side in ((28, 61, 10), (52, 58, 8), (66, 65, 10)):
        pen.disc(left, top, left + side, top + side, (206, 150, 40))
    pen.block(10, 78, 90, 84, dark, 2)


def _spray(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.block(36, 12, 66, 22, dark, 2)
    pen.shape((30, 14), (36, 13), (36, 20), (30, 19), fill=dark)
    pen.block(44, 22, 56, 36, dark, 1)
    pen.block(32, 34, 68, 90, light, 9)
    pen.disc(41, 52, 59, 70, _WHITE)


KINDS: Mapping[str, Callable[[_Pen, Colour, Colour], None]] = {
    "dairy": _carton,
    "bakery": _loaf,
    "pantry": _jar,
    "snacks": _bag,
    "frozen": _frozen,
    "drinks": _bottle,
    "bar": _glass,
    "fresh": _fruit,
    "counter": _wedge,
    "home": _spray,
}
"""By the demo's categories."""
