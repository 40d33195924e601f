"""A network camera with RTSP (RFC 2326): MJPEG in RTP (RFC 2435), interleaved in its TCP connection.

It needs no GStreamer or FFmpeg server: the client is the library that reads cameras in shops.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import struct
from collections.abc import Iterator

from sim.plugged_server import PluggedServer
from sim.shelves.camera import SimShelfCamera

CLOCK_HZ = 90_000
PAYLOAD = 1400
"""Bytes of a picture in one packet."""
JPEG_TYPE = 26
TABLES_INSIDE = 255
"""Q of RFC 2435, 3.1.8: the quantization tables come with the first packet of each picture."""
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=shelf\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
    f"m=video 0 RTP/AVP {JPEG_TYPE}\r\na=control:track1\r\n"
)


class SimRtspCamera(PluggedServer):
    """Serves the picture of a SimShelfCamera at `url`.

    `refuses` and `stalls` work as in that class. Use it as an async context manager.
    """

    def __init__(self, camera: SimShelfCamera, fps: float = 15) -> None:
        super().__init__()
        self.refuses = False
        self.stalls = False
        self._camera = camera
        self._fps = fps

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/shelf"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.TaskGroup() as group:
            playing: asyncio.Task[None] | None = None
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while (asked := await _request(reader)) is not None:
                    method, number = asked
                    writer.write(self._answer(method, number).encode())
                    await writer.drain()
                    if method == "PLAY" and playing is None:
                        playing = group.create_task(self._play(writer))
                    if method == "TEARDOWN" or self.refuses:
                        break
            if playing is not None:
                playing.cancel()

    def _answer(self, method: str, number: str) -> str:
        if self.refuses:
            return f"RTSP/1.0 403 Forbidden\r\nCSeq: {number}\r\n\r\n"
        head = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n"
        match method:
            case "OPTIONS":
                return head + "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n"
            case "DESCRIBE":
                told = f"Content-Base: {self.url}/\r\nContent-Type: application/sdp\r\nContent-Length: {len(SDP)}"
                return f"{head}{told}\r\n\r\n{SDP}"
            case "SETUP":
                return head + "Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
        return head + "Session: 1\r\n\r\n"

    async def _play(self, writer: asyncio.StreamWriter) -> None:
        numbers, source = itertools.count(random.randrange(1 << 15)), random.randrange(1 << 32)  # nosec B311
        with contextlib.suppress(ConnectionError):
            for picture in itertools.count():
                if not self.stalls:
                    at = round(picture * CLOCK_HZ / self._fps) & 0xFFFFFFFF
                    for is_last, payload in packets(await self._camera.picture()):
                        kind = JPEG_TYPE | (0x80 if is_last else 0)
                        packet = struct.pack("!BBHII", 0x80, kind, next(numbers) & 0xFFFF, at, source) + payload
                        writer.write(struct.pack("!cBH", b"$", 0, len(packet)) + packet)
                    await writer.drain()
                await asyncio.sleep(1 / self._fps)


def packets(picture: bytes) -> Iterator[tuple[bool, bytes]]:
    """Split a baseline JPEG into RTP payloads, each with whether it is the last. Its Huffman tables must be the
    standard ones, as Pillow's are; its sides are multiples of eight."""
    tables, width, height, subsampled, scan = _parts(picture)
    quantization = struct.pack("!BBH", 0, 0, len(tables)) + tables
    for at in range(0, len(scan), PAYLOAD):
        part = scan[at : at + PAYLOAD]
        head = struct.pack("!I", at) + bytes((int(subsampled), TABLES_INSIDE, width // 8, height // 8))
        yield at + PAYLOAD >= len(scan), head + (b"" if at else quantization) + part


def _parts(picture: bytes) -> tuple[bytes, int, int, bool, bytes]:
    """Quantization tables, width, height, whether colours are also subsampled vertically (4:2:0), and the scan."""
    tables, width, height, subsampled, at = b"", 0, 0, True, 2
    while True:
        mark, size = picture[at + 1], int.from_bytes(picture[at + 2 : at + 4], "big")
        body = picture[at + 4 : at + 2 + size]
        if mark == 0xDB:
            for begin in range(0, len(body), 65):
                tables += body[begin + 1 : begin + 65]
        elif mark == 0xC0:
            height, width = struct.unpack("!HH", body[1:5])
            subsampled = body[7] == 0x22
        elif mark == 0xDA:
            return tables, width, height, subsampled, picture[at + 2 + size : -2]
        at += 2 + size


async def _request(reader: asyncio.StreamReader) -> tuple[str, str] | None:
    """The next request's method and number; interleaved data (reports of the reader) is skipped."""
    while True:
        first = await reader.readexactly(1)
        if first == b"$":
            _, size = struct.unpack("!BH", await reader.readexactly(3))
            await reader.readexactly(size)
            continue
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(line.split(": ", 1) for line in head.splitlines()[1:] if ": " in line)
        return head.split(" ", 1)[0], fields.get("CSeq", "0")
