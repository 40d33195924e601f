"""A network camera with MJPEG over HTTP, or single pictures at an address.

Each picture is a new request: connect, skip the first picture, which may be old, take the next one and disconnect. So
no picture is older than the request, and the camera uses no bandwidth in between.
"""

from __future__ import annotations

import asyncio
import errno
import time
from typing import Annotated

import aiohttp
import msgspec
from msgspec import Meta
from yarl import URL

from drivers.http_stream import ask, login_of, no_stream, session_of
from drivers.mjpeg import PictureSplitter
from drivers.os_errors import device_error
from drivers.roles import Frame

PICTURE_BYTES = 16 * 1024 * 1024
"""Maximum size of a picture; larger ones are dropped."""
STALE = 1
"""Number of pictures to skip, as the first one of a stream may be old."""


class MjpegCamera:
    """A camera at an HTTP address."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the network camera."""

        url: Annotated[
            str, Meta(pattern="^https?://", description="address of the MJPEG stream or of the latest image")
        ]
        username: Annotated[str, Meta(description="user name, if the camera requires one")] = ""
        password: Annotated[str, Meta(description="password; `secret:NAME` for one of the shop's secrets")] = ""
        password_file: Annotated[str, Meta(description="file that contains only the password")] = ""
        connect_timeout_ms: Annotated[int, Meta(ge=50, le=60_000, description="timeout for a response")] = 5000
        frame_timeout_ms: Annotated[int, Meta(ge=50, le=60_000, description="timeout for each image")] = 10_000

    def __init__(self, config: Config) -> None:
        self._config = config
        self._thing = f"camera at {URL(config.url).with_user(None)}"

    @property
    def lives(self) -> bool:
        return True

    async def frame(self) -> Frame:
        """The next picture. See Camera."""
        config = self._config
        login = login_of(config.username, config.password, config.password_file, self._thing)
        connect_s, frame_s = config.connect_timeout_ms / 1000, config.frame_timeout_ms / 1000
        timeouts = aiohttp.ClientTimeout(total=None, sock_connect=connect_s, sock_read=frame_s)
        try:
            async with asyncio.timeout(connect_s + frame_s), session_of(login, timeouts) as session:
                response = await ask(session, config.url, login, self._thing)
                if response.status == 200 and response.content_type in ("image/jpeg", "image/png"):
                    return Frame(await _whole(response, self._thing), time.monotonic_ns() // 1000)
                if response.status != 200 or not response.content_type.startswith("multipart/"):
                    raise no_stream(response, self._thing)
                return await self._next(response)
        except (aiohttp.ClientError, TimeoutError) as err:
            raise device_error(OSError(errno.ETIMEDOUT, str(err)), self._thing) from err

    async def close(self) -> None:
        """Do nothing, as no state is kept between pictures."""

    async def _next(self, response: aiohttp.ClientResponse) -> Frame:
        splitter = PictureSplitter(PICTURE_BYTES)
        seen = 0
        async for chunk in response.content.iter_any():
            pictures = splitter.feed(chunk)
            seen += len(pictures)
            if pictures and seen > STALE:
                return Frame(pictures[-1], time.monotonic_ns() // 1000, skipped=seen - 1)
        raise device_error(OSError(errno.ENODEV, "the stream ended"), self._thing)


async def _whole(response: aiohttp.ClientResponse, thing: str) -> bytes:
    held = bytearray()
    async for chunk in response.content.iter_any():
        held += chunk
        if len(held) > PICTURE_BYTES:
            raise device_error(OSError(errno.EFBIG, "its picture is too large"), thing)
    return bytes(held)
