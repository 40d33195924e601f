"""Images of one growing database, stored as the pages that differ from the previous image.

Journal-derived tables grow at their end, so most pages stay the same. A changed page is compressed with its earlier
content as a dictionary. Restoring an image starts from the newest full one.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import msgspec
import zstandard

from edge.core.storage.atomic_write import write_whole

LEVEL = 3
FRAME_PAGES = 64
_LENGTH = 4
_encoder = msgspec.msgpack.Encoder()


class ImageHead(msgspec.Struct, frozen=True):
    """Metadata of an image: the row it covers with its hash, the versions that made it, and the row of the previous
    image (0: a full image)."""

    seq: int
    hash: bytes
    made_by: dict[str, int]
    before: int


class _Image(msgspec.Struct, frozen=True):
    page_bytes: int
    pages: int
    numbers: list[int]
    frames: list[bytes]


class UnreadableFiles(ValueError):
    """Some image files are damaged, or don't form a database. Differences that continue them are useless too."""

    def __init__(self, paths: Sequence[Path], why: Exception) -> None:
        super().__init__(f"{', '.join(path.name for path in paths)}: {why}")
        self.paths = tuple(paths)


_heads, _images = msgspec.msgpack.Decoder(ImageHead), msgspec.msgpack.Decoder(_Image)


def save_image(path: Path, image: Path, head: ImageHead, before: Path | None) -> int:
    """Save the database `image` at `path`, as the difference from the database `before`; return the bytes written."""
    size = _page_bytes(image)
    with image.open("rb") as new, (before or Path(os.devnull)).open("rb") as old:
        numbers, number = list[int](), 0
        while page := new.read(size):
            if page != old.read(size):
                numbers.append(number)
            number += 1
        frames = []
        for at in range(0, len(numbers), FRAME_PAGES):
            chosen = numbers[at : at + FRAME_PAGES]
            frames.append(_packer(_pages(old, chosen, size)).compress(_pages(new, chosen, size)))
    about = _encoder.encode(head)
    body = _encoder.encode(_Image(size, number, numbers, frames))
    write_whole(path, len(about).to_bytes(_LENGTH) + about + body, durable=False)
    return _LENGTH + len(about) + len(body)


def read_image_head(path: Path) -> ImageHead | None:
    """Read an image's metadata; None if it can't be read."""
    try:
        with path.open("rb") as file:
            return _heads.decode(file.read(int.from_bytes(file.read(_LENGTH))))
    except (OSError, MemoryError, msgspec.MsgspecError):
        return None


def restore_image(paths: Sequence[Path], target: Path) -> None:
    """Restore the last of `paths` to `target`: a full image followed by its differences, in order.

    Raises `UnreadableFiles` if one is damaged or altered, and `OSError`.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600))
    for path in paths:
        continue_image(path, target)


def continue_image(path: Path, target: Path) -> None:
    """Turn the image at `target` into the next one by applying the difference at `path`. Raises as `restore_image`
    does.
    """
    whole = path.read_bytes()
    try:
        image = _images.decode(memoryview(whole)[_LENGTH + int.from_bytes(whole[:_LENGTH]) :])
        with target.open("r+b", buffering=0) as file:
            _write_pages(file, image)
            file.truncate(image.pages * image.page_bytes)
    except (ValueError, msgspec.DecodeError) as error:
        raise UnreadableFiles([path], error) from error


def _write_pages(file: IO[bytes], image: _Image) -> None:
    size = image.page_bytes
    for at, frame in enumerate(image.frames):
        numbers = image.numbers[at * FRAME_PAGES : (at + 1) * FRAME_PAGES]
        try:
            pages = _unpacker(_pages(file, numbers, size)).decompress(frame)
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error
        if len(pages) != len(numbers) * size:
            raise ValueError("a frame has another length than was written")
        done = 0
        for first, count in _runs(numbers):
            os.pwrite(file.fileno(), pages[done * size : (done + count) * size], first * size)
            done += count


def _pages(file: IO[bytes], numbers: Sequence[int], size: int) -> bytes:
    """The given pages of a database; empty past its end."""
    return b"".join(os.pread(file.fileno(), count * size, first * size) for first, count in _runs(numbers))


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Group consecutive page numbers as (first, count), because each group is read or written at once."""
    runs, start = list[tuple[int, int]](), 0
    for place in range(1, len(numbers) + 1):
        if place == len(numbers) or numbers[place] != numbers[place - 1] + 1:
            runs.append((numbers[start], place - start))
            start = place
    return runs


def _packer(old: bytes) -> zstandard.ZstdCompressor:
    """A compressor with a checksum, which detects pages that are restored on top of the wrong ones."""
    return zstandard.ZstdCompressor(level=LEVEL, dict_data=_build_dictionary(old), write_checksum=True)


def _unpacker(old: bytes) -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(dict_data=_build_dictionary(old))


def _build_dictionary(old: bytes) -> zstandard.ZstdCompressionDict | None:
    """Earlier versions of pages as a dictionary for compressing newer ones; None if there are too few bytes
    (zstd.h)."""
    return zstandard.ZstdCompressionDict(old, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if len(old) >= 8 else None


def _page_bytes(image: Path) -> int:
    """Page size of a database (sqlite.org, file format, 1.3.2)."""
    with image.open("rb") as file:
        found = int.from_bytes(file.read(18)[16:18])
    return 65536 if found == 1 else found
