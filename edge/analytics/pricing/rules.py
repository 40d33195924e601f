"""Decisions on price models. Pure."""

from __future__ import annotations

from edge.analytics.pricing.events import Outcome

LEAST_BASKETS = 500
LEAST_DAYS = 84
"""Of history: four weeks to be tried on, and two months before them."""
LEAST_MOVED = 50
"""Days of products at another price than the usual one: where none ever moved nobody knows what a price does."""
LEAST_RIGHT = 800
"""In thousandths: a model is only used where it foretells more than that of what is sold."""
LEFT_DAYS = 90
"""For how long a price that somebody left is not proposed again."""
SETTLED_DAYS = 28
"""For how long a price must have held before another is proposed."""
TAKEN_DAYS = 10
"""For how long a proposal is good for a yes: until the next model, and some days."""
SEEN_DAYS = 28
"""For how long what others asked counts."""


def outcome_of(right: int, before: int | None) -> Outcome:
    """The result of a model with this accuracy, compared with the one in use (None: none), in thousandths."""
    return "deployed" if right > LEAST_RIGHT and (before is None or right > before) else "kept"
