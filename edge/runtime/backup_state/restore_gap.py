"""Events that head office has and this box lost through a restore, stored in `lacking.json`.

They stay in head office's records. Until the box recovers them, they are missing from its receipts, stock and totals,
and it continues to warn.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from edge.core.journal.highwater import day
from edge.core.journal.rows import epochs_begun, find_command, read_rows
from edge.core.process.parts import PartState
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import Connection
from sync.wire import Epoch, Orphans

FILE = "lacking.json"
ADVICE = (
    "They are in head office's books. To get them here too, call head office; the shop must be stopped "
    "(edge recover --replace)."
)


class MissingFacts(msgspec.Struct, frozen=True):
    """Number of missing events, and times of the first and last in UTC microseconds."""

    rows: int
    from_us: int
    to_us: int

    @property
    def what(self) -> str:
        first, last = day(self.from_us), day(self.to_us)
        return f"Head office has {self.rows} entries from this shop that this box is missing, from {first} to {last}."

    @property
    def state(self) -> PartState:
        values: dict[str, str | int] = {"rows": self.rows, "first": day(self.from_us), "last": day(self.to_us)}
        return PartState("", "lost", self.what, ADVICE, "proof.lacking", values)


def of(db: Connection, orphans: Sequence[Orphans]) -> MissingFacts | None:
    """Return which of these ranges are missing from the ledger. A range is present if its last event is, original or
    recovered."""
    gone = [orphan for orphan in orphans if not has(db, orphan)]
    if not gone:
        return None
    return MissingFacts(
        sum(one.count for one in gone), min(one.from_us for one in gone), max(one.to_us for one in gone)
    )


def has(db: Connection, orphan: Orphans) -> bool:
    """Whether the ledger has these events, original or recovered."""
    row = read_rows(db, orphan.last, 1)
    along = bool(row) and (row[0].seq, row[0].epoch) == (orphan.last, orphan.epoch)
    return along or any(row.n == orphan.n for row in find_command(db, orphan.command_id))


def load(folder: Path) -> MissingFacts | None:
    """Return the last stored gap; None if nothing is known to be missing."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=MissingFacts)
    except (OSError, msgspec.MsgspecError):
        return None


def note(folder: Path, lacking: MissingFacts | None) -> None:
    """Store the gap for the next start and `edge check`. Raises `OSError`."""
    if lacking is None:
        (folder / FILE).unlink(missing_ok=True)
    elif lacking != load(folder):
        write_whole(folder / FILE, msgspec.json.encode(lacking), durable=False)


def epochs_of(db: Connection) -> list[Epoch]:
    """Epochs of a ledger, oldest first."""
    made: list[Epoch] = []
    for epoch, seq, prev in epochs_begun(db):
        made.append(Epoch(epoch, seq, made[-1].epoch if made else 0, seq - 1, prev))
    return made
