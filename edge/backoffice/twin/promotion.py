"""Consequences of a manual promotion: the other box may have issued receipt numbers unknown here."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from edge.backoffice.twin.copy.ledger_copy import Hurried, LedgerCopy
from edge.backoffice.twin.membership.members import FOLDER
from edge.core.storage.atomic_write import sync_folder, write_whole
from edge.core.storage.database import open_reader
from edge.foundation.access.credentials.pin import matches
from edge.foundation.access.queries import people_hashes
from edge.foundation.access.rights import MANAGE

MARK = "promoted"
"""File in the folder `twin` with the newest term in which a person promoted this box."""
_LAST = "SELECT register, max(number) FROM receipt GROUP BY register ORDER BY register"


def note(folder: Path, term: int) -> None:
    """Record that a person promotes this box in `term`. Durable before it leads, as its epoch depends on it even after
    a crash."""
    write_whole(folder / FOLDER / MARK, f"{term}\n".encode())
    sync_folder(folder / FOLDER)


def last_numbers(copy: LedgerCopy) -> dict[str, int]:
    """The last receipt number of each register on this box. May block on disk access."""

    def read(ledger: Path) -> dict[str, int]:
        with closing(open_reader(ledger)) as db:
            return dict(db.execute(_LAST).fetchall())

    if not copy.ledger.exists():
        return {}
    try:
        return copy.inspect(read)
    except Hurried:
        return read(copy.ledger)  # safe, as no more pages are applied to it


def is_managers_pin(copy: LedgerCopy, pin: str) -> bool:
    """Whether a manager has this PIN, according to this box's ledger. May block on disk access."""
    copy.catch_up()
    try:
        with closing(open_reader(copy.ledger)) as db:
            return any(matches(hash, pin) for _, hash in people_hashes(db, frozenset({MANAGE})))
    finally:
        copy.begin()


def was_promoted_in(folder: Path, term: int) -> bool:
    """Whether a person promoted this box in `term`."""
    try:
        return int((folder / FOLDER / MARK).read_text()) == term
    except (OSError, ValueError):
        return False
