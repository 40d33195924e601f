"""The frames that a commit has put into the WAL. Format: sqlite.org/fileformat2.html#walformat."""

from __future__ import annotations

import os
from pathlib import Path

from edge.core.storage.wal import FRAME, HEADER

Salts = tuple[int, int]


class WalReader:
    """Reads a WAL commit by commit, from where it was opened on. Used where nobody can write to it meanwhile."""

    def __init__(self, wal: Path) -> None:
        self._wal = wal
        self._fd = -1
        self.salts: Salts = (0, 0)
        self.end = HEADER.size
        """Where the frames of the newest commit that was read end."""
        self.page_bytes = 0

    def next_commit(self) -> tuple[int, dict[int, bytes]] | None:
        """How many pages the ledger has behind the next commit, and those that it changed; None: there is none."""
        if self._fd < 0:
            self._fd = os.open(self._wal, os.O_RDONLY | os.O_CLOEXEC)
        head = os.pread(self._fd, HEADER.size, 0)
        if len(head) < HEADER.size:
            return None
        _, _, self.page_bytes, _, salt_1, salt_2, _, _ = HEADER.unpack(head)
        if (salt_1, salt_2) != self.salts:  # begun anew: whatever was in it is in the ledger
            self.salts, self.end = (salt_1, salt_2), HEADER.size
        return self._frames()

    def _frames(self) -> tuple[int, dict[int, bytes]] | None:
        """Up to the first frame that ends a commit: those behind it were written by commits that failed."""
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
