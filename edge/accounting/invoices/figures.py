"""Figures of an invoice: its totals as issued, and its lines and payments as on the till's paper.

The key is the invoice's number and, for a figure that occurs several times, its position in the list. Names match the
labels on the invoice's sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from edge.accounting.invoices.events import InvoiceIssued
from edge.accounting.invoices.papers import DocumentLine, DocumentText, text_of
from edge.accounting.invoices.queries import Invoice, read_document
from edge.core.figure import Figure, Unit, key_number
from edge.core.journal.rows import facts_of_types, read_fact
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.till.queries import read_receipt
from edge.counter.till.sales import paper_at

_PAGE = "/manager/invoice?number={0}"
_CURRENCY = "SELECT currency FROM invoice WHERE number = ?1"
_ISSUED = (InvoiceIssued.__name__,)
Document = Invoice | InvoiceIssued
Values = Callable[[Any], Sequence[int]]
"""Returns the values of a figure on a document or its content, by position."""
Read = Callable[[Connection, Registry, int], RecordedEvent]


def _at(values: Sequence[int], place: str) -> int | None:
    at = key_number(place)
    return values[at] if 0 <= at < len(values) else None


def _issued_value(of: Values, db: Connection, registry: Registry, number: str, place: str = "0") -> int | None:
    found = read_document(db, number)
    return _at(of(found), place) if found else None


def _issued_parts(
    of: Values, db: Connection, registry: Registry, number: str, place: str = "0"
) -> Iterator[tuple[int, int]]:
    """The row that issued the invoice, with its value."""
    if found := read_document(db, number):
        for fact in facts_of_types(db, registry, _ISSUED, found.seq, found.seq):
            yield fact.seq, _at(of(fact.event), place) or 0


def _sold_value(of: Values, db: Connection, registry: Registry, number: str, place: str = "0") -> int | None:
    found = read_document(db, number)
    read = partial(paper_at, db, registry)
    return _at(of(text_of(db, read, found.register, found.paper, found.part)), place) if found else None


def _sold_parts(
    of: Values, read: Read, db: Connection, registry: Registry, number: str, place: str = "0"
) -> Iterator[tuple[int, int]]:
    """The till's paper. `read`: `read_fact` for the paper as printed, `paper_at` for its payments as corrected."""
    found = read_document(db, number)
    paper = read_receipt(db, found.register, found.paper) if found else None
    if found and paper:
        text = text_of(db, partial(read, db, registry), found.register, found.paper, found.part)
        yield paper.seq, _at(of(text), place) or 0


def _of_invoice(name: str, of: Callable[[Document], Sequence[int]], keys: int = 1) -> Figure:
    return Figure(
        name, "minor", partial(_issued_value, of), partial(_issued_parts, of), _PAGE, keys=keys, currency=_CURRENCY
    )


def _of_sale(name: str, unit: Unit, of: Callable[[DocumentText], Sequence[int]], read: Read) -> Figure:
    return Figure(
        name, unit, partial(_sold_value, of), partial(_sold_parts, of, read), _PAGE, keys=2, currency=_CURRENCY
    )


def _of_line(name: str, unit: Unit, of: Callable[[DocumentLine], int]) -> Figure:
    return _of_sale(name, unit, lambda text: tuple(map(of, text.lines)), read_fact)


def _of_paid(name: str, of: Callable[[DocumentText], Sequence[int]]) -> Figure:
    """A figure of payments, which may be corrected later."""
    return _of_sale(name, "minor", of, paper_at)


FIGURES = (
    _of_invoice("receipt.net", lambda one: (one.net_minor,)),
    _of_invoice("report.tax_amount", lambda one: [tax.tax_minor for tax in one.taxes], keys=2),
    _of_invoice("report.net", lambda one: [tax.net_minor for tax in one.taxes], keys=2),
    _of_invoice("receipt.rounding", lambda one: (one.rounding_minor,)),
    _of_invoice("receipt.total", lambda one: (one.total_minor + one.rounding_minor,)),
    _of_line("invoices.quantity", "quantity", lambda line: line.quantity),
    _of_line("invoices.price", "minor", lambda line: line.price_minor),
    _of_line("invoices.off", "minor", lambda line: -line.off_minor),
    _of_line("receipt.deposit", "minor", lambda line: line.deposit_minor),
    _of_line("invoices.amount", "minor", lambda line: line.amount_minor + line.deposit_minor),
    _of_paid("invoices.paid", lambda text: [one.amount_minor for one in text.tenders]),
    _of_paid("invoices.back", lambda text: [-one.amount_minor for one in text.back]),
    _of_paid("receipt.change", lambda text: [text.change_minor]),
)
