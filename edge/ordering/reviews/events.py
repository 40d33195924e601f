"""What can have happened to reviews."""

from __future__ import annotations

from typing import ClassVar

from edge.core.messages import Ciphertext, Event, Sealed


class ReviewWritten(Event, frozen=True):
    """A customer said something of a product; it waits to be looked at. Of who ordered as a guest `customer` is the id
    that their order's texts are under; the sale of it holds `sold` thousandths of the product on its `lines`."""

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


class ReviewAnswered(Event, frozen=True):
    """The shop says something to a review; "": nothing any more."""

    personal: ClassVar[tuple[str, ...]] = ("text",)
    person_in: ClassVar[str] = "customer"

    review: str
    customer: str
    text: Sealed = Ciphertext("")


class ReviewReported(Event, frozen=True):
    """Somebody says that a review should be looked at again; `waits`: as many as it takes have said so."""

    review: str
    customer: str
    by: str
    waits: bool


EVENTS: tuple[type[Event], ...] = (
    *(ReviewWritten, ReviewPublished, ReviewRejected, ReviewWithdrawn),
    *(ReviewAnswered, ReviewReported),
)
