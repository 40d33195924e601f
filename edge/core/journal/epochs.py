"""Continue from a backup or the hub's copy: a new epoch with a number never used before."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.clock import RELEASED_US
from edge.core.journal import highwater
from edge.core.journal.rows import EpochStarted, Head
from edge.core.storage.atomic_write import sync_folder, write_whole
from edge.core.storage.database import Connection
from edge.core.writer import Writer
from edge.lib.errors import NeedsHuman

PARTS = ("ledger.db", "ledger.db-wal", "ledger.db-shm", highwater.NAME, "archive")
"""The files of a ledger in a data folder."""

MARK = "restoring"
"""A file that marks a data folder while one ledger replaces another, with the plan for that; empty while a ledger is
changed in place."""

CHANCE_BITS = 20
"""Random bits of an epoch number. They distinguish two restores of one backup even if the clock starts at the same
time."""


def epoch_after(newest: int, at_us: int, chance: int) -> int:
    """Return the number for an epoch that starts now; always above `newest`, the newest known one.

    A backup can't know which epochs began after it. The number is therefore the time (seconds since `RELEASED_US`,
    followed by CHANCE_BITS random bits), so a later restore always supersedes an earlier one. A wrong clock can only
    make it too low; then the hub fences it and another epoch, above the hub's newest, continues. Two histories with one
    number could never be separated again. `chance` is a random number with at least CHANCE_BITS. Stays below 2**53
    until 2290.
    """
    seconds = max(0, at_us - RELEASED_US) // 1_000_000
    return max(newest + 1, seconds << CHANCE_BITS) + chance % (1 << CHANCE_BITS)


def begin_restored_epoch(writer: Writer, at_us: int, chance: int, newest: int = 0, reason: str = "restored") -> Head:
    """Begin the epoch of a restored ledger and return its first row. `newest`: the hub's newest epoch, if it can be
    asked.

    It must be durable before anything else happens to that ledger: restore to a scratch folder, begin the epoch, then
    move it into place.
    """
    parent = writer.head
    epoch = epoch_after(max(newest, parent.epoch), at_us, chance)
    writer.begin_epoch(EpochStarted(reason, parent.epoch, parent.seq, parent.hash.hex()), epoch)
    return writer.head


def begin_led_epoch(writer: Writer, at_us: int, chance: int, box: str, term: int, *, is_promoted: bool = False) -> Head:
    """Begin the epoch of the box that leads in `term`. Past rows may be missing only if a person promoted the box."""
    parent = writer.head
    epoch = epoch_after(parent.epoch, at_us, chance)
    reason = "promoted" if is_promoted else "takeover"
    started = EpochStarted(reason, parent.epoch, parent.seq, parent.hash.hex(), box=box, term=term)
    writer.begin_epoch(started, epoch, set_back=is_promoted)
    return writer.head


def led_term(db: Connection) -> int:
    """Term in which the newest epoch began; 0 for a single box."""
    row = db.execute("SELECT body FROM journal WHERE type = 'EpochStarted' ORDER BY seq DESC LIMIT 1").fetchone()
    return msgspec.json.decode(row[0], type=EpochStarted).term if row else 0


def set_restore_marker(folder: Path, plan: bytes = b"") -> None:
    """Mark the start of a restore in this data folder, durably. `plan`: how to complete it."""
    write_whole(folder / MARK, plan)
    sync_folder(folder)


def clear_restore_marker(folder: Path) -> None:
    (folder / MARK).unlink()
    sync_folder(folder)


def require_finished(folder: Path) -> None:
    """Raise `NeedsHuman` if a restore was interrupted here, because the ledger may then be incomplete."""
    if (folder / MARK).exists():
        raise NeedsHuman(
            f"A restore into {folder} was interrupted.",
            "Run it again: edge restore --newest --replace (or edge recover)",
        )
