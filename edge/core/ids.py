"""Command ids: UUID version 7 (RFC 9562, section 5.7), as 16 bytes.

They begin with the time, so the journal's index grows at its end and stays fast after a million sales.
"""

from __future__ import annotations

import hashlib
from typing import NewType
from uuid import UUID

CommandId = NewType("CommandId", bytes)


def command_id(at_us: int, random: bytes) -> CommandId:
    """Make a UUIDv7 from UTC microseconds and 10 random bytes."""
    stamps = bytes(((random[0] & 0x0F) | 0x70, random[1], (random[2] & 0x3F) | 0x80))
    return CommandId((at_us // 1000).to_bytes(6, "big", signed=False) + stamps + random[3:])


def child_id(parent: CommandId, index: int) -> CommandId:
    """Derive the id of the `index`-th command executed inside `parent`: the same on every repeat.

    It keeps the parent's time and is a UUIDv8 (RFC 9562, section 5.8), so it can't collide with a client's id.
    """
    digest = hashlib.sha256(parent + index.to_bytes(4, "big")).digest()
    stamps = bytes(((digest[0] & 0x0F) | 0x80, digest[1], (digest[2] & 0x3F) | 0x80))
    return CommandId(parent[:6] + stamps + digest[3:10])


def parse(text: str) -> CommandId:
    """Parse an id sent by a client. Raises `ValueError` with the reason."""
    try:
        uuid = UUID(text)
    except ValueError:
        raise ValueError(f"{text[:60]!r} isn't a UUID. Send a UUIDv7 made by the client.") from None
    if uuid.version not in (4, 7):
        raise ValueError(f"{text!r} is a UUID of version {uuid.version}. Send version 7 (or 4).")
    return CommandId(uuid.bytes)


def show(id: bytes) -> str:
    """Format an id for people and clients."""
    return str(UUID(bytes=id))
