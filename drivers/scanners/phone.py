"""A phone as a scanner: its browser shows a page of the panel, and what that page reads comes here.

The page finds codes by itself where the browser can (BarcodeDetector), and has them found in its
pictures here where it cannot. Whoever knows the pairing may scan, and do nothing else.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import msgspec
from msgspec import Meta

from drivers.roles import DeviceError, Scan
from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.kinds import RETAIL, Kind, NoPicture
from drivers.scanners.decoding.process import PictureProcess
from drivers.scanners.queue import ScanQueue

PICTURES_WAITING = 4
"""Pictures that wait to be looked at; a further one is refused, and the phone takes another."""
CODE_BYTES = 4096
"""A longer code is refused."""
REMEMBERED = 256
"""Scans whose repetition is known as such."""


class Refused(DeviceError):
    """What the phone sent was not taken; it may try again."""


class PhoneScanner:
    """A Scanner whose codes come from a page. The panel calls `scan` and `read`."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the phone as a scanner."""

        pairing: Annotated[
            str,
            Meta(
                # what the sample configuration shows is known to everybody
                pattern=r"^(?!(?i:change-?me))([A-Za-z0-9_-]{16,64}|secret:[a-z0-9-]{1,40})$(?!\n)",
                description="a secret of your own (`edge devices --phone` makes one): 16 to 64 letters and digits, the "
                "end of the link /scan/... that a phone opens first; or `secret:NAME`",
            ),
        ]
        kinds: Annotated[tuple[Kind, ...], Meta(min_length=1, description="kinds of codes to look for")] = RETAIL

    def __init__(self, config: Config) -> None:
        self._config = config
        self._queue = ScanQueue(self._listen)
        self._room = False
        self._thread: ThreadPoolExecutor | None = None
        self._pictures = PictureProcess(config.kinds)
        self._looking = 0
        self._taken: deque[str] = deque(maxlen=REMEMBERED)

    def is_paired(self, pairing: str) -> bool:
        """Whether this is the secret; takes as long for a wrong one as for a right one."""
        return hmac.compare_digest(pairing.encode(), self._config.pairing.encode())

    @property
    def pass_value(self) -> str:
        """What the phone's browser keeps in place of the secret (lower-case hex). It ends with that."""
        return hmac.digest(self._config.pairing.encode(), b"edge phone scanner", "sha256").hex()

    def is_let_in(self, value: str) -> bool:
        """Whether this is what the phone's browser was given; takes as long for a wrong one as for a right one."""
        return hmac.compare_digest(value.encode(), self.pass_value.encode())

    async def open(self) -> None:
        """Take scans from now on."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "phone")
            self._room = True
            self._queue.open()

    def scans(self) -> AsyncIterator[Scan]:
        """Every scan since `open`, in order. See Scanner."""
        return self._queue.scans()

    async def close(self) -> None:
        """Take no more scans."""
        if self._thread is not None:
            thread, self._thread = self._thread, None
            self._room = False
            self._queue.end()
            self._pictures.stop()
            await asyncio.to_thread(thread.shutdown)
            await asyncio.to_thread(self._pictures.close)

    def scan(self, data: bytes, symbology: str | None = None, id: str = "") -> None:
        """A code that the phone read. Raises Refused.

        One that comes again under its `id`, as its answer got lost on the way to the phone, is the same scan.
        """
        if id and id in self._taken:
            return
        if not self._room:
            raise Refused("The till isn't accepting scans at the moment.", "Scan again in a moment.")
        if not 0 < len(data) <= CODE_BYTES:
            raise Refused(f"A code can't have {len(data)} bytes.", "Scan another code.")
        self._taken.append(id)
        self._queue.put([DecodedScan(data, symbology, id)])

    async def read(self, picture: bytes) -> list[DecodedScan]:
        """The codes in a picture from the phone; scanned is none of them yet. Raises Refused."""
        if self._thread is None or self._looking >= PICTURES_WAITING:
            raise Refused("The till is too busy for pictures at the moment.", "Try again in a moment.")
        self._looking += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, self._pictures.codes_in, picture)
        except NoPicture as err:
            raise Refused(f"This isn't a valid image ({err}).", "Take another picture.") from err
        finally:
            self._looking -= 1

    def _listen(self, on: bool) -> None:
        self._room = on
