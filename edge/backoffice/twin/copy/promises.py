"""Promises of a voter, stored before they're announced, and detection of lost ones."""

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
    """The promise file of a voter in `folder`. A second file has the latest serial number. If the promise is older than
    it or missing, the voter has lost promises and doesn't vote until a leader enrols it again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._serial = 0

    def load(self) -> Stored | None:
        """The promises; None if lost."""
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
        """Store the promises; durable on return. If the disk fails, raises `OSError`; then nothing may be announced."""
        self._serial += 1
        write_whole(self._folder / FILE, msgspec.json.encode(_Kept(self._serial, stored)))
        sync_folder(self._folder)
        write_whole(self._folder / MARK, f"{self._serial}\n".encode())
        sync_folder(self._folder)


def of_the_first(box: str) -> Stored:
    """The promises of a box that was alone and continues to lead."""
    alone = Heirs(1, 1, (box,))
    return Stored(1, box, alone, alone, 1)


def joining_promises(leader: Stored) -> Stored:
    """The promises of a new member, which are those of the leader's vote."""
    return Stored(leader.term, leader.vote, leader.heirs)
