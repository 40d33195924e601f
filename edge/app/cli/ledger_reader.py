"""Read-only access to the ledger from the command line, running or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from edge.core.journal.integrity import explain_open_error
from edge.core.storage.database import Connection, DatabaseError, check_ours, open_reader
from edge.lib.errors import NeedsHuman
from edge.runtime.config import Config


@contextmanager
def reading(config: Config, cut_off: bool = False) -> Iterator[Connection]:
    """Open a connection; `cut_off` as in `open_reader`. Raises `NeedsHuman` if there is no readable ledger."""
    if not config.ledger.exists():
        raise NeedsHuman(f"No ledger found at {config.ledger}.", "Start the shop once: edge run")
    try:
        db = open_reader(config.ledger, cut_off)
        try:
            check_ours(db, config.ledger)
            yield db
        finally:
            db.close()
    except DatabaseError as error:
        raise explain_open_error(config.ledger, error) from error
