"""Rows on the wire: msgpack'd, compressed with zstandard level 1, opened only as far as limits allow."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from typing import Annotated

import msgspec
import zstandard
from msgspec import Meta

from sync import limits
from sync.wire import Row, Rows, WireError

LEVEL = 1
ENVELOPE_BYTES = 64
"""More than the fields around a block take."""

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[list[Row]] = msgspec.msgpack.Decoder(
    Annotated[list[Row], Meta(min_length=1, max_length=limits.BLOCK_ROWS)]
)
_head = struct.Struct(">6q11I")


class Block(msgspec.Struct, frozen=True):
    """Contiguous rows whose hashes are right and whose inner links hold.

    `epoch` is the sender's newest; `spans` gives each epoch among the rows with the first
    seq that has it; `prev` and `hash` are the two loose ends of the chain.
    """

    epoch: int
    spans: tuple[tuple[int, int], ...]
    rows: list[Row]

    @property
    def first(self) -> int:
        return self.rows[0].seq

    @property
    def last(self) -> int:
        return self.rows[-1].seq

    @property
    def prev(self) -> bytes:
        return self.rows[0].prev

    @property
    def hash(self) -> bytes:
        return self.rows[-1].hash


def pack(epoch: int, rows: Sequence[Row]) -> Rows:
    """A message with `rows` (1 or more, contiguous), or with as many of the first as fit.

    Raises `WireError` when not even one fits.
    """
    count = min(len(rows), limits.BLOCK_ROWS)
    while count:
        plain = _encoder.encode(rows[:count])
        if len(plain) <= limits.BLOCK_BYTES:
            block = zstandard.ZstdCompressor(level=LEVEL).compress(plain)
            if len(block) <= limits.MESSAGE_BYTES - ENVELOPE_BYTES:
                return Rows(epoch, rows[0].seq, count, block)
        count //= 2
    raise WireError(f"row {rows[0].seq} is too long for a message ({len(rows[0].body)} bytes of body)")


def unpack(message: Rows) -> Block:
    """The rows of `message`, their hashes recomputed and their order checked. Raises `WireError`."""
    rows = _decompressed(message.block)
    if len(rows) != message.count or rows[0].seq != message.from_seq:
        raise WireError(
            f"rows {rows[0].seq} and on, {len(rows)} of them; announced were {message.from_seq} and on, {message.count}"
        )
    _check_texts(rows)
    return Block(message.epoch, _check_chain(rows), rows)


def _decompressed(block: bytes) -> list[Row]:
    try:
        size = zstandard.get_frame_parameters(block).content_size
        if size > limits.BLOCK_BYTES:  # also when it is not told: that reads as 2**64 - 1
            raise WireError(f"a block of {size} bytes; it may have {limits.BLOCK_BYTES}")
        return _decoder.decode(zstandard.ZstdDecompressor().decompress(block, allow_extra_data=False))
    except zstandard.ZstdError as error:
        raise WireError(f"a block that does not decompress: {error}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"a block that holds no rows: {error}") from error


def _check_texts(rows: list[Row]) -> None:
    """Postgres keeps every text but one with a NUL; texts repeat, so look at each once."""
    seen: set[str] = set()
    for row in rows:
        seen.update((row.register, row.actor, row.surface, row.business_date, row.type))
    if "\0" in "".join(seen):
        raise WireError(f"a NUL in a text of the rows {rows[0].seq} to {rows[-1].seq}")


def _check_chain(rows: list[Row]) -> tuple[tuple[int, int], ...]:
    """The epochs with their first seq. Raises `WireError` at the first row that is wrong.

    The hash is `wire.row_hash`, written out: this loop is a third of the hub's work on a row.
    """
    spans: list[tuple[int, int]] = []
    pack, sha256 = _head.pack, hashlib.sha256
    seq, epoch, prev = rows[0].seq, -1, rows[0].prev
    try:
        for row in rows:
            register, actor = row.register.encode(), row.actor.encode()
            surface, day = row.surface.encode(), row.business_date.encode()
            clock, type_ = row.clock.encode(), row.type.encode()
            head = pack(
                *(row.epoch, row.seq, row.n, row.at_us, row.mono_us, row.version),
                *(len(row.command_id), len(row.command_hash), len(register), len(actor), len(surface)),
                *(len(day), len(row.boot_id), len(clock), len(type_), len(row.body), len(row.prev)),
            )
            first = (head, row.command_id, row.command_hash, register, actor, surface, day)
            digest = sha256(b"".join((*first, row.boot_id, clock, type_, row.body, row.prev))).digest()
            if digest != row.hash:
                raise WireError(f"row {row.seq}: its hash is not that of its content")
            if row.seq != seq or row.prev != prev:
                raise WireError(f"row {row.seq} does not continue row {seq - 1}")
            if row.epoch != epoch:
                if row.epoch < epoch:
                    raise WireError(f"row {row.seq} goes back from epoch {epoch} to {row.epoch}")
                spans.append((row.epoch, row.seq))
                epoch = row.epoch
            seq, prev = seq + 1, digest
    except struct.error as error:
        raise WireError(f"row {seq}: a number out of range ({error})") from error
    return tuple(spans)
