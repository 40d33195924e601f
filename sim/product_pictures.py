"""Pictures for the demo's goods: a drawing for each kind, in the colour that such goods have, or one of their own."""

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
_CRUST, _CRUMB, _CHOCOLATE = (196, 128, 62), (238, 196, 130), (92, 54, 36)
_BAKED_HUE = 0.1
Colour = tuple[int, int, int]
_Draw = Callable[["_Pen", Colour, Colour], None]


def draw_picture(kind: str, number: int, name: str = "") -> bytes:
    """A WebP of a product of a kind (`KINDS`; another one is a box): in its natural shape and colour where its English
    name says one (`LOOKS`, `BAKED`), else `number` says its colour."""
    hue = number * 0.381966 % 1.0  # the golden angle: neighbours differ
    looks = next((looks for word, looks in LOOKS.items() if word in name.lower()), None)
    draw = KINDS.get(kind, _box)
    if kind == "bakery":
        own = next((baked for word, baked in BAKED.items() if word in name.lower()), None)
        hue, draw = (_BAKED_HUE, own) if own else (hue, draw)
    elif looks:
        hue, own = looks
        draw = own if own and kind == "produce" else draw
    picture = Image.new("RGB", (100 * _FINE * 4, 100 * _FINE * 4), _of(hue, 0.10, 0.98))
    pen = _Pen(ImageDraw.Draw(picture), picture.width / 100)
    draw(pen, _of(hue, 0.62, 0.80), _of(hue, 0.72, 0.55))
    out = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(out, "WEBP", quality=70, method=4)
    return out.getvalue()


