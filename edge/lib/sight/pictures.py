"""Decodes pictures within limits. Unusable pictures are refused with a code."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from edge.lib.sight.kinds import LEAST_SIDE, PICTURE_BYTES, PIXELS, Mask

Pixels = NDArray[Any]
LONG_SIDE = 1920
"""Larger pictures are scaled down to this size."""
FLAT_FROM, FLAT_TO = 9, 246
LOOKED_AHEAD = 16
"""Bytes that a decoder needs after those of the last block."""
LOOKED_ON = 400
"""Bytes appended after the last scan. They change the decoded picture if it is incomplete."""
BANDS = 64
END, SCAN = b"\xff\xd9", b"\xff\xda"
GREY = (128, 128, 128)
BROUGHT = ("JPEG", "PNG")
KEPT = (*BROUGHT, "WEBP")
"""Formats in which product pictures are stored."""
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, MemoryError)


class PictureRefused(Exception):
    """The picture can't be used; `code` is the reason."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def probe(data: bytes, formats: tuple[str, ...] = BROUGHT) -> tuple[int, int, str]:
    """Width, height and format from the header. Raises PictureRefused."""
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
    """Decode a picture as BGR, upright, at most `side` pixels long, masks painted over. Raises PictureRefused."""
    _, _, kind = probe(data, formats)
    if kind in ("JPEG", "MPO") and data.rfind(END) < data.rfind(SCAN):  # ITU-T T.81, B.1.1.3: an end marker is required
        raise PictureRefused("picture_broken")
    try:
        with Image.open(io.BytesIO(data), formats=formats) as brought:
            brought.draft("RGB", (side, side))
            brought.load()
            cut_off = brought.format == "JPEG" and (
                _is_unfinished(data, brought, side)
                if brought.info.get("progressive")
                else _is_one_colour(brought) and _is_filled_up(data, side)
            )
            upright = _in_eight_bits(ImageOps.exif_transpose(brought)).convert("RGB")
    except _BROKEN:
        raise PictureRefused("picture_broken") from None
    if cut_off:
        raise PictureRefused("picture_broken")
    upright.thumbnail((side, side), Image.Resampling.BILINEAR)
    return np.ascontiguousarray(np.asarray(mask_picture(upright, masks))[:, :, ::-1])


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Reduce 16-bit grey to its upper eight bits; Pillow would clip it to white."""
    if not picture.mode.startswith("I"):
        return picture
    return Image.fromarray((np.asarray(picture).clip(0, 65_535) >> 8).astype(np.uint8))


def _is_one_colour(picture: Image.Image) -> bool:
    """Whether the lower third is a single colour: a decoder's filler, a mask, or real content."""
    third = picture.crop((0, picture.height - picture.height // 3, picture.width, picture.height)).convert("RGB")
    bands = [(int(low), int(high)) for low, high in third.getextrema()]  # type: ignore[misc]
    return all(low == high for low, high in bands) and FLAT_FROM <= max(high for _, high in bands) <= FLAT_TO


def _is_filled_up(data: bytes, side: int) -> bool:
    """Whether a decoder would fill up a JPEG that is truncated or declares too large a size (ITU T.81, B.1.1.2: the end
    marker). Without that marker, a decoder waits for more data and leaves the rest black."""
    frame = max(data.rfind(marker) for marker in (b"\xff\xc0", b"\xff\xc1", b"\xff\xc2"))
    if data.count(SCAN, frame) > 1:  # several scans, the first of which covers the whole picture
        return False
    end = data.rfind(END)
    cut = data[:end] + bytes(LOOKED_AHEAD)
    with Image.open(io.BytesIO(cut), formats=("JPEG",)) as again:
        again.draft("RGB", (side, side))
        with suppress(OSError):  # expected: the end marker was cut off
            again.load()
        last = again.im.getpixel((again.width // 2, again.height - 1))
    return not any(last if isinstance(last, tuple) else (last,))


def _is_unfinished(data: bytes, whole: Image.Image, side: int) -> bool:
    """Whether a multi-scan JPEG is truncated, because a scan is missing or incomplete. Data appended after a complete
    scan changes nothing; after an incomplete one, it does."""
    begin = _last_scan(data)
    if begin is None:
        return True
    end = data.rfind(END)
    more = data[:end] + bytes((7 * at + 90) % 251 for at in range(LOOKED_ON)) + END
    with Image.open(io.BytesIO(more), formats=("JPEG",)) as again:
        again.draft("RGB", (side, side))
        again.load()
        return again.tobytes() != whole.tobytes()


def _last_scan(data: bytes) -> int | None:
    """Return the start of a JPEG's last scan; None if parts of the picture are in no scan (ITU T.81, G.1.1.1). A
    complete picture has each component's mean, all detail of the first, and the last bit of every component begun."""
    at, last, missing, components = 2, 0, dict[tuple[int, int], int](), 0
    while at + 4 <= len(data):
        mark = data[at + 1]
        if data[at] != 0xFF or mark in (0x00, 0xFF) or 0xD0 <= mark <= 0xD8:
            at += 1  # coded data, padding, or a marker without a length
            continue
        if mark == 0xD9:
            break
        (size,) = struct.unpack_from(">H", data, at + 2)
        if mark == 0xC2 and at + 9 < len(data):
            components = data[at + 9]
        if mark == 0xDA and at + 2 + size <= len(data):
            last, count = at, data[at + 4]
            first, final, bits = data[at + 2 + size - 3 : at + 2 + size]
            for one in range(count):
                missing |= {(data[at + 5 + 2 * one], band): bits & 15 for band in range(first, min(final, 63) + 1)}
        at += 2 + size
    means = sum(band == 0 for _, band in missing)
    details = max((sum(of == one for of, _ in missing) for one in {of for of, _ in missing}), default=0)
    return last if last and means == components and details == BANDS and not any(missing.values()) else None


def mask_picture(picture: Image.Image, masks: Sequence[Mask]) -> Image.Image:
    """Paint masks over a picture."""
    pen = ImageDraw.Draw(picture)
    for mask in masks:
        pen.polygon([(x * picture.width, y * picture.height) for x, y in mask], fill=GREY)
    return picture


def paint_masks(pixels: Pixels, masks: Sequence[Mask]) -> Pixels:
    """Paint masks over an image's pixels."""
    if not masks:
        return pixels
    return np.ascontiguousarray(np.asarray(mask_picture(Image.fromarray(pixels), masks)))


def middle(some: Sequence[Pixels]) -> Pixels:
    """Return the per-pixel median of three simultaneous pictures, because lamp bands differ in each; otherwise the
    first picture."""
    if len(some) != 3 or len({one.shape for one in some}) > 1:
        return some[0]
    one, two, three = some
    lower, upper = np.minimum(one, two), np.maximum(one, two)
    return np.ascontiguousarray(np.maximum(lower, np.minimum(upper, three)))


def encode(pixels: Pixels, quality: int = 85) -> bytes:
    """Encode as JPEG without metadata."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1])).save(out, "JPEG", quality=quality)
    return out.getvalue()
