"""Queries on software updates."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection

SHOWN = 20
WAY_BACK_US = 24 * 3600 * 1_000_000
"""How long a manager can return to the previous version."""
_FIELDS = "directive, release, digest, step, reason, asked_us, moved_us"
_OPEN = "step IN ('asked', 'fetched', 'rehearsed', 'swapping')"


class SoftwareUpdate(msgspec.Struct, frozen=True):
    """A requested release: its step, the reason for its result, and the times of the request and of that step
    (microseconds)."""

    directive: int
    release: str
    digest: str
    step: str
    reason: str
    asked_us: int
    moved_us: int

    @property
    def is_from_stick(self) -> bool:
        """Whether the update was started from a USB stick by a manager; such updates have negative numbers."""
        return self.directive < 0


def find_update(db: Connection, directive: int) -> SoftwareUpdate | None:
    """The update requested by a directive, or None."""
    found = db.execute(f"SELECT {_FIELDS} FROM software_update WHERE directive = ?", (directive,)).fetchone()
    return SoftwareUpdate(*found) if found else None


def open_update(db: Connection) -> SoftwareUpdate | None:
    """The update in progress, or None; there is at most one."""
    found = db.execute(f"SELECT {_FIELDS} FROM software_update WHERE {_OPEN} ORDER BY directive DESC LIMIT 1")
    row = found.fetchone()
    return SoftwareUpdate(*row) if row else None


def update_to_take_back(db: Connection, now_us: int) -> SoftwareUpdate | None:
    """The newest update, if it was installed within the last day and nothing has happened since."""
    newest = next(iter(software_updates(db)), None)
    is_recent = newest is not None and now_us - newest.moved_us <= WAY_BACK_US
    return newest if newest and newest.step == "healthy" and is_recent else None


def least_number(db: Connection) -> int:
    """The number for the next update from a stick: negative, and below all numbers so far."""
    return min(0, int(db.execute("SELECT coalesce(min(directive), 0) FROM software_update").fetchone()[0])) - 1


def software_updates(db: Connection) -> list[SoftwareUpdate]:
    """Updates, newest first, 20 at most."""
    rows = db.execute(f"SELECT {_FIELDS} FROM software_update ORDER BY asked_us DESC, directive DESC LIMIT ?", (SHOWN,))
    return [SoftwareUpdate(*row) for row in rows]
