"""What is said on the link: a length (4 bytes, big-endian), then one message in MessagePack."""

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
    """The first word of whoever connects. `talk`: one machine's messages to the other. `copy`: a box wants what differs
    of the ledger. `version`: of its software; `schema`: the newest of a ledger that it works with."""

    name: str
    purpose: Literal["talk", "copy"]
    version: str = ""
    schema: int = 0

    def is_as_new_as(self, other: Hello) -> bool:
        """Whether this machine has the software of `other` or newer: an older one does not know all it is shipped."""
        return (self.schema, _numbers(self.version)) >= (other.schema, _numbers(other.version))


class LaterMessage(messages.Message, frozen=True):
    """Something that a newer software says, and this one does not understand."""


class Copied(messages.Message, frozen=True):
    """Pages of the ledger that differ, by number; the last one says how many there are in all, and where that stands in
    the ledger's history."""

    pages: dict[int, bytes]
    size: int = 0
    term: int = 0
    position: int = 0
    checksum: bytes = b""
    files: tuple[tuple[str, bytes], ...] = ()


class Have(messages.Message, frozen=True):
    """What is there already: a digest of each page (16 bytes each, from page 1 on), and of each file beside it."""

    digests: bytes
    files: dict[str, bytes]


class Enlarged(messages.Message, frozen=True):
    """The leader says which machines belong together now, as `members.json` has them."""

    members: bytes


class TakenOut(messages.Message, frozen=True):
    """The leader says that a person took the machine out that hears this: it destroys its keys, and ends."""


class PutAside(messages.Message, frozen=True):
    """What the box that says this sold, and a person promoted another one without: `rows` a line each, under `name`."""

    name: str
    rows: bytes


class PutAsideHeard(messages.Message, frozen=True):
    """The leader has what was put aside under `name`."""

    name: str


class AboutBox(messages.Message, frozen=True):
    """What a box says of itself now and then, so that the other one can compare. `at_us`: its wall clock; `settings`:
    of its config.toml (`shop_config.py`); `plugged`: names of devices that are plugged into it; `sync_ms`: how long its
    disk took lately to sync what it was shipped (p99; 0: not known); `damaged_us`: when it last found its copy damaged
    (0: never); `zone`: which its machine is set to ("": nobody can tell); `drill`: the backup that it last tried since
    its start; `is_full`: its disk has no room for what is shipped; `members`: the digest of the machines that it knows
    ("": an older software, which does not say it)."""

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
    """The box that says this has settings other than the leader's, and asks for that one's config.toml."""


class ShopConfig(messages.Message, frozen=True):
    """The leader's config.toml."""

    text: str


Beside = PutAside | PutAsideHeard | AboutBox | WantConfig | ShopConfig
"""What boxes say to each other beside what the machines of `twin` do."""
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
    """What came is no message of ours, or larger than one may be."""


def encode(message: messages.Message) -> bytes:
    """`BadFrame`: it is larger than one may be."""
    body = _ENCODER.encode(message)
    if len(body) > FRAME_BYTES:
        raise BadFrame(f"message too large: {len(body)} bytes")
    return LENGTH.pack(len(body)) + body


def read(take: Callable[[int], bytes], most: int = FRAME_BYTES) -> messages.Message:
    """The next message; `take(n)` gives n bytes, or raises. `BadFrame`."""
    (length,) = LENGTH.unpack(take(LENGTH.size))
    if length > most:
        raise BadFrame(f"message too large: {length} bytes")
    content = take(length)
    try:
        return _DECODER.decode(content)
    except msgspec.DecodeError as error:
        if _is_of_newer_software(content):
            return LaterMessage()
        raise BadFrame(str(error)) from error


def _is_of_newer_software(content: bytes) -> bool:
    """Whether it is a message of a kind that this software does not have."""
    try:
        found = msgspec.msgpack.decode(content)
    except msgspec.DecodeError:
        return False
    return isinstance(found, dict) and isinstance(found.get("type"), str) and found["type"] not in _KINDS
