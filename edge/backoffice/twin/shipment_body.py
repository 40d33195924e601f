"""What one shipment holds: pages of the ledger's file, and files beside it. Pure."""

from __future__ import annotations

import zlib

import msgspec

from edge.backoffice.twin.limits import FRAME_BYTES


class FileChange(msgspec.Struct, frozen=True, array_like=True):
    """A file of the data folder by its relative path; `body` None: it is gone, and is overwritten before."""

    path: str
    body: bytes | None


class ShippedBody(msgspec.Struct, frozen=True, array_like=True):
    """What a commit made of the ledger: how many pages it has now, and those that changed, by number (from 1)."""

    size: int
    pages: dict[int, bytes]
    files: tuple[FileChange, ...] = ()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(ShippedBody)


def pack(body: ShippedBody) -> bytes:
    """As it is shipped: the fastest that zlib does, which is a quarter of pages of SQLite."""
    return zlib.compress(_ENCODER.encode(body), 1)


def unpack(packed: bytes) -> ShippedBody:
    """`ValueError`: it is none, or larger than any may be."""
    inflate = zlib.decompressobj()
    try:
        raw = inflate.decompress(packed, 4 * FRAME_BYTES)
        if not inflate.eof:
            raise ValueError("a shipment is too large or incomplete")
        return _DECODER.decode(raw)
    except (zlib.error, msgspec.DecodeError) as error:
        raise ValueError(f"this isn't a shipment: {error}") from error
