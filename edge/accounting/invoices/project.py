"""Projects invoice events, and till events that change invoiced sales, to rows."""

from __future__ import annotations

import msgspec

from edge.accounting.invoices.events import InvoiceIssued, InvoicePrinted
from edge.core.messages import RecordedEvent
from edge.core.people.forgetting import PersonForgotten
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided

_COLUMNS = (
    *("number", "seq", "epoch", "year", "place", "kind", "register", "paper", "business_date", "at_us"),
    *("currency", "net_minor", "total_minor", "rounding_minor", "taxes", "changes", "replaces", "customer"),
    *("language", "kept_until", "key", "checked", "name", "address", "tax_number", "email", "part"),
)
_ISSUE = f"INSERT INTO invoice ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_REPLACE = "UPDATE invoice SET replaced_by = ? WHERE number = ?"
_PRINT = "UPDATE invoice SET prints = ? WHERE number = ?"
_END = "UPDATE invoice SET ended = 1, name = '', address = '', tax_number = '', email = '' WHERE key = ?"
_CHANGE = "INSERT OR IGNORE INTO invoice_change (register, paper, by_register, by_paper, seq) VALUES (?, ?, ?, ?, ?)"


def _save_invoice(db: Connection, fact: RecordedEvent, event: InvoiceIssued) -> None:
    if event.replaces:
        db.execute(_REPLACE, (event.number, event.replaces))
    place = (event.number, fact.seq, fact.epoch, event.year, event.place, event.kind, event.register, event.paper)
    sums = (event.currency, event.net_minor, event.total_minor, event.rounding_minor, _json(event.taxes))
    about = (_json(event.changes), event.replaces, event.customer, event.language, event.kept_until)
    person = (event.key, event.checked, event.name, event.address, event.tax_number, event.email, event.part)
    db.execute(_ISSUE, (*place, fact.business_date, fact.at_us, *sums, *about, *person))


def _count_print(db: Connection, fact: RecordedEvent, event: InvoicePrinted) -> None:
    db.execute(_PRINT, (event.copy + 1, event.number))


def _forget_person(db: Connection, fact: RecordedEvent, event: PersonForgotten) -> None:
    db.execute(_END, (event.person,))


def _link_returns(db: Connection, fact: RecordedEvent, event: SaleCompleted) -> None:
    for goods in event.returns:
        db.execute(_CHANGE, (goods.register, goods.sale, fact.register, event.number, fact.seq))


def _link_refund(db: Connection, fact: RecordedEvent, event: SaleRefunded) -> None:
    if event.sale:
        db.execute(_CHANGE, (event.sale_register, event.sale, fact.register, event.number, fact.seq))


def _link_void(db: Connection, fact: RecordedEvent, event: SaleVoided) -> None:
    db.execute(_CHANGE, (fact.register, event.sale, fact.register, event.number, fact.seq))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


projector = Projector(
    name="invoices",
    version=1,
    tables=("invoice",),
    on={InvoiceIssued: _save_invoice, InvoicePrinted: _count_print, PersonForgotten: _forget_person},
)
changes_projector = Projector(
    name="invoice_changes",
    version=1,
    tables=("invoice_change",),
    on={SaleCompleted: _link_returns, SaleRefunded: _link_refund, SaleVoided: _link_void},
)
