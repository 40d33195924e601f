"""Reads of invoices. Without whom they are made out to, but for `read_invoice` and `buyer_on`."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.accounting.invoices.document import BOUGHT, Buyer, Checked, Kind, PaperPart
from edge.accounting.invoices.events import InvoiceIssued
from edge.core.memo import Memo
from edge.core.messages import Actor, Number
from edge.core.people.sealing import Keyring, is_forgotten
from edge.core.storage.database import Connection
from edge.foundation.access.rights import CUSTOMERS_READ, INVOICES, MANAGE, SELL
from edge.lib.i18n import Language
from edge.lib.tax.rules import Taxed
from edge.people.customers.commands import StillKept
from edge.people.customers.queries import all_ids, once_of

PAGE_LIMIT = 200
WHOLE = ("", BOUGHT)
"""The parts that a sale's own goods are in."""
ANY_INVOICE: Memo[bool] = Memo(
    lambda db: bool(db.execute("SELECT EXISTS (SELECT 1 FROM invoice)").fetchone()[0]), "invoice"
)
"""Whether the shop ever made one out."""
KEPT_MOST = 10_000
"""Documents of one customer that are named to who forgets them."""
_FIELDS = """
    number, seq, kind, register, paper, business_date, at_us, currency, net_minor, total_minor, rounding_minor, taxes,
    changes, replaces, replaced_by, customer, language, kept_until, key, checked, prints, ended, part
"""
_ONE = f"SELECT {_FIELDS} FROM invoice WHERE number = ?"
_OF_PAPER = f"SELECT {_FIELDS} FROM invoice WHERE register = ? AND paper = ? AND replaced_by = '' ORDER BY seq"
_PAGE = f"""
    SELECT {_FIELDS} FROM invoice WHERE seq < ?1 AND (?2 = '' OR register = ?2) AND (?3 = 0 OR paper = ?3)
    ORDER BY seq DESC LIMIT ?4
"""
_OF_CUSTOMER = f"""
    SELECT {_FIELDS} FROM invoice WHERE customer IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?
"""
_SEALED = "SELECT key, name, address, tax_number, email FROM invoice WHERE number = ?"
_HOLDING = "SELECT register, paper, number FROM invoice WHERE replaced_by = '' ORDER BY seq"
_OVER = "SELECT key FROM invoice WHERE NOT ended AND kept_until < ? ORDER BY kept_until LIMIT ?"
_KEPT = "SELECT kept_until FROM invoice WHERE key = ? AND NOT ended"


class Invoice(msgspec.Struct, frozen=True, omit_defaults=True):
    """A document: `kind` is invoice, credit or debit, `paper` the number of the till's paper that it is of, whose sums
    it has. `changes`: what it changes; `replaced_by`: what stands in its place. `prints`: how often it was given out;
    `ended`: its years are over, and nobody can read whom it was made out to. `part`: of the paper."""

    number: str
    seq: int
    kind: Kind
    register: str
    paper: int
    business_date: str
    at_us: int
    currency: str
    net_minor: int
    total_minor: int
    rounding_minor: int
    taxes: tuple[Taxed, ...]
    changes: tuple[str, ...]
    replaces: str
    replaced_by: str
    customer: str
    language: Language
    kept_until: str
    key: str
    checked: Checked
    prints: int
    ended: bool
    part: PaperPart = ""

    @property
    def paid_minor(self) -> int:
        return self.total_minor + self.rounding_minor


class InvoiceTo(msgspec.Struct, frozen=True):
    """A document, and who it is made out to; `buyer` None: nobody can read that any more."""

    invoice: Invoice
    buyer: Buyer | None


def read_document(db: Connection, number: str) -> Invoice | None:
    """A document by its number."""
    row = db.execute(_ONE, (number,)).fetchone()
    return _invoice(row) if row else None


def document_of(db: Connection, register: str, paper: Number) -> Invoice | None:
    """The document that holds of a paper of the till, or of what was bought by it."""
    return next((one for one in documents_of(db, register, paper) if one.part in WHOLE), None)


def documents_of(db: Connection, register: str, paper: Number) -> list[Invoice]:
    """All documents that hold of a paper: several, where it is an exchange of goods that were not invoiced to one
    name."""
    return [_invoice(row) for row in db.execute(_OF_PAPER, (register, paper))]


def read_invoices(
    db: Connection, before: Number | None = None, limit: Number = 50, register: str = "", paper: Number = 0
) -> list[Invoice]:
    """Documents, the newest first, from below row `before` of the journal on; those of a `paper` of a `register`."""
    rows = db.execute(_PAGE, (before or 2**62, register, paper, min(limit, PAGE_LIMIT)))
    return [_invoice(row) for row in rows]


