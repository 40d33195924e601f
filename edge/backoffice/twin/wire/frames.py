"""Messages on the link: a length (4 bytes, big-endian), then a MessagePack message."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from typing import Literal, get_args

import msgspec

from edge.backoffice.twin.limits import FRAME_BYTES
from edge.runtime.backup_state.status import Drill
from twin import messages

LENGTH = struct.Struct(">I")


class Hello(messages.Message, frozen=True):
    """First message of a connection.

    `talk`: send messages to the other machine; `copy`: request the differing ledger pages. `version`: the sender's
    software version; `schema`: the newest ledger schema it supports.
    """

    name: str
    purpose: Literal["talk", "copy"]
    version: str = ""
    schema: int = 0

    def is_as_new_as(self, other: Hello) -> bool:
        """Whether this machine's software is at least as new as `other`'s. Older software may not understand all
        shipments."""
        return (self.schema, _numbers(self.version)) >= (other.schema, _numbers(other.version))


class LaterMessage(messages.Message, frozen=True):
    """A message of newer software that this software doesn't understand."""


class Copied(messages.Message, frozen=True):
    """Differing ledger pages by number. The last message has the total number of pages and their position in the
    ledger's history."""

    pages: dict[int, bytes]
    size: int = 0
    term: int = 0
    position: int = 0
    checksum: bytes = b""
    files: tuple[tuple[str, bytes], ...] = ()


class Have(messages.Message, frozen=True):
    """The pages and files that the sender already has: a digest of each page (16 bytes, from page 1) and of
    each file."""

    digests: bytes
    files: dict[str, bytes]


class Enlarged(messages.Message, frozen=True):
    """The leader's current list of machines, as in `members.json`."""

    members: bytes


class TakenOut(messages.Message, frozen=True):
    """Sent by the leader to a removed machine, which must destroy its keys and stop."""


class PutAside(messages.Message, frozen=True):
    """Sales made by the sending box while another box was promoted: `rows`, one per line, under `name`."""

    name: str
    rows: bytes


class PutAsideHeard(messages.Message, frozen=True):
    """The leader has stored the rows under `name`."""

    name: str


class AboutBox(messages.Message, frozen=True):
    """A box's periodic report for comparison.

    `at_us`: its wall clock; `settings`: the settings of its config.toml (`shop_config.py`); `plugged`: attached
    devices; `sync_ms`: recent sync time of its disk (p99; 0: unknown); `damaged_us`: when its copy was last found
    damaged (0: never); `zone`: its time zone ("": unknown); `drill`: its last backup test since start; `is_full`: no
    room for shipments; `members`: digest of known machines ("": older software).
    """

    at_us: int
    settings: Mapping[str, str] = msgspec.field(default_factory=dict)
    plugged: tuple[str, ...] = ()
    sync_ms: int = 0
    damaged_us: int = 0
    zone: str = ""
    drill: Drill = Drill()
    is_full: bool = False
    members: str = ""


class WantConfig(messages.Message, frozen=True):
    """The sender's settings differ from the leader's, and it requests the leader's config.toml."""


class ShopConfig(messages.Message, frozen=True):
    """The leader's config.toml."""

    text: str


Beside = PutAside | PutAsideHeard | AboutBox | WantConfig | ShopConfig
"""Messages between boxes that don't belong to the state machines."""
Any = (
    messages.AskVote
    | messages.Voted
    | messages.Renew
    | messages.Renewed
    | messages.Unenrolled
    | messages.Enrol
    | messages.Released
    | messages.HandOver
    | messages.Ship
    | messages.Image
    | messages.Taken
    | Hello
    | Copied
    | Have
    | Enlarged
    | TakenOut
    | Beside
)
_KINDS = frozenset(kind.__name__ for kind in get_args(Any))
_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[messages.Message] = msgspec.msgpack.Decoder(Any)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


class BadFrame(Exception):
    """Not a valid message, or larger than allowed."""


def encode(message: messages.Message) -> bytes:
    """Encode a message. Raises `BadFrame` if it's too large."""
    body = _ENCODER.encode(message)
    if len(body) > FRAME_BYTES:
        raise BadFrame(f"message too large: {len(body)} bytes")
    return LENGTH.pack(len(body)) + body


def read(take: Callable[[int], bytes], most: int = FRAME_BYTES) -> messages.Message:
    """Read the next message; `take(n)` returns n bytes or raises. Raises `BadFrame`."""
    (length,) = LENGTH.unpack(take(LENGTH.size))
    if length > most:
        raise BadFrame(f"message too large: {length} bytes")
    content = take(length)
    try:
        return _DECODER.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if _is_of_newer_software(content):
            return LaterMessage()
        raise BadFrame(str(error)) from error


def _is_of_newer_software(content: bytes) -> bool:
    """Whether a message has a type unknown to this software."""
    try:
        found = msgspec.msgpack.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return isinstance(found, dict) and isinstance(found.get("type"), str) and found["type"] not in _KINDS
