"""Reads of software: what was asked, and how each update stands."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection

SHOWN = 20
_FIELDS = "directive, release, digest, step, reason, asked_us, moved_us"
_OPEN = "step IN ('asked', 'fetched', 'rehearsed', 'swapping')"


class SoftwareUpdate(msgspec.Struct, frozen=True):
    """A release that head office asked for: where it is, why it ended so, and since when (microseconds)."""

    directive: int
    release: str
    digest: str
    step: str
    reason: str
    asked_us: int
    moved_us: int


def find_update(db: Connection, directive: int) -> SoftwareUpdate | None:
    """The update that a directive asked for; None: there is none."""
    found = db.execute(f"SELECT {_FIELDS} FROM software_update WHERE directive = ?", (directive,)).fetchone()
    return SoftwareUpdate(*found) if found else None


def open_update(db: Connection) -> SoftwareUpdate | None:
    """The one that is on its way; there is never more than one."""
    found = db.execute(f"SELECT {_FIELDS} FROM software_update WHERE {_OPEN} ORDER BY directive DESC LIMIT 1")
    row = found.fetchone()
    return SoftwareUpdate(*row) if row else None


def software_updates(db: Connection) -> list[SoftwareUpdate]:
    """The newest first, 20 at most."""
    rows = db.execute(f"SELECT {_FIELDS} FROM software_update ORDER BY directive DESC LIMIT ?", (SHOWN,))
    return [SoftwareUpdate(*row) for row in rows]
