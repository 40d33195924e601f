"""Images of one growing database, stored as the pages that differ from the previous image.

Journal-derived tables grow at their end, so most pages stay the same: thirty images take little more space than the
last one. An image is restored from the newest full one onwards.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
import zstandard

from edge.core.storage.atomic_write import write_whole

LEVEL = 6
HASH_BYTES = 8
FRAME_PAGES = 256
_encoder = msgspec.msgpack.Encoder()


class ImageHead(msgspec.Struct, frozen=True):
    """Metadata of an image: the row it covers with its hash, the versions that made it, and the row of the previous
    image (0: a full image)."""

    seq: int
    hash: bytes
    made_by: dict[str, int]
    before: int


class _Image(msgspec.Struct, frozen=True):
    head: ImageHead
    page_bytes: int
    hashes: bytes
    numbers: list[int]
    frames: list[bytes]


_images = msgspec.msgpack.Decoder(_Image)


def save_image(path: Path, image: Path, head: ImageHead, before: Path | None) -> int:
    """Save the database `image` at `path`, as the difference from `before`; return the bytes written."""
    page_bytes = _page_bytes(image)
    old = _read(before).hashes if before else b""
    hashes, numbers, frames, frame = bytearray(), list[int](), list[bytes](), bytearray()
    packer = zstandard.ZstdCompressor(level=LEVEL)
    with image.open("rb") as file:
        number = 0
        while page := file.read(page_bytes):
            digest = hashlib.blake2b(page, digest_size=HASH_BYTES).digest()
            if digest != old[number * HASH_BYTES : (number + 1) * HASH_BYTES]:
                numbers.append(number)
                frame += page
            if len(frame) == FRAME_PAGES * page_bytes:
                frames.append(packer.compress(bytes(frame)))
                frame.clear()
            hashes += digest
            number += 1
    if frame:
        frames.append(packer.compress(bytes(frame)))
    body = _encoder.encode(_Image(head, page_bytes, bytes(hashes), numbers, frames))
    write_whole(path, body, durable=False)
    return len(body)


def read_image_head(path: Path) -> ImageHead | None:
    """Read an image's metadata; None if it can't be read."""
    try:
        return _read(path).head
    except (OSError, msgspec.MsgspecError):
        return None


def restore_image(paths: Sequence[Path], target: Path) -> None:
    """Restore the last of `paths` to `target`: a full image followed by its differences, in order.

    Raises `OSError` or `ValueError` if a file is unreadable or altered.
    """
    hashes, page_bytes = b"", 1
    fd = os.open(target, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        for path in paths:
            image = _read(path)
            hashes, page_bytes = image.hashes, image.page_bytes
            _write_pages(fd, image)
        os.ftruncate(fd, len(hashes) // HASH_BYTES * page_bytes)
    finally:
        os.close(fd)


def _write_pages(fd: int, image: _Image) -> None:
    size = image.page_bytes
    for at, frame in enumerate(image.frames):
        try:
            pages = zstandard.ZstdDecompressor().decompress(frame)
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error
        numbers = image.numbers[at * FRAME_PAGES : (at + 1) * FRAME_PAGES]
        if len(pages) != len(numbers) * size:
            raise ValueError("a frame has another length than was written")
        start = 0
        while start < len(numbers):  # pages that follow each other are written at once
            end = start + 1
            while end < len(numbers) and numbers[end] == numbers[end - 1] + 1:
                end += 1
            os.pwrite(fd, pages[start * size : end * size], numbers[start] * size)
            start = end


def _read(path: Path) -> _Image:
    return _images.decode(path.read_bytes())


def _page_bytes(image: Path) -> int:
    """Page size of a database (sqlite.org, file format, 1.3.2)."""
    with image.open("rb") as file:
        found = int.from_bytes(file.read(18)[16:18])
    return 65536 if found == 1 else found
