"""Inactive customers, inside the transaction. They're notified, and forgotten 30 days later.

Activity is a purchase, return, change, order, message, consent decision or sign-in. Customers with an open order, a
debt, a part-paid basket or a pending request are kept.
"""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.outbox.letters import queue_letter
from edge.foundation.settings.queries import LiveSettings
from edge.ordering.customer_accounts.codes import AccountLetter
from edge.ordering.customer_accounts.ways import read_ways
from edge.ordering.privacy.commands import EndUntouched
from edge.ordering.privacy.events import Expired, FarewellOver, FarewellSaid
from edge.people.customers.commands import ForgetCustomer
from edge.people.customers.kept_days import DAY_US, KeptDays
from edge.people.customers.queries import all_ids, read_customer

WORD_US = 30 * DAY_US
"""How long a notified customer has to become active again (microseconds)."""
AT_ONCE = 20
LETTER_LIFE_US = 7 * DAY_US
_OLD = """
    SELECT id FROM customer c WHERE merged_into IS NULL AND NOT forgotten AND changed_us < ?1
    AND NOT EXISTS (SELECT 1 FROM privacy_farewell f WHERE f.customer = c.id) ORDER BY changed_us, id LIMIT ?2
"""
_DUE = "SELECT customer, told_us FROM privacy_farewell WHERE told_us <= ? ORDER BY told_us, customer LIMIT ?"
_SEEN = """
    SELECT max(at_us) FROM (
        SELECT max(at_us) AS at_us FROM customer_paper WHERE customer IN (SELECT value FROM json_each(?1))
        UNION ALL SELECT max(changed_us) FROM shop_order WHERE customer IN (SELECT value FROM json_each(?1))
        UNION ALL SELECT max(written_us) FROM review WHERE customer IN (SELECT value FROM json_each(?1))
        UNION ALL SELECT max(added_us) FROM customer_wish WHERE customer IN (SELECT value FROM json_each(?1))
        UNION ALL SELECT max(max(given_us, coalesce(withdrawn_us, 0))) FROM customer_consent
            WHERE customer IN (SELECT value FROM json_each(?1))
        UNION ALL SELECT max(used_us) FROM account_session WHERE customer IN (SELECT value FROM json_each(?1))
        UNION ALL SELECT max(changed_us) FROM customer WHERE id IN (SELECT value FROM json_each(?1)))
"""
_ASKS = "SELECT 1 FROM customer_request WHERE customer IN (SELECT value FROM json_each(?)) AND answered_us IS NULL"


class Untouched(msgspec.Struct, frozen=True):
    """The numbers of customers notified and forgotten."""

    told: int = 0
    forgotten: int = 0


class UntouchedCustomers:
    """Handles inactive customers of a store."""

    def __init__(self, kept: LiveSettings[KeptDays]) -> None:
        self._kept = kept

    def end(self, tx: Transaction, command: EndUntouched) -> Untouched:
        days = self._kept.of(tx).untouched_days
        if not days:
            return Untouched()
        before_us = tx.at_us - days * DAY_US
        forgotten = self._forget(tx)
        if forgotten:
            tx.append(Expired("customer", forgotten, before_us))
            return Untouched(0, forgotten)  # one per turn, because keys are rotated after each
        told = 0
        for (customer,) in tx.db.execute(_OLD, (before_us, AT_ONCE)).fetchall():
            if last_activity_us(tx.db, customer) < before_us and not asks(tx.db, customer):
                self._tell(tx, customer)
                told += 1
        return Untouched(told)

    def _tell(self, tx: Transaction, customer: str) -> None:
        tx.append(FarewellSaid(customer))
        known = read_customer(tx.db, customer, tx.at_us)
        own = {way.kind: way.value for way in read_ways(tx.db, customer)}
        if known is not None:
            own = {**{k: v for k, v in (("email", known.email), ("sms", known.phone)) if v}, **own}
        if own:
            kind, key = next(iter(own)), f"account:farewell {customer}:"
            about = AccountLetter("", customer, f"farewell {kind}")
            queue_letter(tx.db, "account", key, customer, kind, about, tx.at_us, life_us=LETTER_LIFE_US)

    def _forget(self, tx: Transaction) -> int:
        """Erase customers notified 30 days ago, one per commit. Customers who were active since are kept."""
        for customer, told_us in tx.db.execute(_DUE, (tx.at_us - WORD_US, AT_ONCE)).fetchall():
            if last_activity_us(tx.db, customer) > told_us or asks(tx.db, customer):
                tx.append(FarewellOver(customer))
                continue
            try:
                tx.do(ForgetCustomer(customer))
            except Refusal:  # can't be forgotten yet
                continue
            return 1
        return 0


def last_activity_us(db: Connection, customer: str) -> int:
    """The time of a customer's last activity (microseconds); 0 if there was none."""
    ids = msgspec.json.encode(all_ids(db, customer)).decode()
    return int(db.execute(_SEEN, (ids,)).fetchone()[0] or 0)


def asks(db: Connection, customer: str) -> bool:
    """Whether a legal request of the customer is pending."""
    ids = msgspec.json.encode(all_ids(db, customer)).decode()
    return bool(db.execute(_ASKS, (ids,)).fetchone())
