"""Documents for till commands that change invoiced sales: credit notes, debit notes, and invoices of exchanges, each in
its paper's commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from edge.accounting.invoices.document import PaperPart
from edge.accounting.invoices.queries import WHOLE, Invoice, read_document
from edge.accounting.invoices.rules import TillPaper
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import last_receipt
from edge.lib.units.receipt_number import shown_number

_CHANGES = "SELECT by_register, by_paper, seq FROM invoice_change WHERE register = ? AND paper = ? ORDER BY seq"
_CHANGED = """
    SELECT i.number FROM invoice_change c
    JOIN invoice i ON i.register = c.register AND i.paper = c.paper AND i.replaced_by = ''
    WHERE c.by_register = ? AND c.by_paper = ? ORDER BY i.seq
"""


def changed_by(db: Connection, register: str, paper: int) -> list[Invoice]:
    """Current documents affected by a till paper."""
    found = (read_document(db, number) for (number,) in db.execute(_CHANGED, (register, paper)).fetchall())
    return [one for one in found if one]


def wanted_of(
    changed: Iterable[Invoice], paper: TillPaper, undone: bool, name_of: Callable[[Invoice], object]
) -> list[tuple[PaperPart, tuple[Invoice, ...]]]:
    """The parts of a paper that need documents, and the documents that each one changes.

    An exchange gets one document if all returned goods were invoiced to one name; otherwise each invoice gets a credit
    note for its goods. A void reverses each part.
    """
    if undone:
        return [(one.part, (one,)) for one in changed]
    of = {(one.register, one.paper): one for one in changed if one.part in WHOLE}
    back = paper.returns if isinstance(paper, SaleCompleted) else ()
    one_name = len({name_of(one) for one in of.values()}) == 1
    if not back or (one_name and all((goods.register, goods.sale) in of for goods in back)):
        return [("", tuple(of.values()))] if of else []
    return [
        (shown_number(goods.register, goods.sale), (of[goods.register, goods.sale],))
        for goods in back
        if (goods.register, goods.sale) in of
    ]


def changes_of(db: Connection, invoice: Invoice) -> list[tuple[str, int]]:
    """Papers that change a document's paper, in order."""
    return [(register, paper) for register, paper, _ in db.execute(_CHANGES, (invoice.register, invoice.paper))]


def newest_paper(tx: Transaction) -> tuple[str, int] | None:
    """The register's last paper."""
    last = last_receipt(tx.db, tx.actor.register)
    return (last.register, last.number) if last else None
