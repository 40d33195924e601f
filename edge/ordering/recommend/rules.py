"""Decisions about models of product pairs. Pure."""

from __future__ import annotations

from edge.ordering.recommend.events import Outcome

LEAST_BASKETS = 500
LEAST_AUC = 850
"""The minimum AUC for deployment, in thousandths."""
PINS_MOST = 10
RULES_MOST = 1_000


def outcome_of(auc: int, bound: int, bound_before: int | None, broken: int) -> Outcome:
    """Decide whether to deploy a model.

    It must distinguish hidden products from random ones (`auc`, thousandths), beat best sellers (`bound`) and the model
    in use (`bound_before`; None: there is none), and break no rule.
    """
    better = bound > 0 and (bound_before is None or bound_before > 0)
    return "deployed" if auc > LEAST_AUC and better and not broken else "kept"
