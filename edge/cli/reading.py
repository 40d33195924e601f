"""The ledger from the command line, to look at only, whether the shop runs or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from edge.config import Config
from edge.core.database import Connection, DatabaseError, open_reader
from edge.core.errors import NeedsHuman


@contextmanager
def reading(config: Config) -> Iterator[Connection]:
    """A connection for as long as this lasts. `NeedsHuman`: there is no ledger, or it cannot be read."""
    if not config.ledger.exists():
        raise NeedsHuman(f"There is no ledger at {config.ledger}.", "Start the shop once: edge run")
    try:
        db = open_reader(config.ledger)
        try:
            yield db
        finally:
            db.close()
    except DatabaseError as error:
        raise NeedsHuman(
            f"The ledger {config.ledger} cannot be read: {error}.",
            "Run this as the shop's user. If it was not that, the file is damaged or no ledger: call for help.",
        ) from error
