"""Process that converts the shop's uploaded logo: `python -m edge.foundation.printing.service.logo_picture`.

Reads a picture from standard input, and writes a small grey PNG on white, no wider than the paper. Uploaded files reach
Pillow's decoders only here, with time and memory limits; the till's process doesn't even import them.
"""

from __future__ import annotations

import io
import struct
import sys
import zlib

from edge.core.process import child

MODULE = "edge.foundation.printing.service.logo_picture"
BYTES_MOST = 4 * 1024 * 1024
PIXELS_MOST = 12_000_000
SIDES_MOST = (576, 400)
"""Maximum size in dots: the width of 80 mm paper. A printer's paper may be narrower (`printers/pictures.py`)."""
MEMORY_BYTES = 1024**3
CPU_S = 10
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
_WRONG = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, MemoryError)
"""Exceptions of Pillow's readers for damaged files. For oversized files, Pillow has a separate error."""


def main() -> int:
    """Handle one request; returns 0 if the picture was written to standard output."""
    return child.answer(_logo_or_none, MEMORY_BYTES, CPU_S)


def _logo_or_none(data: bytes) -> bytes | None:
    from PIL import Image

    try:
        return make_logo(data)
    except (*_WRONG, Image.DecompressionBombError):
        return None


def make_logo(data: bytes) -> bytes:
    """Convert the logo for storage. Raises Pillow's errors, and `ValueError` if too large."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data), formats=_FORMATS) as brought:
        if brought.width * brought.height > PIXELS_MOST:
            raise ValueError(brought.size)
        upright = ImageOps.exif_transpose(brought).convert("RGBA")
    upright.thumbnail(SIDES_MOST)
    flat = Image.new("RGBA", upright.size, "white")
    flat.alpha_composite(upright)
    out = io.BytesIO()
    flat.convert("L").save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
