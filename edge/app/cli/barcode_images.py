"""Finds barcodes in photographs with zxing-cpp, retrying with different settings.

A barcode with a weak checksum is accepted only if several attempts at different sizes or angles agree, because blurred
photographs are sometimes misread. UPC-E is weakest: its check digit is implied rather than printed.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from pathlib import Path

import msgspec
import zxingcpp
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from drivers.scanners.decoding.doubt import Strip, one_each
from drivers.scanners.decoding.pictures import shades
from edge.lib.codes.code import Code
from edge.lib.codes.gs1.elements import loosely
from edge.lib.codes.gtin import is_checked
from edge.lib.codes.parse import parse_scan
from edge.lib.codes.rules import CodeRules
from edge.lib.codes.symbology import by_identifier, by_name

WORK_PIXELS = 200_000_000
"""Pixels of a picture to examine in all orientations. A time limit would find fewer barcodes on a busy machine."""
PIXELS_LIMIT = 80_000_000
"""Largest picture to read; a larger one is refused."""
LOOKED_AT_PIXELS = 16_000_000
"""Pixels of the largest image to examine. Larger images are halved first, and none is enlarged beyond this."""

_SQUARE = frozenset(
    ("datamatrix", "qr", "dotcode", "pdf417", "aztec", "maxicode", "gs1-datamatrix", "gs1-qr", "gs1-dotcode")
)

Point = tuple[int, int]
_ARTICLE = ("ean13", "ean8", "upca", "itf14")
_PROVEN: tuple[str, ...] = (
    "gs1-128",
    "code128",
    "code93",
    "databar",
    "gs1-datamatrix",
    "gs1-qr",
    "gs1-dotcode",
    "datamatrix",
    "qr",
)
_PROVEN += ("dotcode", "pdf417", "aztec", "maxicode")


class ReadImage(msgspec.Struct, frozen=True):
    """A barcode in a picture. `text` is human-readable; `position` has its corners in picture pixels, beginning with
    the barcode's own upper left. `code`: its parsed meaning, if any."""

    symbology: str
    text: str
    gtin: str | None
    position: tuple[Point, ...]
    code: Code | None


class UnreadablePicture(Exception):
    """The picture can't be read; the message says why."""


class _Way(msgspec.Struct, frozen=True):
    """Settings of one attempt: enlarged `scale` times and rotated by `angle` degrees counterclockwise."""

    scale: float = 1.0
    angle: int = 0
    sharpen: bool = False
    stretch: bool = False
    binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage

    @property
    def geometry(self) -> tuple[float, int]:
        return self.scale, self.angle


_FIXED = zxingcpp.Binarizer.FixedThreshold
_FIRST = _Way()
_OTHERS = (
    *(_Way(scale) for scale in (2.0, 3.0, 1.5)),
    *(_Way(scale, sharpen=True) for scale in (1.0, 2.0)),
    *(_Way(scale, binarizer=_FIXED) for scale in (1.0, 2.0)),
    *(_Way(1.5, angle) for angle in (10, -10, 22, -22, 45)),
    _Way(0.5),
    _Way(2.0, stretch=True),
    *(_Way(1.5, angle, sharpen=True) for angle in (5, -5)),
)


def open_picture(path: Path) -> Image.Image:
    """Open a picture as greyscale with transparency as white. Raises `UnreadablePicture` if invalid or too large."""
    too_large = f"It has more than {PIXELS_LIMIT // 10**6} million pixels."
    warned = warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning)
    try:
        with warned, Image.open(path) as picture:
            if picture.width * picture.height > PIXELS_LIMIT:
                raise UnreadablePicture(too_large)
            if picture.has_transparency_data:
                paper = Image.new("RGBA", picture.size, "white")
                paper.alpha_composite(picture.convert("RGBA"))
                return paper.convert("L")
            return shades(picture)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise UnreadablePicture(too_large) from None
    except UnidentifiedImageError:
        raise UnreadablePicture("It isn't an image.") from None
    except (OSError, ValueError, SyntaxError) as error:  # raised by Pillow's readers for broken files
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UnreadablePicture(f"It can't be read: {why}.") from None


def decode(picture: Image.Image, rules: CodeRules, most_pixels: int = WORK_PIXELS) -> list[ReadImage]:
    """Decode the barcodes in a greyscale picture. Tries further settings until some results are certain, or
    `most_pixels` would be exceeded. Rejects results by the same rules as the camera driver
    (`drivers.scanners.decoding.doubt`)."""
    shrunk = 1
    while picture.width * picture.height > LOOKED_AT_PIXELS:
        picture, shrunk = picture.reduce(2), shrunk * 2
    sightings, looked_at = _Sightings(), 0
    for way in _ways(picture):
        seen = _preprocess_picture(picture, way)
        looked_at += seen.width * seen.height
        if looked_at > most_pixels and way != _FIRST:
            break
        strips = [(barcode, _strip(barcode)) for barcode in zxingcpp.read_barcodes(seen, binarizer=way.binarizer)]
        kept = one_each(strip for _, strip in strips if strip)
        for barcode, strip in strips:
            if strip and strip not in kept:
                continue
            corners = tuple(_back(corner, picture.size, way, shrunk) for corner in _corners(barcode))
            sightings.add(way, _interpret_barcode(barcode, corners, rules), strip is not None and strip.thin)
        if sightings.is_settled:
            break
    return sightings.accepted_images


