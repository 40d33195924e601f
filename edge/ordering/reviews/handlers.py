"""Commands of reviews, inside the transaction."""

from __future__ import annotations

import base64
import hashlib

from edge.core.messages import Refusal
from edge.core.people.sealing import Forgotten, Keyring
from edge.core.registry import Transaction
from edge.counter.till.queries import has_bought
from edge.goods.catalog.queries import find_by_sku
from edge.lib.i18n.unseen import has_control
from edge.ordering.reviews import rules
from edge.ordering.reviews.commands import (
    AnswerReview,
    PublishReview,
    RejectReview,
    ReportReview,
    TakeBackReview,
    WithdrawReview,
    WriteOrderReview,
    WriteReview,
)
from edge.ordering.reviews.events import (
    ReviewAnswered,
    ReviewPublished,
    ReviewRejected,
    ReviewReported,
    ReviewWithdrawn,
    ReviewWritten,
)
from edge.ordering.reviews.settings import ReviewSettings, live
from edge.people.customers.queries import resolve


class Reviews:
    """Handles reviews in a store."""

    def __init__(self, settings: ReviewSettings) -> None:
        self._settings = live(settings)

    def write_review(self, tx: Transaction, command: WriteReview) -> str:
        customer, text = resolve(tx.db, command.customer), command.text.strip()
        if customer is None:
            raise Refusal("no_such_customer", {"id": command.customer})
        if find_by_sku(tx.db, command.sku) is None:
            raise Refusal("unknown_sku", {"sku": command.sku})
        rules.wrong(command.rating, text)
        if self._settings.of(tx).buyers_only and not has_bought(tx.db, customer, command.sku):
            raise Refusal("review_buyers_only")
        if _written_today(tx, customer) >= rules.A_DAY_MOST:
            raise Refusal("too_many", {"limit": rules.A_DAY_MOST})
        id = _id(tx.command_id)
        sealed = Keyring(tx.db).seal(customer, ReviewWritten, "text", text)
        tx.append(ReviewWritten(id, customer, command.sku, command.rating, sealed))
        return id

    def write_order_review(self, tx: Transaction, command: WriteOrderReview) -> str:
        """Write a review of ordered goods. The order's secret has already proved the purchase."""
        text = command.text.strip()
        rules.wrong(command.rating, text)
        if _written_today(tx, command.person) >= rules.A_DAY_MOST:
            raise Refusal("too_many", {"limit": rules.A_DAY_MOST})
        id, sale = _id(tx.command_id), (command.sale_register, command.sale, command.lines, command.sold)
        sealed = Keyring(tx.db).seal(command.person, ReviewWritten, "text", text)
        tx.append(ReviewWritten(id, command.person, command.sku, command.rating, sealed, *sale))
        return id


def take_back_review(tx: Transaction, command: TakeBackReview) -> None:
    """Withdraw one's own review. Another person's review is reported as unknown."""
    row = tx.db.execute("SELECT customer, person, state FROM review WHERE id = ?", (command.review,)).fetchone()
    if row is None or row[0] != command.writer:
        raise Refusal("no_such_review", {"review": command.review})
    if row[2] in ("pending", "published"):
        tx.append(ReviewWithdrawn(command.review, row[1]))


def answer_review(tx: Transaction, command: AnswerReview) -> None:
    text = command.text.strip()
    row = tx.db.execute("SELECT person, state FROM review WHERE id = ?", (command.review,)).fetchone()
    if row is None:
        raise Refusal("no_such_review", {"review": command.review})
    if row[1] != "published":
        raise Refusal("review_state", {"from": row[1], "to": "published"})
    if len(text) > rules.ANSWER_CHARS or has_control(text.replace("\n", "").replace("\r", "")):
        raise Refusal("review_answer_wrong", {"limit": rules.ANSWER_CHARS})
    try:
        sealed = Keyring(tx.db).seal(row[0], ReviewAnswered, "text", text)
    except Forgotten:  # the review's text is erased, so an answer would have no context
        raise Refusal("no_such_review", {"review": command.review}) from None
    tx.append(ReviewAnswered(command.review, row[0], sealed))


def report_review(tx: Transaction, command: ReportReview) -> None:
    customer = resolve(tx.db, command.customer)
    row = tx.db.execute("SELECT person, state, customer FROM review WHERE id = ?", (command.review,)).fetchone()
    if row is None or row[1] != "published" or customer is None:
        raise Refusal("no_such_review", {"review": command.review})
    before = {by for (by,) in tx.db.execute("SELECT customer FROM review_report WHERE review = ?", (command.review,))}
    if customer not in before and customer != row[2]:
        waits = len(before) + 1 >= rules.REPORTS_MOST
        tx.append(ReviewReported(command.review, row[0], customer, waits))


def publish_review(tx: Transaction, command: PublishReview) -> None:
    found = _check_transition(tx, command.review, "pending", "published")
    if found is not None:
        tx.append(ReviewPublished(command.review, found))


def reject_review(tx: Transaction, command: RejectReview) -> None:
    reason = command.reason.strip()
    if not reason or len(reason) > rules.REASON_CHARS or has_control(reason):
        raise Refusal("review_reason_wrong", {"limit": rules.REASON_CHARS})
    found = _check_transition(tx, command.review, "pending", "rejected")
    if found is not None:
        sealed = Keyring(tx.db).seal(found, ReviewRejected, "reason", reason)
        tx.append(ReviewRejected(command.review, found, sealed))


def withdraw_review(tx: Transaction, command: WithdrawReview) -> None:
    found = _check_transition(tx, command.review, "published", "withdrawn")
    if found is not None:
        tx.append(ReviewWithdrawn(command.review, found))


def _check_transition(tx: Transaction, review: str, before: str, after: str) -> str | None:
    """The person whose key encrypts the review; None if it's already in that state.

    Raises `Refusal` if the transition isn't allowed.
    """
    row = tx.db.execute("SELECT person, state FROM review WHERE id = ?", (review,)).fetchone()
    if row is None:
        raise Refusal("no_such_review", {"review": review})
    person, state = row
    if state == after:
        return None
    if state != before:
        raise Refusal("review_state", {"from": state, "to": after})
    return str(person)


def _written_today(tx: Transaction, customer: str) -> int:
    where = (customer, tx.business_date)
    found = tx.db.execute("SELECT count(*) FROM review WHERE customer = ? AND business_date = ?", where).fetchone()
    return int(found[0])


def _id(command_id: bytes) -> str:
    digest = hashlib.sha256(b"review" + command_id).digest()
    return "r" + base64.b32encode(digest)[:12].decode().lower()
