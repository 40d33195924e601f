"""Bytes as pictures, within limits; what is no picture that can be looked at is refused by name."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from edge.lib.sight.kinds import LEAST_SIDE, PICTURE_BYTES, PIXELS, Mask

Pixels = NDArray[Any]
LONG_SIDE = 1920
"""A larger picture is looked at in this size."""
GREY = (128, 128, 128)
BROUGHT = ("JPEG", "PNG")
KEPT = (*BROUGHT, "WEBP")
"""What the shop keeps of its products' pictures is one of these."""
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, MemoryError)


class PictureRefused(Exception):
    """These bytes cannot be looked at. `code` says why."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def probe(data: bytes, formats: tuple[str, ...] = BROUGHT) -> tuple[int, int, str]:
    """Width, height and format, by the header alone. Raises PictureRefused."""
    if not data:
        raise PictureRefused("picture_empty")
    if len(data) > PICTURE_BYTES:
        raise PictureRefused("picture_too_many_bytes", limit_mb=PICTURE_BYTES >> 20)
    if data[:4] == b"%PDF":
        raise PictureRefused("picture_is_pdf")
    try:
        with Image.open(io.BytesIO(data), formats=formats) as header:
            width, height, frames = *header.size, getattr(header, "n_frames", 1)
            kind = str(header.format)
    except Image.DecompressionBombError:
        raise PictureRefused("picture_too_large", megapixels=PIXELS // 1_000_000) from None
    except _BROKEN:
        raise PictureRefused("picture_not_one") from None
    if width * height > PIXELS:
        raise PictureRefused("picture_too_large", megapixels=PIXELS // 1_000_000)
    if min(width, height) < LEAST_SIDE:
        raise PictureRefused("picture_too_small", least=LEAST_SIDE)
    if frames > 1 and kind == "PNG":
        raise PictureRefused("picture_animated")
    return width, height, kind


def decode(
    data: bytes, masks: Sequence[Mask] = (), side: int = LONG_SIDE, formats: tuple[str, ...] = BROUGHT
) -> Pixels:
    """The picture as BGR, upright, at most `side` pixels long, its masks painted over. Raises PictureRefused."""
    probe(data, formats)
    try:
        with Image.open(io.BytesIO(data), formats=formats) as brought:
            brought.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(brought).convert("RGB")
    except _BROKEN:
        raise PictureRefused("picture_broken") from None
    upright.thumbnail((side, side), Image.Resampling.BILINEAR)
    return np.ascontiguousarray(np.asarray(masked(upright, masks))[:, :, ::-1])


def masked(picture: Image.Image, masks: Sequence[Mask]) -> Image.Image:
    """The picture with what is masked painted over."""
    pen = ImageDraw.Draw(picture)
    for mask in masks:
        pen.polygon([(x * picture.width, y * picture.height) for x, y in mask], fill=GREY)
    return picture


def encode(pixels: Pixels, quality: int = 85) -> bytes:
    """As a JPEG, with nothing beside the picture."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1])).save(out, "JPEG", quality=quality)
    return out.getvalue()
