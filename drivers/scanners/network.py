"""A network scanner that accepts connections: a fixed one, or a serial one behind a converter."""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import Annotated

from msgspec import Meta

from drivers.os_errors import device_error
from drivers.scanners.decoding.lines import LineDecoder, LineOptions
from drivers.scanners.sockets import notice_silence
from drivers.scanners.stream import StreamScanner


class NetworkScanner(StreamScanner):
    """A Scanner on an outgoing TCP connection."""

    class Config(LineOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the network scanner."""

        host: Annotated[str, Meta(min_length=1, max_length=253, description="host name or IP address of the scanner")]
        port: Annotated[int, Meta(ge=1, le=65_535, description="TCP port")]
        connect_timeout_ms: Annotated[int, Meta(ge=50, le=60_000, description="timeout for a response")] = 3000

    def __init__(self, config: Config) -> None:
        super().__init__(f"barcode scanner at {config.host}:{config.port}", LineDecoder(config), config.idle_gap_ms)
        self._config = config
        self._socket: socket.socket | None = None

    async def _connect(self) -> int:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._config.connect_timeout_ms / 1000):
                host, port = self._config.host, self._config.port
                family, kind, proto, _, address = (await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))[0]
                made = socket.socket(family, kind, proto)
                try:
                    made.setblocking(False)
                    await loop.sock_connect(made, address)
                    notice_silence(made)
                except BaseException:
                    made.close()
                    raise
        except OSError as err:
            raise device_error(_as_device(err), self._thing) from err
        self._socket = made
        return made.fileno()

    async def _release(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _lose(self, err: OSError) -> None:
        super()._lose(OSError(errno.ENODEV, str(err)))


def _as_device(err: OSError) -> OSError:
    """Unknown names and timeouts mean a wrong or unreachable address."""
    if isinstance(err, socket.gaierror | TimeoutError):
        return OSError(errno.EHOSTUNREACH, str(err))
    return err
