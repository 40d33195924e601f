"""Decisions on price models. Pure."""

from __future__ import annotations

from edge.analytics.pricing.events import Outcome

LEAST_BASKETS = 500
LEAST_DAYS = 84
"""Minimum days of history: two months, plus four weeks for testing."""
LEAST_MOVED = 50
"""Product days at changed prices: without them, the effect of a price is unknown."""
LEAST_RIGHT = 800
"""Share of sales in thousandths that a model must explain to be used."""
REJECTED_DAYS = 90
"""How long a rejected price isn't suggested again."""
SETTLED_DAYS = 28
"""How long a price must have applied before another is suggested."""
ACCEPT_DAYS = 10
"""How long a suggestion can be accepted: until the next model, and some days."""
SEEN_DAYS = 28
"""How long competitors' prices count."""


def outcome_of(right: int, before: int | None) -> Outcome:
    """The result of a model with this accuracy, compared with the one in use (None: none), in thousandths."""
    return "deployed" if right > LEAST_RIGHT and (before is None or right > before) else "kept"
