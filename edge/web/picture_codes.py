"""The codes in pictures that pages send, for browsers that read none themselves."""

from __future__ import annotations

import msgspec

from drivers.scanners.decoding.kinds import MAX_PIXELS, RETAIL, NoPicture
from drivers.scanners.decoding.process import PictureProcess
from edge.core.services import Service
from edge.web.limits import PICTURES_WAITING
from edge.web.problem import Problem
from edge.web.work_threads import Heavy


class PictureCode(msgspec.Struct):
    """A code in a picture; `symbology` as scanners declare it, or empty."""

    text: str
    symbology: str = ""


class PictureCodes:
    """The process that looks at pictures, begun with the first one; one picture at a time, each within its limits of
    time and memory.

    In a thread of its own: live cameras send pictures without an end, and reports are not to wait for them.
    """

    def __init__(self) -> None:
        self._turns = Heavy(1, PICTURES_WAITING, "panel-codes")
        self._process = PictureProcess(RETAIL)

    async def read(self, picture: bytes) -> list[PictureCode]:
        """The codes in a picture. `Problem` 422: it is none; 503: too many wait already."""
        try:
            found = await self._turns.do(self._process.codes_in, picture)
        except NoPicture as error:
            raise Problem(422, "picture_unreadable", megapixels=MAX_PIXELS // 1_000_000) from error
        return [PictureCode(code.data.decode("utf-8", "replace"), code.symbology or "") for code in found]

    def close(self) -> None:
        """End the process; what it looks at is given up."""
        self._turns.close()
        self._process.stop()
        self._turns.close(wait=True)
        self._process.close()


CODES: Service[PictureCodes] = Service("codes in pictures", lambda site: PictureCodes())
