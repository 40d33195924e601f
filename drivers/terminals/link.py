"""One TCP connection to a payment terminal, message by message, with limits on everything."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

MAX_MESSAGE_BYTES = 65_536
MAX_MESSAGES = 1_000
"""Maximum messages per request; with more, it's aborted."""
READ_BYTES = 4_096
KEEPALIVE_IDLE_S, KEEPALIVE_EVERY_S, KEEPALIVE_TIMES = 15, 5, 3
"""A terminal without power counts as gone after half a minute (tcp(7), keep-alive)."""

M = TypeVar("M")
T = TypeVar("T")


class BadMessage(ValueError):
    """An invalid message. Its text quotes nothing of the message, which may contain a card number."""


def read_json(body: bytes, kind: type[T]) -> T:
    """An answer decoded as `kind`. Raises BadMessage."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise BadMessage from None  # the cause quotes the message


class LinkLost(Exception):
    """The connection was lost, or exceeded the limits."""


class WaitOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long to wait for a terminal."""

    connect_timeout_ms: Annotated[int, Meta(ge=50, le=60_000, description="timeout for connecting")] = 3_000
    answer_timeout_ms: Annotated[int, Meta(ge=50, le=60_000, description="timeout for acknowledging a request")] = 5_000
    silence_timeout_ms: Annotated[
        int, Meta(ge=50, le=300_000, description="a payment is cancelled if the terminal sends nothing for this long")
    ] = 90_000
    total_timeout_ms: Annotated[
        int, Meta(ge=50, le=900_000, description="total time allowed for a payment before it is cancelled")
    ] = 300_000
    cancel_timeout_ms: Annotated[int, Meta(ge=50, le=60_000, description="timeout for a response after cancelling")] = (
        10_000
    )


class TcpOptions(WaitOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of every terminal over TCP."""

    host: Annotated[str, Meta(min_length=1, max_length=253, description="host name or IP address of the terminal")]
    ready_timeout_ms: Annotated[
        int, Meta(ge=50, le=300_000, description="how long a status query waits for the terminal to become idle")
    ] = 60_000


class TerminalLink(Generic[M]):
    """Receives messages and sends bytes.
    `take` splits off the first message received: the message and its size in bytes, or None while incomplete; it raises
    BadMessage."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        take: Callable[[bytes], tuple[M, int] | None],
    ) -> None:
        self._reader, self._writer, self._take = reader, writer, take
        self._held = b""
        self._messages = 0

    @classmethod
    async def connect(
        cls, options: TcpOptions, port: int, take: Callable[[bytes], tuple[M, int] | None]
    ) -> TerminalLink[M]:
        """Connect. Raises OSError (including TimeoutError)."""
        async with asyncio.timeout(options.connect_timeout_ms / 1000):
            reader, writer = await asyncio.open_connection(options.host, port)
        sock: socket.socket = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_IDLE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_EVERY_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, KEEPALIVE_TIMES)
        return cls(reader, writer, take)

    async def send(self, data: bytes) -> None:
        """Send `data`. Raises LinkLost; part of it may have arrived."""
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as err:
            raise LinkLost from err

    async def receive(self, timeout_s: float) -> M:
        """The next whole message. Raises TimeoutError, LinkLost, BadMessage."""
        async with asyncio.timeout(max(timeout_s, 0)):
            while (taken := self._take(self._held)) is None:
                if len(self._held) > MAX_MESSAGE_BYTES:
                    raise LinkLost
                try:
                    data = await self._reader.read(READ_BYTES)
                except OSError as err:
                    raise LinkLost from err
                if not data:
                    raise LinkLost
                self._held += data
        message, size = taken
        self._held = self._held[size:]
        self._messages += 1
        if self._messages > MAX_MESSAGES:
            raise LinkLost
        return message

    def close(self) -> None:
        """Disconnect at once; unread data is lost."""
        self._held = b""
        self._writer.transport.abort()
