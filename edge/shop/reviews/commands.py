"""What can be asked of reviews."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.core.messages import Command
from edge.shop.customers.commands import CustomerId

Text = Annotated[str, msgspec.Meta(max_length=8_000)]
"""As it was typed: what is too long is refused in words."""
ReviewId = Annotated[str, msgspec.Meta(pattern=r"^r[a-z0-9]{1,20}$(?!\n)")]


class WriteReview(Command, frozen=True):
    """A customer says something of a product, in stars from 1 to 5 and words; the result is its id. It waits until
    somebody has looked at it; one of theirs that waited is replaced."""

    personal: ClassVar[tuple[str, ...]] = ("text",)

    customer: CustomerId
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    rating: Annotated[int, msgspec.Meta(ge=-1000, le=1000)]
    text: Text = ""


class PublishReview(Command, frozen=True):
    """Let everybody read a review."""

    review: ReviewId


class RejectReview(Command, frozen=True):
    """Let nobody read a review that waits, and say why."""

    personal: ClassVar[tuple[str, ...]] = ("reason",)

    review: ReviewId
    reason: Text


class WithdrawReview(Command, frozen=True):
    """Let nobody read a published review any more."""

    review: ReviewId
