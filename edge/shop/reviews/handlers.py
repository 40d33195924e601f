"""Commands of reviews, inside the transaction."""

from __future__ import annotations

import base64
import hashlib

from edge.core.messages import Refused
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.lib.regions.addresses import has_control
from edge.shop.catalog.queries import find_by_sku
from edge.shop.customers.queries import resolve
from edge.shop.reviews import rules
from edge.shop.reviews.commands import PublishReview, RejectReview, WithdrawReview, WriteReview
from edge.shop.reviews.events import ReviewPublished, ReviewRejected, ReviewWithdrawn, ReviewWritten
from edge.shop.reviews.settings import ReviewSettings, live
from edge.shop.till.queries import has_bought


class Reviews:
    """Reviews in a store with these settings, or with what was said of them since."""

    def __init__(self, settings: ReviewSettings) -> None:
        self._settings = live(settings)

    def write_review(self, tx: Transaction, command: WriteReview) -> str | Refused:
        customer, text = resolve(tx.db, command.customer), command.text.strip()
        if customer is None:
            return Refused("no_such_customer", {"id": command.customer})
        if find_by_sku(tx.db, command.sku) is None:
            return Refused("unknown_sku", {"sku": command.sku})
        if refused := rules.wrong(command.rating, text):
            return refused
        if self._settings.at(tx.db).buyers_only and not has_bought(tx.db, customer, command.sku):
            return Refused("review_buyers_only")
        if _written_today(tx, customer) >= rules.A_DAY_MOST:
            return Refused("too_many", {"limit": rules.A_DAY_MOST})
        id = _id(tx.command_id)
        sealed = Keyring(tx.db).seal(customer, ReviewWritten, "text", text)
        tx.append(ReviewWritten(id, customer, command.sku, command.rating, sealed))
        return id


def publish_review(tx: Transaction, command: PublishReview) -> Refused | None:
    found = _decided(tx, command.review, "pending", "published")
    if isinstance(found, str):
        tx.append(ReviewPublished(command.review, found))
        return None
    return found


def reject_review(tx: Transaction, command: RejectReview) -> Refused | None:
    reason = command.reason.strip()
    if not reason or len(reason) > rules.REASON_CHARS or has_control(reason):
        return Refused("review_reason_wrong", {"limit": rules.REASON_CHARS})
    found = _decided(tx, command.review, "pending", "rejected")
    if isinstance(found, str):
        sealed = Keyring(tx.db).seal(found, ReviewRejected, "reason", reason)
        tx.append(ReviewRejected(command.review, found, sealed))
        return None
    return found


def withdraw_review(tx: Transaction, command: WithdrawReview) -> Refused | None:
    found = _decided(tx, command.review, "published", "withdrawn")
    if isinstance(found, str):
        tx.append(ReviewWithdrawn(command.review, found))
        return None
    return found


def _decided(tx: Transaction, review: str, before: str, after: str) -> str | Refused | None:
    """Under whose key it stands, if it may become that; None: it is that already."""
    row = tx.db.execute("SELECT person, state FROM review WHERE id = ?", (review,)).fetchone()
    if row is None:
        return Refused("no_such_review", {"review": review})
    person, state = row
    if state == after:
        return None
    return str(person) if state == before else Refused("review_state", {"from": state, "to": after})


def _written_today(tx: Transaction, customer: str) -> int:
    where = (customer, tx.business_date)
    found = tx.db.execute("SELECT count(*) FROM review WHERE customer = ? AND business_date = ?", where).fetchone()
    return int(found[0])


def _id(command_id: bytes) -> str:
    digest = hashlib.sha256(b"review" + command_id).digest()
    return "r" + base64.b32encode(digest)[:12].decode().lower()
