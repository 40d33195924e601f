"""Checks of notifications for `edge check`."""

from __future__ import annotations

from collections.abc import Iterator

from edge.analytics.notify.recipients import read_reach
from edge.core.registry import CheckResult
from edge.core.storage.database import Connection
from edge.foundation.access.queries import name_of

_ADVICE = "Let a manager choose a channel on the Notifications page."


def check_reach(db: Connection) -> Iterator[CheckResult]:
    """Check that severe alerts reach at least one person by channels other than the page."""
    found = read_reach(db, "", {})
    match found.gap:
        case "nobody":
            yield CheckResult("alerts", True, "alerts are only shown on the Alerts page.", _ADVICE, warn=True)
        case "instead":
            who = name_of(db, found.instead)
            yield CheckResult(
                "alerts", True, f"no one has chosen to be notified, so critical alerts go to {who}.", _ADVICE, warn=True
            )
        case "not_high":
            yield CheckResult(
                "alerts",
                True,
                "only critical alerts are sent; no one is notified of high-severity alerts.",
                _ADVICE,
                warn=True,
            )
        case _:
            yield CheckResult("alerts", True, f"sent to {', '.join(name_of(db, one) for one in found.critical)}.")
