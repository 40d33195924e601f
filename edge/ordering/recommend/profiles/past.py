"""Purchases that customers made at the shop's previous system: local rows imported by a move.

They count like the shop's own purchases, only with the customer's consent to a profile, and are deleted when it ends.
They're never in events and never sent to head office.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.ordering.recommend.commands import NotePastPurchases, RemovePastPurchases
from edge.people.customers.queries import resolve

_NOTE = """
    INSERT INTO recommend_past (customer, sku, at_us, quantity, move)
    SELECT ?1, sku, ?2, ?3, ?4 FROM product WHERE sku = ?5
    ON CONFLICT (customer, sku, at_us) DO UPDATE SET quantity = excluded.quantity
"""
_REMOVE = """
    DELETE FROM recommend_past WHERE (customer, sku, at_us) IN (
        SELECT customer, sku, at_us FROM recommend_past WHERE move = ? LIMIT ?)
"""
_READ = """
    SELECT sku, at_us, quantity FROM recommend_past WHERE customer IN (SELECT value FROM json_each(?))
    ORDER BY at_us DESC, sku LIMIT ?
"""


def note_past_purchases(tx: Transaction, command: NotePastPurchases) -> int:
    """Store purchases by known customers of known products; returns their number.

    If an earlier move imported the same product and day, the quantity is replaced, but the row still belongs to that
    move.
    """
    noted = 0
    for person in command.people:
        if resolve(tx.db, person.customer) is None:
            continue
        for one in person.rows:
            values = (person.customer, noon_us(one.day), one.quantity, command.move, one.sku)
            noted += tx.db.execute(_NOTE, values).rowcount
    return noted


def remove_past_purchases(tx: Transaction, command: RemovePastPurchases) -> int:
    """Delete some of the purchases that a move imported; returns their number."""
    return int(tx.db.execute(_REMOVE, (command.move, command.most)).rowcount)


def count_past(db: Connection, move: int) -> int:
    """The number of purchases that a move imported."""
    return int(db.execute("SELECT count(*) FROM recommend_past WHERE move = ?", (move,)).fetchone()[0])


def read_past(db: Connection, ids: Sequence[str], most: int) -> list[tuple[str, int, int]]:
    """A customer's purchases at the previous system, the newest first: SKU, time, and quantity in thousandths."""
    return [(sku, at_us, quantity) for sku, at_us, quantity in db.execute(_READ, (json_text(ids), most))]


def noon_us(day: str) -> int:
    """The time assumed for a purchase of which only the day is known: noon UTC."""
    return int(datetime.combine(date.fromisoformat(day), time(12), UTC).timestamp()) * 1_000_000


def past_of(db: Connection, person: str) -> dict[str, Any]:
    """A customer's purchases at the previous system, for their own data export."""
    rows = read_past(db, [person], -1)
    return {"imported_purchases": [{"sku": sku, "at_us": at_us, "quantity": quantity} for sku, at_us, quantity in rows]}


def forget_past(db: Connection, customer: str) -> None:
    """Delete a customer's purchases at the previous system."""
    db.execute("DELETE FROM recommend_past WHERE customer = ?", (customer,))