def put_into(folder: Path, of: Mapping[str, str], called: Mapping[str, str] = {}) -> dict[str, str]:
    """A picture for each product of a kind, which is called so in English, as files in the folder: their names."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = {sku: f"demo-{sku}.webp" for sku in of}
    for at, (sku, kind) in enumerate(of.items()):
        (folder / names[sku]).write_bytes(draw_picture(kind, at, called.get(sku, "")))
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


def _round(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.disc(22, 26, 78, 82, light)
    pen.disc(32, 36, 44, 48, _WHITE)
    pen.shape((50, 28), (38, 18), (50, 22), (62, 18), fill=(92, 158, 84))


def _bulb(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.shape((46, 34), (50, 12), (54, 34), fill=dark)
    pen.disc(24, 32, 76, 84, light)
    for x in (38, 50, 62):
        pen.line((50, 34), (x, 58), (50, 84), fill=dark, width=2)


def _long(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.line((22, 74), (46, 58), (76, 28), fill=light, width=20)
    pen.disc(12, 64, 32, 84, light)
    pen.disc(66, 18, 86, 38, dark)


def _bunch(pen: _Pen, light: Colour, dark: Colour) -> None:
    for left, top in ((18, 24), (38, 14), (56, 24), (28, 40), (48, 40)):
        pen.disc(left, top, left + 28, top + 28, light if left % 4 else dark)
    pen.shape((44, 62), (58, 62), (54, 90), (48, 90), fill=(120, 160, 90))


def _roll(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.disc(18, 30, 82, 82, (196, 128, 62))
    pen.line((34, 50), (50, 42), (66, 50), fill=(238, 196, 130), width=4)


def _stick(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.line((16, 78), (84, 22), fill=(196, 128, 62), width=18)
    for at in (30, 46, 62):
        pen.line((at, 104 - at), (at + 2, 90 - at), fill=(238, 196, 130), width=4)


def _crescent(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.disc(14, 22, 86, 94, (196, 128, 62))
    pen.disc(26, 44, 74, 104, _of(0.1, 0.10, 0.98))


def _tin(crust: Colour, crumb: Colour) -> _Draw:
    """Bread of a tin, cut: crumb within its crust."""

    def draw(pen: _Pen, light: Colour, dark: Colour) -> None:
        pen.block(24, 34, 88, 82, _darker(crust), 10)
        pen.disc(12, 22, 48, 56, crust)
        pen.disc(34, 22, 70, 56, crust)
        pen.block(16, 36, 66, 82, crust, 5)
        pen.disc(17, 27, 45, 53, crumb)
        pen.disc(37, 27, 65, 53, crumb)
        pen.block(21, 38, 61, 77, crumb, 4)

    return draw


def _oval(crust: Colour) -> _Draw:
    """Bread that was baked free, with cuts across it."""

    def draw(pen: _Pen, light: Colour, dark: Colour) -> None:
        pen.disc(8, 34, 92, 80, crust)
        for x in (28, 44, 60):
            pen.line((x, 66), (x + 12, 46), fill=_CRUMB, width=3)

    return draw


def _boule(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.disc(14, 18, 86, 88, (170, 104, 52))
    for one in (((32, 40), (68, 68)), ((68, 40), (32, 68))):
        pen.line(*one, fill=_CRUMB, width=5)


def _braid(pen: _Pen, light: Colour, dark: Colour) -> None:
    for at, left in enumerate((10, 24, 38, 52, 66)):
        high = 8 * abs(at - 2)
        pen.disc(left, 30 + high / 2, left + 26, 82 - high / 2, _CRUST if at % 2 else (214, 146, 70))
    for x, y in ((24, 48), (38, 42), (50, 56), (64, 44), (77, 54)):
        pen.disc(x, y, x + 3, y + 3, _CRUMB)


def _flat(pen: _Pen, light: Colour, dark: Colour) -> None:
    for top in (50, 38, 26):
        pen.disc(14, top, 86, top + 36, _CRUST)
        pen.disc(14, top, 86, top + 31, _CRUMB)
    for left, top in ((34, 34), (54, 30), (62, 40), (44, 42)):
        pen.disc(left, top, left + 7, top + 4, (214, 160, 92))


def _ring(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.disc(14, 18, 86, 88, _CRUST)
    pen.disc(38, 42, 62, 66, _of(0.1, 0.10, 0.98))
    for x, y in ((28, 34), (48, 26), (66, 34), (74, 52), (26, 58), (46, 74), (64, 70)):
        pen.disc(x, y, x + 4, y + 4, _CRUMB)


def _rolls(pen: _Pen, light: Colour, dark: Colour) -> None:
    for left, top in ((10, 18), (48, 18), (10, 50), (48, 50)):
        pen.disc(left, top, left + 42, top + 36, _CRUST)
        pen.line((left + 12, top + 16), (left + 28, top + 12), fill=_CRUMB, width=3)


def _spiral(pen: _Pen, light: Colour, dark: Colour) -> None:
    for at, inset in enumerate((0, 8, 16, 24, 30)):
        pen.disc(14 + inset, 18 + inset, 86 - inset, 88 - inset, _CRUMB if at % 2 else _CRUST)


def _filled_pastry(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.block(14, 34, 86, 74, (214, 146, 70), 14)
    for x in (32, 50, 68):
        pen.line((x, 36), (x - 4, 72), fill=_CRUST, width=3)
    for y in (46, 60):
        pen.disc(10, y - 4, 20, y + 6, _CHOCOLATE)
        pen.disc(80, y - 4, 90, y + 6, _CHOCOLATE)


def _slice(top: Colour, within: Colour) -> _Draw:
    """A piece of a cake or pie, from its side."""

    def draw(pen: _Pen, light: Colour, dark: Colour) -> None:
        pen.shape((10, 50), (70, 24), (90, 46), fill=top)
        pen.shape((10, 50), (90, 46), (90, 78), (10, 78), fill=within)
        pen.shape((10, 60), (90, 58), (90, 64), (10, 66), fill=top)
        pen.block(10, 74, 90, 80, _CRUST, 1)

    return draw


def _cake(pen: _Pen, light: Colour, dark: Colour) -> None:
    pen.block(16, 44, 84, 82, _CHOCOLATE, 4)
    pen.disc(16, 32, 84, 56, (124, 78, 52))
    pen.block(16, 60, 84, 66, _CRUMB, 0)
    for x in (30, 46, 62):
        pen.disc(x, 34, x + 8, 42, (200, 48, 56))
    pen.block(10, 82, 90, 87, dark, 2)


def _darker(colour: Colour) -> Colour:
    red, green, blue = (one * 4 // 5 for one in colour)
    return red, green, blue


BAKED: Mapping[str, _Draw] = {
    **{"white bread": _tin(_CRUST, (250, 236, 206)), "wholemeal": _tin((132, 84, 46), (206, 160, 104))},
    **{"rye": _oval((112, 70, 42)), "sourdough": _boule, "challah": _braid, "pita": _flat, "pitta": _flat},
    **{"bagel": _ring, "cinnamon": _spiral, "chocolate croissant": _filled_pastry, "croissant": _crescent},
    **{"baguette": _stick, "rolls": _rolls, "roll": _roll, "bun": _roll, "chocolate cake": _cake},
    **{"pie": _slice((196, 128, 62), (240, 206, 120)), "cheesecake": _slice((244, 214, 138), (252, 240, 210))},
}
"""The shape of baked goods by a word of their name, the first that is in it: they are told apart at a glance."""
LOOKS: Mapping[str, tuple[float, _Draw | None]] = {
    **{"sweet potato": (0.05, _long), "potato": (0.11, _round), "carrot": (0.07, _long), "garlic": (0.14, _bulb)},
    **{"onion": (0.09, _bulb), "tomato": (0.0, _round), "pepper": (0.99, _round), "cucumber": (0.33, _long)},
    **{
        "courgette": (0.30, _long),
        "aubergine": (0.78, _long),
        "cabbage": (0.28, _bunch),
        "cauliflower": (0.16, _bunch),
    },
    **{"mushroom": (0.08, _bunch), "pear": (0.20, None), "banana": (0.15, _long), "pineapple": (0.13, _bulb)},
    **{"apple": (0.98, None), "orange": (0.09, _round), "clementine": (0.07, _round), "lemon": (0.15, _round)},
    **{"grapes": (0.80, _bunch), "peach": (0.04, None), "watermelon": (0.35, _round), "melon": (0.17, _round)},
    **{"mango": (0.11, None), "avocado": (0.27, _bulb), "lettuce": (0.27, _bunch), "parsley": (0.32, _bunch)},
    **{"coriander": (0.36, _bunch), "mint": (0.40, _bunch)},
    **{"milk": (0.58, None), "butter": (0.14, None), "cream": (0.53, None), "egg": (0.08, None), "yog": (0.48, None)},
    **{
        "cola": (0.0, None),
        "water": (0.55, None),
        "juice": (0.09, None),
        "ketchup": (0.0, None),
        "honey": (0.11, None),
    },
}
"""The hue of goods by a word of their name, the first that is in it, and their shape where that is another."""
KINDS: Mapping[str, _Draw] = {
    "dairy": _carton,
    "bakery": _loaf,
    "pantry": _jar,
    "snacks": _bag,
    "frozen": _frozen,
    "drinks": _bottle,
    "bar": _glass,
    "produce": _fruit,
    "counter": _wedge,
    "household": _spray,
}
"""By the demo's categories."""
