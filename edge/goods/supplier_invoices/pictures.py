"""Photographs and scans prepared for OCR. Called only by `paper_reader`, in its own process."""

from __future__ import annotations

import io
import warnings
from typing import Any

PIXELS_MOST = 60_000_000
"""Maximum pixels of a picture, more than any phone's photo. A small file can claim any size."""
SIDE_LEAST = 200
SIDE_MOST = 2_600
"""Maximum side in pixels. Letters are still legible, and reading time grows with the number of pixels."""
SIDE_SMALL = 1_500
SHOWN_WIDTH = 1_240
FORMATS = ("JPEG", "PNG", "WEBP")


class DamagedPicture(Exception):
    """The picture can't be read; `why`: damaged, large or too_small."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def open_picture(content: bytes) -> Any:
    """Open a picture in grey, upright by its EXIF orientation, and at a readable size. Raises `DamagedPicture`."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file = Image.open(io.BytesIO(content), formats=FORMATS)
        width, height = file.size
        if width * height > PIXELS_MOST:
            raise DamagedPicture("large")
        if min(width, height) < SIDE_LEAST:
            raise DamagedPicture("too_small")
        file.draft("L", (SIDE_MOST, SIDE_MOST))
        picture = ImageOps.exif_transpose(_on_white(file)).convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DamagedPicture("damaged") from error
    longest = max(picture.size)
    if longest > SIDE_MOST:
        return _scale_picture(picture, SIDE_MOST / longest)
    return _scale_picture(picture, 2) if longest < SIDE_SMALL else picture


def picture_as_png(picture: Any) -> bytes:
    """A picture as a PNG for display."""
    small = _scale_picture(picture, SHOWN_WIDTH / picture.width) if picture.width > SHOWN_WIDTH else picture
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def _on_white(picture: Any) -> Any:
    """Place a transparent picture on white."""
    from PIL import Image

    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture
    seen = picture.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    paper.alpha_composite(seen)
    return paper


def _scale_picture(picture: Any, factor: float) -> Any:
    return picture.resize((round(picture.width * factor), round(picture.height * factor)))
