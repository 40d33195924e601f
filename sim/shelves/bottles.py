"""Drawn bottles on a board, each filled to a given level."""

from __future__ import annotations

import random
from typing import Literal

import msgspec
from PIL import Image, ImageDraw, ImageFilter

FULL_AT, EMPTY_AT = 0.30, 0.97
"""Liquid level of a full and an empty bottle, as a share of its height from the top."""
Look = Literal["clear", "opaque"]
LIQUIDS = ((168, 96, 22), (140, 20, 34), (36, 110, 60), (214, 178, 60))


class DrawnBottle(msgspec.Struct, frozen=True):
    """A bottle: its level between two lines, its liquid (by number), clear or opaque; `label`: the part of its height
    that a label covers."""

    level: float
    liquid: int = 0
    look: Look = "clear"
    tilt: float = 0.0
    label: tuple[float, float] | None = None


def draw_bottles(
    bottles: tuple[DrawnBottle, ...], seed: int = 1, width: int = 1280, height: int = 720, apart: int = -1
) -> Image.Image:
    """The bottles side by side in front of a wall, `apart` pixels between them (below 0: spread over the width)."""
    dice = random.Random(seed)  # nosec B311
    grey = dice.randrange(170, 220)
    picture = Image.new("RGB", (width, height), (grey, grey, grey - 4))
    pen = ImageDraw.Draw(picture)
    board = round(height * 0.88)
    pen.rectangle((0, board, width, height), fill=(110, 88, 66))
    step = width / (len(bottles) + 0.6)
    end = round(step * 0.4)
    for number, bottle in enumerate(bottles):
        tall = round(height * dice.uniform(0.56, 0.68))
        wide = round(min(step * 0.62, tall * 0.3))
        piece = _bottle(bottle, wide, tall, grey)
        if bottle.tilt:
            piece = piece.rotate(bottle.tilt, Image.Resampling.BICUBIC, expand=True)
        left = round(step * (number + 0.8) - piece.width / 2 + dice.uniform(-0.05, 0.05) * step)
        if apart >= 0:
            left, end = end, end + piece.width + apart
        picture.paste(piece, (left, board - piece.height), piece)
    grain = Image.effect_noise(picture.size, 5).convert("L")
    noisy = Image.blend(picture, Image.merge("RGB", (grain,) * 3), 0.03)
    return noisy.filter(ImageFilter.GaussianBlur(0.6))


def _bottle(bottle: DrawnBottle, wide: int, tall: int, grey: int) -> Image.Image:
    glass = (grey - 34, grey - 22, grey - 26, 255)
    piece = Image.new("RGBA", (wide, tall), (0, 0, 0, 0))
    outline = Image.new("L", (wide, tall), 0)
    pen = ImageDraw.Draw(outline)
    pen.rectangle((wide * 0.36, 0, wide * 0.64, tall * 0.3), fill=255)
    pen.polygon(
        ((wide * 0.36, tall * 0.18), (wide * 0.64, tall * 0.18), (wide - 1, tall * 0.32), (0, tall * 0.32)), 255
    )
    pen.rounded_rectangle((0, tall * 0.28, wide - 1, tall - 1), wide // 10, fill=255)
    body = Image.new("RGBA", (wide, tall), (24, 24, 28, 255) if bottle.look == "opaque" else glass)
    inside = ImageDraw.Draw(body)
    if bottle.look == "clear":
        line = round((EMPTY_AT - bottle.level * (EMPTY_AT - FULL_AT)) * tall)
        colour = LIQUIDS[bottle.liquid % len(LIQUIDS)]
        inside.rectangle((0, line, wide, tall), fill=(*colour, 255))
        inside.rectangle((0, round(tall * EMPTY_AT), wide, tall), fill=(*colour, 255))
        inside.line(
            (wide * 0.16, tall * 0.34, wide * 0.16, tall * 0.94), fill=(250, 250, 250, 255), width=max(2, wide // 24)
        )
    if bottle.label:
        begin, stop = (round(part * tall) for part in bottle.label)
        inside.rectangle((wide * 0.05, begin, wide * 0.95, stop), fill=(240, 236, 220, 255))
    piece.paste(body, (0, 0), outline)
    return piece
