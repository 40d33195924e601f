"""Queries of reviews. Only the shop sees the author of a review."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.messages import Number
from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.counter.till.queries import has_bought, is_kept
from edge.goods.catalog.least_age import kinds_with_parts
from edge.goods.catalog.queries import find_by_sku
from edge.goods.catalog.rating import Rating
from edge.lib.regions.ages import may_be_praised
from edge.lib.regions.place import Jurisdiction
from edge.ordering.reviews.events import ReviewAnswered, ReviewRejected, ReviewWritten
from edge.ordering.reviews.rules import rating_of
from edge.people.customers.queries import resolve

PAGE_MOST = 100
STATES = ("pending", "published", "rejected", "withdrawn")
_FIELDS = """
    id, customer, person, sku, rating, text, state, reason, written_us, seq, answer, sale_register, sale, lines, sold
"""
_COUNTS = "SELECT rating, count(*) FROM review WHERE sku = ? AND state = 'published' GROUP BY rating"


class Review(msgspec.Struct, frozen=True):
    """A review as the shop sees it.

    `verified`: its customer bought the product here and kept at least part of it. `text` is empty if the customer was
    forgotten.
    """

    id: str
    customer: str
    sku: str
    rating: int
    text: str
    state: str
    reason: str
    verified: bool
    written_us: int
    seq: int
    answer: str = ""


class PublicReview(msgspec.Struct, frozen=True):
    """A review as the public sees it."""

    id: str
    rating: int
    text: str
    verified: bool
    written_us: int
    seq: int
    answer: str = ""


class ProductReviews(msgspec.Struct, frozen=True):
    """A product's rating, and some of its reviews, the newest first."""

    sku: str
    rating: Rating
    reviews: list[PublicReview]


def read_review(db: Connection, id: str) -> Review | None:
    """A review in any state, or None."""
    row = db.execute(f"SELECT {_FIELDS} FROM review WHERE id = ?", (id,)).fetchone()
    return _open_review(db, Keyring(db), row) if row else None


def read_reviews(
    db: Connection, state: str = "pending", before: Number | None = None, limit: Number = 20
) -> list[Review]:
    """Reviews in a state, the newest first, below row `before` (for the next page)."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM review WHERE state = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
        (state, before or 2**62, min(limit, PAGE_MOST)),
    ).fetchall()
    ring = Keyring(db)
    return [_open_review(db, ring, row) for row in rows]


def read_customer_reviews(db: Connection, customer: str, limit: Number = 50) -> list[Review]:
    """A customer's reviews, the newest first."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM review WHERE customer = ? ORDER BY seq DESC LIMIT ?",
        (resolve(db, customer) or customer, min(limit, 10 * PAGE_MOST)),
    ).fetchall()
    ring = Keyring(db)
    return [_open_review(db, ring, row) for row in rows]


class ToldReviews:
    """Reviews that customers may read in a store at `place`. Staff read all reviews through `read_reviews`."""

    def __init__(self, place: Jurisdiction) -> None:
        self._place = place

    def rating(self, db: Connection, sku: str) -> Rating:
        """A product's rating; empty if the law forbids displaying it."""
        return read_rating(db, sku) if self._may_be_told(db, sku) else rating_of({})

    def reviews(self, db: Connection, sku: str, before: Number | None = None, limit: Number = 20) -> ProductReviews:
        """A product's public reviews, below row `before` (for the next page)."""
        if not self._may_be_told(db, sku):
            return ProductReviews(sku, rating_of({}), [])
        return read_product_reviews(db, sku, before, limit)

    def _may_be_told(self, db: Connection, sku: str) -> bool:
        product = find_by_sku(db, sku)
        return product is None or may_be_praised(kinds_with_parts(db, product), self._place)


def read_rating(db: Connection, sku: str) -> Rating:
    """A product's rating from published reviews."""
    return rating_of(dict(db.execute(_COUNTS, (sku,)).fetchall()))


def read_product_reviews(db: Connection, sku: str, before: Number | None = None, limit: Number = 20) -> ProductReviews:
    """A product's published reviews, below row `before` (for the next page)."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM review WHERE sku = ? AND state = 'published' AND seq < ? ORDER BY seq DESC LIMIT ?",
        (sku, before or 2**62, min(limit, PAGE_MOST)),
    ).fetchall()
    ring = Keyring(db)
    shown = (_open_review(db, ring, row) for row in rows)
    reviews = [
        PublicReview(one.id, one.rating, one.text, one.verified, one.written_us, one.seq, one.answer) for one in shown
    ]
    return ProductReviews(sku, read_rating(db, sku), reviews)


def count_waiting_before(db: Connection, at_us: int) -> int:
    """The number of reviews written before a moment and still pending."""
    found = db.execute("SELECT count(*) FROM review WHERE state = 'pending' AND written_us < ?", (at_us,)).fetchone()
    return int(found[0])


def _open_review(db: Connection, ring: Keyring, row: tuple[Any, ...]) -> Review:
    id, customer, person, sku, rating, text, state, reason, written_us, seq, answer, register, sale, lines, sold = row
    kept = is_kept(db, register, sale, msgspec.json.decode(lines), sold) if sale else has_bought(db, customer, sku)
    return Review(
        *(id, customer, sku, rating, ring.open(person, ReviewWritten, "text", text) or "", state),
        *(ring.open(person, ReviewRejected, "reason", reason) or "", kept, written_us, seq),
        ring.open(person, ReviewAnswered, "text", answer) or "",
    )
