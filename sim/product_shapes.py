"""Shapes for the demo's product drawings, in hundredths of a side.

Most functions here return a drawing: a jar, a tin or a cup in given colours. `product_pictures.py` maps products to
them.
"""

from __future__ import annotations

from collections.abc import Callable

from PIL import ImageDraw

Colour = tuple[int, int, int]
Draw = Callable[["Pen"], None]
Point = tuple[float, float]

WHITE: Colour = (255, 255, 255)
CREAM: Colour = (250, 240, 214)
DARK: Colour = (74, 60, 52)
GREY: Colour = (176, 186, 194)
STEEL: Colour = (208, 214, 220)
LEAF: Colour = (82, 148, 74)
MINT: Colour = (60, 160, 110)
RED: Colour = (206, 52, 46)
ORANGE: Colour = (240, 140, 34)
YELLOW: Colour = (246, 206, 66)
GREEN: Colour = (104, 164, 62)
BLUE: Colour = (58, 124, 196)
PURPLE: Colour = (112, 58, 140)
PINK: Colour = (232, 122, 150)
CRUST: Colour = (196, 128, 62)
CRUMB: Colour = (238, 196, 130)
CHOCOLATE: Colour = (92, 54, 36)
GLASS: Colour = (214, 232, 240)
STRAW: Colour = (242, 220, 130)


