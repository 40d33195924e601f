"""Find the sale identified by a number or as "the last one"."""

from __future__ import annotations

from edge.core.registry import Transaction
from edge.counter.till.queries import Receipt, read_receipt, read_receipts

LOOKED_BACK = 50
"""Receipts of a register searched for its last sale."""


def last_sale(tx: Transaction) -> Receipt | None:
    """The newest sale of this register that was not voided."""
    newest = read_receipts(tx.db, tx.actor.register, limit=LOOKED_BACK)
    return next((one for one in newest if one.kind == "sale" and one.voided_by is None), None)


def sale_named(tx: Transaction, number: int) -> Receipt | None:
    """This register's receipt with this number; 0: its last sale."""
    return read_receipt(tx.db, tx.actor.register, number) if number else last_sale(tx)
