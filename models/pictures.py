"""Pictures as engines of vision want them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.errors import Refused
from models.kinds import Picture

if TYPE_CHECKING:
    import numpy as np


def bgr(picture: Picture) -> np.ndarray[Any, Any]:
    """uint8 (height, width, 3), blue first, as OpenCV has it; read-only where nothing had to be converted.

    Raises Refused for what is no picture.
    """
    import cv2
    import numpy as np

    pixels = picture.pixels.array()
    if pixels.dtype != np.uint8 or not pixels.size:
        raise Refused("The picture is empty, or its pixels are not bytes.")
    if picture.order == "file":
        read = cv2.imdecode(pixels.reshape(-1), cv2.IMREAD_COLOR)
        if read is None:
            raise Refused("The file is no picture that can be read.", "Send a JPEG or PNG file.")
        return read
    shape = (2, ()) if picture.order == "grey" else (3, (3,))
    if (pixels.ndim, pixels.shape[2:]) != shape:
        raise Refused(f"A picture in {picture.order} cannot have the shape {pixels.shape}.")
    if picture.order == "grey":
        return cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR) if picture.order == "rgb" else pixels
