"""A network camera in front of a drawn bay: MJPEG over HTTP, and the changes a hand can make to the bay."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from concurrent.futures import ThreadPoolExecutor

import msgspec

from sim.plugged_server import PluggedServer
from sim.shelves.scene import Bay, Light, Place, View, draw, jpeg

BOUNDARY = "shelf"


class SimShelfCamera(PluggedServer):
    """Serves its stream at `url`, and its newest picture at `/picture.jpg`. Use it as an async context manager.

    Its methods change the bay or the view, as a hand, a person or an accident would.
    """

    def __init__(self, bay: Bay, fps: float = 5, port: int = 0) -> None:
        super().__init__(port)
        self.full = bay
        self.bay = bay
        self.view = View()
        self.frozen = False
        self.hung = False
        self.lies = False
        self.stalls = False
        self.refuses = False
        self.sends = b""
        self.sent = 0
        self._fps = fps
        self._drawn: tuple[Bay, View] | None = None
        self._picture = b""
        self._numbers = itertools.count(1)
        self._pen = ThreadPoolExecutor(1, "shelf-camera")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/video"

    async def __aexit__(self, *_: object) -> None:
        await super().__aexit__()
        self._pen.shutdown()

    def take(self, row: int, place: int) -> None:
        """Take everything from a place."""
        was = self.bay.rows[row][place]
        self.bay = self.bay.with_places({(row, place): msgspec.structs.replace(was, state="gap")})

    def put(self, row: int, place: int, what: Place) -> None:
        """Put something into a place."""
        self.bay = self.bay.with_places({(row, place): what})

    def put_back(self, row: int, place: int) -> None:
        """Fill a place with its own product again."""
        self.put(row, place, self.full.rows[row][place])

    def refill(self) -> None:
        """Fill the whole bay, in its usual light."""
        self.bay, self.view, self.frozen, self.hung = self.full, View(), False, False

    def light(self, light: Light) -> None:
        self.view = msgspec.structs.replace(self.view, light=light)

    def stand(self, where: float = 0.5) -> None:
        """Put a person in front, at this fraction of the width; below 0 removes them."""
        self.view = msgspec.structs.replace(self.view, person=where)

    def cover(self, covered: bool = True) -> None:
        self.view = msgspec.structs.replace(self.view, covered=covered)

    def knock(self, x: int, y: int) -> None:
        """Shift the camera's view by this many pixels."""
        self.view = msgspec.structs.replace(self.view, shift=(x, y))

    def freeze(self, frozen: bool = True) -> None:
        """Keep sending the same picture, like a camera whose sensor hangs."""
        self.frozen = frozen

    def hang(self) -> None:
        """Let the sensor hang while the clock printed into the picture continues."""
        self.hung = True

    async def picture(self) -> bytes:
        """The current picture. No two are identical, except while frozen."""
        if self.sends:  # the given picture, with bytes added so that no two are identical
            return self.sends[:-2] + next(self._numbers).to_bytes(4, "big") + self.sends[-2:]
        if self.frozen and self._picture:
            return self._picture
        if self.hung:
            timed = msgspec.structs.replace(self.view, clock=f"{next(self._numbers):08}", noise=0.0)
            return await asyncio.get_running_loop().run_in_executor(self._pen, lambda: jpeg(draw(self.bay, timed, 1)))
        now = (self.bay, self.view)
        if now != self._drawn:
            loop = asyncio.get_running_loop()
            drawn = await loop.run_in_executor(self._pen, lambda: jpeg(draw(now[0], now[1], next(self._numbers))))
            self._drawn, self._picture = now, drawn
        note = f"frame {next(self._numbers)}".encode()
        # A comment (ITU-T T.81, B.2.4.5) after the start marker makes every picture different, like a sensor's noise.
        self._picture = _without_note(self._picture)
        self._picture = self._picture[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + self._picture[2:]
        return self._picture

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            if self.refuses:
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            elif "GET /video " in head:
                await self._stream(writer)
            elif "GET /picture.jpg " in head:
                data = await self.picture()
                writer.write(
                    f"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n".encode()
                )
                writer.write(data)
            else:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        kind = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
        writer.write(f"HTTP/1.0 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode())
        while not writer.is_closing():
            if not self.stalls:
                data = await self.picture()
                length = len(data) // 2 if self.lies else len(data)
                head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {length}\r\n\r\n"
                writer.write(head.encode() + data + b"\r\n")
                await writer.drain()
                self.sent += 1
            await asyncio.sleep(1 / self._fps)


def _without_note(picture: bytes) -> bytes:
    if picture[2:4] != b"\xff\xfe":
        return picture
    return picture[:2] + picture[4 + int.from_bytes(picture[4:6], "big") :]
