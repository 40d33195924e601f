"""A network camera with RTSP, read by FFmpeg in a separate process."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta
from yarl import URL

from drivers.cameras.capture import capture_frame
from drivers.http_stream import login_of
from drivers.roles import Frame


class RtspCamera:
    """A camera at an rtsp:// address."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the network camera."""

        url: Annotated[str, Meta(pattern="^rtsps?://", description="address of the RTSP stream")]
        username: Annotated[str, Meta(description="user name, if the camera requires one")] = ""
        password: Annotated[str, Meta(description="password; `secret:NAME` for one of the shop's secrets")] = ""
        password_file: Annotated[str, Meta(description="file that contains only the password")] = ""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._thing = f"camera at {URL(config.url).with_user(None)}"

    @property
    def lives(self) -> bool:
        return True

    async def frame(self) -> Frame:
        """The newest picture. See Camera."""
        return await capture_frame(self._address(), self._thing)

    async def close(self) -> None:
        """Do nothing, as no state is kept between pictures."""

    def _address(self) -> str:
        login = login_of(self._config.username, self._config.password, self._config.password_file, self._thing)
        url = URL(self._config.url)
        return str(url.with_user(login[0]).with_password(login[1] or None) if login else url)
