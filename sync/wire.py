"""The journal's row as both sides know it, and its hash.

The edge stores this row in SQLite, the hub stores it in Postgres, and the wire carries
it between them. Nobody re-encodes it: `body` is the JSON that was written when the
fact happened, and the hash is over the stored bytes.
"""

from __future__ import annotations

import hashlib
from struct import Struct as Layout
from typing import Literal

import msgspec

HASH_BYTES = 32
Clock = Literal["ok", "suspect"]


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One event in the journal.

    `epoch, seq` is the key; `seq` has no gaps and goes on counting through a new epoch.
    `command_id` (16 bytes, UUIDv7) and `n` say which command caused it and as its
    how-manieth event; `command_hash` (SHA-256) is of the whole command, so that the same
    id with another content is noticed. `at_us` is the wall clock in UTC microseconds,
    `mono_us` the monotonic clock of the boot `boot_id` (16 bytes). `business_date` is
    ISO 8601. `prev` is the hash of the row before, or the journal's origin.
    """

    epoch: int
    seq: int
    command_id: bytes
    n: int
    command_hash: bytes
    register: str
    actor: str
    surface: str
    business_date: str
    at_us: int
    mono_us: int
    boot_id: bytes
    clock: Clock
    type: str
    version: int
    body: bytes
    prev: bytes
    hash: bytes


COLUMNS = Row.__struct_fields__

_head = Layout(">6q11I")
_length = Layout(">I")


def row_hash(
    epoch: int,
    seq: int,
    command_id: bytes,
    n: int,
    command_hash: bytes,
    register: str,
    actor: str,
    surface: str,
    business_date: str,
    at_us: int,
    mono_us: int,
    boot_id: bytes,
    clock: str,
    type: str,
    version: int,
    body: bytes,
    prev: bytes,
) -> bytes:
    """SHA-256 over the stored values of a row, `prev` included (32 bytes).

    Layout: the six integers (epoch, seq, n, at_us, mono_us, version) as signed 64-bit
    big-endian, the lengths in bytes of the eleven other fields in column order as
    unsigned 32-bit big-endian, then those fields (text as UTF-8). Lengths before
    contents: no two different rows share an input.
    """
    fields = (
        command_id,
        command_hash,
        register.encode(),
        actor.encode(),
        surface.encode(),
        business_date.encode(),
        boot_id,
        clock.encode(),
        type.encode(),
        body,
        prev,
    )
    head = _head.pack(epoch, seq, n, at_us, mono_us, version, *map(len, fields))
    return hashlib.sha256(head + b"".join(fields)).digest()


def hash_of(row: Row) -> bytes:
    """The hash that `row` should carry; compare with `row.hash`."""
    return row_hash(*msgspec.structs.astuple(row)[:-1])


def origin(tenant: str, store: str, device: str) -> bytes:
    """The `prev` of a device's first row: a journal cannot pass for another device's."""
    digest = hashlib.sha256()
    for name in (tenant, store, device):
        data = name.encode()
        digest.update(_length.pack(len(data)) + data)
    return digest.digest()
