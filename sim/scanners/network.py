"""Barcode scanners on the network: one that listens for the appliance, and one that connects to it."""

from __future__ import annotations

import contextlib
import socket

from sim.ports import free_port
from sim.scanners.outbox import Outbox

MAX_PENDING_BYTES = 64 * 1024


class _Connected:
    """Types codes into a connection."""

    def __init__(self) -> None:
        self._connection: socket.socket | None = None
        self._outbox: Outbox | None = None

    def _keep(self, connection: socket.socket) -> Outbox:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = connection
        self._outbox = Outbox(connection.fileno(), MAX_PENDING_BYTES)
        return self._outbox

    def hang_up(self) -> None:
        """End the connection; data already sent still arrives."""
        if self._connection is not None and self._outbox is not None:
            self._outbox.close()
            self._connection.close()
            self._connection = self._outbox = None


class SimNetworkScanner(_Connected):
    """Listens on 127.0.0.1, `port`, for the appliance; the port stays the same through unplugging."""

    def __init__(self) -> None:
        super().__init__()
        self._listener: socket.socket | None = None
        self.port = 0
        self.replug()

    def type(self, code: str | bytes, suffix: bytes = b"\r") -> None:
        """Scan `code`. Raises OSError if no client is connected."""
        if self._listener is None:
            raise OSError("the scanner is unplugged")
        if self._outbox is None:
            self._keep(self._listener.accept()[0])
        assert self._outbox is not None
        self._outbox.send((code.encode() if isinstance(code, str) else code) + suffix)

    def unplug(self) -> None:
        """Pull the cable, as TCP sees it: the connection ends and the port no longer accepts."""
        if self._listener is not None:
            if self._outbox is None:
                with contextlib.suppress(BlockingIOError):  # no client is connected
                    self._keep(self._listener.accept()[0])
            self.hang_up()
            self._listener.close()
            self._listener = None

    def replug(self) -> None:
        """Accept connections at the port again."""
        if self._listener is None:
            self.port = self.port or free_port()
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self._listener.setblocking(False)


class SimWirelessScanner(_Connected):
    """A scanner that connects to the appliance from the address `source` when it has a code to send."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        super().__init__()
        self._port = port
        self._source = source

    def type(self, code: str | bytes, suffix: bytes = b"\r") -> None:
        """Scan `code`. Raises OSError if the appliance doesn't answer or has disconnected."""
        data = (code.encode() if isinstance(code, str) else code) + suffix
        if self._outbox is None:
            address = ("127.0.0.1", self._port)
            self._keep(socket.create_connection(address, timeout=2, source_address=(self._source, 0)))
        assert self._outbox is not None
        self._outbox.send(data)

    def sent_away(self) -> bool:
        """Whether the appliance has ended the connection."""
        try:
            return self._connection is None or self._connection.recv(1) == b""
        except BlockingIOError:
            return False
        except ConnectionError:
            return True
