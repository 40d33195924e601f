"""What a voter promised, on the disk before it says so; and whether it still knows."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.storage.atomic_write import sync_folder, write_whole
from twin.records import Heirs, Stored

FILE, MARK = "promises.json", "promises.mark"


class _Kept(msgspec.Struct, frozen=True):
    serial: int
    stored: Stored


class Promises:
    """The file of one voter, in `folder`. A second file has the number of the newest writing: a voter whose file is
    older than that one, or gone, remembers nothing, and votes for nobody until a leader enrols it anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._serial = 0

    def load(self) -> Stored | None:
        """None: it remembers nothing."""
        try:
            self._serial = int((self._folder / MARK).read_text())
        except (OSError, ValueError):
            self._serial = 0
        try:
            kept = msgspec.json.decode((self._folder / FILE).read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError):
            return None
        if not self._serial or kept.serial < self._serial:
            return None
        self._serial = kept.serial
        return kept.stored

    def keep(self, stored: Stored) -> None:
        """Durable when it returns. `OSError`: the disk does not take it, and nothing may be said."""
        self._serial += 1
        write_whole(self._folder / FILE, msgspec.json.encode(_Kept(self._serial, stored)))
        sync_folder(self._folder)
        write_whole(self._folder / MARK, f"{self._serial}\n".encode())
        sync_folder(self._folder)


def of_the_first(box: str) -> Stored:
    """Of a box that was alone until now, and leads on."""
    alone = Heirs(1, 1, (box,))
    return Stored(1, box, alone, alone, 1)


def of_one_who_joins(leader: Stored) -> Stored:
    """Of one that has promised nothing yet: it begins with what the leader's own vote says."""
    return Stored(leader.term, leader.vote, leader.heirs)
