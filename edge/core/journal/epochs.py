"""Going on from a backup, or from what the hub holds: a new epoch, whose number nobody ever used."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from edge.core.clock import RELEASED_US
from edge.core.journal import highwater
from edge.core.journal.rows import EpochStarted, Head
from edge.core.storage.database import Connection
from edge.core.writer import Writer
from edge.lib.errors import NeedsHuman

PARTS = ("ledger.db", "ledger.db-wal", "ledger.db-shm", highwater.NAME, "archive")
"""What makes a ledger, in a data folder."""

MARK = "restoring"
"""A file in the data folder while a ledger takes another one's place."""

CHANCE_BITS = 20
"""Of an epoch's number: what keeps two restores of one backup apart even where the clock starts the same each time."""


def epoch_after(newest: int, at_us: int, chance: int) -> int:
    """The number of an epoch that begins now; above `newest`, the newest that is known.

    A backup does not know which epochs began after it was made. So the number is the time (seconds
    since `RELEASED_US`, above CHANCE_BITS of chance): a later restore has the higher one and takes the
    place of the earlier. A wrong clock can only make it too low; then the hub fences it, and
    another epoch, above the hub's newest, goes on from there. Two histories under one number could not be
    told apart again. `chance` is any random number of at least CHANCE_BITS. Below 2**53 until 2290.
    """
    seconds = max(0, at_us - RELEASED_US) // 1_000_000
    return max(newest + 1, seconds << CHANCE_BITS) + chance % (1 << CHANCE_BITS)


def begin_restored_epoch(writer: Writer, at_us: int, chance: int, newest: int = 0, reason: str = "restored") -> Head:
    """Begin the epoch of a ledger that was set back; its first row. `newest`: what the hub knows, if it can be asked.

    Must be durable before anything else is done with that ledger: restore beside, go on, then put it in place.
    """
    parent = writer.head
    epoch = epoch_after(max(newest, parent.epoch), at_us, chance)
    writer.begin_epoch(EpochStarted(reason, parent.epoch, parent.seq, parent.hash.hex()), epoch)
    return writer.head


def begin_led_epoch(writer: Writer, at_us: int, chance: int, box: str, term: int, *, is_promoted: bool = False) -> Head:
    """Begin the epoch of the box that leads in `term`: nothing of what was before is lacking, unless a person promoted
    it, who could not know."""
    parent = writer.head
    epoch = epoch_after(parent.epoch, at_us, chance)
    reason = "promoted" if is_promoted else "takeover"
    started = EpochStarted(reason, parent.epoch, parent.seq, parent.hash.hex(), box=box, term=term)
    writer.begin_epoch(started, epoch, set_back=is_promoted)
    return writer.head


def led_term(db: Connection) -> int:
    """The term in which the newest epoch began; 0: of one box alone."""
    row = db.execute("SELECT body FROM journal WHERE type = 'EpochStarted' ORDER BY seq DESC LIMIT 1").fetchone()
    return msgspec.json.decode(row[0], type=EpochStarted).term if row else 0


def set_restore_marker(folder: Path) -> None:
    """From here to `unmark`, ledgers are being exchanged in this data folder."""
    with (folder / MARK).open("wb") as file:
        os.fsync(file.fileno())


def clear_restore_marker(folder: Path) -> None:
    (folder / MARK).unlink()


def require_finished(folder: Path) -> None:
    """`NeedsHuman`: a restore was cut short here, and what lies in the data folder may be no ledger, or half of one."""
    if (folder / MARK).exists():
        raise NeedsHuman(
            f"A restore into {folder} was interrupted.",
            "Run it again: edge restore --newest --replace (or edge recover)",
        )
