"""What can be asked of reviews."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.core.messages import Command, Number, PersonId
from edge.people.customers.commands import CustomerId

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


class WriteOrderReview(Command, frozen=True):
    """Who ordered as a guest says something of what they were handed: the order's own `person`, whose sale holds the
    product on `lines`, `sold` thousandths of it."""

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
    """Who wrote a review takes it back, whether it waits or is published."""

    writer: PersonId
    review: ReviewId


class AnswerReview(Command, frozen=True):
    """The shop's one answer to a published review; another one takes its place, an empty one is none."""

    personal: ClassVar[tuple[str, ...]] = ("text",)

    review: ReviewId
    text: Text


class ReportReview(Command, frozen=True):
    """A customer says that a published review should be looked at again: what three people report waits once more."""

    customer: CustomerId
    review: ReviewId


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
