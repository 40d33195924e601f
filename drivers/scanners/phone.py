"""A phone as a scanner: its browser shows a page of the panel, which sends its codes here.

The page decodes codes itself if the browser can (BarcodeDetector), or sends pictures to decode here. Anyone with the
pairing secret can scan, and do nothing else.
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
"""Pictures waiting for decoding; more are refused, and the phone takes another."""
CODE_BYTES = 4096
"""Longer codes are refused."""
REMEMBERED = 256
"""Scans remembered to detect repetitions."""


class Refused(DeviceError):
    """The phone's input was refused; it may retry."""


class PhoneScanner:
    """A Scanner whose codes come from a page. The panel calls `scan` and `read`."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the phone scanner."""

        pairing: Annotated[
            str,
            Meta(
                # refuse the sample configuration's value, which is public
                pattern=r"^(?!(?i:change-?me))([A-Za-z0-9_-]{16,64}|secret:[a-z0-9-]{1,40})$(?!\n)",
                description="16 to 64 letters and digits for the link (see edge devices --phone), or `secret:NAME`",
            ),
        ]
        kinds: Annotated[tuple[Kind, ...], Meta(min_length=1, description="barcode types to look for")] = RETAIL

    def __init__(self, config: Config) -> None:
        self._config = config
        self._queue = ScanQueue(self._listen)
        self._room = False
        self._thread: ThreadPoolExecutor | None = None
        self._pictures = PictureProcess(config.kinds)
        self._looking = 0
        self._taken: deque[str] = deque(maxlen=REMEMBERED)

    def is_paired(self, pairing: str) -> bool:
        """Whether `pairing` is the secret; compared in constant time."""
        return hmac.compare_digest(pairing.encode(), self._config.pairing.encode())

    @property
    def pass_value(self) -> str:
        """The phone's stored value, derived from the secret (lower-case hex). A new secret invalidates it."""
        return hmac.digest(self._config.pairing.encode(), b"edge phone scanner", "sha256").hex()

    def is_let_in(self, value: str) -> bool:
        """Whether `value` is the secret given to the phone's browser, compared in constant time."""
        return hmac.compare_digest(value.encode(), self.pass_value.encode())

    async def open(self) -> None:
        """Accept scans from now on."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "phone")
            self._room = True
            self._queue.open()

    def scans(self) -> AsyncIterator[Scan]:
        """All scans since `open`, in order. See Scanner."""
        return self._queue.scans()

    async def close(self) -> None:
        """Stop accepting scans."""
        if self._thread is not None:
            thread, self._thread = self._thread, None
            self._room = False
            self._queue.end()
            self._pictures.stop()
            await asyncio.to_thread(thread.shutdown)
            await asyncio.to_thread(self._pictures.close)

    def scan(self, data: bytes, symbology: str | None = None, id: str = "") -> None:
        """Accept a code read by the phone. Raises Refused.

        A repeated `id` is the same scan, sent again because its answer got lost on the way to the phone.
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
        """The codes in a picture from the phone; none of them is scanned yet. Raises Refused."""
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
