"""The codes in pictures that pages send, for browsers that read none themselves."""

from __future__ import annotations

import threading

import msgspec

from drivers.scanners.decoding.kinds import MAX_PIXELS, RETAIL, NoPicture
from drivers.scanners.decoding.process import PictureProcess
from edge.web.problem import Problem


class PictureCode(msgspec.Struct):
    """A code in a picture; `symbology` as scanners declare it, or empty."""

    text: str
    symbology: str = ""


class PictureCodes:
    """The process that looks at pictures, begun with the first one; one picture at a time, each within its limits of
    time and memory."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process = PictureProcess(RETAIL)

    def read(self, picture: bytes) -> list[PictureCode]:
        """The codes in a picture. `Problem` 422: it is none."""
        try:
            with self._turn:
                found = self._process.codes_in(picture)
        except NoPicture as error:
            raise Problem(422, "picture_unreadable", megapixels=MAX_PIXELS // 1_000_000) from error
        return [PictureCode(code.data.decode("utf-8", "replace"), code.symbology or "") for code in found]

    def close(self) -> None:
        """End the process; what it looks at is given up."""
        self._process.stop()
        with self._turn:
            self._process.close()
