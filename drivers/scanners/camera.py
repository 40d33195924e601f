"""A network camera as a scanner: a code held in front of it is scanned once, until it's removed.

The camera sends MJPEG over HTTP, as nearly all can; a USB camera does so through a program such as ustreamer. While a
picture is processed, newer ones replace waiting ones: a slow machine sees less often, but never late.
"""

from __future__ import annotations

import asyncio
import errno
import os
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import aiohttp
import msgspec
from msgspec import Meta
from yarl import URL

from drivers.http_stream import login_of, session_of, stream
from drivers.mjpeg import PictureSplitter
from drivers.os_errors import device_error
from drivers.roles import Scan
from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.kinds import RETAIL, Kind, NoPicture
from drivers.scanners.decoding.pictures import codes_in
from drivers.scanners.decoding.presence import Presence
from drivers.scanners.queue import ScanQueue

PICTURE_BYTES = 8 * 1024 * 1024
"""Maximum size of a picture; larger ones are dropped."""
NICENESS = 10
"""The niceness of the decoding thread, which yields to the till."""


class CameraScanner:
    """A Scanner that uses a network camera."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the camera as a scanner."""

        url: Annotated[str, Meta(pattern="^https?://", description="address of the camera's MJPEG stream")]
        username: Annotated[str, Meta(description="user name, if the camera requires one")] = ""
        password: Annotated[str, Meta(description="password; `secret:NAME` for one of the shop's secrets")] = ""
        password_file: Annotated[str, Meta(description="file that contains only the password")] = ""
        kinds: Annotated[tuple[Kind, ...], Meta(min_length=1, description="barcode types to look for")] = RETAIL
        confirm: Annotated[int, Meta(ge=1, le=20, description="number of consecutive images that must show a code")] = 2
        gone_after_ms: Annotated[
            int, Meta(ge=100, le=60_000, description="a code can be scanned again after this long out of view")
        ] = 1000
        max_fps: Annotated[int, Meta(ge=1, le=60, description="images analysed per second")] = 15
        connect_timeout_ms: Annotated[int, Meta(ge=50, le=60_000, description="timeout for a response")] = 3000
        stall_timeout_ms: Annotated[
            int, Meta(ge=50, le=600_000, description="the camera is reported as lost after this long without an image")
        ] = 5000

    def __init__(self, config: Config) -> None:
        self._config = config
        self._thing = f"camera at {URL(config.url).with_user(None)}"
        self._queue = ScanQueue(self._listen)
        self._room = True
        self._session: aiohttp.ClientSession | None = None
        self._eye: _Eye | None = None
        self._watching: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect to the camera. Raises DeviceError."""
        if self._session is not None:
            return
        login = login_of(self._config.username, self._config.password, self._config.password_file, self._thing)
        session = session_of(login, self._timeouts())
        try:
            answer = await stream(session, self._config.url, login, self._thing)
        except BaseException:
            await session.close()
            raise
        self._session = session
        self._room = True
        self._queue.open()
        self._eye = _Eye(self._config, self._queue)
        self._watching = asyncio.create_task(self._watch(answer, self._eye))

    def scans(self) -> AsyncIterator[Scan]:
        """Yield codes that come into view, in order. See Scanner."""
        return self._queue.scans()

    async def close(self) -> None:
        """Stop watching."""
        if self._session is None or self._watching is None or self._eye is None:
            return
        session, watching, eye = self._session, self._watching, self._eye
        self._session = self._watching = self._eye = None
        self._queue.end()
        watching.cancel()
        await asyncio.wait([watching])
        await asyncio.to_thread(eye.close)
        await session.close()

    def _listen(self, on: bool) -> None:
        self._room = on

    def _timeouts(self) -> aiohttp.ClientTimeout:
        connect_s, stall_s = self._config.connect_timeout_ms / 1000, self._config.stall_timeout_ms / 1000
        return aiohttp.ClientTimeout(total=None, sock_connect=connect_s, sock_read=stall_s)

    async def _watch(self, answer: aiohttp.ClientResponse, eye: _Eye) -> None:
        splitter = PictureSplitter(PICTURE_BYTES)
        reason: Exception = OSError("the stream ended")
        try:
            async for chunk in answer.content.iter_any():
                pictures = splitter.feed(chunk)
                if pictures and self._room:
                    eye.show(pictures[-1])
        except (aiohttp.ClientError, OSError) as err:
            reason = err
        await eye.wait_decoded()  # report codes already seen before the loss
        self._queue.lose(device_error(OSError(errno.ENODEV, str(reason)), self._thing))


class _Eye:
    """Decodes the newest picture, in a low-priority thread of its own."""

    def __init__(self, config: CameraScanner.Config, queue: ScanQueue) -> None:
        self._kinds = config.kinds
        self._presence = Presence(config.confirm, config.gone_after_ms)
        self._queue = queue
        self._pause_s = 1 / config.max_fps
        self._next_at = 0.0
        self._thread = ThreadPoolExecutor(1, "camera", initializer=_give_way)
        self._looking: asyncio.Future[list[DecodedScan]] | None = None
        self._newest: bytes | None = None

    def show(self, picture: bytes) -> None:
        """Take a picture from the camera."""
        if self._looking is not None:
            self._newest = picture
            return
        loop = asyncio.get_running_loop()
        if loop.time() >= self._next_at:
            self._next_at = loop.time() + self._pause_s
            self._looking = loop.run_in_executor(self._thread, self._look, picture)
            self._looking.add_done_callback(self._on_looked)

    async def wait_decoded(self) -> None:
        """Wait until the current picture is decoded."""
        while self._looking is not None:
            await asyncio.wait([self._looking])

    def close(self) -> None:
        """End the decoding thread, waiting for the current picture to be decoded."""
        self._thread.shutdown()

    def _look(self, picture: bytes) -> list[DecodedScan]:
        try:
            return codes_in(picture, self._kinds)
        except NoPicture:  # damaged in transit; the next one follows soon
            return []

    def _on_looked(self, looked: asyncio.Future[list[DecodedScan]]) -> None:
        self._looking = None
        if looked.cancelled():
            return
        new = self._presence.look(looked.result(), time.monotonic_ns() // 1_000_000)
        if new:
            self._queue.put(new)
        if self._newest is not None:
            picture, self._newest = self._newest, None
            self.show(picture)


def _give_way() -> None:
    thread = threading.get_native_id()
    already = os.getpriority(os.PRIO_PROCESS, thread)  # only root may raise priority
    os.setpriority(os.PRIO_PROCESS, thread, max(already, NICENESS))
