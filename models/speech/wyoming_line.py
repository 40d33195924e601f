"""A connection to a Wyoming server (https://github.com/OHF-Voice/wyoming): JSON events, some with sound."""

from __future__ import annotations

import select
import socket
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from models.engine import Turn
from models.errors import Refused

if TYPE_CHECKING:
    from wyoming.event import Event, Eventable

CONNECT_S = 3.0
READ_S = 10.0
LINE_BYTES = 64 * 1024
PAYLOAD_BYTES = 4 * 1024 * 1024
"""Maximum size of a line or payload; longer ones are refused, as they come from another machine."""
_WAIT_S = 0.1


class ServerOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The server's address."""

    host: Annotated[str, msgspec.Meta(min_length=1, max_length=253, description="host name or IP address")] = (
        "127.0.0.1"
    )
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535, description="TCP port")] = 10_300


class WyomingLine:
    """A conversation with the server; a context manager. Raises Refused if it's unreachable or disconnects."""

    def __init__(self, options: ServerOptions) -> None:
        self._where = f"{options.host}:{options.port}"
        try:
            self._socket = socket.create_connection((options.host, options.port), CONNECT_S)
        except OSError as error:
            advice = "Check that its machine is on and its address is correct."
            raise Refused(f"The speech server {self._where} can't be reached: {error}.", advice) from error
        self._socket.settimeout(READ_S)
        self._buffer = bytearray()

    def __enter__(self) -> WyomingLine:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, message: Eventable) -> None:
        """Send an event."""
        from wyoming.event import write_event

        try:
            with self._socket.makefile("wb") as file:
                write_event(message.event(), file)
        except OSError as error:
            raise self._refusal(error) from error

    def receive(self, turn: Turn[Any]) -> Event:
        """Receive the next event, checking for cancellation meanwhile."""
        from wyoming.event import read_event

        while not self._buffer and not select.select([self._socket], [], [], _WAIT_S)[0]:
            turn.step()
        try:
            event = read_event(self)  # type: ignore[arg-type]
        except (OSError, KeyError, AttributeError, TypeError) as error:
            raise self._refusal(error) from error
        if event is None:
            raise self._refusal("it closed the connection, or sent an invalid event")
        return event

    def readline(self) -> bytes:
        """Read a line, for `read_event`."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > LINE_BYTES:
                raise OSError("a line is too long")
            if not self._more():
                return b""
        return self._take_bytes(end + 1)

    def read(self, size: int) -> bytes:
        """Read a payload, for `read_event`."""
        if size > PAYLOAD_BYTES:
            raise OSError("a piece is too large")
        while len(self._buffer) < size:
            if not self._more():
                return b""
        return self._take_bytes(size)

    def _more(self) -> bool:
        data = self._socket.recv(LINE_BYTES)
        self._buffer += data
        return bool(data)

    def _take_bytes(self, size: int) -> bytes:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _refusal(self, why: object) -> Refused:
        return Refused(
            f"The speech server {self._where} closed the connection: {why}.", "Check its log, then try again."
        )
