"""Decodes barcodes in pictures, for browsers that can't."""

from __future__ import annotations

import msgspec

from drivers.scanners.decoding.kinds import MAX_PIXELS, RETAIL, NoPicture
from drivers.scanners.decoding.process import PictureProcess
from edge.core.services import Service
from edge.web.limits import PICTURES_WAITING
from edge.web.problem import Problem
from edge.web.work_threads import Heavy


class PictureCode(msgspec.Struct):
    """A barcode in a picture; `symbology` as scanners name it, or empty."""

    text: str
    symbology: str = ""


class PictureCodes:
    """The decoding process, started with the first picture. It reads one picture at a time, with time and memory
    limits.

    It has its own thread, because live cameras send pictures endlessly and reports must not wait for them.
    """

    def __init__(self) -> None:
        self._turns = Heavy(1, PICTURES_WAITING, "panel-codes")
        self._process = PictureProcess(RETAIL)

    async def read(self, picture: bytes) -> list[PictureCode]:
        """Return the barcodes in a picture. Raises `Problem` 422 for an invalid picture, and 503 if too many are
        waiting."""
        try:
            found = await self._turns.do(self._process.codes_in, picture)
        except NoPicture as error:
            raise Problem(422, "picture_unreadable", megapixels=MAX_PIXELS // 1_000_000) from error
        return [PictureCode(code.data.decode("utf-8", "replace"), code.symbology or "") for code in found]

    def close(self) -> None:
        """End the process and drop its current picture."""
        self._turns.close()
        self._process.stop()
        self._turns.close(wait=True)
        self._process.close()


CODES: Service[PictureCodes] = Service("codes in pictures", lambda site: PictureCodes())
