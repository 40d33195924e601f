"""Validation of reviews, and ratings. Pure."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.goods.catalog.rating import Rating
from edge.lib.i18n.unseen import has_control

RATINGS = (1, 2, 3, 4, 5)
TEXT_CHARS = 2_000
REASON_CHARS = 200
ANSWER_CHARS = 1_000
REPORTS_MOST = 3
"""Number of reports after which a review waits for approval again."""
A_DAY_MOST = 10
"""Maximum reviews per customer and business day."""


def rating_of(counts: dict[int, int]) -> Rating:
    """The rating calculated from the number of reviews by stars."""
    many = sum(counts.values())
    stars = sum(star * count for star, count in counts.items())
    one, two, three, four, five = (counts.get(star, 0) for star in RATINGS)
    return Rating(many, (stars * 20 + many) // (2 * many) if many else None, (one, two, three, four, five))


def wrong(rating: int, text: str) -> None:
    """Raise `Refusal` for an invalid rating or text."""
    if rating not in RATINGS:
        raise Refusal("rating_wrong")
    if len(text) > TEXT_CHARS or has_control(text.replace("\n", "").replace("\r", "")):
        raise Refusal("review_text_wrong", {"limit": TEXT_CHARS})
