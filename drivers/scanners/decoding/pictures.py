"""The codes in a picture, by zxing-cpp. What every scanner that looks, rather than is told, stands on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Literal

import zxingcpp
from PIL import Image

from drivers.scanners.code import Code

Kind = Literal[
    "ean_upc", "databar", "code128", "itf", "code39", "code93", "codabar", "qr", "datamatrix", "aztec", "pdf417"
]
RETAIL: tuple[Kind, ...] = ("ean_upc", "databar", "code128", "itf", "qr", "datamatrix")
"""Kinds of codes on goods and receipts. Each further kind costs time, and now and then sees a code where none is."""

MAX_PIXELS = 50_000_000
"""A larger picture is not decoded: it would take the memory of the shop."""
WANTED_PIXELS = 4_000_000
"""A JPEG much larger than this is decoded at half or a quarter of its size: bars are wide enough."""

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


class NoPicture(ValueError):
    """These bytes are no picture, or one that is too large."""


def codes_in(picture: bytes, kinds: Sequence[Kind] = RETAIL) -> list[Code]:
    """Every code in a JPEG, PNG or the like, each once. Takes milliseconds: call it in a thread. Raises NoPicture."""
    image = _grey(picture)
    found = zxingcpp.read_barcodes(
        image, formats=zxingcpp.BarcodeFormats([_FORMATS[kind] for kind in kinds]), try_invert=False
    )
    return list(dict.fromkeys(Code(bytes(code.bytes), code.symbology_identifier or None) for code in found))


def _grey(picture: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(picture), formats=("JPEG", "PNG", "WEBP", "GIF", "BMP"))
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise NoPicture(f"{width} x {height} pixels are too many")
        scale = next((by for by in (1, 2, 4) if width * height <= WANTED_PIXELS * by * by), 8)
        image.draft("L", (width // scale, height // scale))  # for JPEG: decoded smaller, without its colours
        return image.convert("L")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as err:  # what Pillow raises for damage
        raise NoPicture(str(err)) from err
