"""Decode pictures for vision engines."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from models.errors import Refused
from models.kinds import Picture
from models.limits import PICTURE_PIXELS

if TYPE_CHECKING:
    import numpy as np


def bgr(picture: Picture) -> np.ndarray[Any, Any]:
    """Return a picture as uint8 (height, width, 3) in BGR order, as in OpenCV.

    The array is read-only if no conversion was needed. Raises Refused if it's not a picture.
    """
    import cv2
    import numpy as np

    pixels = picture.pixels.array()
    if pixels.dtype != np.uint8 or not pixels.size:
        raise Refused("The picture is empty, or its pixels aren't bytes.")
    if picture.order == "file":
        return cv2.cvtColor(_read(pixels.tobytes()), cv2.COLOR_RGB2BGR)
    shape = (2, ()) if picture.order == "grey" else (3, (3,))
    if (pixels.ndim, pixels.shape[2:]) != shape:
        raise Refused(f"An image in {picture.order} can't have the shape {pixels.shape}.")
    if picture.order == "grey":
        return cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR) if picture.order == "rgb" else pixels


def _read(file: bytes) -> np.ndarray[Any, Any]:
    """A JPEG, PNG or WebP file, upright, in RGB, on white where transparent. Its size is checked before decoding."""
    import numpy as np
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(file), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > PICTURE_PIXELS:
                raise _too_large(f"{image.width} by {image.height}")
            upright = ImageOps.exif_transpose(image)
            if upright.has_transparency_data:
                ground = Image.new("RGBA", upright.size, "white")
                upright = Image.alpha_composite(ground, upright.convert("RGBA"))
            return np.asarray(upright.convert("RGB"))
    except Image.DecompressionBombError as error:
        raise _too_large("too many") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:  # Pillow's errors for damaged files
        raise Refused(f"The file isn't a readable image ({error}).", "Send a JPEG, PNG or WebP file.") from error


def _too_large(size: str) -> Refused:
    most = PICTURE_PIXELS // 1_000_000
    return Refused(f"The image has {size} pixels; the limit is {most} million.", "Send a smaller one.")
