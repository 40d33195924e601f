"""Pictures of the demo's products: drawn by name, or by kind for products without a drawing."""

from __future__ import annotations

import colorsys
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image, ImageDraw

from sim import product_shapes as of
from sim.product_shapes import CHOCOLATE, CREAM, CRUMB, CRUST, DARK, LEAF, MINT, WHITE, Colour, Draw, Pen

SIDE = 320
"""Pixels of a side: sharp on a kiosk's card, 2 to 4 KB as WebP."""
_FINE = 3
"""Factor by which pictures are drawn larger and then reduced, for smooth edges."""
Looks = tuple[tuple[str, Draw], ...]


def draw_picture(kind: str, number: int, name: str = "") -> bytes:
    """Return a drawing of a product as WebP.

    `GOODS` of its kind is searched for a word of its English name. Otherwise the kind's drawing from `KINDS`, or a box,
    is used, in a colour from `HUES` or by `number`.
    """
    called = f" {name.lower()}"
    hue = next((hue for word, hue in HUES if f" {word}" in called), number * 0.381966 % 1.0)  # the golden angle
    draw = next((draw for word, draw in GOODS.get(kind, ()) if f" {word}" in called), None)
    ground = _colour(hue, 0.10, 0.98) if draw is None else GROUNDS.get(kind, CREAM)
    picture = Image.new("RGB", (SIDE * _FINE, SIDE * _FINE), ground)
    pen = Pen(ImageDraw.Draw(picture), picture.width / 100)
    (draw or KINDS.get(kind, of.box)(_colour(hue, 0.62, 0.80)))(pen)
    out = io.BytesIO()
    picture.reduce(_FINE).save(out, "WEBP", quality=70, method=4)
    return out.getvalue()


