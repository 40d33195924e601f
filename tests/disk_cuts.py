"""What a disk holds after power cuts at any moment of a recorded time.

QEMU's `blklogwrites` records all writes of a machine in the format of Linux's dm-log-writes
(https://docs.kernel.org/admin-guide/device-mapper/log-writes.html). Any moment of it can be made again: all writes up
to the last flush, and of those after it each by chance, the last one torn.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

SECTOR = 512
MAGIC = 0x6A736677736872
HEAD, ENTRY = struct.Struct("<QQQL"), struct.Struct("<QQQQ")
FLUSH, FUA, DISCARD = 1, 2, 4


class Write(NamedTuple):
    """`size` bytes at byte `at` of the disk, kept at `lies_at` of the log. After a `flush` all before is on the disk;
    a `lasting` write is as soon as it ends."""

    at: int
    size: int
    lies_at: int
    flush: bool
    lasting: bool


def read_log(log: Path) -> list[Write]:
    """All writes in the order in which they ended. Discarded ranges are left as they were, as a disk may do.

    ValueError: no such log."""
    writes = []
    with log.open("rb") as file:
        magic, version, count, sector = HEAD.unpack(file.read(HEAD.size))
        if (magic, version, sector) != (MAGIC, 1, SECTOR):
            raise ValueError(f"{log} is no log of writes")
        lies_at = SECTOR
        for _ in range(count):
            file.seek(lies_at)
            at, sectors, flags, _ = ENTRY.unpack(file.read(ENTRY.size))
            size = 0 if flags & DISCARD else sectors * SECTOR
            writes.append(Write(at * SECTOR, size, lies_at + SECTOR, bool(flags & FLUSH), bool(flags & FUA)))
            lies_at += SECTOR + size
    return writes


class CutDisk:
    """A copy of the disk as it was when the log began, taken forward from cut to cut."""

    def __init__(self, disk: Path, log: Path) -> None:
        self.disk, self.writes = disk, read_log(log)
        self._log = log
        self._done = 0

    def cuts(self, count: int, chance: Random) -> Iterator[int]:
        """That many moments in order, each between two writes; the disk is as after a cut there while one is held."""
        for moment in sorted(chance.sample(range(1, len(self.writes)), count)):
            flushed = max((n + 1 for n in range(self._done, moment) if self.writes[n].flush), default=self._done)
            self._write(self.writes[self._done : flushed])
            self._done = flushed
            kept = [one for one in self.writes[flushed:moment] if one.size and (one.lasting or chance.random() < 0.5)]
            if kept and not kept[-1].lasting:
                torn = kept[-1]
                kept[-1] = torn._replace(size=chance.randrange(0, torn.size + 1, SECTOR))
            with self._for_now(kept):
                yield moment

    def _write(self, writes: Sequence[Write]) -> None:
        with self._log.open("rb") as log, self.disk.open("r+b") as disk:
            for one in writes:
                log.seek(one.lies_at)
                disk.seek(one.at)
                disk.write(log.read(one.size))

    @contextmanager
    def _for_now(self, writes: Sequence[Write]) -> Iterator[None]:
        before = []
        with self.disk.open("rb") as disk:
            for one in writes:
                disk.seek(one.at)
                before.append((one.at, disk.read(one.size)))
        self._write(writes)
        try:
            yield
        finally:
            with self.disk.open("r+b") as disk:
                for at, bytes_ in reversed(before):
                    disk.seek(at)
                    disk.write(bytes_)
