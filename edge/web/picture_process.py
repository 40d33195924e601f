"""Process that opens an uploaded picture: `python -m edge.web.picture_process`. Reads the picture from standard input
and writes a WebP of limited size, upright and without camera metadata.

Untrusted bytes reach Pillow's decoders only here, with time and memory limits, never in the till's process.
"""

from __future__ import annotations

import io
import struct
import sys
import zlib

from PIL import Image, ImageOps

from edge.core.process import child
from edge.web.limits import PICTURE_MEMORY_BYTES, PICTURE_PIXELS, PICTURE_S, PICTURE_SIDE

_FORMATS = ("JPEG", "PNG", "WEBP")
_WRONG = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    MemoryError,
    Image.DecompressionBombError,
)
"""Exceptions that Pillow's readers raise for damaged or oversized files."""


def main() -> int:
    """Handle one request; returns 0 if the picture was written to standard output."""
    return child.answer(_remade, PICTURE_MEMORY_BYTES, PICTURE_S)


def _remade(data: bytes) -> bytes | None:
    try:
        return remade(data)
    except _WRONG:
        return None


def remade(data: bytes) -> bytes:
    """Convert a picture for storage. Raises Pillow's errors, and `ValueError` if too large."""
    with Image.open(io.BytesIO(data), formats=_FORMATS) as brought:
        if brought.width * brought.height > PICTURE_PIXELS:
            raise ValueError(brought.size)
        brought.draft("RGB", (PICTURE_SIDE, PICTURE_SIDE))
        upright = ImageOps.exif_transpose(brought)
        kept = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    kept.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    kept.info.clear()  # metadata from a camera or a program
    out = io.BytesIO()
    kept.save(out, "WEBP", quality=85)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