def put_into(folder: Path, of: Mapping[str, str], called: Mapping[str, str] = {}) -> dict[str, str]:
    """Write a picture for each product of a kind, by its English name, into the folder; returns the file names."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = {sku: f"demo-{sku}.webp" for sku in of}
    for at, (sku, kind) in enumerate(of.items()):
        (folder / names[sku]).write_bytes(draw_picture(kind, at, called.get(sku, "")))
    return names


def _colour(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = (round(one * 255) for one in colorsys.hsv_to_rgb(hue, saturation, value))
    return red, green, blue


# Milk and eggs.


def _eggs(pen: Pen) -> None:
    for at in range(4):
        pen.disc(10 + at * 20, 26, 30 + at * 20, 56, (244, 222, 192))
        pen.disc(15 + at * 20, 31, 21 + at * 20, 40, WHITE)
    pen.shape((6, 46), (94, 46), (86, 78), (14, 78), fill=(150, 140, 128))
    for at in range(4):
        pen.disc(11 + at * 20, 42, 29 + at * 20, 62, (128, 118, 108))


def _wedge(pen: Pen) -> None:
    pen.shape((14, 56), (74, 26), (86, 44), (86, 56), fill=(248, 210, 104))
    pen.block(14, 56, 86, 78, (236, 184, 66), 2)
    for left, top, side in ((28, 61, 10), (52, 58, 8), (66, 65, 10)):
        pen.disc(left, top, left + side, top + side, (206, 150, 40))


def _slices(pen: Pen) -> None:
    for at in range(3):
        top, side = 58 - at * 14, (248, 206 + at * 8, 96 + at * 14)
        pen.shape((12, top + 12), (50, top - 8), (88, top + 12), (50, top + 32), fill=side)
    for x, y in ((44, 34), (58, 44), (40, 48)):
        pen.disc(x, y, x + 8, y + 5, (220, 168, 56))


def _feta(pen: Pen) -> None:
    pen.shape((14, 44), (36, 28), (86, 32), (66, 50), fill=WHITE)
    pen.shape((14, 44), (66, 50), (66, 80), (14, 72), fill=(232, 232, 224))
    pen.shape((66, 50), (86, 32), (86, 60), (66, 80), fill=(214, 214, 206))
    pen.dots(2, (200, 200, 190), (26, 56), (40, 64), (54, 58), (34, 70))
    pen.leaf(40, 36, 9)


def _camembert(pen: Pen) -> None:
    pen.disc(12, 38, 88, 86, (228, 214, 180))
    pen.disc(12, 28, 88, 76, (250, 244, 226))
    pen.shape((50, 52), (92, 44), (92, 70), (74, 80), fill=CREAM)
    pen.shape((50, 52), (72, 72), (72, 82), (50, 62), fill=(244, 216, 130))
    pen.shape((50, 52), (86, 48), (86, 56), (50, 62), fill=(244, 216, 130))


# Bread and cakes.


def _tin_loaf(crust: Colour, crumb: Colour) -> Draw:
    """A cut tin loaf: the crumb inside its crust."""

    def draw(pen: Pen) -> None:
        pen.block(24, 34, 88, 82, of.darker(crust), 10)
        pen.disc(12, 22, 48, 56, crust)
        pen.disc(34, 22, 70, 56, crust)
        pen.block(16, 36, 66, 82, crust, 5)
        pen.disc(17, 27, 45, 53, crumb)
        pen.disc(37, 27, 65, 53, crumb)
        pen.block(21, 38, 61, 77, crumb, 4)

    return draw


def _loaf(light: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.block(16, 38, 84, 78, CRUST, 18)
        for x in (30, 46, 62):
            pen.line((x, 62), (x + 8, 46), fill=CRUMB, width=4)
        pen.block(16, 74, 84, 80, light, 3)

    return draw


def _rye(pen: Pen) -> None:
    pen.disc(8, 34, 92, 80, (112, 70, 42))
    for x in (28, 44, 60):
        pen.line((x, 66), (x + 12, 46), fill=CRUMB, width=3)


def _boule(pen: Pen) -> None:
    pen.disc(14, 18, 86, 88, (170, 104, 52))
    for one in (((32, 40), (68, 68)), ((68, 40), (32, 68))):
        pen.line(*one, fill=CRUMB, width=5)


def _braid(pen: Pen) -> None:
    for at, left in enumerate((10, 24, 38, 52, 66)):
        high = 8 * abs(at - 2)
        pen.disc(left, 30 + high / 2, left + 26, 82 - high / 2, CRUST if at % 2 else (214, 146, 70))
    pen.dots(1.5, CRUMB, (24, 48), (38, 42), (50, 56), (64, 44), (77, 54))


def _flat(pen: Pen) -> None:
    for top in (50, 38, 26):
        pen.disc(14, top, 86, top + 36, CRUST)
        pen.disc(14, top, 86, top + 31, CRUMB)
    for left, top in ((34, 34), (54, 30), (62, 40), (44, 42)):
        pen.disc(left, top, left + 7, top + 4, (214, 160, 92))


def _bagel(pen: Pen) -> None:
    pen.disc(14, 18, 86, 88, CRUST)
    pen.disc(38, 42, 62, 66, GROUNDS["bakery"])
    pen.dots(2, CRUMB, (30, 36), (50, 28), (68, 36), (76, 54), (28, 60), (48, 76), (66, 72))


def _rolls(pen: Pen) -> None:
    for left, top in ((10, 18), (48, 18), (10, 50), (48, 50)):
        pen.disc(left, top, left + 42, top + 36, CRUST)
        pen.line((left + 12, top + 16), (left + 28, top + 12), fill=CRUMB, width=3)


def _roll(pen: Pen) -> None:
    pen.disc(18, 30, 82, 82, CRUST)
    pen.line((34, 50), (50, 42), (66, 50), fill=CRUMB, width=4)


def _baguette(pen: Pen) -> None:
    pen.line((18, 78), (82, 22), fill=CRUST, width=18)
    for at in (30, 46, 62):
        pen.line((at, 104 - at), (at + 2, 90 - at), fill=CRUMB, width=4)


def _croissant(pen: Pen) -> None:
    pen.arc((12, 26, 88, 102), 190, 350, CRUST, 26)
    pen.arc((16, 30, 84, 98), 240, 300, (214, 146, 70), 26)
    pen.shape((12, 56), (38, 66), (18, 74), fill=CRUST)
    pen.shape((88, 56), (62, 66), (82, 74), fill=CRUST)
    for points in (((34, 34), (42, 54)), ((50, 28), (50, 52)), ((66, 34), (58, 54)), ((22, 46), (34, 60))):
        pen.line(*points, fill=(158, 96, 44), width=2)
    pen.line((78, 46), (66, 60), fill=(158, 96, 44), width=2)


def _spiral(pen: Pen) -> None:
    for at, inset in enumerate((0, 8, 16, 24, 30)):
        pen.disc(14 + inset, 18 + inset, 86 - inset, 88 - inset, CRUMB if at % 2 else CRUST)


def _chocolate_croissant(pen: Pen) -> None:
    pen.block(14, 34, 86, 74, (214, 146, 70), 14)
    for x in (32, 50, 68):
        pen.line((x, 38), (x - 4, 70), fill=CRUST, width=3)
    pen.dots(5, CHOCOLATE, (15, 47), (15, 61), (85, 47), (85, 61))


def _slice(top: Colour, within: Colour) -> Draw:
    """A slice of cake or pie, from the side."""

    def draw(pen: Pen) -> None:
        pen.shape((10, 50), (70, 24), (90, 46), fill=top)
        pen.shape((10, 50), (90, 46), (90, 78), (10, 78), fill=within)
        pen.shape((10, 60), (90, 58), (90, 64), (10, 66), fill=top)
        pen.block(10, 74, 90, 80, CRUST, 1)

    return draw


def _cake(pen: Pen) -> None:
    pen.block(16, 44, 84, 82, CHOCOLATE, 4)
    pen.disc(16, 32, 84, 56, (124, 78, 52))
    pen.block(16, 60, 84, 66, CRUMB, 0)
    pen.dots(4, of.RED, (34, 38), (50, 36), (66, 38))
    pen.block(10, 82, 90, 87, of.GREY, 2)


def _cereal(pack: Colour) -> Draw:
    def sign(pen: Pen) -> None:
        pen.disc(30, 48, 68, 78, WHITE)
        pen.dots(5, of.ORANGE, (40, 56), (50, 54), (58, 60), (46, 64), (56, 68))

    return of.box(pack, sign)


# Sweets and snacks.


def _bar(wrap: Colour, chocolate: Colour) -> Draw:
    """A chocolate bar, half unwrapped."""

    def draw(pen: Pen) -> None:
        pen.block(30, 10, 70, 60, chocolate, 2)
        for y in (14, 26, 38):
            for x in (33, 46, 59):
                pen.block(x, y, x + 8, y + 9, of.lighter(chocolate) if y == 14 else of.darker(chocolate), 1)
        pen.shape((28, 48), (38, 44), (48, 50), (60, 44), (72, 48), (72, 90), (28, 90), fill=wrap)
        pen.block(34, 60, 66, 78, WHITE, 2)

    return draw


def _biscuits(pack: Colour, biscuit: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.block(10, 30, 90, 58, pack, 8)
        pen.block(10, 30, 20, 58, of.darker(pack), 4)
        pen.block(80, 30, 90, 58, of.darker(pack), 4)
        for x in (36, 62):
            pen.disc(x - 16, 52, x + 16, 84, biscuit)
            pen.dots(1.8, of.darker(biscuit), (x - 6, 62), (x + 6, 62), (x, 70), (x - 6, 76), (x + 6, 76))

    return draw


def _pretzels(pen: Pen) -> None:
    of.pouch((52, 104, 160), CREAM)(pen)
    pen.disc(32, 36, 68, 72, CREAM)
    pen.arc((36, 44, 52, 60), 0, 360, CRUST, 3)
    pen.arc((48, 44, 64, 60), 0, 360, CRUST, 3)
    pen.line((42, 66), (50, 54), (58, 66), fill=CRUST, width=3)


def _lollipop(pen: Pen) -> None:
    pen.line((50, 54), (50, 92), fill=WHITE, width=4)
    for inset, colour in ((0, of.RED), (6, of.PINK), (12, of.RED), (18, of.PINK)):
        pen.disc(24 + inset, 10 + inset, 76 - inset, 62 - inset, colour)


def _sweets(pen: Pen) -> None:
    for x, y, colour in ((32, 36, MINT), (64, 42, WHITE), (44, 68, MINT)):
        pen.shape((x - 22, y - 9), (x, y), (x - 22, y + 9), fill=of.lighter(MINT))
        pen.shape((x + 22, y - 9), (x, y), (x + 22, y + 9), fill=of.lighter(MINT))
        pen.disc(x - 12, y - 11, x + 12, y + 11, colour)


def _gum(pen: Pen) -> None:
    pen.shape((14, 60), (70, 30), (86, 48), (30, 80), fill=of.GREEN)
    pen.shape((14, 60), (30, 80), (30, 86), (14, 66), fill=of.darker(of.GREEN))
    pen.shape((38, 50), (60, 38), (70, 50), (48, 64), fill=WHITE)
    pen.shape((66, 20), (88, 34), (84, 42), (62, 28), fill=of.STEEL)


def _dates(pen: Pen) -> None:
    for x, y in ((30, 40), (56, 34), (42, 60), (70, 56)):
        pen.disc(x - 16, y - 10, x + 16, y + 12, (104, 58, 36))
        pen.line((x - 8, y - 3), (x + 6, y - 4), fill=(146, 92, 60), width=2)


# Frozen food.


def _frozen(light: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.block(18, 26, 82, 80, light)
        for one in (((50, 34), (50, 70)), ((34, 43), (66, 61)), ((34, 61), (66, 43))):
            pen.line(*one, fill=WHITE, width=4)

    return draw


def _pizza(pen: Pen) -> None:
    pen.disc(10, 12, 90, 92, CRUST)
    pen.disc(16, 18, 84, 86, (206, 66, 44))
    pen.dots(9, (250, 232, 180), (38, 40), (62, 36), (68, 62), (44, 68), (30, 56))
    pen.leaf(46, 54, 7)
    pen.leaf(56, 78, 6)


def _lolly(pen: Pen) -> None:
    pen.block(44, 66, 56, 94, CRUMB, 3)
    pen.block(28, 8, 72, 74, of.RED, 20)
    pen.block(28, 40, 72, 74, of.ORANGE, 8)
    pen.block(28, 40, 72, 52, of.ORANGE, 0)
    pen.line((40, 26), (40, 58), fill=of.lighter(of.RED), width=4)


def _ice(pen: Pen) -> None:
    for x, y in ((14, 44), (48, 50), (32, 16)):
        pen.block(x, y, x + 36, y + 34, (172, 212, 236), 5)
        pen.block(x + 5, y + 5, x + 20, y + 18, (222, 240, 250), 3)


def _fish_fingers(pen: Pen) -> None:
    of.box((40, 106, 176))(pen)
    for y in (48, 62, 76):
        pen.block(20, y, 70, y + 11, (226, 158, 66), 3)
        pen.line((28, y + 5), (60, y + 5), fill=(196, 124, 46), width=1.5)


def _chips(pen: Pen) -> None:
    for at, x in enumerate((30, 38, 46, 54, 62)):
        pen.block(x, 14 + at % 2 * 8, x + 7, 60, of.YELLOW, 1)
    pen.shape((22, 46), (78, 46), (70, 90), (30, 90), fill=of.RED)
    pen.disc(42, 58, 58, 74, WHITE)


# Drinks.


def _tea_box(body: Colour) -> Draw:
    def sign(pen: Pen) -> None:
        pen.disc(32, 44, 66, 76, CREAM)
        pen.leaf(36, 66, 11, of.darker(body))

    return of.several(of.box(body, sign), _tag)


def _tag(pen: Pen) -> None:
    pen.line((74, 50), (86, 58), fill=DARK, width=1.2)
    pen.block(80, 58, 94, 74, WHITE, 2)


def _beans(*at: tuple[float, float]) -> Draw:
    def draw(pen: Pen) -> None:
        for x, y in at:
            pen.disc(x - 7, y - 9, x + 7, y + 9, (96, 58, 36))
            pen.line((x + 1, y - 6), (x - 1, y + 6), fill=(58, 34, 22), width=1.5)

    return draw


# Fruit and vegetables.


def _cherry_tomatoes(pen: Pen) -> None:
    pen.line((14, 22), (84, 30), fill=LEAF, width=3)
    for x, y in ((30, 44), (66, 46), (48, 70)):
        of.tomato(x, y, 17)(pen)


def _peppers(pen: Pen) -> None:
    pen.disc(16, 30, 50, 88, of.darker(of.RED))
    pen.disc(50, 30, 84, 88, of.darker(of.RED))
    pen.disc(28, 28, 72, 90, of.RED)
    pen.line((38, 42), (36, 60), fill=of.lighter(of.RED), width=4)
    pen.line((50, 34), (50, 22), (58, 14), fill=LEAF, width=6)


def _carrots(pen: Pen) -> None:
    for x in (58, 68, 78):
        pen.line((62, 34), (x, 10 + (78 - x) / 3), fill=LEAF, width=4)
    pen.shape((14, 88), (50, 28), (72, 46), fill=of.ORANGE)
    pen.disc(48, 26, 74, 50, of.ORANGE)
    for start, end in (((44, 44), (54, 52)), ((34, 60), (40, 66)), ((54, 36), (64, 44))):
        pen.line(start, end, fill=(206, 108, 24), width=2)


def _bulb(skin: Colour, count: int) -> Draw:
    def draw(pen: Pen) -> None:
        pen.shape((44, 36), (50, 10), (56, 36), fill=of.darker(skin))
        pen.disc(20, 30, 80, 86, skin)
        for at in range(count):
            x = 30 + at * 40 / max(1, count - 1)
            pen.line((50, 32), (x, 58), (50, 85), fill=of.darker(skin), width=1.8)

    return draw


def _aubergine(pen: Pen) -> None:
    pen.line((64, 34), (50, 46), fill=(88, 42, 108), width=26)
    pen.disc(12, 36, 66, 90, (88, 42, 108))
    pen.line((24, 66), (34, 52), fill=(150, 104, 170), width=4)
    pen.shape((56, 40), (60, 22), (74, 22), (82, 34), (76, 48), (66, 44), fill=LEAF)
    pen.line((74, 28), (84, 14), fill=LEAF, width=6)


def _cabbage(leaves: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.disc(10, 24, 60, 86, of.darker(leaves))
        pen.disc(40, 24, 90, 86, of.darker(leaves))
        pen.disc(20, 16, 80, 88, leaves)
        for x in (32, 50, 68):
            pen.line((50, 86), (x, 34), fill=of.lighter(leaves), width=2.5)

    return draw


def _cauliflower(pen: Pen) -> None:
    pen.disc(8, 44, 54, 92, LEAF)
    pen.disc(46, 44, 92, 92, LEAF)
    pen.dots(14, CREAM, (34, 42), (50, 32), (66, 42), (42, 58), (60, 58))
    pen.dots(5, WHITE, (34, 38), (50, 28), (66, 38), (48, 52))


def _mushrooms(pen: Pen) -> None:
    for x, y, size in ((64, 34, 20), (36, 46, 26)):
        pen.block(x - size * 0.35, y, x + size * 0.35, y + size * 1.5, CREAM, 4)
        pen.disc(x - size, y - size * 0.8, x + size, y + size * 0.7, (214, 186, 152))
        pen.shape((x - size, y), (x + size, y), (x + size * 0.8, y + 6), (x - size * 0.8, y + 6), fill=(160, 124, 92))


def _apple(pen: Pen) -> None:
    pen.disc(18, 28, 58, 86, of.RED)
    pen.disc(42, 28, 82, 86, of.RED)
    pen.disc(28, 38, 38, 54, of.lighter(of.RED))
    pen.line((50, 34), (54, 16), fill=DARK, width=3)
    pen.leaf(54, 24, 12)


def _pear(pen: Pen) -> None:
    pen.disc(36, 20, 64, 58, (184, 196, 74))
    pen.disc(22, 40, 78, 90, (184, 196, 74))
    pen.disc(30, 52, 42, 70, (220, 226, 150))
    pen.line((50, 24), (54, 10), fill=DARK, width=3)
    pen.leaf(54, 18, 9)


def _bananas(pen: Pen) -> None:
    for left, top in ((-2, -34), (6, -22)):
        pen.arc((left, top, left + 88, top + 96), 12, 120, of.YELLOW, 14)
        pen.arc((left + 5, top + 5, left + 83, top + 91), 14, 112, (224, 176, 40), 2)
    pen.line((82, 26), (88, 16), fill=(140, 110, 50), width=7)
    pen.dots(4, DARK, (24, 54), (30, 66))


def _clementines(pen: Pen) -> None:
    for x, y in ((34, 44), (62, 62)):
        pen.disc(x - 24, y - 22, x + 24, y + 22, (244, 126, 34))
        pen.disc(x - 14, y - 14, x - 6, y - 6, of.lighter((244, 126, 34)))
        pen.dots(2, LEAF, (x, y - 20))
    pen.leaf(34, 22, 11)


def _lemon(pen: Pen) -> None:
    pen.shape((8, 54), (24, 40), (24, 66), fill=of.YELLOW)
    pen.shape((92, 50), (76, 36), (76, 64), fill=of.YELLOW)
    pen.disc(16, 26, 84, 80, of.YELLOW)
    pen.disc(28, 36, 44, 48, of.lighter(of.YELLOW))
    pen.dots(1.2, (214, 170, 40), (54, 44), (66, 52), (56, 62), (42, 66), (70, 62))


def _grapes(pen: Pen) -> None:
    pen.line((50, 26), (52, 8), fill=DARK, width=3)
    pen.leaf(52, 20, 14)
    for y, xs in ((32, (26, 42, 58, 74)), (46, (34, 50, 66)), (60, (42, 58)), (74, (50,))):
        for x in xs:
            pen.disc(x - 9, y - 9, x + 9, y + 9, of.PURPLE)
            pen.dots(2, (176, 132, 200), (x - 3, y - 3))


def _peach(pen: Pen) -> None:
    of.ball((246, 156, 110))(pen)
    pen.arc((44, 22, 92, 92), 120, 230, (222, 112, 84), 3)


def _watermelon(pen: Pen) -> None:
    pen.shape((8, 34), (92, 34), (78, 66), (50, 80), (22, 66), fill=(44, 118, 62))
    pen.shape((14, 34), (86, 34), (73, 62), (50, 73), (27, 62), fill=(226, 244, 214))
    pen.shape((18, 34), (82, 34), (70, 59), (50, 69), (30, 59), fill=(230, 66, 70))
    pen.dots(2.2, DARK, (36, 42), (50, 46), (64, 42), (43, 54), (57, 54))


def _melon(pen: Pen) -> None:
    pen.disc(12, 20, 88, 88, (224, 204, 122))
    for inset in (14, 28):
        pen.arc((12 + inset, 20, 88 - inset, 88), 0, 360, (196, 172, 92), 2)
    pen.line((50, 21), (50, 87), fill=(196, 172, 92), width=2)
    pen.line((50, 22), (56, 10), fill=LEAF, width=5)


def _mango(pen: Pen) -> None:
    pen.disc(14, 26, 86, 84, (246, 176, 60))
    pen.disc(46, 20, 88, 66, (222, 92, 62))
    pen.disc(18, 36, 70, 82, (246, 176, 60))
    pen.line((68, 26), (72, 14), fill=DARK, width=3)
    pen.leaf(72, 22, 8)


def _avocado(pen: Pen) -> None:
    for inset, colour in ((0, (58, 92, 48)), (5, (186, 204, 104)), (9, (230, 232, 160))):
        pen.disc(36 + inset, 10 + inset, 64 - inset, 56 - inset, colour)
        pen.disc(22 + inset, 34 + inset, 78 - inset, 92 - inset, colour)
    pen.disc(36, 50, 64, 78, (134, 84, 48))
    pen.disc(42, 55, 50, 63, (176, 126, 86))


def _pineapple(pen: Pen) -> None:
    for x in (26, 38, 50, 62, 74):
        pen.shape((44, 38), (x, 8 + abs(50 - x) / 2), (56, 38), fill=LEAF)
    pen.block(28, 34, 72, 92, (232, 172, 52), 20)
    for at in (-26, -12, 2, 16, 30):
        pen.line((34, 56 + at / 2), (66, 76 + at / 2), fill=(190, 128, 34), width=1.5)
        pen.line((66, 56 + at / 2), (34, 76 + at / 2), fill=(190, 128, 34), width=1.5)


# Deli counter and household.


def _chicken(pen: Pen) -> None:
    pen.disc(8, 64, 92, 88, WHITE)
    pen.disc(16, 34, 66, 76, (246, 204, 186))
    pen.disc(44, 44, 86, 78, (240, 190, 172))
    pen.line((28, 50), (52, 46), fill=(252, 226, 214), width=4)


def _mince(pen: Pen) -> None:
    pen.block(12, 62, 88, 84, WHITE, 5)
    for y, xs in ((40, range(32, 70, 9)), (50, range(26, 78, 9)), (60, range(22, 82, 9))):
        for at, x in enumerate(xs):
            pen.dots(7, (184, 60, 56) if at % 2 else (208, 92, 84), (x, y))


def _salmon(pen: Pen) -> None:
    of.slab((246, 140, 104), (206, 206, 212))(pen)
    for x in (34, 48, 62):
        pen.line((x, 62), (x + 8, 48), (x + 4, 36), fill=(252, 190, 164), width=2)


def _olives(pen: Pen) -> None:
    pen.disc(10, 40, 90, 92, WHITE)
    pen.disc(16, 38, 84, 74, (226, 226, 220))
    for at, (x, y) in enumerate(((32, 48), (48, 44), (66, 48), (40, 60), (58, 60))):
        skin = (66, 54, 66) if at % 2 else (134, 148, 60)
        pen.disc(x - 10, y - 9, x + 10, y + 9, skin)
        pen.dots(2.5, of.RED if at % 2 == 0 else DARK, (x + 4, y - 2))


def _walnuts(pen: Pen) -> None:
    for x, y in ((34, 42), (66, 48), (46, 70)):
        pen.disc(x - 20, y - 18, x + 20, y + 18, (188, 138, 84))
        pen.line((x, y - 16), (x - 2, y), (x, y + 16), fill=(132, 90, 50), width=2)
        pen.line((x - 12, y - 6), (x - 6, y), (x - 12, y + 8), fill=(150, 104, 60), width=1.8)
        pen.line((x + 12, y - 6), (x + 6, y), (x + 12, y + 8), fill=(150, 104, 60), width=1.8)


def _tissues(pen: Pen) -> None:
    pen.shape((38, 44), (44, 18), (54, 30), (64, 16), (64, 44), fill=WHITE)
    pen.block(14, 42, 86, 82, (120, 170, 210), 4)
    pen.disc(32, 38, 68, 48, of.darker((120, 170, 210)))
    pen.disc(38, 54, 62, 76, of.lighter((120, 170, 210)))


def _bin_bags(pen: Pen) -> None:
    pen.disc(18, 34, 82, 92, (66, 72, 78))
    pen.shape((40, 42), (32, 16), (50, 26), (66, 14), (60, 42), fill=(66, 72, 78))
    pen.block(38, 34, 62, 42, of.RED, 2)
    pen.line((32, 54), (30, 70), fill=(120, 128, 134), width=3)


def _sponges(pen: Pen) -> None:
    for at, colour in enumerate((of.PINK, of.BLUE, of.YELLOW)):
        top = 62 - at * 20
        pen.block(18, top, 82, top + 16, colour, 4)
        pen.block(18, top, 82, top + 5, LEAF, 2)
        pen.dots(1.6, of.darker(colour), (30, top + 10), (46, top + 12), (60, top + 9), (72, top + 12))


def _wrap(roll: Colour, case: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.shape((14, 52), (86, 52), (90, 84), (22, 84), fill=roll)
        pen.block(10, 32, 90, 54, case, 3)
        pen.block(22, 37, 62, 48, WHITE, 2)

    return draw


def _batteries(pen: Pen) -> None:
    for x in (16, 34, 52, 70):
        pen.block(x + 4, 22, x + 10, 28, of.GREY, 1)
        pen.block(x, 27, x + 14, 82, (52, 58, 64), 2)
        pen.block(x, 27, x + 14, 44, (214, 150, 60), 1)
        pen.line((x + 4, 36), (x + 10, 36), fill=WHITE, width=1.8)


def _bulb_of_light(pen: Pen) -> None:
    pen.disc(24, 10, 76, 62, of.YELLOW)
    pen.disc(34, 20, 48, 34, (254, 240, 190))
    pen.shape((36, 54), (64, 54), (60, 70), (40, 70), fill=of.YELLOW)
    for y in (70, 77, 84):
        pen.block(38, y, 62, y + 5, of.GREY, 2)


def _matches(pen: Pen) -> None:
    for x in (30, 44, 58, 70):
        pen.line((x, 50), (x + 2, 20), fill=CRUMB, width=4)
        pen.dots(4, of.RED, (x + 2, 18))
    pen.block(16, 44, 84, 84, (206, 70, 50), 2)
    pen.block(28, 52, 72, 70, CREAM, 2)
    pen.block(16, 76, 84, 84, DARK, 1)


def _candles(pen: Pen) -> None:
    for x, top in ((26, 38), (44, 28), (62, 34)):
        pen.block(x, top, x + 14, 86, CREAM, 2)
        pen.line((x + 7, top), (x + 7, top - 5), fill=DARK, width=1.5)
        pen.disc(x + 3, top - 18, x + 11, top - 3, of.ORANGE)
        pen.disc(x + 5, top - 13, x + 9, top - 4, of.YELLOW)


def _toothbrush(pen: Pen) -> None:
    pen.line((16, 82), (62, 40), fill=of.BLUE, width=8)
    pen.line((60, 42), (84, 20), fill=of.BLUE, width=6)
    for x, y in ((66, 28), (71, 23), (76, 18), (81, 13)):
        pen.line((x + 2, y + 4), (x - 6, y - 5), fill=WHITE, width=4)


def _plasters(pen: Pen) -> None:
    for one in (((22, 70), (74, 26)), ((26, 26), (78, 70))):
        pen.line(*one, fill=(236, 190, 150), width=20)
    pen.disc(38, 36, 62, 60, (248, 222, 196))
    pen.dots(1.6, (206, 150, 110), (46, 44), (54, 44), (46, 52), (54, 52))


def _nappies(pen: Pen) -> None:
    pen.block(18, 20, 82, 88, (150, 208, 226), 6)
    pen.line((40, 20), (50, 10), (60, 20), fill=(150, 208, 226), width=5)
    pen.shape((30, 40), (70, 40), (66, 56), (56, 72), (44, 72), (34, 56), fill=WHITE)
    pen.block(28, 40, 36, 48, of.PINK, 1)
    pen.block(64, 40, 72, 48, of.PINK, 1)


def _cat_food(pen: Pen) -> None:
    of.tin((232, 128, 52), WHITE)(pen)
    pen.shape((39, 50), (41, 36), (48, 44), fill=DARK)
    pen.shape((61, 50), (59, 36), (52, 44), fill=DARK)
    pen.disc(38, 42, 62, 64, DARK)
    pen.dots(2.2, of.YELLOW, (45, 51), (55, 51))


def _newspaper(pen: Pen) -> None:
    pen.block(20, 14, 84, 88, (226, 226, 220), 2)
    pen.block(14, 18, 78, 90, WHITE, 2)
    pen.block(20, 24, 72, 33, DARK, 0)
    pen.block(20, 40, 44, 62, of.GREY, 0)
    for y in (42, 49, 56):
        pen.line((50, y), (70, y), fill=of.GREY, width=2)
    for y in (68, 75, 82):
        pen.line((22, y), (70, y), fill=of.GREY, width=2)


def _flowers(pen: Pen) -> None:
    for x in (34, 50, 66):
        pen.line((50, 64), (x, 32), fill=LEAF, width=3)
    for x, y, petals in (
        (32, 32, of.PINK),
        (50, 20, of.YELLOW),
        (68, 32, of.RED),
        (42, 46, WHITE),
        (60, 46, of.PURPLE),
    ):
        pen.dots(6, petals, (x - 6, y), (x + 6, y), (x, y - 6), (x, y + 6))
        pen.dots(4, of.ORANGE if petals != of.ORANGE else WHITE, (x, y))
    pen.shape((26, 54), (74, 54), (56, 92), (44, 92), fill=(214, 190, 226))
    pen.shape((26, 54), (74, 54), (50, 70), fill=of.lighter((214, 190, 226)))


GROUNDS: Mapping[str, Colour] = {
    **{"dairy": (222, 236, 248), "bakery": (250, 238, 224), "pantry": (246, 238, 220), "snacks": (250, 230, 232)},
    **{"frozen": (222, 242, 248), "drinks": (224, 240, 238), "bar": (238, 232, 246), "produce": (232, 244, 226)},
    **{"counter": (244, 236, 230), "household": (230, 236, 246)},
}
"""Backgrounds of drawings, by kind."""
GOODS: Mapping[str, Looks] = {
    "dairy": (
        ("goat", of.carton((122, 150, 92))),
        ("oat", of.carton((214, 180, 120), CRUST)),
        ("soy", of.carton((120, 168, 104), CREAM)),
        ("low-fat milk", of.carton((110, 180, 226), (110, 180, 226))),
        ("milk", of.carton(of.BLUE, of.BLUE)),
        ("butter", of.brick((236, 196, 70), (252, 228, 130))),
        ("strawberry yoghurt", of.tub(WHITE, of.PINK, of.PINK)),
        ("yoghurt", of.tub(WHITE, of.BLUE, (160, 200, 232))),
        ("pudding", of.tub((236, 222, 206), CHOCOLATE, CHOCOLATE)),
        ("sour cream", of.tub(WHITE, of.GREEN, (196, 222, 176))),
        ("whipping cream", of.carton((206, 92, 120), (250, 236, 240))),
        ("cottage", of.tub((250, 250, 246), (60, 120, 180), CREAM)),
        ("cream cheese", of.tub(WHITE, (170, 176, 186), CREAM)),
        ("feta", _feta),
        ("sliced", _slices),
        ("mozzarella", of.pouch((60, 130, 90), (250, 236, 190), (42, 48), (54, 46), (48, 58), (60, 58), (40, 60))),
        ("camembert", _camembert),
        ("egg", _eggs),
        ("hummus", of.tub((214, 176, 120), (120, 84, 44), (240, 216, 164))),
    ),
    "bakery": (
        ("white bread", _tin_loaf(CRUST, (250, 236, 206))),
        ("wholemeal", _tin_loaf((132, 84, 46), (206, 160, 104))),
        *(("rye", _rye), ("sourdough", _boule), ("challah", _braid), ("pita", _flat), ("pitta", _flat)),
        *(("bagel", _bagel), ("cinnamon", _spiral), ("chocolate croissant", _chocolate_croissant)),
        *(("croissant", _croissant), ("baguette", _baguette), ("rolls", _rolls), ("roll", _roll), ("bun", _roll)),
        ("chocolate cake", _cake),
        ("pie", _slice(CRUST, (240, 206, 120))),
        ("cheesecake", _slice((244, 214, 138), (252, 240, 210))),
    ),
    "pantry": (
        ("spaghetti", of.packet(of.BLUE, (240, 206, 110))),
        ("penne", of.packet((40, 120, 110), (240, 206, 110))),
        ("couscous", of.packet((206, 120, 60), (244, 214, 130))),
        ("basmati", of.packet((96, 70, 130), CREAM)),
        ("rice", of.packet((70, 130, 80), WHITE)),
        ("lentils", of.packet((150, 60, 60), (226, 110, 62))),
        ("chickpeas", of.packet((110, 120, 60), (232, 204, 146))),
        ("flour", of.packet(CREAM, WHITE)),
        ("brown sugar", of.packet((214, 190, 150), (164, 108, 60))),
        ("sugar", of.packet((236, 120, 150), WHITE)),
        ("salt", of.packet((66, 110, 170), WHITE)),
        ("oats", of.packet((206, 160, 90), (244, 226, 190))),
        ("cornflakes", _cereal((240, 190, 60))),
        ("muesli", _cereal((130, 160, 80))),
        ("black pepper", of.jar((72, 68, 66), DARK)),
        ("paprika", of.jar((196, 62, 36), DARK)),
        ("olive oil", of.wine((112, 136, 50), (70, 88, 34))),
        ("sunflower oil", of.bottle(of.YELLOW, of.RED, WHITE)),
        ("vinegar", of.bottle((206, 150, 120), DARK, CREAM)),
        ("soy sauce", of.bottle((66, 40, 34), of.RED, CREAM)),
        ("mustard", of.jar((220, 176, 44), of.YELLOW)),
        ("mayonnaise", of.jar((250, 244, 220), of.BLUE, (190, 214, 240))),
        ("ketchup", of.bottle(of.RED, WHITE, of.darker(of.RED))),
        ("tomato paste", of.tube(of.RED, WHITE)),
        ("chopped tomatoes", of.tin((60, 130, 70), of.RED)),
        ("tahini", of.jar((224, 200, 156), of.darker(CRUST))),
        ("tuna", of.flat_tin((44, 104, 170), of.STEEL)),
        ("sardines", of.flat_tin((206, 70, 60), of.STEEL)),
        ("sweetcorn", of.tin((70, 140, 70), of.YELLOW)),
        ("olives", of.jar((140, 156, 66), of.GREEN)),
        ("gherkins", of.jar((96, 132, 60), of.darker(of.GREEN))),
        ("peanut butter", of.jar((190, 130, 66), of.BLUE)),
        ("jam", of.jar((190, 40, 56), of.RED)),
        ("honey", of.jar((236, 168, 50), of.YELLOW)),
        ("chocolate spread", of.jar(CHOCOLATE, WHITE)),
    ),
    "snacks": (
        ("crisps", of.pouch(of.RED, of.YELLOW)),
        ("puffs", of.pouch(of.ORANGE, (214, 150, 70))),
        ("pretzels", _pretzels),
        ("peanuts", of.pouch((40, 120, 120), (206, 150, 90))),
        ("almonds", of.pouch((130, 80, 60), (170, 110, 66))),
        ("seeds", of.pouch((80, 130, 60), (70, 66, 62))),
        ("milk chocolate", _bar((92, 70, 160), (134, 84, 56))),
        ("dark chocolate", _bar((60, 60, 66), (74, 44, 34))),
        ("wafers", _biscuits(CHOCOLATE, (206, 160, 100))),
        ("butter biscuits", _biscuits(of.YELLOW, CRUMB)),
        ("ginger biscuits", _biscuits((206, 110, 50), (190, 120, 60))),
        ("rice cakes", _biscuits((90, 160, 130), CREAM)),
        ("crackers", _biscuits(of.RED, (236, 200, 140))),
        *(("gum", _gum), ("mint", _sweets), ("lollipop", _lollipop), ("dates", _dates)),
        ("halva", of.slab((226, 204, 164), (196, 168, 122))),
    ),
    "frozen": (
        ("peas", of.pouch((70, 150, 100), of.GREEN)),
        ("spinach", of.pouch((40, 110, 80), (44, 104, 54))),
        *(
            ("chips", _chips),
            ("fish fingers", _fish_fingers),
            ("pizza", _pizza),
            ("lolly", _lolly),
            ("ice cubes", _ice),
        ),
        ("vanilla", of.tub((252, 240, 200), of.YELLOW, CREAM)),
        ("chocolate ice", of.tub((180, 130, 96), CHOCOLATE, CHOCOLATE)),
        ("pastry", of.brick((110, 170, 200), CRUMB)),
    ),
    "drinks": (
        ("mineral water", of.bottle((176, 216, 240), of.BLUE, of.BLUE)),
        ("sparkling water", of.bottle((176, 216, 240), of.RED, of.GREEN)),
        ("sugar-free cola", of.can((50, 48, 50), WHITE)),
        ("cola", of.can(of.RED, WHITE)),
        ("tonic", of.can((240, 216, 90), of.BLUE)),
        ("energy", of.can((40, 70, 150), of.STEEL)),
        ("lemonade", of.bottle((244, 236, 160), of.GREEN, of.YELLOW)),
        ("orange juice", of.carton(of.ORANGE, of.ORANGE)),
        ("apple juice", of.carton((130, 176, 70), of.RED)),
        ("grape juice", of.carton(of.PURPLE, of.PURPLE)),
        ("tomato juice", of.carton(of.RED, of.RED)),
        ("iced tea", of.bottle((214, 150, 70), of.ORANGE, (252, 200, 150))),
        ("ground coffee", of.brick((104, 62, 42), (70, 42, 30))),
        ("coffee beans", of.several(of.pouch((104, 62, 42), CREAM, (0, 0)), _beans((44, 50), (57, 52), (50, 64)))),
        ("instant coffee", of.jar((104, 62, 42), DARK)),
        ("black tea", _tea_box((150, 50, 50))),
        ("green tea", _tea_box((90, 150, 80))),
        ("cocoa", of.tin((150, 90, 60), CHOCOLATE)),
        ("espresso", of.cup((84, 48, 30), wide=False)),
        ("cappuccino", of.cup((176, 118, 72), foam=CREAM)),
        ("hot chocolate", of.cup(CHOCOLATE, foam=WHITE)),
        ("mint tea", of.tea_glass((222, 200, 120))),
    ),
    "bar": (
        ("draught", of.beer_glass((240, 176, 50))),
        ("lager", of.bottle((64, 120, 66), of.YELLOW, CREAM)),
        ("dark beer", of.bottle((66, 42, 30), of.RED, CREAM)),
        ("wheat beer", of.bottle((190, 130, 60), of.BLUE, CREAM)),
        ("beer", of.bottle((130, 80, 40), of.YELLOW, of.RED)),
        ("cider", of.bottle((214, 176, 70), of.GREEN, of.RED)),
        ("glass of red", of.wine_glass((140, 26, 50))),
        ("glass of white", of.wine_glass(of.STRAW)),
        ("red wine", of.wine((52, 62, 46), (140, 26, 50))),
        ("white wine", of.wine((150, 170, 90), (214, 190, 90))),
        ("ros", of.wine((240, 170, 166), (226, 120, 130))),
        ("sparkling", of.wine((50, 80, 60), (220, 186, 90), (232, 210, 140))),
        ("gin and tonic", of.tumbler((226, 240, 240), of.YELLOW)),
        ("mojito", of.tumbler((214, 234, 196), of.GREEN)),
        ("vodka", of.spirit((226, 238, 244), of.BLUE, WHITE)),
        ("gin", of.spirit((170, 206, 200), of.GREEN)),
        ("rum", of.spirit((134, 74, 36), DARK)),
        ("whisky", of.spirit((206, 130, 50), DARK)),
        ("tequila", of.spirit((240, 214, 130), of.RED)),
        ("arak", of.spirit((232, 238, 236), (60, 60, 90))),
    ),
    "produce": (
        *(("cherry tomato", _cherry_tomatoes), ("tomato", of.tomato(50, 54, 36)), ("pepper", _peppers)),
        ("cucumber", of.stick((74, 134, 62), (46, 96, 44))),
        ("courgette", of.stick((112, 160, 76), (190, 200, 110), 22)),
        ("sweet potato", of.tuber((206, 112, 70), (150, 72, 46))),
        ("potato", of.tuber((214, 178, 116), (160, 124, 74))),
        *(("carrot", _carrots), ("aubergine", _aubergine), ("cauliflower", _cauliflower), ("mushroom", _mushrooms)),
        *(("onion", _bulb((214, 158, 86), 4)), ("garlic", _bulb((244, 238, 232), 3))),
        *(("cabbage", _cabbage((168, 204, 130))), ("lettuce", _cabbage((120, 184, 76)))),
        *(("pineapple", _pineapple), ("apple", _apple), ("pear", _pear), ("banana", _bananas)),
        *(("orange", of.ball(of.ORANGE, dimples=True)), ("clementine", _clementines), ("lemon", _lemon)),
        *(("grape", _grapes), ("peach", _peach), ("watermelon", _watermelon), ("melon", _melon)),
        *(("mango", _mango), ("avocado", _avocado)),
        *(("parsley", of.herbs((70, 140, 56))), ("coriander", of.herbs((96, 160, 70))), ("mint", of.herbs(MINT))),
    ),
    "counter": (
        *(("chicken", _chicken), ("minced", _mince), ("salmon", _salmon), ("cheese", _wedge)),
        *(("olives", _olives), ("walnuts", _walnuts)),
    ),
    "household": (
        *(("toilet paper", of.rolls_of_paper(4)), ("kitchen paper", of.rolls_of_paper(1)), ("tissues", _tissues)),
        ("washing-up", of.bottle((130, 200, 110), WHITE, of.GREEN)),
        *(("detergent", of.jug((70, 130, 200), of.ORANGE)), ("bleach", of.jug((250, 250, 250), of.BLUE))),
        *(("bin bags", _bin_bags), ("sponge", _sponges)),
        *(("foil", _wrap(of.STEEL, of.BLUE)), ("film", _wrap(of.GLASS, of.GREEN))),
        *(("batteries", _batteries), ("bulb", _bulb_of_light), ("matches", _matches), ("candles", _candles)),
        *(
            ("toothpaste", of.tube(WHITE, of.RED)),
            ("toothbrush", _toothbrush),
            ("sun cream", of.tube(of.YELLOW, of.ORANGE)),
        ),
        *(("shampoo", of.bottle((120, 90, 170), of.PURPLE, CREAM)), ("soap", of.pump((236, 170, 190), WHITE))),
        *(("plasters", _plasters), ("nappies", _nappies), ("cat food", _cat_food), ("newspaper", _newspaper)),
        ("bouquet", _flowers),
    ),
}
"""Drawings by the demo's categories and a word of the English name. The first entry whose word occurs in the name is
used."""
HUES: tuple[tuple[str, float], ...] = (
    *(("tomato", 0.0), ("cola", 0.0), ("ketchup", 0.0), ("milk", 0.58), ("water", 0.55), ("watermelon", 0.35)),
    *(("juice", 0.09), ("honey", 0.11), ("butter", 0.14), ("mint", 0.40), ("onion", 0.09), ("cucumber", 0.33)),
)
"""Colours of products without their own drawing, by a word of their name."""
KINDS: Mapping[str, Callable[[Colour], Draw]] = {
    **{"dairy": of.carton, "bakery": _loaf, "pantry": of.jar, "frozen": _frozen},
    "snacks": lambda light: of.pouch(light, of.darker(light)),
    "drinks": lambda light: of.bottle(light, of.darker(light), WHITE),
    "bar": of.wine_glass,
    "produce": of.ball,
    "counter": lambda light: of.several(_wedge, lambda pen: pen.block(10, 78, 90, 84, light, 2)),
    "household": lambda light: of.pump(light, of.darker(light)),
}
"""Drawings for products without their own one, by the demo's categories, in a given colour."""
