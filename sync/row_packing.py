"""Rows on the wire: MessagePack, compressed with zstandard level 1, decompressed within limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
import zstandard
from msgspec import Meta

from sync import limits
from sync.wire import Row, Rows, WireError

LEVEL = 1
ENVELOPE_BYTES = 64
"""Upper bound of the bytes of all fields except the block."""

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[list[Row]] = msgspec.msgpack.Decoder(
    Annotated[list[Row], Meta(min_length=1, max_length=limits.BLOCK_ROWS)]
)


class RowTooLong(WireError):
    """No row fits in a message: row `seq` alone needs `size` bytes."""

    def __init__(self, seq: int, size: int, room: int) -> None:
        super().__init__(f"row {seq} needs a message of {size} bytes; it may have {room}")
        self.seq, self.size = seq, size


def pack(epoch: int, rows: Sequence[Row], room: int = limits.MESSAGE_BYTES) -> Rows:
    """A message with `rows` (1 or more, consecutive), or as many as fit in `room` bytes.

    `epoch`: the sender's newest. Raises `RowTooLong`.
    """
    count, size = min(len(rows), limits.BLOCK_ROWS), 0
    while count:
        plain = _encoder.encode(rows[:count])
        if len(plain) <= limits.BLOCK_BYTES:
            block = zstandard.ZstdCompressor(level=LEVEL).compress(plain)
            size = len(block) + ENVELOPE_BYTES
            if size <= room:
                return Rows(epoch, rows[0].seq, count, block)
        count //= 2
    raise RowTooLong(rows[0].seq, size, room)


def unpack(message: Rows) -> list[Row]:
    """The rows of `message`, with count and start checked. Raises `WireError`.

    The caller must verify their hashes.
    """
    rows = _decompress_rows(message.block)
    if len(rows) != message.count or rows[0].seq != message.from_seq:
        raise WireError(
            f"rows {rows[0].seq} and on, {len(rows)} of them; announced: {message.from_seq} and on, {message.count}"
        )
    return rows


def _decompress_rows(block: bytes) -> list[Row]:
    try:
        size = zstandard.get_frame_parameters(block).content_size
        if size > limits.BLOCK_BYTES:  # an undeclared size reads as 2**64 - 1
            raise WireError(f"a block of {size} bytes; it may have {limits.BLOCK_BYTES}")
        return _decoder.decode(zstandard.ZstdDecompressor().decompress(block, allow_extra_data=False))
    except zstandard.ZstdError as error:
        raise WireError(f"a block that can't be decompressed: {error}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"a block without valid rows: {error}") from error
