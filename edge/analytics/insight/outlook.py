"""A day at a glance for managers: margin, expected revenue, and tasks."""

from __future__ import annotations

import msgspec

from edge.analytics.forecast.history.imported_days import has_imported_days
from edge.analytics.forecast.queries import expected_on
from edge.analytics.forecast.risks import at_risk
from edge.analytics.insight.anomalies import read_anomalies
from edge.analytics.insight.queries import read_sums
from edge.analytics.insight.rules import DaySpan, share
from edge.core.storage.database import Connection
from edge.lib.units.dates import after

ODD_DAYS = 7
HISTORY_DAYS = 731
"""Age in days up to which sales are used for forecasts."""
ALL = 200


class Outlook(msgspec.Struct, frozen=True):
    """A day's margin in tenths of a percent of sales with known cost, the store's expected revenue (mean, lower, upper
    bound), the number of products about to run out, and unreviewed anomalies. `imported`: whether its forecasts use
    sales from another system.
    """

    margin: int | None
    earned_minor: int
    expected: tuple[int, int, int] | None
    at_risk: int
    odd: int
    imported: bool = False


def read_outlook(db: Connection, day: str, wants_somebody: bool = True) -> Outlook:
    """The outlook of a business day; `wants_somebody`: count tasks (products at risk, anomalies), for today only."""
    sums = read_sums(db, "all", DaySpan(day, day))
    earned = sums.costed_minor - sums.cost_minor
    risks = odd = 0
    if wants_somebody:
        risks = len(at_risk(db, day, ALL))
        span = DaySpan(after(day, -ODD_DAYS), after(day, -1))
        odd = sum(one.calls for one in read_anomalies(db, span))
    imported = has_imported_days(db, after(day, -HISTORY_DAYS), after(day, -1))
    return Outlook(share(earned, sums.costed_minor), earned, expected_on(db, day), risks, odd, imported)
