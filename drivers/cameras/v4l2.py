"""A USB or built-in camera: a Video4Linux device, opened for each picture."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from drivers.cameras.capture import capture_frame
from drivers.os_errors import device_error
from drivers.roles import Frame


class V4l2Camera:
    """A camera that is a video device of this machine."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the video device."""

        path: Annotated[str, Meta(pattern="^/dev/", description="device path, such as one in /dev/v4l/by-id")]

    def __init__(self, config: Config) -> None:
        self._path = config.path

    @property
    def lives(self) -> bool:
        return True

    async def frame(self) -> Frame:
        """The newest picture. See Camera."""
        try:
            await asyncio.to_thread(Path(self._path).stat)
        except OSError as err:
            raise device_error(err, f"camera {self._path}") from err
        return await capture_frame(self._path, f"camera {self._path}")

    async def close(self) -> None:
        """Do nothing, as no state is kept between pictures."""
