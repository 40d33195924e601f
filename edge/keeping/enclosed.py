"""Small files that go with a ledger into its backup: the configuration, and the word on the archive.

They stand in a table of the copy that is sealed, so that a backup is one file, whole or not there; it is dropped when
the copy becomes a ledger again.
"""

from __future__ import annotations

from pathlib import Path

from edge.config import Config
from edge.core import archive, checkpoint
from edge.core.database import Connection, open_reader, open_scratch
from edge.core.errors import NeedsHuman
from edge.keeping.limits import ENCLOSED_BYTES

CONFIG = "config.toml"
_MAKE = "CREATE TABLE enclosed (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT"
_THERE = "SELECT 1 FROM sqlite_schema WHERE name = 'enclosed'"


def enclose(config: Config, copy: Path) -> str | None:
    """Put them into the copy of the ledger at `copy`; the name of the checkpoint's tables in the archive's folder, if
    there is a checkpoint that fits the copy: they are to be kept, too."""
    folder = config.folder / archive.FOLDER
    db = open_scratch(copy)
    try:
        word = _fitting(db, folder)
        paths = {CONFIG: config.file, **({checkpoint.FILE: folder / checkpoint.FILE} if word else {})}
        db.execute(_MAKE)
        for name, path in paths.items():
            if path.is_file() and path.stat().st_size <= ENCLOSED_BYTES:
                db.execute("INSERT INTO enclosed (name, body) VALUES (?, ?)", (name, path.read_bytes()))
        return word.base if word else None
    finally:
        db.close()


def take_out(ledger: Path) -> dict[str, bytes]:
    """What was enclosed with a ledger that nobody has open, by name; it is gone from it then. None in older backups."""
    db = open_reader(ledger)
    try:
        if db.execute(_THERE).fetchone() is None:
            return {}
        found = dict(db.execute("SELECT name, body FROM enclosed").fetchall())
    finally:
        db.close()
    db = open_scratch(ledger)
    try:
        db.execute("DROP TABLE enclosed")
    finally:
        db.close()
    return found


def _fitting(db: Connection, folder: Path) -> checkpoint.Checkpoint | None:
    """The newest checkpoint, if it speaks of the files that this copy speaks of, and no others."""
    try:
        word = checkpoint.read(folder, checkpoint.trusted(db))
    except NeedsHuman:
        return None  # damaged: `edge verify` says so
    fits = word is not None and list(word.segments) == archive.segments(db) and (folder / word.base).exists()
    return word if fits else None
