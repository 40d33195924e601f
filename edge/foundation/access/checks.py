"""`edge check` for access."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import CheckResult
from edge.core.storage.database import Connection
from edge.foundation.access.queries import pin_hash


def pin(db: Connection) -> Iterator[CheckResult]:
    """Report if the set-up PIN isn't set."""
    if pin_hash(db) is None:
        yield CheckResult(
            "PIN", False, "none is set, so no one can override a price or void a sale.", "Set it: edge pin"
        )
    else:
        yield CheckResult("PIN", True, "set.")
