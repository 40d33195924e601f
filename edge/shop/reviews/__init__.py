"""What customers say of products. See README.md."""

from __future__ import annotations

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import EVERYBODY, STAFF
from edge.shop.access.rights import BASKET, CATALOG, CUSTOMERS_READ, CUSTOMERS_WRITE, MANAGE, SELL
from edge.shop.reviews.commands import PublishReview, RejectReview, WithdrawReview, WriteReview
from edge.shop.reviews.events import EVENTS
from edge.shop.reviews.handlers import Reviews, publish_review, reject_review, withdraw_review
from edge.shop.reviews.project import projector
from edge.shop.reviews.queries import ToldReviews, read_customer_reviews, read_reviews
from edge.shop.reviews.settings import ReviewSettings
from edge.shop.reviews.settings import settings_of as settings_of
from edge.shop.reviews.watches import WATCHES


def capability(settings: ReviewSettings) -> Capability:
    """The reviews of a store with these settings."""
    reviews, told = Reviews(settings), ToldReviews(settings.place)
    return Capability(
        name="reviews",
        commands=(
            CommandSpec(WriteReview, reviews.write_review, right=CUSTOMERS_WRITE, surfaces=STAFF),
            CommandSpec(PublishReview, publish_review, right=MANAGE, also=CATALOG, surfaces=STAFF),
            CommandSpec(RejectReview, reject_review, right=MANAGE, also=CATALOG, surfaces=STAFF),
            CommandSpec(WithdrawReview, withdraw_review, right=MANAGE, also=CATALOG, surfaces=STAFF),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec("reviews", read_reviews, right=MANAGE, also=CATALOG, surfaces=STAFF),
            QuerySpec("customer_reviews", read_customer_reviews, right=CUSTOMERS_READ, surfaces=STAFF),
            QuerySpec("product_reviews", told.reviews, right=SELL, also=BASKET, surfaces=EVERYBODY),
            QuerySpec("product_rating", told.rating, right=SELL, also=BASKET, surfaces=EVERYBODY),
        ),
        watches=WATCHES,
    )
