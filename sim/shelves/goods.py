"""Drawn products: packs, cans, bottles and bags, each with its own look, by number."""

from __future__ import annotations

import random
from typing import Literal

from PIL import Image, ImageDraw

Shape = Literal["box", "bottle", "can", "bag"]
Colour = tuple[int, int, int]
SHAPES: tuple[Shape, ...] = ("box", "bottle", "can", "bag")


def shape_of(product: int) -> Shape:
    """The packaging of the product with this number."""
    return SHAPES[random.Random(product * 7 + 1).randrange(len(SHAPES))]  # nosec B311


def draw_product(product: int, width: int, height: int) -> Image.Image:
    """The front of one piece on a transparent background."""
    dice = random.Random(product)  # nosec B311
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    body, band, ink = (_colour(dice) for _ in range(3))
    shape = shape_of(product)
    _pack(pen, shape, (width, height), body)
    inner = (round(width * 0.14), round(height * (0.45 if shape == "bottle" else 0.2)), round(width * 0.86))
    bottom = inner[1] + round(height * dice.uniform(0.25, 0.4))
    pen.rectangle((inner[0], inner[1], inner[2], bottom), fill=(*band, 255))
    _pattern(pen, dice, (inner[0], inner[1], inner[2], bottom), ink)
    for row in range(dice.randrange(1, 4)):
        top = round(height * (0.82 + row * 0.05))
        length = inner[0] + round((inner[2] - inner[0]) * dice.uniform(0.4, 1))
        pen.line((inner[0], top, length, top), fill=(*ink, 255), width=max(1, height // 60))
    return picture


def _colour(dice: random.Random) -> Colour:
    return dice.randrange(20, 246), dice.randrange(20, 246), dice.randrange(20, 246)


def _pack(pen: ImageDraw.ImageDraw, shape: Shape, size: tuple[int, int], body: Colour) -> None:
    width, height = size
    shade = tuple(round(part * 0.72) for part in body)
    right, bottom = width - 1, height - 1
    if shape == "bottle":
        neck = round(width * 0.3), round(width * 0.7)
        pen.rectangle((neck[0], 0, neck[1], round(height * 0.3)), fill=(*shade, 255))
        pen.rounded_rectangle((0, round(height * 0.24), right, bottom), width // 4, fill=(*body, 255))
    elif shape == "can":
        pen.rounded_rectangle((0, round(height * 0.3), right, bottom), width // 8, fill=(*body, 255))
        pen.rectangle((0, round(height * 0.3), right, round(height * 0.34)), fill=(*shade, 255))
    elif shape == "bag":
        pen.polygon(
            ((round(width * 0.08), 0), (round(width * 0.92), 0), (right, bottom), (0, bottom)), fill=(*body, 255)
        )
        pen.rectangle((round(width * 0.08), 0, round(width * 0.92), round(height * 0.06)), fill=(*shade, 255))
    else:
        pen.rectangle((0, 0, right, bottom), fill=(*body, 255))
        pen.rectangle((round(width * 0.93), 0, right, bottom), fill=(*shade, 255))


def _pattern(pen: ImageDraw.ImageDraw, dice: random.Random, box: tuple[int, int, int, int], ink: Colour) -> None:
    left, top, right, bottom = box
    kind, step = dice.randrange(4), max(4, (right - left) // dice.randrange(3, 7))
    if kind == 0:
        for x in range(left, right, step):
            pen.rectangle((x, top, min(right, x + step // 2), bottom), fill=(*ink, 255))
    elif kind == 1:
        for y in range(top, bottom, step):
            pen.rectangle((left, y, right, min(bottom, y + step // 2)), fill=(*ink, 255))
    elif kind == 2:
        pen.ellipse((left + step // 2, top, right - step // 2, bottom), fill=(*ink, 255))
    else:
        pen.polygon(((left, bottom), ((left + right) // 2, top), (right, bottom)), fill=(*ink, 255))
