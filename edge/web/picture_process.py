"""The process that opens a picture somebody brought: `python -m edge.web.picture_process`. The picture from standard
input, as it is kept (WebP of a sensible size, upright, with nothing of what a camera writes) on standard output.

A stranger's bytes meet Pillow's decoders here, bounded in time and memory, and never in the till's process.
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
"""What Pillow's readers raise for what is broken, or too much."""


def main() -> int:
    """0: the picture is on standard output."""
    return child.answer(_remade, PICTURE_MEMORY_BYTES, PICTURE_S)


def _remade(data: bytes) -> bytes | None:
    try:
        return remade(data)
    except _WRONG:
        return None


def remade(data: bytes) -> bytes:
    """A picture as it is kept. Raises what Pillow raises, and `ValueError` for one that is too large."""
    with Image.open(io.BytesIO(data), formats=_FORMATS) as brought:
        if brought.width * brought.height > PICTURE_PIXELS:
            raise ValueError(brought.size)
        brought.draft("RGB", (PICTURE_SIDE, PICTURE_SIDE))
        upright = ImageOps.exif_transpose(brought)
        kept = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    kept.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    kept.info.clear()  # what a camera or a program wrote beside the picture
    out = io.BytesIO()
    kept.save(out, "WEBP", quality=85)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
