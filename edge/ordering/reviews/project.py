"""Projects review events to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.people.forgetting import PersonForgotten
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.ordering.reviews.events import (
    ReviewAnswered,
    ReviewPublished,
    ReviewRejected,
    ReviewReported,
    ReviewWithdrawn,
    ReviewWritten,
)
from edge.people.customers.events import CustomersMerged

_WRITTEN = """
    INSERT INTO review (id, customer, person, sku, rating, text, state, sale_register, sale, lines, sold,
        business_date, written_us, seq)
    VALUES (?1, ?2, ?2, ?3, ?4, ?5, 'pending', ?6, ?7, ?8, ?9, ?10, ?11, ?12)
"""
_REPLACED = "DELETE FROM review WHERE customer = ? AND sku = ? AND state = ? AND id <> ?"
_DECIDED = "UPDATE review SET state = ?, reason = ?, decided_us = ? WHERE id = ?"
_OLDER_OF_TWO = """
    DELETE FROM review WHERE customer = ?1 AND state IN ('pending', 'published') AND EXISTS (
        SELECT 1 FROM review newer WHERE newer.customer = ?1 AND newer.sku = review.sku
        AND newer.state IN (review.state, 'published') AND newer.seq > review.seq)
"""
"""Also drops a pending review if a newer one is published: it would replace it."""


def _insert_review(db: Connection, fact: RecordedEvent, event: ReviewWritten) -> None:
    of_sale = (event.sale_register, event.sale, msgspec.json.encode(event.lines).decode(), event.sold)
    said = (event.review, event.customer, event.sku, event.rating, event.text, *of_sale)
    db.execute(_WRITTEN, (*said, fact.business_date, fact.at_us, fact.seq))
    db.execute(_REPLACED, (event.customer, event.sku, "pending", event.review))


def _publish_review(db: Connection, fact: RecordedEvent, event: ReviewPublished) -> None:
    customer, sku = db.execute("SELECT customer, sku FROM review WHERE id = ?", (event.review,)).fetchone()
    db.execute(_REPLACED, (customer, sku, "published", event.review))
    db.execute(_DECIDED, ("published", "", fact.at_us, event.review))
    db.execute("DELETE FROM review_report WHERE review = ?", (event.review,))


def _reject_review(db: Connection, fact: RecordedEvent, event: ReviewRejected) -> None:
    db.execute(_DECIDED, ("rejected", event.reason, fact.at_us, event.review))


def _withdrawn(db: Connection, fact: RecordedEvent, event: ReviewWithdrawn) -> None:
    db.execute(_DECIDED, ("withdrawn", "", fact.at_us, event.review))


def _answer_review(db: Connection, fact: RecordedEvent, event: ReviewAnswered) -> None:
    db.execute("UPDATE review SET answer = ? WHERE id = ?", (event.text, event.review))


def _report_review(db: Connection, fact: RecordedEvent, event: ReviewReported) -> None:
    db.execute("INSERT OR IGNORE INTO review_report (review, customer) VALUES (?, ?)", (event.review, event.by))
    if event.waits:
        customer, sku = db.execute("SELECT customer, sku FROM review WHERE id = ?", (event.review,)).fetchone()
        newer = "SELECT 1 FROM review WHERE customer = ? AND sku = ? AND state = 'pending'"
        # at most one review may be pending; the newer one is checked anyway
        state = "withdrawn" if db.execute(newer, (customer, sku)).fetchone() else "pending"
        db.execute(_DECIDED, (state, "", fact.at_us, event.review))


def _merge_customers(db: Connection, fact: RecordedEvent, event: CustomersMerged) -> None:
    db.execute("UPDATE review SET customer = ? WHERE customer = ?", (event.kept, event.merged))
    db.execute(_OLDER_OF_TWO, (event.kept,))
    moved = "UPDATE OR REPLACE review_report SET customer = ? WHERE customer = ?"
    db.execute(moved, (event.kept, event.merged))


def _forget_person(db: Connection, fact: RecordedEvent, event: PersonForgotten) -> None:
    db.execute("DELETE FROM review WHERE person = ? AND state = 'pending'", (event.person,))
    db.execute("DELETE FROM review_report WHERE customer = ?", (event.person,))
    db.execute("UPDATE review SET text = '', reason = '', answer = '' WHERE person = ?", (event.person,))


projector = Projector(
    name="reviews",
    version=1,
    tables=("review", "review_report"),
    on={
        ReviewWritten: _insert_review,
        ReviewPublished: _publish_review,
        ReviewRejected: _reject_review,
        ReviewWithdrawn: _withdrawn,
        ReviewAnswered: _answer_review,
        ReviewReported: _report_review,
        CustomersMerged: _merge_customers,
        PersonForgotten: _forget_person,
    },
)
