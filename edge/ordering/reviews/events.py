"""Events of reviews."""

from __future__ import annotations

from typing import ClassVar

from edge.core.messages import Ciphertext, Event, Sealed


class ReviewWritten(Event, frozen=True):
    """A customer reviewed a product, and the review waits for approval.

    For a guest, `customer` is the id whose key encrypts their order's data. The order's sale has `sold` thousandths of
    the product on `lines`.
    """

    personal: ClassVar[tuple[str, ...]] = ("text",)
    person_in: ClassVar[str] = "customer"

    review: str
    customer: str
    sku: str
    rating: int
    text: Sealed = Ciphertext("")
    sale_register: str = ""
    sale: int = 0
    lines: tuple[int, ...] = ()
    sold: int = 0


class ReviewPublished(Event, frozen=True):
    """A review was published, replacing an older one by the same customer for the same product."""

    review: str
    customer: str


class ReviewRejected(Event, frozen=True):
    """A review was rejected, for a reason."""

    personal: ClassVar[tuple[str, ...]] = ("reason",)
    person_in: ClassVar[str] = "customer"

    review: str
    customer: str
    reason: Sealed = Ciphertext("")


class ReviewWithdrawn(Event, frozen=True):
    """A published review was withdrawn."""

    review: str
    customer: str


class ReviewAnswered(Event, frozen=True):
    """The shop answered a review. "": the answer was removed."""

    personal: ClassVar[tuple[str, ...]] = ("text",)
    person_in: ClassVar[str] = "customer"

    review: str
    customer: str
    text: Sealed = Ciphertext("")


class ReviewReported(Event, frozen=True):
    """A review was reported. `waits`: it was reported often enough to wait for approval again."""

    review: str
    customer: str
    by: str
    waits: bool


EVENTS: tuple[type[Event], ...] = (
    *(ReviewWritten, ReviewPublished, ReviewRejected, ReviewWithdrawn),
    *(ReviewAnswered, ReviewReported),
)
