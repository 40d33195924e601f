"""Decisions on price models. Pure."""

from __future__ import annotations

from edge.analytics.pricing.events import Outcome

LEAST_BASKETS = 500
LEAST_DAYS = 84
"""Minimum days of history: two months, plus four weeks for testing."""
LEAST_MOVED = 50
"""Minimum product days at changed prices; with fewer, the effect of a price is unknown."""
LEAST_RIGHT = 800
"""Share of sales in thousandths that a model must explain to be used."""
REJECTED_DAYS = 90
"""Days for which a rejected price isn't suggested again."""
SETTLED_DAYS = 28
"""Days for which a price must have applied before another is suggested."""
ACCEPT_DAYS = 10
"""Days for which a suggestion can be accepted: until the next model, and a few more."""
SEEN_DAYS = 28
"""Days for which a competitor's price counts after it was last seen."""


def outcome_of(right: int, before: int | None) -> Outcome:
    """The result of a model with this accuracy, compared with the model in use (None: none), in thousandths."""
    return "deployed" if right > LEAST_RIGHT and (before is None or right > before) else "kept"
