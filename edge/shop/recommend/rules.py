"""Decisions about models of what goes with what. Pure."""

from __future__ import annotations

from edge.lib.units.dates import after
from edge.shop.recommend.events import Outcome

LEAST_BASKETS = 500
LEAST_AUC = 850
"""In thousandths: a model is deployed above it alone."""
SUNDAY, AT_HOUR = 6, 3
PINS_MOST = 10
RULES_MOST = 1_000


def outcome_of(auc: int, bound: int, bound_before: int | None, broken: int) -> Outcome:
    """What becomes of a model: deployed where it tells hidden products from drawn ones (`auc`, thousandths), is surely
    better than what sells (`bound`) and than the one in use (`bound_before`; None: there is none), and breaks no
    rule."""
    better = bound > 0 and (bound_before is None or bound_before > 0)
    return "deployed" if auc > LEAST_AUC and better and not broken else "kept"


def is_due(today: str, weekday: int, hour: int, newest: str) -> bool:
    """Whether one is to be made: none was since the last Sunday, 03:00; `newest`: the day of the last one, "" none."""
    back = (weekday - SUNDAY) % 7
    if back == 0 and hour < AT_HOUR:
        back = 7
    return newest < after(today, -back)
