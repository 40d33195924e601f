"""A drawn shelf bay as a camera sees it: products, light, and people in front. The ground truth is known: `Bay` has the
product of every place, `corners` the bay's position in the picture."""

from __future__ import annotations

import io
import random
from typing import Literal

import msgspec
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from sim.shelves.goods import draw_product

FLAT_WIDTH, FLAT_HEIGHT = 1200, 840
"""Size of the bay itself, before the camera's perspective."""
EDGE = 34
"""Height of a shelf's edge, on which the labels are."""
FRAME = 18
WALL = (206, 203, 196, 255)

State = Literal["present", "low", "gap", "wrong", "behind"]
"""`low`: products are set back a little; `behind`: the front is empty, and some remain at the back of the shelf."""
SET_BACK: dict[State, tuple[float, float, int, float]] = {"low": (0.74, 0.66, 24, 0.68), "behind": (0.5, 0.42, 30, 0.5)}
"""The scale of products that are set back, their distance from the edge (of FLAT_HEIGHT), and their brightness."""


class Place(msgspec.Struct, frozen=True):
    """A facing: `product` belongs there, and `instead` is there if the state is "wrong"."""

    product: int
    state: State = "present"
    instead: int = 0


class Light(msgspec.Struct, frozen=True):
    """Brightness (1 is usual), warmth (0 is neutral), and how much brighter the left side is."""

    level: float = 1.0
    warmth: float = 0.0
    slope: float = 0.0


class View(msgspec.Struct, frozen=True):
    """The camera's view: `shift` in pixels; `person`: the position in the width of someone in front (below 0: no one);
    `infrared`: lit by its own lamps, where dyes look different from daylight."""

    light: Light = Light()
    shift: tuple[int, int] = (0, 0)
    person: float = -1.0
    covered: bool = False
    blur: float = 0.0
    noise: float = 4.0
    clock: str = ""
    infrared: bool = False