class _Sightings:
    """Sightings, with the number of attempts that agree."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[ReadImage, set[tuple[float, int]]]] = {}
        self._certain: set[tuple[str, str]] = set()

    def add(self, way: _Way, found: ReadImage, doubted: bool) -> None:
        key = (found.symbology, found.text)
        _, sides = self._seen.setdefault(key, (found, set()))
        sides.add(way.geometry)
        proven = found.symbology in _PROVEN or (found.symbology in _ARTICLE and way == _FIRST)
        if proven and not doubted:
            self._certain.add(key)
        if len(sides) >= (3 if found.symbology == "upce" else 2):
            self._certain.add(key)

    @property
    def is_settled(self) -> bool:
        """Whether barcodes were found, and every sighting is accepted or overlapped by an accepted one."""
        believed = self.accepted_images
        return bool(believed) and all(
            found in believed or any(_overlap(found, other) for other in believed) for found, _ in self._seen.values()
        )

    @property
    def accepted_images(self) -> list[ReadImage]:
        """Accepted sightings; if two are in one place, the more frequent one."""
        certain = [seen for key, seen in self._seen.items() if key in self._certain]
        return [
            found
            for found, sides in certain
            if not any(
                other is not found and len(others) >= len(sides) and _overlap(found, other) for other, others in certain
            )
        ]


def _ways(picture: Image.Image) -> Iterator[_Way]:
    yield _FIRST
    for way in _OTHERS:
        if way.scale < 1 or picture.width * picture.height * way.scale**2 <= LOOKED_AT_PIXELS:
            yield way


def _preprocess_picture(picture: Image.Image, way: _Way) -> Image.Image:
    if way.stretch:
        picture = ImageOps.autocontrast(picture, cutoff=2)
    if way.scale != 1:
        size = (max(1, round(picture.width * way.scale)), max(1, round(picture.height * way.scale)))
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    if way.angle:
        picture = picture.rotate(way.angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return picture.filter(ImageFilter.UnsharpMask(3, 200, 0)) if way.sharpen else picture


def _strip(barcode: zxingcpp.Barcode) -> Strip | None:
    """Return a linear barcode's scan lines, because linear codes have no error correction; None for matrix codes, which
    have it."""
    named = by_name(str(barcode.format))
    if named is None or named.name in _SQUARE:
        return None
    a, b, c, d = ((float(point.x), float(point.y)) for point in _corners(barcode))
    return Strip(bytes(barcode.bytes), (a, b, c, d), named.name)


def _corners(barcode: zxingcpp.Barcode) -> tuple[zxingcpp.Point, ...]:
    place = barcode.position
    return place.top_left, place.top_right, place.bottom_right, place.bottom_left


def _back(corner: zxingcpp.Point, size: Point, way: _Way, shrunk: int) -> Point:
    """Map a corner back to the original picture."""
    width, height = size[0] * way.scale, size[1] * way.scale
    turn = math.radians(way.angle)
    sine, cosine = abs(math.sin(turn)), abs(math.cos(turn))
    x = corner.x - (width * cosine + height * sine) / 2
    y = corner.y - (width * sine + height * cosine) / 2
    left = x * math.cos(turn) - y * math.sin(turn) + width / 2
    top = x * math.sin(turn) + y * math.cos(turn) + height / 2
    return round(left / way.scale * shrunk), round(top / way.scale * shrunk)


def _interpret_barcode(barcode: zxingcpp.Barcode, corners: tuple[Point, ...], rules: CodeRules) -> ReadImage:
    named = by_name(str(barcode.format))
    told = by_identifier(barcode.symbology_identifier[1:])
    kind = named if named and named.holds != "anything" else told or named
    name = kind.name if kind else str(barcode.format).lower()
    text = barcode.text
    if kind and kind.holds == "elements":
        data = barcode.bytes.decode("latin-1")
        code = parse_scan(f"{barcode.symbology_identifier}{data}", rules=rules)
        parts = loosely(data)
        text = "".join(f"({ai}){value}" for ai, value in parts) or text
        gtin = next((value for ai, value in parts if ai == "01" and is_checked(value)), None)
    else:
        code = parse_scan(text, name, rules)
        gtin = None
    known = code if isinstance(code, Code) else None
    if name == "itf" and known and known.gtin:
        name = "itf14"
    return ReadImage(name, text, known.gtin if known and known.gtin else gtin, corners, known)


def _overlap(one: ReadImage, other: ReadImage) -> bool:
    """Whether two sightings overlap: the centre of one is inside the other's box.

    The box of a weak code is enlarged, because attempts may have read different lines of it.
    """
    margin = 0.0 if one.symbology in (*_PROVEN, *_ARTICLE) else 0.5
    return _within(one.position, other.position, margin) or _within(other.position, one.position, margin)


def _within(inner: tuple[Point, ...], outer: tuple[Point, ...], margin: float) -> bool:
    middle = [sum(values) / len(values) for values in zip(*inner, strict=True)]
    spans = [(min(values), max(values)) for values in zip(*outer, strict=True)]
    more = margin * max(high - low for low, high in spans)
    return all(low - more <= value <= high + more for value, (low, high) in zip(middle, spans, strict=True))
