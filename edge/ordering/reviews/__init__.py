"""Product reviews by customers.

What customers say of products: one to five stars and a text, which somebody of the shop looks at before anybody
reads it.

    pending -> published | rejected (why)        published -> withdrawn

One review a customer and product: a newer one waits, and the older stays published until the newer one is.
`verified` is worked out, never said: the customer bought it here, and not all of it came back. Average (one
decimal, half up), count and the five counts are over published ones. When a customer is forgotten, stars stay and
words go with them.

Invariants
- A text is sealed under its customer's key; markup in it is text.
- Of a customer and a product at most one is published, and at most one waits.
- Of cannabis in Canada no stars, words or average reach a customer, nor is anything sorted by them: a review is a
  testimonial there (`ToldReviews`, `edge/lib/regions/ages.py`). Staff read all of it. No setting changes that.
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
    """Where a review is published, rejected, withdrawn."""
    return (HttpAddress("POST", f"reviews/{{id}}/{how}", {"id": "review"}, f"{how}_review"),)


def capability(settings: ReviewSettings) -> Capability:
    """The reviews of a store with these settings."""
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
    )
