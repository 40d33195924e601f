"""Messages between a worker and its parent: MessagePack with a four-byte length prefix, over a socket pair."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import msgspec

from models.errors import Code
from models.limits import MESSAGE_BYTES

_LENGTH = struct.Struct(">I")


class _Message(msgspec.Struct, frozen=True, tag=True, array_like=True):
    pass


class _About(_Message, frozen=True):
    """Base of messages about a request, identified by the same number on both sides."""

    id: int


# -- to the worker


class Load(_Message, frozen=True):
    """The first message: `engine` is "package.module:Class"; the rest is its options and model."""

    engine: str
    kind: str
    options: dict[str, Any]
    name: str
    folder: str | None
    files: tuple[str, ...]
    languages: tuple[str, ...]
    threads: int


class Ask(_About, frozen=True):
    """A request. `until_ns`: its deadline on CLOCK_MONOTONIC, shared by all processes of a machine."""

    until_ns: int
    body: bytes


class Feed(_About, frozen=True):
    """Sound for a request; `last`: its end."""

    data: bytes
    last: bool


class Cancel(_About, frozen=True):
    """The request was cancelled."""


class GiveWay(_Message, frozen=True):
    """Yield to the active till, or stop yielding."""

    on: bool


# -- from the worker


class Loaded(_Message, frozen=True):
    """The model is ready; requests are answered, up to `parallel` at a time."""

    ms: float
    parallel: int


class LoadFailed(_Message, frozen=True):
    """The model is unusable; the worker ends."""

    code: Code
    what: str
    advice: str


class Begun(_About, frozen=True):
    """The engine has started the request.

    If the worker ends before this message, the request goes to another worker.
    """


class Partial(_About, frozen=True):
    body: bytes


class Answered(_About, frozen=True):
    """The reply, and the engine's working time without pauses."""

    body: bytes
    ms: float


class Failed(_About, frozen=True):
    code: Code
    what: str
    advice: str


class Beat(_Message, frozen=True):
    """A heartbeat."""


ToWorker = Load | Ask | Feed | Cancel | GiveWay
FromWorker = Loaded | LoadFailed | Begun | Partial | Answered | Failed | Beat

_encoder = msgspec.msgpack.Encoder()
to_worker = msgspec.msgpack.Decoder(ToWorker)
from_worker = msgspec.msgpack.Decoder(FromWorker)


def pack_message(message: ToWorker | FromWorker) -> bytes:
    """Encode a message with its length. Raises ValueError if it's too large."""
    body = _encoder.encode(message)
    if len(body) > MESSAGE_BYTES:
        raise ValueError(f"a message of {len(body)} bytes; the limit is {MESSAGE_BYTES}")
    return _LENGTH.pack(len(body)) + body


class Frames:
    """Splits a byte stream into messages."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield each complete message. Raises ValueError for an invalid stream."""
        self._bytes += data
        while len(self._bytes) >= _LENGTH.size:
            (size,) = _LENGTH.unpack_from(self._bytes)
            if size > MESSAGE_BYTES:
                raise ValueError(f"a message of {size} bytes; the limit is {MESSAGE_BYTES}")
            if len(self._bytes) < _LENGTH.size + size:
                return
            body = bytes(self._bytes[_LENGTH.size : _LENGTH.size + size])
            del self._bytes[: _LENGTH.size + size]
            yield body
