"""Content of a shipment: pages of the ledger's file, and other files. Pure."""

from __future__ import annotations

import zlib

import msgspec

from edge.backoffice.twin.limits import FRAME_BYTES


class FileChange(msgspec.Struct, frozen=True, array_like=True):
    """A change of a file in the data folder, by relative path. `body` None: overwrite and delete it."""

    path: str
    body: bytes | None


class ShippedBody(msgspec.Struct, frozen=True, array_like=True):
    """A commit's changes to the ledger: the new number of pages, and the changed pages by number (from 1)."""

    size: int
    pages: dict[int, bytes]
    files: tuple[FileChange, ...] = ()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(ShippedBody)


def pack(body: ShippedBody) -> bytes:
    """Compress a shipment at zlib's fastest level; SQLite pages shrink to about a quarter."""
    return zlib.compress(_ENCODER.encode(body), 1)


def unpack(packed: bytes) -> ShippedBody:
    """Decompress a shipment. Raises `ValueError` if it's invalid or too large."""
    inflate = zlib.decompressobj()
    try:
        raw = inflate.decompress(packed, 4 * FRAME_BYTES)
        if not inflate.eof:
            raise ValueError("a shipment is too large or incomplete")
        return _DECODER.decode(raw)
    except (zlib.error, msgspec.DecodeError) as error:
        raise ValueError(f"this isn't a shipment: {error}") from error
