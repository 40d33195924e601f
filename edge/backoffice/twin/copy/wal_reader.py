"""Reads the frames of commits in a WAL file. Format: sqlite.org/fileformat2.html#walformat."""

from __future__ import annotations

import os
from pathlib import Path

from edge.core.storage.wal import FRAME, HEADER

Salts = tuple[int, int]


class WalReader:
    """Reads a WAL commit by commit, starting from its end when opened. The WAL must not be written to while
    it's read."""

    def __init__(self, wal: Path) -> None:
        self._wal = wal
        self._fd = -1
        self.salts: Salts = (0, 0)
        self.end = HEADER.size
        """The end of the frames of the newest commit read."""
        self.page_bytes = 0

    def next_commit(self) -> tuple[int, dict[int, bytes]] | None:
        """The number of pages after the next commit, and its changed pages; None if there is none."""
        if self._fd < 0:
            self._fd = os.open(self._wal, os.O_RDONLY | os.O_CLOEXEC)
        head = os.pread(self._fd, HEADER.size, 0)
        if len(head) < HEADER.size:
            return None
        _, _, self.page_bytes, _, salt_1, salt_2, _, _ = HEADER.unpack(head)
        if (salt_1, salt_2) != self.salts:  # restarted: its earlier frames are in the ledger's file
            self.salts, self.end = (salt_1, salt_2), HEADER.size
        return self._frames()

    def _frames(self) -> tuple[int, dict[int, bytes]] | None:
        """The frames up to the next commit frame; None if there is none. Frames after the last commit frame belong to
        failed commits."""
        pages: dict[int, bytes] = {}
        at, step = self.end, FRAME.size + self.page_bytes
        while len(content := os.pread(self._fd, step, at)) == step:
            number, size, salt_1, salt_2, _, _ = FRAME.unpack_from(content)
            if (salt_1, salt_2) != self.salts:
                return None
            pages[number] = content[FRAME.size :]
            at += step
            if size:
                self.end = at
                return size, pages
        return None

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
