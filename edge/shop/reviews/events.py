"""What can have happened to reviews."""

from __future__ import annotations

from typing import ClassVar

from edge.core.messages import Ciphertext, Event, Sealed


class ReviewWritten(Event, frozen=True):
    """A customer said something of a product; it waits to be looked at."""

    personal: ClassVar[tuple[str, ...]] = ("text",)
    person_in: ClassVar[str] = "customer"

    review: str
    customer: str
    sku: str
    rating: int
    text: Sealed = Ciphertext("")


class ReviewPublished(Event, frozen=True):
    """Everybody may read a review; an older one of that customer and product makes room for it."""

    review: str
    customer: str


class ReviewRejected(Event, frozen=True):
    """A review is not published, for a reason."""

    personal: ClassVar[tuple[str, ...]] = ("reason",)
    person_in: ClassVar[str] = "customer"

    review: str
    customer: str
    reason: Sealed = Ciphertext("")


class ReviewWithdrawn(Event, frozen=True):
    """A published review is read by nobody any more."""

    review: str
    customer: str


EVENTS: tuple[type[Event], ...] = (ReviewWritten, ReviewPublished, ReviewRejected, ReviewWithdrawn)