class Bay(msgspec.Struct, frozen=True):
    """Rows of places, the upper row first; `seed` distinguishes bays."""

    rows: tuple[tuple[Place, ...], ...]
    seed: int = 1
    width: int = 1280
    height: int = 720

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The bay's corners in the picture, as fractions of its size, clockwise from the upper left."""
        dice = random.Random(self.seed)  # nosec B311
        lean = [dice.uniform(-0.025, 0.025) for _ in range(8)]
        square = ((0.14, 0.08), (0.86, 0.08), (0.86, 0.92), (0.14, 0.92))
        return tuple((x + lean[2 * at], y + lean[2 * at + 1]) for at, (x, y) in enumerate(square))

    def box(self, row: int, place: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a place, as fractions of the bay: from the shelf above to its own edge."""
        tall = (FLAT_HEIGHT - FRAME) / len(self.rows)
        wide = (FLAT_WIDTH - 2 * FRAME) / len(self.rows[row])
        left, top = FRAME + place * wide, FRAME + row * tall
        bottom = top + tall - EDGE
        return left / FLAT_WIDTH, top / FLAT_HEIGHT, (left + wide) / FLAT_WIDTH, bottom / FLAT_HEIGHT

    def with_places(self, changed: dict[tuple[int, int], Place]) -> Bay:
        """A copy of the bay with other contents in these places."""
        rows = tuple(
            tuple(changed.get((at, number), place) for number, place in enumerate(row))
            for at, row in enumerate(self.rows)
        )
        return msgspec.structs.replace(self, rows=rows)

    def all(self, state: State) -> Bay:
        """Return a copy of the bay in which every place has this state."""
        rows = tuple(tuple(msgspec.structs.replace(place, state=state) for place in row) for row in self.rows)
        return msgspec.structs.replace(self, rows=rows)


def draw(bay: Bay, view: View | None = None, moment: int = 0) -> Image.Image:
    """The camera's picture. `moment` seeds the random parts: noise, and small displacements of products."""
    view = view or View()
    dice = random.Random(f"{bay.seed} {moment}")  # nosec B311
    flat = _flat(bay, dice)
    picture = _room(bay)
    target = [(x * bay.width, y * bay.height) for x, y in bay.corners]
    seen = flat.transform(
        (bay.width, bay.height), Image.Transform.PERSPECTIVE, _towards(target), Image.Resampling.BICUBIC
    )
    picture.paste(seen, (0, 0), seen)
    if view.person >= 0:
        _person(picture, view.person)
    if view.shift != (0, 0):
        moved = Image.new("RGBA", picture.size, WALL)
        moved.paste(picture, view.shift)
        picture = moved
    return _expose_picture(picture, view, dice)


def jpeg(picture: Image.Image, quality: int = 88) -> bytes:
    """Encode a picture as a camera sends it."""
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def usual_bay(seed: int = 1, rows: int = 4, places: int = 8, width: int = 1280, height: int = 720) -> Bay:
    """A full bay in which each product has one to three places side by side."""
    dice = random.Random(seed * 101)  # nosec B311
    product, made = seed * 1000, []
    for _ in range(rows):
        row: list[Place] = []
        while len(row) < places:
            product += 1
            row += [Place(product)] * min(dice.choice((1, 1, 2, 2, 3)), places - len(row))
        made.append(tuple(row))
    return Bay(tuple(made), seed, width, height)


def _flat(bay: Bay, dice: random.Random) -> Image.Image:
    look = random.Random(bay.seed * 31)  # nosec B311
    grey = look.randrange(150, 225)
    back = (grey, min(255, grey + look.randrange(-8, 9)), min(255, grey + look.randrange(-12, 13)))
    flat = Image.new("RGBA", (FLAT_WIDTH, FLAT_HEIGHT), (*back, 255))
    pen = ImageDraw.Draw(flat)
    for x in range(20, FLAT_WIDTH, 46):  # pegboard holes
        for y in range(14, FLAT_HEIGHT, 46):
            pen.ellipse((x, y, x + 5, y + 5), fill=tuple(round(part * 0.72) for part in back))
    for row in range(len(bay.rows)):
        _floor(pen, bay, row, look)
    for row, places in enumerate(bay.rows):
        for number, place in enumerate(places):
            _stand(flat, bay, (row, number), place, dice)
    steel = (96, 98, 104, 255)
    pen.rectangle((0, 0, FRAME, FLAT_HEIGHT), fill=steel)
    pen.rectangle((FLAT_WIDTH - FRAME, 0, FLAT_WIDTH, FLAT_HEIGHT), fill=steel)
    pen.rectangle((0, 0, FLAT_WIDTH, FRAME), fill=steel)
    return flat


def _floor(pen: ImageDraw.ImageDraw, bay: Bay, row: int, look: random.Random) -> None:
    """The board under the goods, and its edge with a label below every place."""
    bottom = round(bay.box(row, 0)[3] * FLAT_HEIGHT)
    pen.rectangle((0, bottom - 30, FLAT_WIDTH, bottom), fill=(178, 176, 170, 255))
    pen.rectangle((0, bottom - 34, FLAT_WIDTH, bottom - 30), fill=(120, 119, 116, 255))
    pen.rectangle((0, bottom, FLAT_WIDTH, bottom + EDGE), fill=(226, 228, 232, 255))
    for number in range(len(bay.rows[row])):
        left = round(bay.box(row, number)[0] * FLAT_WIDTH) + 8
        pen.rectangle((left, bottom + 4, left + 70, bottom + EDGE - 4), fill=(252, 246, 205, 255))
        for at in range(0, 34, 3):
            if look.random() < 0.6:
                pen.rectangle((left + 4 + at, bottom + 8, left + 5 + at, bottom + EDGE - 9), fill=(20, 20, 20, 255))
        for line in range(2):
            pen.line(
                (left + 42, bottom + 10 + line * 8, left + 44 + look.randrange(8, 22), bottom + 10 + line * 8),
                (30, 30, 30),
            )


def _stand(flat: Image.Image, bay: Bay, where: tuple[int, int], place: Place, dice: random.Random) -> None:
    """Draw the contents of a place."""
    dice.random()
    jitter = dice.uniform(-0.02, 0.02), dice.uniform(0.97, 1.02)
    if place.state == "gap":
        return
    left, top, right, bottom = bay.box(*where)
    wide, tall = (right - left) * FLAT_WIDTH, (bottom - top) * FLAT_HEIGHT
    product = place.instead if place.state == "wrong" else place.product
    size = random.Random(product * 3)  # nosec B311
    width, height = wide * size.uniform(0.8, 0.95), tall * size.uniform(0.74, 0.9) * jitter[1]
    floor = bottom * FLAT_HEIGHT - 4
    wider, taller, back, light = SET_BACK.get(place.state, (1.0, 1.0, 0, 1.0))
    width, height, floor = width * wider, height * taller, floor - back
    piece = draw_product(product, round(width), round(height))
    if light < 1:
        alpha = piece.getchannel("A")
        piece = ImageEnhance.Brightness(piece).enhance(light)
        piece.putalpha(alpha)
    x = round((left + right) / 2 * FLAT_WIDTH - width / 2 + jitter[0] * wide)
    shadow = Image.new("RGBA", piece.size, (0, 0, 0, 0))
    shadow.putalpha(piece.getchannel("A").point([part // 3 for part in range(256)]))
    flat.alpha_composite(shadow, (max(0, x + 5), max(0, round(floor - height) + 2)))
    flat.alpha_composite(piece, (max(0, x), max(0, round(floor - height))))


def _room(bay: Bay) -> Image.Image:
    """The surroundings of the bay: a wall, a floor, posters and the neighbours' ends, which never change."""
    dice = random.Random(bay.seed * 17)  # nosec B311
    picture = Image.new("RGBA", (bay.width, bay.height), WALL)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, round(bay.height * 0.93), bay.width, bay.height), fill=(120, 112, 104, 255))
    for _ in range(26):
        x = dice.choice((dice.uniform(0, 0.1), dice.uniform(0.9, 1))) * bay.width
        y, side = dice.uniform(0, 0.9) * bay.height, dice.uniform(0.015, 0.06) * bay.width
        colour = tuple(dice.randrange(30, 240) for _ in range(3))
        pen.rectangle((x, y, x + side, y + side * dice.uniform(0.4, 1.6)), fill=(*colour, 255))
        pen.line((x, y, x + side, y + side), fill=(20, 20, 20, 255), width=3)
    return picture


def _person(picture: Image.Image, where: float) -> None:
    """Someone in front, larger than any row."""
    pen = ImageDraw.Draw(picture)
    middle, wide, tall = picture.width * where, picture.width * 0.13, picture.height
    pen.rounded_rectangle((middle - wide / 2, tall * 0.3, middle + wide / 2, tall), 40, fill=(52, 58, 88, 255))
    pen.ellipse((middle - wide * 0.28, tall * 0.1, middle + wide * 0.28, tall * 0.32), fill=(196, 156, 128, 255))
    pen.rectangle((middle - wide * 0.7, tall * 0.36, middle - wide / 2, tall * 0.75), fill=(60, 66, 98, 255))


def _expose_picture(picture: Image.Image, view: View, dice: random.Random) -> Image.Image:
    light = view.light
    seen = _by_lamps(picture.convert("RGB")) if view.infrared else picture.convert("RGB")
    if view.covered:
        seen = Image.new("RGB", seen.size, (118, 92, 80))
    if light.slope:
        ramp = Image.linear_gradient("L").rotate(90).resize(seen.size)
        bright = ImageEnhance.Brightness(seen).enhance(1 + abs(light.slope))
        seen = Image.composite(bright, seen, ramp if light.slope > 0 else ImageChops.invert(ramp))
    gains = (light.level * (1 + light.warmth), light.level, light.level * (1 - light.warmth))
    tables = [min(255, round(part * gain)) for gain in gains for part in range(256)]
    seen = seen.point(tables)
    if view.blur:
        seen = seen.filter(ImageFilter.GaussianBlur(view.blur))
    if view.noise:
        grain = Image.effect_noise(seen.size, view.noise * 2).convert("L")
        grain = ImageChops.offset(grain, dice.randrange(seen.width), dice.randrange(seen.height))
        seen = ImageChops.add(seen, Image.merge("RGB", (grain,) * 3), 1, -128)
    if view.clock:
        ImageDraw.Draw(seen).text((8, 8), view.clock, fill=(255, 255, 255))
    return seen


def _by_lamps(seen: Image.Image) -> Image.Image:
    """A picture under infrared lamps, from a sensor without its filter: no colours, red dyes pale, blue ones dark, and
    a brighter middle."""
    grey = seen.convert("L", (0.75, 0.35, -0.1, 0.0)).point([round(255 * (part / 255) ** 0.8) for part in range(256)])
    spot = Image.radial_gradient("L").resize(seen.size).point([255 - part // 2 for part in range(256)])
    lit = ImageChops.multiply(grey, spot)
    return Image.merge("RGB", (lit, lit, lit))


def _towards(corners: list[tuple[float, float]]) -> tuple[float, ...]:
    """Pillow's perspective coefficients, from positions in the picture to those in the flat bay."""
    flat = ((0, 0), (FLAT_WIDTH, 0), (FLAT_WIDTH, FLAT_HEIGHT), (0, FLAT_HEIGHT))
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(corners, flat, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    return tuple(_solve_equations(rows))


def _solve_equations(rows: list[list[float]]) -> list[float]:
    """Solve a system of linear equations by elimination; each row ends with its right-hand side."""
    count = len(rows)
    for at in range(count):
        best = max(range(at, count), key=lambda row: abs(rows[row][at]))
        rows[at], rows[best] = rows[best], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(count):
            if other != at:
                factor = rows[other][at]
                rows[other] = [value - factor * own for value, own in zip(rows[other], rows[at], strict=True)]
    return [row[count] for row in rows]
