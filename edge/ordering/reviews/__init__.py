"""Product reviews by customers.

Customers review products with one to five stars and a text, which staff check before it's shown.

    pending -> published | rejected (why)        published -> withdrawn

One review per customer and product: a newer one waits, and the older stays published until then. `verified` is
computed, never stated: the customer bought it here, and didn't return all of it. Average (one decimal, half up), count
and counts by stars are over published reviews. When a customer is forgotten, stars stay and texts are erased.

Invariants
- A text is encrypted under its customer's key; markup in it is shown as text.
- Per customer and product at most one is published, and at most one waits.
- For cannabis in Canada, customers see no stars, texts or averages, and nothing is sorted by them: a review is a
  testimonial there (`ToldReviews`, `edge/lib/regions/ages.py`). Staff can read them all. No setting changes that.
"""

from __future__ import annotations

from functools import partial

from edge.core.endpoints import HttpAddress
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import EVERYBODY, INSIDE, STAFF
from edge.foundation.access.rights import BASKET, CATALOG, CUSTOMERS_READ, CUSTOMERS_WRITE, MANAGE, SELL
from edge.ordering.reviews.commands import (
    AnswerReview,
    PublishReview,
    RejectReview,
    ReportReview,
    TakeBackReview,
    WithdrawReview,
    WriteOrderReview,
    WriteReview,
)
from edge.ordering.reviews.events import EVENTS
from edge.ordering.reviews.handlers import (
    Reviews,
    answer_review,
    publish_review,
    reject_review,
    report_review,
    take_back_review,
    withdraw_review,
)
from edge.ordering.reviews.project import projector
from edge.ordering.reviews.queries import ToldReviews, read_customer_reviews, read_reviews
from edge.ordering.reviews.settings import ReviewSettings
from edge.ordering.reviews.settings import settings_of as settings_of
from edge.ordering.reviews.watches import WATCHES

_OF_PRODUCT = "products/{sku}/reviews"


def _review_address(how: str) -> tuple[HttpAddress, ...]:
    """The address to publish, reject or withdraw a review."""
    return (HttpAddress("POST", f"reviews/{{id}}/{how}", {"id": "review"}, f"{how}_review"),)


def capability(settings: ReviewSettings) -> Capability:
    """Reviews capability with these settings."""
    reviews, told = Reviews(settings), ToldReviews(settings.place)
    judges = partial(CommandSpec, right=MANAGE, also=CATALOG, surfaces=STAFF)
    return Capability(
        name="reviews",
        commands=(
            CommandSpec(
                WriteReview,
                reviews.write_review,
                right=CUSTOMERS_WRITE,
                surfaces=STAFF,
                http=(HttpAddress("POST", _OF_PRODUCT, name="write_review"),),
            ),
            CommandSpec(WriteOrderReview, reviews.write_order_review, right=BASKET, surfaces=INSIDE),
            CommandSpec(TakeBackReview, take_back_review, right=BASKET, surfaces=INSIDE),
            CommandSpec(ReportReview, report_review, right=BASKET, surfaces=INSIDE),
            judges(AnswerReview, answer_review, http=_review_address("answer")),
            judges(PublishReview, publish_review, http=_review_address("publish")),
            judges(RejectReview, reject_review, http=_review_address("reject")),
            judges(WithdrawReview, withdraw_review, http=_review_address("withdraw")),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec("reviews", read_reviews, right=MANAGE, also=CATALOG, surfaces=STAFF),
            QuerySpec("customer_reviews", read_customer_reviews, right=CUSTOMERS_READ, surfaces=STAFF),
            QuerySpec(
                "product_reviews",
                told.reviews,
                right=SELL,
                also=BASKET,
                surfaces=EVERYBODY,
                http=(HttpAddress("GET", _OF_PRODUCT, name="product_reviews_page"),),
            ),
            QuerySpec("product_rating", told.rating, right=SELL, also=BASKET, surfaces=EVERYBODY),
        ),
        watches=WATCHES,
        mended_at="/manager/reviews",
    )
