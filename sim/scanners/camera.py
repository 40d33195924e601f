"""A network camera: an MJPEG stream over HTTP of a counter with codes on it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import io
import re
from collections import deque
from functools import lru_cache
from typing import Any

import zxingcpp
from PIL import Image

from sim.plugged_server import PluggedServer

WIDTH, HEIGHT = 480, 320
FORMATS = {13: zxingcpp.BarcodeFormat.EAN13, 8: zxingcpp.BarcodeFormat.EAN8}
BOUNDARY = "edge-camera"
REALM, NONCE = "camera", "dcd98b7102dd2f0e8b11d0f600bfb0c093"


@lru_cache(maxsize=256)
def picture(*codes: str) -> bytes:
    """A JPEG of the counter with these codes, one below the other and each further right, as goods lie (aligned codes
    would look like one to a reader): EAN if possible, else Code 128."""
    canvas = Image.new("L", (WIDTH, HEIGHT), 190)
    for place, code in enumerate(codes):
        kind = FORMATS.get(len(code) if code.isdecimal() else 0, zxingcpp.BarcodeFormat.Code128)
        try:
            drawn = zxingcpp.create_barcode(code, kind)
        except ValueError:  # the check digit is wrong
            drawn = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.Code128)
        bars: Any = drawn.to_image(scale=2, add_quiet_zones=True)
        height, width = bars.shape[:2]
        patch = Image.frombuffer("L", (width, height), bytes(bars)).crop((0, 0, width, min(height, 90)))
        canvas.paste(patch, (30 + place * 60, 20 + place * 100))
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=85)
    return out.getvalue()


class SimCamera(PluggedServer):
    """Serves its stream at `url`. An async context manager.

    `show` puts codes on the counter, `film` shows them one after another. `lengths`: whether the stream states each
    picture's length. `login`: the required "name:password", in plain text (basic) or, with `digest`, hashed (RFC 7616).
    """

    def __init__(self, fps: int = 50, lengths: bool = True, login: str = "", digest: bool = False) -> None:
        super().__init__()
        self.fps = fps
        self.lengths = lengths
        self.login = login
        self.digest = digest
        self.chunk_bytes = 1 << 20
        self.path = "/video"
        self.sent = 0
        self._scene: tuple[str, ...] = ()
        self._film: deque[tuple[str, ...]] = deque()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    @property
    def rolling(self) -> bool:
        """Whether the film is still running."""
        return bool(self._film)

    def show(self, *codes: str) -> None:
        """Show these codes on the counter from now on."""
        self._scene = codes

    def film(self, codes: list[str], held: int = 5) -> None:
        """Show each code alone for `held` pictures, then an empty counter."""
        for code in codes:
            self._film.extend([(code,)] * held)

    def unplug(self) -> None:
        """Cut the power: the film is over, too."""
        super().unplug()
        self._film.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            if f"GET {self.path} " not in head:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            elif self.login and not (self._is_digest(head) if self.digest else self._is_basic(head)):
                ways = {True: f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth"', False: f'Basic realm="{REALM}"'}
                asks = f"WWW-Authenticate: {ways[self.digest]}\r\nConnection: close\r\nContent-Length: 0"
                writer.write(f"HTTP/1.1 401 Unauthorized\r\n{asks}\r\n\r\n".encode())
            else:
                await self._stream(writer)

    def _is_basic(self, head: str) -> bool:
        return "Authorization: Basic " + base64.b64encode(self.login.encode()).decode() in head

    def _is_digest(self, head: str) -> bool:
        said = dict(re.findall(r'(\w+)="?([^",\r]*)', head.partition("Authorization: Digest ")[2].partition("\r\n")[0]))
        if not said:
            return False
        name, _, password = self.login.partition(":")
        whom, what = _md5(f"{name}:{REALM}:{password}"), _md5(f"GET:{self.path}")
        return bool(said["response"] == _md5(f"{whom}:{NONCE}:{said['nc']}:{said['cnonce']}:auth:{what}"))

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        kind = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
        writer.write(f"HTTP/1.0 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode())
        while not writer.is_closing():
            codes = self._film.popleft() if self._film else self._scene
            jpeg = picture(*codes)
            length = f"Content-Length: {len(jpeg)}\r\n" if self.lengths else ""
            part = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode() + jpeg + b"\r\n"
            for at in range(0, len(part), self.chunk_bytes):
                writer.write(part[at : at + self.chunk_bytes])
                await writer.drain()
            self.sent += 1
            await asyncio.sleep(1 / self.fps)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
