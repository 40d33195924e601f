"""Detects committed data lost from a WAL, which SQLite itself silently ignores.

SQLite reads a WAL up to the first frame whose checksum fails. This correctly drops a commit that a power cut
interrupted. But a commit starts only once the previous one is on the disk. So if the ends of two commits are found in
or after the first invalid frame, the earlier of them was confirmed, and is lost. It doesn't matter how much of the file
is lost: a frame is 24 bytes longer than its page, so a single sector that never reached the disk damages two frames.
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
SECTOR_BYTES = 512
"""The smallest unit that a disk writes completely or not at all (docs/disks.md)."""

ENDS_OF_PROOF = 2
"""A power failure can interrupt only the last commit, so one is tolerated."""

Pair = tuple[int, int]


class _Frame(NamedTuple):
    ends_commit: bool
    in_one_sector: bool
    """Whether the header fits in one sector, so that header and checksum were written together."""
    salts: Pair
    sums: Pair
    summed: bytes
    """The bytes that the checksum covers in addition to the previous checksum."""


def lost_commits(wal: Path, frames_read: int) -> bool:
    """Whether commits are lost in `wal`, of which SQLite reads `frames_read` frames. Nothing may write to the file
    meanwhile."""
    if not wal.exists() or wal.stat().st_size <= HEADER.size:
        return False
    with wal.open("rb") as file:
        head = file.read(HEADER.size)
        magic, _, page, _, salt_1, salt_2, *sums = HEADER.unpack(head)
        order = ">" if magic == BIG_ENDIAN else "<"
        if magic not in (LITTLE_ENDIAN, BIG_ENDIAN) or _sums(head[:24], (0, 0), order) != tuple(sums):
            return True  # synced before the first frame and within one sector, so a power cut can't leave half of it
        before = (sums[0], sums[1])
        if frames_read:
            file.seek(HEADER.size + (frames_read - 1) * (FRAME.size + page))
            before = next(_frames(file, page)).sums
        return _two_commits_end(_frames(file, page), (salt_1, salt_2), before, order)


def _two_commits_end(frames: Iterator[_Frame], salts: Pair, before: Pair, order: str) -> bool:
    """Whether two commits end among `frames`, the first of which is invalid, in one run without a gap.

    In a run, each frame continues the checksum of the previous one. Remains of failed commits after the newest frames
    also form runs, but with at most one commit's end each. Nothing proves the content of a run's first frame, but the
    next frame proves its checksum, and with it everything in the same sector.
    """
    ends: dict[Pair, int] = {}  # commit ends in the run so far, by the checksum that the next frame may continue
    for number, frame in enumerate(frames):
        if frame.salts != salts and number:
            ends = {}
            continue
        found = next((ended for sums, ended in ends.items() if _sums(frame.summed, sums, order) == frame.sums), None)
        begins = int(frame.ends_commit and frame.in_one_sector)  # if a run starts here
        ended = begins if found is None else found + frame.ends_commit
        if ended == ENDS_OF_PROOF:
            return True
        ends = {frame.sums: ended}
        if not number:  # either its checksum is damaged, or the content that it covers
            ends.setdefault(_sums(frame.summed, before, order), int(frame.ends_commit))
    return False


def _frames(file: BinaryIO, page: int) -> Iterator[_Frame]:
    while len(content := file.read(FRAME.size + page)) == FRAME.size + page:
        _, size_after, salt_1, salt_2, sum_1, sum_2 = FRAME.unpack_from(content)
        at = file.tell() - len(content)
        in_one_sector = at // SECTOR_BYTES == (at + FRAME.size - 1) // SECTOR_BYTES
        summed = content[:8] + content[FRAME.size :]
        yield _Frame(size_after != 0, in_one_sector, (salt_1, salt_2), (sum_1, sum_2), summed)


def _sums(content: bytes, before: Pair, order: str) -> Pair:
    one, two = before
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        one = (one + even + two) & 0xFFFFFFFF
        two = (two + odd + one) & 0xFFFFFFFF
    return one, two
