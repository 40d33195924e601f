"""What follows of the till's commands for what was invoiced: credit notes, debit notes, invoices of exchanges, each in
the commit of the paper that it is of."""

from __future__ import annotations

from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.invoices.queries import Invoice, document_of
from edge.shop.till.queries import last_receipt

_CHANGES = "SELECT by_register, by_paper, seq FROM invoice_change WHERE register = ? AND paper = ? ORDER BY seq"
_CHANGED = """
    SELECT i.number, c.register, c.paper FROM invoice_change c
    JOIN invoice i ON i.register = c.register AND i.paper = c.paper AND i.replaced_by = ''
    WHERE c.by_register = ? AND c.by_paper = ? ORDER BY i.seq
"""


def changed_by(db: Connection, register: str, paper: int) -> list[Invoice]:
    """The documents that hold of what a paper of the till changes."""
    rows = db.execute(_CHANGED, (register, paper)).fetchall()
    found = (document_of(db, of, number) for _, of, number in rows)
    return [one for one in found if one]


def changes_of(db: Connection, invoice: Invoice) -> list[tuple[str, int]]:
    """The papers that change that of a document, in their order."""
    return [(register, paper) for register, paper, _ in db.execute(_CHANGES, (invoice.register, invoice.paper))]


def newest_paper(tx: Transaction) -> tuple[str, int] | None:
    """The paper that the register made last."""
    last = last_receipt(tx.db, tx.actor.register)
    return (last.register, last.number) if last else None
