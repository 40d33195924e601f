"""Network scanners that connect to the till: handheld ones on the shop's Wi-Fi.

They come and go as they sleep and wake, so a closed connection isn't a fault.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from typing import Annotated

from msgspec import Meta

from drivers.os_errors import device_error
from drivers.roles import Scan
from drivers.scanners.decoding.lines import LineDecoder, LineOptions
from drivers.scanners.queue import ScanQueue
from drivers.scanners.sockets import notice_silence

MAX_CONNECTIONS = 16
"""Scanners connected at a time; further ones are turned away."""


class ListeningScanner:
    """A Scanner for all scanners that connect to one of our ports."""

    class Config(LineOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the listening scanner."""

        port: Annotated[int, Meta(ge=1, le=65_535, description="TCP port that scanners connect to")]
        host: Annotated[str, Meta(description="local address that scanners connect to; default: all")] = ""
        peers: Annotated[
            tuple[str, ...],
            Meta(
                min_length=1,
                max_length=64,
                description="accepted addresses or networks, such as '192.0.2.0/28'",
            ),
        ]

        def __post_init__(self) -> None:
            try:
                for peer in self.peers:
                    ipaddress.ip_network(peer)
            except ValueError as err:
                raise ValueError(f"{err}, in `peers`") from None

    def __init__(self, config: Config) -> None:
        self._config = config
        self._thing = f"barcode scanners' port {config.port}"
        self._peers = [ipaddress.ip_network(peer) for peer in config.peers]
        self._queue = ScanQueue(self._listen)
        self._server: asyncio.Server | None = None
        self._lines: set[_Line] = set()
        self._reading = True
        self._dropped = 0
        self.turned_away = 0

    @property
    def dropped(self) -> int:
        """Number of scans that were too long or cut short since this object was made."""
        return self._dropped + sum(line.decoder.dropped for line in self._lines)

    async def open(self) -> None:
        """Open the port. Raises DeviceError."""
        if self._server is not None:
            return
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._line, self._config.host or None, self._config.port)
        except OSError as err:
            raise device_error(err, self._thing) from err
        self._reading = True
        self._queue.open()

    def scans(self) -> AsyncIterator[Scan]:
        """The scans of all scanners, in order of arrival. See Scanner."""
        return self._queue.scans()

    async def close(self) -> None:
        """Disconnect all scanners and close the port."""
        if self._server is not None:
            server, self._server = self._server, None
            server.close()
            for line in list(self._lines):
                line.leave()
            self._queue.end()
            await server.wait_closed()

    def _line(self) -> asyncio.Protocol:
        return _Line(self, LineDecoder(self._config), self._config.idle_gap_ms / 1000)

    def _listen(self, on: bool) -> None:
        self._reading = on
        for line in self._lines:
            line.listen(on)

    def admit(self, line: _Line, peer: str) -> bool:
        """Whether `peer` is one of the shop's scanners and there is room for it; if so, add it."""
        address = ipaddress.ip_address(peer)
        address = getattr(address, "ipv4_mapped", None) or address
        if len(self._lines) >= MAX_CONNECTIONS or not any(address in network for network in self._peers):
            self.turned_away += 1
            return False
        self._lines.add(line)
        return True

    @property
    def reading(self) -> bool:
        """Whether there is room for more scans."""
        return self._reading

    def leave(self, line: _Line) -> None:
        """Remove a closed connection; a scan begun on it is discarded."""
        if line in self._lines:
            self._lines.remove(line)
            line.decoder.reset()
            self._dropped += line.decoder.dropped

    def put(self, line: _Line, data: bytes | None) -> None:
        """Decode data received on a line. None means that no data arrived within the idle gap."""
        codes = line.decoder.pause() if data is None else line.decoder.feed(data)
        if codes:
            self._queue.put(codes)


class _Line(asyncio.Protocol):
    """One scanner's connection."""

    def __init__(self, owner: ListeningScanner, decoder: LineDecoder, idle_gap_s: float) -> None:
        self.decoder = decoder
        self._owner = owner
        self._idle_gap_s = idle_gap_s
        self._transport: asyncio.Transport | None = None
        self._gap: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if not self._owner.admit(self, transport.get_extra_info("peername")[0].split("%")[0]):
            transport.abort()
            return
        self._transport = transport
        connection: socket.socket = transport.get_extra_info("socket")
        notice_silence(connection)
        self.listen(self._owner.reading)

    def data_received(self, data: bytes) -> None:
        self._stop_gap()
        self._owner.put(self, data)
        if self.decoder.pending:
            self._gap = asyncio.get_running_loop().call_later(self._idle_gap_s, self._owner.put, self, None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_gap()
        self._owner.leave(self)

    def listen(self, on: bool) -> None:
        if self._transport is not None and on != self._transport.is_reading():
            (self._transport.resume_reading if on else self._transport.pause_reading)()

    def leave(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _stop_gap(self) -> None:
        if self._gap is not None:
            self._gap.cancel()
            self._gap = None
