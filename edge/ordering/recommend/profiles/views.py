"""Products viewed by customers who consent to a profile.

They're local rows: the latest view of each product, at most 200, for 30 days. A view counts as a fifth of a purchase.
Views are never in events and never sent to head office.
"""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.ordering.recommend.commands import VIEWS_MOST, NoteInteractions
from edge.ordering.recommend.profiles.past import forget_past, past_of
from edge.ordering.recommend.profiles.persons import HALF_LIFE_US
from edge.people.customers.commands import MergeCustomers, WithdrawConsent
from edge.people.customers.queries import all_ids, consents_to, once_of, resolve

PURPOSE = "profile"
VIEW_WEIGHT = 0.2
"""The weight of a view relative to a purchase."""
_NOTE = """
    INSERT INTO recommend_view (customer, sku, at_us) SELECT ?1, sku, ?2 FROM product WHERE sku = ?3
    ON CONFLICT (customer, sku) DO UPDATE SET at_us = excluded.at_us
"""
_TOO_MANY = """
    DELETE FROM recommend_view WHERE customer = ?1 AND sku NOT IN (
        SELECT sku FROM recommend_view WHERE customer = ?1 ORDER BY at_us DESC, sku LIMIT ?2)
"""
_VIEWS = """
    SELECT sku, max(at_us) FROM recommend_view WHERE customer IN (SELECT value FROM json_each(?)) GROUP BY sku
"""


class NotedInteractions(msgspec.Struct, frozen=True):
    """The numbers of views that were kept and dropped.

    A view is dropped without consent or if the product is unknown. Purchases are counted here, but not stored, because
    the journal has them.
    """

    kept: int
    dropped: int
    purchases: int


def note_interactions(tx: Transaction, command: NoteInteractions) -> NotedInteractions:
    """Store views. Raises `Refusal` for an unknown customer."""
    customer = resolve(tx.db, command.customer)
    if customer is None:
        raise Refusal("no_such_customer", {"id": command.customer})
    viewed, kept = dict.fromkeys(command.viewed_products), 0
    if consents_to(tx.db, customer, PURPOSE, tx.at_us):
        kept = sum(tx.db.execute(_NOTE, (customer, tx.at_us, sku)).rowcount for sku in viewed)
        tx.db.execute(_TOO_MANY, (customer, VIEWS_MOST))
    return NotedInteractions(kept, len(viewed) - kept, len(command.purchased_products))


def read_view_weights(db: Connection, customer: str, at_us: int) -> dict[str, float]:
    """The remaining weight of views, by SKU. It halves every 28 days."""
    rows = db.execute(_VIEWS, (json_text(all_ids(db, customer)),))
    return {sku: VIEW_WEIGHT * 2.0 ** (-max(0, at_us - when_us) / HALF_LIFE_US) for sku, when_us in rows}


def views_of(db: Connection, person: str) -> dict[str, Any]:
    """A customer's views, and purchases at the previous system, for their own data export."""
    rows = db.execute("SELECT sku, at_us FROM recommend_view WHERE customer = ? ORDER BY at_us DESC", (person,))
    return {"viewed_products": [{"sku": sku, "at_us": at_us} for sku, at_us in rows], **past_of(db, person)}


def after_consent_ended(tx: Transaction, command: WithdrawConsent, result: Any) -> Any:
    """Delete views, and purchases at the previous system, when consent ends."""
    if command.purpose == PURPOSE:
        for one in once_of(tx.db, command.customer):
            _let_go(tx.db, one)
            forget_past(tx.db, one)
    return result


def after_merging(tx: Transaction, command: MergeCustomers, result: Any) -> Any:
    """Delete the merged customer's views. They aren't carried over."""
    _let_go(tx.db, command.merged)
    return result


def forget_views(tx: Transaction, person: str) -> bool:
    """Delete a forgotten person's views, and purchases at the previous system (`people.forgetting.Forgetter`)."""
    for one in {person, *once_of(tx.db, person)}:
        _let_go(tx.db, one)
        forget_past(tx.db, one)
    return False


def _let_go(db: Connection, customer: str) -> None:
    db.execute("DELETE FROM recommend_view WHERE customer = ?", (customer,))
