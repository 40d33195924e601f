"""What a worker and its parent say to each other: MessagePack behind a length of four bytes, over a socket pair."""

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
    """About one request, which has this number at both ends."""

    id: int


# -- to the worker


class Load(_Message, frozen=True):
    """The first message: `engine` is "package.module:Class"; the rest is its options and its model."""

    engine: str
    kind: str
    options: dict[str, Any]
    name: str
    folder: str | None
    files: tuple[str, ...]
    languages: tuple[str, ...]
    threads: int


class Ask(_About, frozen=True):
    """A request. `until_ns` is its deadline on CLOCK_MONOTONIC, which all processes of a machine share."""

    until_ns: int
    body: bytes


class Feed(_About, frozen=True):
    """Sound for a request; `last` is its end."""

    data: bytes
    last: bool


class Cancel(_About, frozen=True):
    """Nobody waits for this one any more."""


class GiveWay(_Message, frozen=True):
    """The till is active, or is no more."""

    on: bool


# -- from the worker


class Loaded(_Message, frozen=True):
    """The model is ready; from now on requests are answered, so many at a time."""

    ms: float
    parallel: int


class LoadFailed(_Message, frozen=True):
    """The model cannot be used; the worker ends."""

    code: Code
    what: str
    advice: str


class Begun(_About, frozen=True):
    """The engine works on it from now on. If the worker ends before, another one is asked."""


class Partial(_About, frozen=True):
    body: bytes


class Answered(_About, frozen=True):
    """The answer, and for how long the engine worked on it (its pauses left out)."""

    body: bytes
    ms: float


class Failed(_About, frozen=True):
    code: Code
    what: str
    advice: str


class Beat(_Message, frozen=True):
    """The worker lives."""


ToWorker = Load | Ask | Feed | Cancel | GiveWay
FromWorker = Loaded | LoadFailed | Begun | Partial | Answered | Failed | Beat

_encoder = msgspec.msgpack.Encoder()
to_worker = msgspec.msgpack.Decoder(ToWorker)
from_worker = msgspec.msgpack.Decoder(FromWorker)


def pack_message(message: ToWorker | FromWorker) -> bytes:
    """A message with its length. ValueError: it is larger than any may be."""
    body = _encoder.encode(message)
    if len(body) > MESSAGE_BYTES:
        raise ValueError(f"a message of {len(body)} bytes; the limit is {MESSAGE_BYTES}")
    return _LENGTH.pack(len(body)) + body


class Frames:
    """Cuts a stream of bytes into messages."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Each whole message that is there now. ValueError: this is no stream of messages."""
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
