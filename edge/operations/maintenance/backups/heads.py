"""Compares the journal with its backups.

Each backup has the journal's end in a label protected by the recovery code. An offline backup therefore reveals an
attacker who rewrote the ledger, including its chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from edge.core.journal.rows import read_rows
from edge.core.secrets import keys
from edge.core.storage.database import Connection
from edge.lib.errors import EdgeError
from edge.operations.maintenance.backups import backup, encrypted_file
from edge.operations.maintenance.backups.backup import FoundBackup
from edge.runtime.config import Config

COMPARED = 64
"""Number of newest backups to compare."""


def backups_of_other_heads(config: Config, db: Connection) -> Iterator[str]:
    """Yield a sentence for each backup whose journal end isn't in this journal. Unreachable destinations, files of
    another code, and abandoned epochs are skipped."""
    code = keys.read_stored_secret(config.folder)
    try:
        found = backup.list_backups(backup.place_of(config), config.header) if code else []
    except EdgeError:
        return
    for one in islice(found, COMPARED):
        label, rows = one.label, read_rows(db, one.label.seq, 1)
        there = rows[0] if rows and rows[0].seq == label.seq else None
        if there is None or there.epoch != label.epoch or there.hash.hex() == label.hash:
            continue
        if code and _is_ours(one, code):
            day = datetime.fromtimestamp(label.made_at_us / 1e6, UTC).date().isoformat()
            yield f"#{label.seq} differs from {day}: the backup {one.path.name} has another history"


def _is_ours(found: FoundBackup, code: bytes) -> bool:
    """Whether the backup's label is unchanged. The label is tied to the first frame."""
    try:
        return next(encrypted_file.read_sealed_pieces(found.path, code), None) is not None
    except (EdgeError, OSError):
        return False
