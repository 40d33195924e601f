"""Commands of reviews."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.core.messages import Command, Number, PersonId
from edge.people.customers.commands import CustomerId

Text = Annotated[str, msgspec.Meta(max_length=8_000)]
"""Text as typed; if it's too long, the command is refused with an explanation."""
ReviewId = Annotated[str, msgspec.Meta(pattern=r"^r[a-z0-9]{1,20}$(?!\n)")]


class WriteReview(Command, frozen=True):
    """Write a customer's review of a product, with 1 to 5 stars and a text; returns its id.

    It waits for approval and replaces the customer's pending review.
    """

    personal: ClassVar[tuple[str, ...]] = ("text",)

    customer: CustomerId
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    rating: Annotated[int, msgspec.Meta(ge=-1000, le=1000)]
    text: Text = ""


class WriteOrderReview(Command, frozen=True):
    """Write a guest's review of a product from their order.

    `person` is the order's own. The order's sale has `sold` thousandths of the product on `lines`.
    """

    personal: ClassVar[tuple[str, ...]] = ("text",)

    person: PersonId
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    rating: Annotated[int, msgspec.Meta(ge=-1000, le=1000)]
    sale_register: str
    sale: Number
    lines: tuple[Number, ...]
    sold: Number
    text: Text = ""


class TakeBackReview(Command, frozen=True):
    """Withdraw one's own review, pending or published."""

    writer: PersonId
    review: ReviewId


class AnswerReview(Command, frozen=True):
    """Set the shop's answer to a published review, replacing an earlier answer. An empty text removes it."""

    personal: ClassVar[tuple[str, ...]] = ("text",)

    review: ReviewId
    text: Text


class ReportReview(Command, frozen=True):
    """Report a published review. Once three people have reported it, it waits for approval again."""

    customer: CustomerId
    review: ReviewId


class PublishReview(Command, frozen=True):
    """Publish a review."""

    review: ReviewId


class RejectReview(Command, frozen=True):
    """Reject a pending review, with a reason."""

    personal: ClassVar[tuple[str, ...]] = ("reason",)

    review: ReviewId
    reason: Text


class WithdrawReview(Command, frozen=True):
    """Withdraw a published review."""

    review: ReviewId
