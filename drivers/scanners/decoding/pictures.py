"""Decode the codes in a picture with zxing-cpp: the base of all camera scanners."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import partial

import zxingcpp
from PIL import Image

from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.doubt import Strip, agreed_reading, one_each
from drivers.scanners.decoding.kinds import MAX_PIXELS, RETAIL, Kind, NoPicture

DECODE_PIXELS = 4_000_000
"""Pixels above which JPEGs are decoded at half or a quarter of their size, at which bars are still wide enough."""

VERIFY_SCALES = (3, 2)
"""Factors by which a part of the picture is enlarged to verify a code, at the first and second attempt."""
VERIFY_PIXELS = 1600
"""Maximum pixels of the longer side of the enlarged part."""

_FORMATS = {
    "ean_upc": zxingcpp.BarcodeFormat.EANUPC,
    "databar": zxingcpp.BarcodeFormat.DataBar,
    "code128": zxingcpp.BarcodeFormat.Code128,
    "itf": zxingcpp.BarcodeFormat.ITF,
    "code39": zxingcpp.BarcodeFormat.Code39,
    "code93": zxingcpp.BarcodeFormat.Code93,
    "codabar": zxingcpp.BarcodeFormat.Codabar,
    "qr": zxingcpp.BarcodeFormat.QRCode,
    "datamatrix": zxingcpp.BarcodeFormat.DataMatrix,
    "aztec": zxingcpp.BarcodeFormat.Aztec,
    "pdf417": zxingcpp.BarcodeFormat.PDF417,
}


_SQUARE = frozenset(_FORMATS[kind] for kind in ("qr", "datamatrix", "aztec", "pdf417"))
"""Kinds with error correction."""


def codes_in(picture: bytes, kinds: Sequence[Kind] = RETAIL) -> list[DecodedScan]:
    """Find every code in a JPEG, PNG etc., each once. Takes milliseconds: call it in a thread. Raises NoPicture."""
    image = _grey(picture)
    formats = zxingcpp.BarcodeFormats([_FORMATS[kind] for kind in kinds])
    found = [(code, None if code.symbology in _SQUARE else _strip(code)) for code in _read(image, formats)]
    kept = set(one_each(strip for _, strip in found if strip))
    sure = [
        _again(image, formats, strip) if strip and strip.thin else code
        for code, strip in found
        if strip is None or strip in kept
    ]
    return list(
        dict.fromkeys(DecodedScan(bytes(code.bytes), code.symbology_identifier or None) for code in sure if code)
    )


def _read(image: Image.Image, formats: zxingcpp.BarcodeFormats) -> list[zxingcpp.Barcode]:
    return list(zxingcpp.read_barcodes(image, formats=formats, try_invert=False))


def _strip(code: zxingcpp.Barcode) -> Strip:
    at = code.position
    corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    a, b, c, d = ((float(point.x), float(point.y)) for point in corners)
    return Strip(bytes(code.bytes), (a, b, c, d), str(code.symbology))


def _again(image: Image.Image, formats: zxingcpp.BarcodeFormats, strip: Strip) -> zxingcpp.Barcode | None:
    """Return a code with few lines, verified in an enlarged picture; None if that differs."""
    part = image.crop(strip.around(*image.size))
    seen: dict[bytes, zxingcpp.Barcode] = {}

    def look(scale: int) -> Iterator[bytes]:
        by = min(float(scale), VERIFY_PIXELS / max(part.size))
        size = max(1, round(part.width * by)), max(1, round(part.height * by))
        larger = part.resize(size, Image.Resampling.BICUBIC)
        for code in _read(larger, formats):
            seen[bytes(code.bytes)] = code
            yield bytes(code.bytes)

    data = agreed_reading(strip.data, [partial(look, scale) for scale in VERIFY_SCALES])
    return seen.get(data) if data is not None else None


def shades(image: Image.Image) -> Image.Image:
    """Convert a picture to 256 shades of grey.

    Of 16 bits, the upper eight are used (Pillow would clip them to white).
    """
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (1 / 256))
    return image.convert("L")


def _grey(picture: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(picture), formats=("JPEG", "PNG", "WEBP", "GIF", "BMP"))
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise NoPicture(f"{width} x {height} pixels are too many")
        scale = next((by for by in (1, 2, 4) if width * height <= DECODE_PIXELS * by * by), 8)
        image.draft("L", (width // scale, height // scale))  # JPEGs are decoded smaller and in greyscale
        return shades(image)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as err:  # Pillow's errors for damaged files
        raise NoPicture(str(err)) from err
