"""Whether a WAL lost something that was committed: what SQLite itself passes over without a word.

SQLite reads a WAL up to the first frame whose checksum fails. That is how a commit vanishes in whose middle the power
failed, as it should. But a commit is begun only once the one before it is on the disk. So where another commit can be
made out *behind* the one that fails, the latter had been answered as done, and is damaged.
Format: sqlite.org/fileformat2.html#walformat.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

HEADER = struct.Struct(">8I")
FRAME = struct.Struct(">6I")
LITTLE_ENDIAN, BIG_ENDIAN = 0x377F0682, 0x377F0683

Pair = tuple[int, int]


class _Frame(NamedTuple):
    ends_commit: bool
    salts: Pair
    sums: Pair
    summed: bytes
    """What the checksum is over, besides the one before."""


def lost_commits(wal: Path, frames_read: int) -> bool:
    """Whether commits are lost in `wal`, of which SQLite reads `frames_read` frames. Nobody may be writing to it."""
    if not wal.exists() or wal.stat().st_size <= HEADER.size:
        return False
    with wal.open("rb") as file:
        head = file.read(HEADER.size)
        magic, _, page, _, salt_1, salt_2, *sums = HEADER.unpack(head)
        order = ">" if magic == BIG_ENDIAN else "<"
        if magic not in (LITTLE_ENDIAN, BIG_ENDIAN) or _sums(head[:24], (0, 0), order) != tuple(sums):
            return True  # synced before the first frame, and within one sector: no power cut leaves half of it
        before = (sums[0], sums[1])
        if frames_read:
            file.seek(HEADER.size + (frames_read - 1) * (FRAME.size + page))
            before = next(_frames(file, page)).sums
        return _another_commit(_frames(file, page), (salt_1, salt_2), before, order)


def _another_commit(frames: Iterator[_Frame], salts: Pair, before: Pair, order: str) -> bool:
    """Whether `frames`, of which the first fails, hold a whole commit behind the one that this belongs to.

    Each frame continues the checksum of the one before: that tells it from what failed commits have left lying.
    """
    first = next(frames, None)
    if first is None:
        return False
    # Either its checksum is damaged or what it is over.
    right = {first.sums, _sums(first.summed, before, order)}
    ended = first.ends_commit
    for frame in frames:
        if frame.salts != salts:
            return False
        if ended and all(_sums(frame.summed, sums, order) != frame.sums for sums in right):
            return False
        if ended and frame.ends_commit:
            return True
        ended = ended or frame.ends_commit
        right = {frame.sums}
    return False


def _frames(file: BinaryIO, page: int) -> Iterator[_Frame]:
    while len(content := file.read(FRAME.size + page)) == FRAME.size + page:
        _, size_after, salt_1, salt_2, sum_1, sum_2 = FRAME.unpack_from(content)
        summed = content[:8] + content[FRAME.size :]
        yield _Frame(size_after != 0, (salt_1, salt_2), (sum_1, sum_2), summed)


def _sums(content: bytes, before: Pair, order: str) -> Pair:
    one, two = before
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        one = (one + even + two) & 0xFFFFFFFF
        two = (two + odd + one) & 0xFFFFFFFF
    return one, two