class Pen:
    """Draws on a picture with `scale` pixels per hundredth."""

    def __init__(self, draw: ImageDraw.ImageDraw, scale: float) -> None:
        self._draw = draw
        self._scale = scale

    def block(self, left: float, top: float, right: float, bottom: float, fill: Colour, round: float = 3) -> None:
        box = tuple(one * self._scale for one in (left, top, right, bottom))
        self._draw.rounded_rectangle(box, round * self._scale, fill)

    def disc(self, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
        self._draw.ellipse(tuple(one * self._scale for one in (left, top, right, bottom)), fill)

    def dots(self, size: float, fill: Colour, *at: Point) -> None:
        for x, y in at:
            self.disc(x - size, y - size, x + size, y + size, fill)

    def shape(self, *points: Point, fill: Colour) -> None:
        self._draw.polygon([(x * self._scale, y * self._scale) for x, y in points], fill)

    def line(self, *points: Point, fill: Colour, width: float = 3) -> None:
        at = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(at, fill, round(width * self._scale), "curve")
        half = width / 2
        for x, y in (points[0], points[-1]):
            self.disc(x - half, y - half, x + half, y + half, fill)

    def arc(self, box: tuple[float, float, float, float], start: float, end: float, fill: Colour, width: float) -> None:
        """A piece of a ring; degrees run clockwise from three o'clock."""
        at = tuple(one * self._scale for one in box)
        self._draw.arc(at, start, end, fill, round(width * self._scale))

    def leaf(self, x: float, y: float, size: float = 10, fill: Colour = LEAF) -> None:
        self.shape((x, y), (x + size, y - size * 0.9), (x + size * 2, y - size * 0.6), (x + size, y), fill=fill)


def darker(colour: Colour) -> Colour:
    red, green, blue = (one * 3 // 4 for one in colour)
    return red, green, blue


def lighter(colour: Colour) -> Colour:
    red, green, blue = ((one + 255) // 2 for one in colour)
    return red, green, blue


def several(*draws: Draw) -> Draw:
    """Draw several drawings, each on top of the previous one."""

    def draw(pen: Pen) -> None:
        for one in draws:
            one(pen)

    return draw


# Packaging.


def carton(body: Colour, sign: Colour = WHITE) -> Draw:
    def draw(pen: Pen) -> None:
        pen.shape((32, 36), (40, 18), (60, 18), (68, 36), fill=darker(body))
        pen.block(38, 12, 62, 20, darker(body), 1)
        pen.block(32, 36, 68, 90, body, 2)
        pen.block(32, 52, 68, 76, WHITE, 0)
        pen.disc(42, 56, 58, 72, sign)

    return draw


def brick(wrap: Colour, within: Colour) -> Draw:
    """A pack such as butter's, with a slice of its content in front."""

    def draw(pen: Pen) -> None:
        pen.shape((12, 44), (26, 30), (82, 30), (70, 44), fill=lighter(wrap))
        pen.shape((70, 44), (82, 30), (82, 58), (70, 74), fill=darker(wrap))
        pen.block(12, 44, 70, 74, wrap, 1)
        pen.block(22, 52, 58, 66, WHITE, 2)
        pen.shape((72, 78), (80, 66), (92, 66), (92, 76), (84, 86), (72, 86), fill=within)
        pen.shape((72, 78), (84, 78), (92, 67), (80, 66), fill=lighter(within))

    return draw


def tub(body: Colour, lid: Colour, sign: Colour | None = None) -> Draw:
    def draw(pen: Pen) -> None:
        pen.shape((22, 38), (78, 38), (70, 84), (30, 84), fill=body)
        pen.block(18, 30, 82, 40, lid, 3)
        pen.disc(38, 48, 62, 72, sign or darker(body))

    return draw


def jar(content: Colour, lid: Colour = GREY, label: Colour = WHITE) -> Draw:
    def draw(pen: Pen) -> None:
        pen.block(32, 14, 68, 28, lid, 2)
        pen.block(26, 27, 74, 88, content, 9)
        pen.block(26, 46, 74, 70, label, 0)
        pen.line((36, 54), (64, 54), fill=darker(content), width=2.5)
        pen.line((36, 62), (56, 62), fill=darker(content), width=2.5)

    return draw


def packet(paper: Colour, content: Colour) -> Draw:
    """A paper bag with a window showing its content."""

    def draw(pen: Pen) -> None:
        pen.block(26, 16, 74, 88, paper, 3)
        pen.block(26, 16, 74, 24, darker(paper), 2)
        pen.block(34, 48, 66, 80, content, 6)
        pen.line((36, 34), (64, 34), fill=darker(paper), width=4)

    return draw


def box(body: Colour, sign: Draw | None = None) -> Draw:
    def draw(pen: Pen) -> None:
        pen.shape((24, 22), (32, 14), (82, 14), (74, 22), fill=lighter(body))
        pen.shape((74, 22), (82, 14), (82, 78), (74, 86), fill=darker(body))
        pen.block(24, 22, 74, 86, body, 1)
        if sign is None:
            pen.block(32, 46, 66, 66, WHITE, 2)
        else:
            sign(pen)

    return draw


def pouch(body: Colour, sign: Colour, *pieces: Point) -> Draw:
    """A bag sealed at top and bottom, with a picture of its content."""

    def draw(pen: Pen) -> None:
        pen.shape((26, 18), (74, 18), (70, 30), (76, 84), (24, 84), (30, 30), fill=body)
        pen.block(24, 13, 76, 20, darker(body), 0)
        pen.block(24, 82, 76, 89, darker(body), 0)
        pen.disc(32, 36, 68, 72, CREAM)
        pen.dots(6, sign, *(pieces or ((44, 50), (57, 52), (49, 62))))

    return draw


def tin(label: Colour, sign: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.block(26, 18, 74, 86, STEEL, 4)
        pen.disc(26, 12, 74, 26, GREY)
        pen.disc(30, 14, 70, 24, STEEL)
        pen.block(26, 32, 74, 76, label, 0)
        pen.disc(38, 42, 62, 66, sign)

    return draw


def flat_tin(label: Colour, sign: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.block(12, 44, 88, 70, GREY, 12)
        pen.block(12, 34, 88, 62, label, 13)
        pen.disc(28, 41, 62, 55, sign)
        pen.shape((58, 48), (72, 41), (72, 55), fill=sign)
        pen.dots(1.5, DARK, (35, 46))

    return draw


def tube(body: Colour, stripe: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.shape((30, 16), (70, 16), (62, 74), (38, 74), fill=body)
        pen.block(28, 12, 72, 18, darker(body), 0)
        pen.block(40, 74, 60, 88, stripe, 2)
        pen.shape((34, 36), (66, 36), (64, 52), (36, 52), fill=stripe)

    return draw


def can(body: Colour, stripe: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.block(33, 14, 67, 90, STEEL, 6)
        pen.block(31, 20, 69, 84, body, 5)
        pen.shape((31, 66), (69, 40), (69, 54), (31, 80), fill=stripe)

    return draw


def bottle(body: Colour, cap: Colour, label: Colour, foot: float = 90) -> Draw:
    """A round bottle of plastic or glass."""

    def draw(pen: Pen) -> None:
        pen.block(44, 8, 56, 16, cap, 1)
        pen.block(45, 16, 55, 34, body, 1)
        pen.block(34, 28, 66, foot, body, 11)
        pen.block(34, 48, 66, 70, label, 0)
        pen.block(39, 34, 42, 46, lighter(body), 1)

    return draw


def wine(body: Colour, foil: Colour, label: Colour = CREAM) -> Draw:
    def draw(pen: Pen) -> None:
        pen.block(45, 6, 55, 24, foil, 1)
        pen.block(45, 22, 55, 44, body, 1)
        pen.shape((45, 36), (55, 36), (64, 50), (36, 50), fill=body)
        pen.block(36, 46, 64, 92, body, 4)
        pen.block(36, 58, 64, 80, label, 0)
        pen.line((42, 66), (58, 66), fill=foil, width=2.5)

    return draw


def spirit(body: Colour, cap: Colour, label: Colour = CREAM) -> Draw:
    def draw(pen: Pen) -> None:
        pen.block(43, 8, 57, 20, cap, 1)
        pen.block(45, 18, 55, 36, body, 0)
        pen.block(30, 32, 70, 90, body, 7)
        pen.block(36, 48, 64, 76, label, 2)
        pen.line((42, 58), (58, 58), fill=cap, width=3)
        pen.line((42, 66), (54, 66), fill=cap, width=3)

    return draw


def pump(body: Colour, cap: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.line((50, 14), (34, 14), (33, 18), fill=cap, width=5)
        pen.block(47, 14, 53, 30, cap, 1)
        pen.block(40, 28, 60, 36, cap, 2)
        pen.block(30, 34, 70, 90, body, 10)
        pen.disc(40, 52, 60, 74, WHITE)

    return draw


def jug(body: Colour, cap: Colour) -> Draw:
    """A big bottle with a handle, for detergents."""

    def draw(pen: Pen) -> None:
        pen.block(32, 10, 46, 22, cap, 2)
        pen.shape((32, 20), (46, 20), (78, 34), (78, 90), (24, 90), (24, 38), fill=body)
        pen.block(60, 40, 70, 64, lighter(body), 4)
        pen.block(30, 54, 56, 80, WHITE, 3)
        pen.disc(36, 60, 50, 74, cap)

    return draw


# Drinks served at the counter.


def cup(drink: Colour, wide: bool = True, foam: Colour | None = None) -> Draw:
    """A cup on its saucer, seen a little from above."""

    def draw(pen: Pen) -> None:
        left, right, top = (20, 70, 40) if wide else (30, 64, 46)
        pen.arc((right - 9, top + 4, right + 15, top + 28), 260, 110, WHITE, 5)
        pen.disc(10, 72, 86, 88, (226, 226, 220))
        pen.disc(18, 72, 78, 83, WHITE)
        pen.block(left, top, right, 78, WHITE, 14)
        pen.block(left, top, right, 56, WHITE, 0)
        pen.disc(left, top - 8, right, top + 8, (226, 226, 220))
        pen.disc(left + 3, top - 6, right - 3, top + 6, drink)
        if foam:
            pen.disc(left + 8, top - 4, right - 8, top + 4, foam)
            pen.disc(left + 17, top - 2, right - 17, top + 2, drink)
        for x in (38, 48, 58):
            pen.line((x, 24), (x + 3, 18), (x, 12), fill=(210, 200, 190), width=2)

    return draw


def tea_glass(drink: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.arc((60, 34, 86, 62), 270, 90, GLASS, 5)
        pen.shape((28, 22), (72, 22), (66, 84), (34, 84), fill=GLASS)
        pen.shape((30, 32), (70, 32), (65, 80), (35, 80), fill=drink)
        pen.leaf(40, 50, 9)
        pen.leaf(46, 64, 8, MINT)
        pen.disc(14, 82, 86, 90, (226, 226, 220))

    return draw


def beer_glass(drink: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.arc((56, 36, 84, 72), 270, 90, GLASS, 6)
        pen.block(26, 26, 70, 88, GLASS, 4)
        pen.block(30, 34, 66, 84, drink, 2)
        pen.dots(9, WHITE, (31, 27), (45, 22), (58, 23), (66, 29))
        pen.block(26, 26, 70, 36, WHITE, 3)

    return draw


def wine_glass(drink: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.block(30, 10, 70, 56, GLASS, 18)
        pen.block(33, 30, 67, 54, drink, 15)
        pen.block(33, 29, 67, 40, drink, 0)
        pen.block(48, 54, 52, 84, GREY, 1)
        pen.disc(32, 80, 68, 88, GREY)

    return draw


def tumbler(drink: Colour, fruit: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.line((62, 10), (50, 60), fill=RED, width=3)
        pen.shape((28, 20), (72, 20), (67, 88), (33, 88), fill=GLASS)
        pen.shape((30, 34), (70, 34), (66, 85), (34, 85), fill=drink)
        pen.block(36, 42, 50, 56, WHITE, 3)
        pen.block(50, 54, 64, 68, WHITE, 3)
        pen.disc(58, 10, 84, 36, fruit)
        pen.disc(62, 14, 80, 32, lighter(fruit))
        pen.leaf(30, 30, 8, MINT)

    return draw


# Fruit and vegetables.


def ball(skin: Colour, leaf: bool = True, dimples: bool = False) -> Draw:
    def draw(pen: Pen) -> None:
        pen.disc(18, 22, 82, 86, skin)
        pen.disc(28, 32, 42, 46, lighter(skin))
        if dimples:
            pen.dots(1.2, darker(skin), (56, 44), (66, 56), (48, 60), (60, 70), (40, 72), (70, 44))
        pen.line((50, 26), (52, 15), fill=DARK, width=3)
        if leaf:
            pen.leaf(52, 22, 12)

    return draw


def tomato(x: float, y: float, size: float) -> Draw:
    def draw(pen: Pen) -> None:
        pen.disc(x - size, y - size * 0.9, x + size, y + size * 0.9, RED)
        pen.disc(x - size * 0.6, y - size * 0.5, x - size * 0.25, y - size * 0.15, lighter(RED))
        for ahead in (-0.5, -0.15, 0.15, 0.5):
            tip = (x + ahead * size * 1.1, y - size * 0.5)
            pen.shape((x - size * 0.12, y - size * 0.95), tip, (x + size * 0.12, y - size * 0.95), fill=LEAF)

    return draw


def stick(skin: Colour, end: Colour, width: float = 20) -> Draw:
    """Long vegetables, across the picture."""

    def draw(pen: Pen) -> None:
        pen.line((22, 72), (44, 62), (76, 30), fill=skin, width=width)
        pen.line((28, 66), (46, 56), (66, 36), fill=lighter(skin), width=3)
        pen.line((78, 28), (84, 22), fill=end, width=8)

    return draw


def tuber(skin: Colour, eyes: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        pen.disc(12, 40, 64, 84, darker(skin))
        pen.disc(30, 22, 88, 70, skin)
        pen.dots(1.8, eyes, (46, 40), (62, 34), (72, 50), (54, 56), (28, 62), (40, 74))

    return draw


def herbs(green: Colour) -> Draw:
    def draw(pen: Pen) -> None:
        for x in (40, 46, 54, 60):
            pen.line((50, 70), (x, 40), fill=darker(green), width=3)
        for x, y in ((30, 32), (44, 22), (58, 22), (70, 34), (38, 42), (52, 36), (62, 46)):
            pen.dots(9, green if (x + y) % 4 else darker(green), (x, y))
        pen.shape((46, 62), (54, 62), (62, 90), (38, 90), fill=darker(green))
        pen.block(42, 64, 58, 71, CRUMB, 2)

    return draw


def rolls_of_paper(count: int) -> Draw:
    """One tall roll, or several in a pack."""

    def draw(pen: Pen) -> None:
        places = ((32, 18),) if count == 1 else ((10, 20), (46, 20), (10, 52), (46, 52))
        for left, top in places:
            right, bottom = (left + 36, 84) if count == 1 else (left + 38, top + 32)
            pen.block(left, top + 5, right, bottom, WHITE, 3)
            pen.disc(left, top, right, top + 12, (228, 228, 222))
            pen.disc(left + 13, top + 3, right - 13, top + 9, CRUST)
            pen.line((left + 6, bottom - 8), (right - 6, bottom - 8), fill=(220, 220, 214), width=1.5)

    return draw


def slab(top: Colour, side: Colour) -> Draw:
    """A piece cut from something large: meat, fish, halva."""

    def draw(pen: Pen) -> None:
        pen.disc(8, 66, 92, 88, WHITE)
        pen.shape((16, 50), (40, 30), (84, 36), (86, 52), (66, 66), (20, 66), fill=top)
        pen.shape((16, 50), (20, 66), (66, 66), (86, 52), (86, 64), (68, 78), (22, 78), fill=side)

    return draw
