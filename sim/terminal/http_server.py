"""A payment terminal over HTTPS: several connections at once, one request each, with `server`'s money and faults.

A silenced or cut terminal stays so until the fault changes, for all requests.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from typing import Any, Literal, NamedTuple

from sim.terminal.server import SimTerminalServer

GREETING = b"220 something else speaks on this port\r\n"
LIMIT_BYTES = 65_536


class SimRequest(NamedTuple):
    """A request to the terminal, with its connection."""

    line: asyncio.Transport
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class SimHttpTerminal(SimTerminalServer):
    """A terminal at https://127.0.0.1:`port`, with the certificate of `tls`."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__()
        self.tls = tls
        self._held_of: dict[asyncio.Transport, bytes] = {}
        self._asker_line: asyncio.Transport | None = None

    def on_connection(self, transport: asyncio.Transport) -> None:
        self._held_of[transport] = b""
        if self.fault == "garbage":
            transport.write(GREETING)

    def on_disconnection(self, transport: asyncio.Transport) -> None:
        self._held_of.pop(transport, None)

    def hang_up(self) -> None:
        for transport in list(self._held_of):
            transport.abort()
        self._held_of.clear()

    @property
    def is_connected(self) -> bool:
        return bool(self._held_of)

    def data(self, transport: asyncio.Transport, data: bytes) -> None:
        data, last = self.as_heard(data)
        held = self._held_of.get(transport, b"") + data
        if self.fault == "garbage" or len(held) > LIMIT_BYTES:
            transport.abort()
            return
        self._held_of[transport] = held
        if (request := _request(transport, held)) is not None:
            self._held_of[transport] = b""
            self.handle_request(request)
        if last:
            self._held_of.pop(transport, None)
            transport.abort()

    def handle_request(self, request: SimRequest) -> None:
        """Handle a complete request of the till."""
        raise NotImplementedError

    def stays_silent(self, line: asyncio.Transport, when: Literal["before", "after"]) -> bool:
        """Whether a fault keeps it from answering: it is silent, hangs up, or restarts."""
        if self.fault == f"cut_{when}":
            line.abort()
        rebooting = self.fault == "reboot_after" and when == "after"
        if rebooting:
            self.reboot()
        return rebooting or self.fault in (f"cut_{when}", f"silent_{when}")

    def answer(self, line: asyncio.Transport | None, status: int, body: Any = None) -> None:
        """Send an answer, subject to the fault. `body`: encoded as JSON, or bytes as they are."""
        if line is None or line not in self._held_of:
            return
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        head = f"HTTP/1.1 {status} So\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        message = head.encode() + data
        if self.fault == "twice":
            message += message
        if self.cut_at is not None and self.cut_at <= len(message):
            size, self.cut_at = self.cut_at, None
            self._held_of.pop(line)
            line.write(message[:size])
            line.close()  # bytes already written still arrive
            self.when_cut()
            return
        if self.cut_at is not None:
            self.cut_at -= len(message)
        self.sent_bytes += len(message)
        if self.fault == "pieces":
            self._piecewise(line, message)
        else:
            line.write(message)

    def _piecewise(self, line: asyncio.Transport, message: bytes) -> None:
        if message and line in self._held_of:
            line.write(message[:1])
            asyncio.get_running_loop().call_soon(self._piecewise, line, message[1:])


def _request(line: asyncio.Transport, held: bytes) -> SimRequest | None:
    """Parse the request once it is complete."""
    head, separator, body = held.partition(b"\r\n\r\n")
    if not separator:
        return None
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
    if len(body) < int(headers.get("content-length", "0")):
        return None
    method, path, _ = first.split(" ", 2)
    return SimRequest(line, method, path, headers, body)
