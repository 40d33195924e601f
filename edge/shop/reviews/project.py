"""Facts about reviews to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.people.forgetting import PersonForgotten
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.customers.events import CustomersMerged
from edge.shop.reviews.events import ReviewPublished, ReviewRejected, ReviewWithdrawn, ReviewWritten

_WRITTEN = """
    INSERT INTO review (id, customer, person, sku, rating, text, state, business_date, written_us, seq)
    VALUES (?1, ?2, ?2, ?3, ?4, ?5, 'pending', ?6, ?7, ?8)
"""
_REPLACED = "DELETE FROM review WHERE customer = ? AND sku = ? AND state = ? AND id <> ?"
_DECIDED = "UPDATE review SET state = ?, reason = ?, decided_us = ? WHERE id = ?"
_OLDER_OF_TWO = """
    DELETE FROM review WHERE customer = ?1 AND state IN ('pending', 'published') AND EXISTS (
        SELECT 1 FROM review newer WHERE newer.customer = ?1 AND newer.sku = review.sku
        AND newer.state IN (review.state, 'published') AND newer.seq > review.seq)
"""
"""One that waits goes where a newer one is published, too: it would take its place."""


def _written(db: Connection, fact: RecordedEvent, event: ReviewWritten) -> None:
    said = (event.review, event.customer, event.sku, event.rating, event.text)
    db.execute(_WRITTEN, (*said, fact.business_date, fact.at_us, fact.seq))
    db.execute(_REPLACED, (event.customer, event.sku, "pending", event.review))


def _published(db: Connection, fact: RecordedEvent, event: ReviewPublished) -> None:
    customer, sku = db.execute("SELECT customer, sku FROM review WHERE id = ?", (event.review,)).fetchone()
    db.execute(_REPLACED, (customer, sku, "published", event.review))
    db.execute(_DECIDED, ("published", "", fact.at_us, event.review))


def _rejected(db: Connection, fact: RecordedEvent, event: ReviewRejected) -> None:
    db.execute(_DECIDED, ("rejected", event.reason, fact.at_us, event.review))


def _withdrawn(db: Connection, fact: RecordedEvent, event: ReviewWithdrawn) -> None:
    db.execute(_DECIDED, ("withdrawn", "", fact.at_us, event.review))


def _merged(db: Connection, fact: RecordedEvent, event: CustomersMerged) -> None:
    db.execute("UPDATE review SET customer = ? WHERE customer = ?", (event.kept, event.merged))
    db.execute(_OLDER_OF_TWO, (event.kept,))


def _forgotten(db: Connection, fact: RecordedEvent, event: PersonForgotten) -> None:
    db.execute("DELETE FROM review WHERE person = ? AND state = 'pending'", (event.person,))
    db.execute("UPDATE review SET text = '', reason = '' WHERE person = ?", (event.person,))


projector = Projector(
    name="reviews",
    version=1,
    tables=("review",),
    on={
        ReviewWritten: _written,
        ReviewPublished: _published,
        ReviewRejected: _rejected,
        ReviewWithdrawn: _withdrawn,
        CustomersMerged: _merged,
        PersonForgotten: _forgotten,
    },
)
