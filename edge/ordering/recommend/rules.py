"""Decisions about models of what goes with what. Pure."""

from __future__ import annotations

from edge.ordering.recommend.events import Outcome

LEAST_BASKETS = 500
LEAST_AUC = 850
"""In thousandths: a model is deployed above it alone."""
PINS_MOST = 10
RULES_MOST = 1_000


def outcome_of(auc: int, bound: int, bound_before: int | None, broken: int) -> Outcome:
    """What becomes of a model: deployed where it tells hidden products from drawn ones (`auc`, thousandths), is surely
    better than what sells (`bound`) and than the one in use (`bound_before`; None: there is none), and breaks no
    rule."""
    better = bound > 0 and (bound_before is None or bound_before > 0)
    return "deployed" if auc > LEAST_AUC and better and not broken else "kept"
