"""Pages to read: a picture, or a rendered page of a PDF file."""

from __future__ import annotations

import importlib
import math
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from models.errors import Refused
from models.kinds import Picture
from models.limits import PAGE_PIXELS
from models.vision.pictures import bgr

if TYPE_CHECKING:
    import numpy as np

LIBRARY = "pypdfium2"
DPI = 200
"""Resolution of rendered pages: enough for 8-point letters, and a scanner's usual setting for text."""
POINTS = 72
_HEAD_BYTES = 1024
_PDFIUM = threading.Lock()
"""Lock, as PDFium isn't thread-safe (see its README)."""


class Page(NamedTuple):
    """uint8 (height, width, 3) in BGR order; and the number of pages."""

    pixels: np.ndarray[Any, Any]
    pages: int


def page_of(picture: Picture, number: int) -> Page:
    """The page with that number, from 0. Raises Refused if it's not a page."""
    data = picture.pixels.data
    if picture.order == "file" and b"%PDF-" in data[:_HEAD_BYTES].tobytes():
        with _PDFIUM:
            return _render_page(data.tobytes(), number)
    _check(number, 1)
    return Page(bgr(picture), 1)


def _render_page(data: bytes, number: int) -> Page:
    try:
        pdfium = importlib.import_module(LIBRARY)
    except ImportError:
        raise Refused(f"{LIBRARY}, which renders PDF pages, isn't installed.", "Send an image of the page.") from None
    try:
        document = pdfium.PdfDocument(data)
        try:
            _check(number, len(document))
            page = document[number]
            width, height = (side / POINTS for side in page.get_size())
            if not (width > 0 and height > 0 and math.isfinite(width * height)):
                raise Refused("The page has no size.", "Send an image of it.")
            # very large pages are rendered at a lower resolution: their letters are larger, too
            dpi = min(DPI, math.sqrt(PAGE_PIXELS / (width * height)))
            drawn = page.render(scale=dpi / POINTS, no_smoothtext=False).to_numpy()
            return Page(_three(drawn), len(document))
        finally:
            document.close()
    except pdfium.PdfiumError as error:
        what = f"The PDF file can't be opened ({error})."
        raise Refused(what, "Open it elsewhere: it may be damaged or password-protected.") from error


def _check(number: int, pages: int) -> None:
    if not 0 <= number < pages:
        raise Refused(f"Page {number + 1} doesn't exist: the document has {pages}.")


def _three(drawn: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a BGR copy of a page in any pixel format that PDFium renders."""
    import cv2

    if drawn.ndim == 2 or drawn.shape[2] == 1:
        return cv2.cvtColor(drawn, cv2.COLOR_GRAY2BGR)
    return cv2.cvtColor(drawn, cv2.COLOR_BGRA2BGR) if drawn.shape[2] == 4 else drawn.copy()
