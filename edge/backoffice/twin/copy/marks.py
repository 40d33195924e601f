"""The position of a ledger in the stream of shipments: a row written with each commit."""

from __future__ import annotations

from edge.core.storage.database import Connection, DatabaseError
from twin.records import Mark


def read_mark(db: Connection) -> Mark:
    """The ledger's position; the initial one if it was never shipped."""
    try:
        found = db.execute("SELECT term, position, checksum FROM twin_mark").fetchone()
    except DatabaseError:
        return Mark()  # the ledger is older than the second box
    return Mark(found[0], found[1], bytes(found[2])) if found else Mark()


def write_mark(db: Connection, mark: Mark) -> None:
    """Write the position in the transaction about to commit."""
    db.execute(
        "INSERT OR REPLACE INTO twin_mark (one, term, position, checksum) VALUES (1, ?, ?, ?)",
        (mark.term, mark.position, mark.checksum),
    )