def customer_invoices(db: Connection, customer: str, limit: Number = PAGE_LIMIT) -> list[Invoice]:
    """The documents of a customer, and of all who were merged into them."""
    return _of_ids(db, all_ids(db, customer), limit)


def _of_ids(db: Connection, ids: list[str], limit: int) -> list[Invoice]:
    rows = db.execute(_OF_CUSTOMER, (msgspec.json.encode(ids).decode(), limit))
    return [_invoice(row) for row in rows]


def kept_of_customer(db: Connection, customer: str) -> tuple[StillKept, ...]:
    """What the law keeps of a customer, and until when: all of it."""
    found = customer_invoices(db, customer, KEPT_MOST)
    return tuple(StillKept("invoice", one.number, "tax_law", one.kept_until) for one in found if not one.ended)


def kept_of_forgotten(db: Connection, customer: str) -> tuple[StillKept, ...]:
    """The same of somebody who was just forgotten, by any of their ids."""
    found = _of_ids(db, once_of(db, customer), KEPT_MOST)
    return tuple(StillKept("invoice", one.number, "tax_law", one.kept_until) for one in found if not one.ended)


def kept_of(db: Connection, person: str) -> dict[str, Any]:
    """The same for who asks what is kept of a person (`Capability.kept_of`)."""
    return {"invoices": [msgspec.to_builtins(one) for one in kept_of_customer(db, person)]}


def read_invoice(db: Connection, number: str) -> InvoiceTo | None:
    """A document, and who it is made out to."""
    found = read_document(db, number)
    return InvoiceTo(found, buyer_on(db, found)) if found else None


def buyer_on(db: Connection, invoice: Invoice, held_too: bool = False) -> Buyer | None:
    """Who a document is made out to; None: its key is gone, or nobody is shown. `held_too`: for what is sealed again,
    and shown to nobody."""
    key, *sealed = db.execute(_SEALED, (invoice.number,)).fetchone()
    ring = Keyring(db)
    fields = zip(InvoiceIssued.personal, sealed, strict=True)
    texts = [ring.open(key, InvoiceIssued, field, text, held_too) for field, text in fields]
    name, address, tax_number, email = texts
    if not name:
        return None
    return Buyer(
        name, tuple((address or "").split("\n")) if address else (), tax_number or "", email or "", invoice.checked
    )


def may_read(db: Connection, actor: Actor, invoice: Invoice, business_date: str) -> bool:
    """Whether somebody may see who a document is made out to: whose right it is, and who sells, on its own day, unless
    its customer was forgotten meanwhile."""
    if actor.may(INVOICES) or actor.may(MANAGE):
        return True
    fresh = invoice.business_date == business_date
    return fresh and actor.may(SELL) and not (invoice.customer and is_forgotten(db, invoice.customer))


def may_name(actor: Actor, sold_on: str, business_date: str) -> bool:
    """Whether somebody may have the customer of a sale put on its invoice, and so read what is known of them: as
    `may_read` of that invoice."""
    return actor.may(INVOICES) or actor.may(CUSTOMERS_READ) or (sold_on == business_date and actor.may(SELL))


def numbers_of_papers(db: Connection) -> dict[tuple[str, int], str]:
    """The document that holds of each paper that has one, by register and number; several with blanks between."""
    found: dict[tuple[str, int], str] = {}
    for register, paper, number in db.execute(_HOLDING):
        found[register, paper] = f"{found[register, paper]} {number}" if (register, paper) in found else number
    return found


def over(db: Connection, business_date: str, limit: int) -> list[str]:
    """Ids of documents whose years are over, but whose keys are still here."""
    return [key for (key,) in db.execute(_OVER, (business_date, limit))]


def kept_until_of(db: Connection, key: str) -> str:
    """The day through which the law keeps what stands under a key; "": it is no document's, or its key is gone."""
    row = db.execute(_KEPT, (key,)).fetchone()
    return row[0] if row else ""


def _invoice(row: tuple[Any, ...]) -> Invoice:
    fields = dict(zip(Invoice.__struct_fields__, row, strict=True))
    fields["taxes"] = msgspec.json.decode(fields["taxes"], type=tuple[Taxed, ...])
    fields["changes"] = msgspec.json.decode(fields["changes"], type=tuple[str, ...])
    fields["ended"] = bool(fields["ended"])
    return Invoice(**fields)
