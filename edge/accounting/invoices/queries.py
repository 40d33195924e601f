"""Queries of invoices. Only `read_invoice` and `buyer_on` return the buyer."""

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
"""Paper parts that contain the sale's own goods."""
ANY_INVOICE: Memo[bool] = Memo(
    lambda db: bool(db.execute("SELECT EXISTS (SELECT 1 FROM invoice)").fetchone()[0]), "invoice"
)
"""Whether the shop has ever issued an invoice."""
KEPT_MOST = 10_000
"""Maximum documents to list when a customer is forgotten."""
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
    """An invoice, credit note or debit note.

    `kind`: invoice, credit or debit. `paper`: the number of its till paper, which has the same totals. `part`: the part
    of that paper. `changes`: the document it changes; `replaced_by`: its replacement. `prints`: how often it was
    issued. `ended`: its retention has ended and the buyer is erased.
    """

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
    """A document with its buyer; None if erased."""

    invoice: Invoice
    buyer: Buyer | None


def read_document(db: Connection, number: str) -> Invoice | None:
    """A document by number, or None."""
    row = db.execute(_ONE, (number,)).fetchone()
    return _invoice(row) if row else None


def document_of(db: Connection, register: str, paper: Number) -> Invoice | None:
    """The current document for a till paper, or for the goods bought on it."""
    return next((one for one in documents_of(db, register, paper) if one.part in WHOLE), None)


def documents_of(db: Connection, register: str, paper: Number) -> list[Invoice]:
    """All current documents of a paper. An exchange has several if its goods were invoiced to different names."""
    return [_invoice(row) for row in db.execute(_OF_PAPER, (register, paper))]


def read_invoices(
    db: Connection, before: Number | None = None, limit: Number = 50, register: str = "", paper: Number = 0
) -> list[Invoice]:
    """Documents below journal row `before`, newest first; optionally only those of a register's `paper`."""
    rows = db.execute(_PAGE, (before or 2**62, register, paper, min(limit, PAGE_LIMIT)))
    return [_invoice(row) for row in rows]


def customer_invoices(db: Connection, customer: str, limit: Number = PAGE_LIMIT) -> list[Invoice]:
    """Documents of a customer, including those of customers merged into them."""
    return _of_ids(db, all_ids(db, customer), limit)


def _of_ids(db: Connection, ids: list[str], limit: int) -> list[Invoice]:
    rows = db.execute(_OF_CUSTOMER, (msgspec.json.encode(ids).decode(), limit))
    return [_invoice(row) for row in rows]


def retained_documents(db: Connection, customer: str) -> tuple[StillKept, ...]:
    """A customer's documents that the law requires to be kept, with dates."""
    found = customer_invoices(db, customer, KEPT_MOST)
    return tuple(StillKept("invoice", one.number, "tax_law", one.kept_until) for one in found if not one.ended)


def retained_after_forgetting(db: Connection, customer: str) -> tuple[StillKept, ...]:
    """Documents that keep the name of a customer who was just forgotten, under any of their ids."""
    found = _of_ids(db, once_of(db, customer), KEPT_MOST)
    return tuple(StillKept("invoice", one.number, "tax_law", one.kept_until) for one in found if not one.ended)


def personal_data_of(db: Connection, person: str) -> dict[str, Any]:
    """Documents that keep a person's name, for their data export (`Capability.personal_data_of`)."""
    return {"invoices": [msgspec.to_builtins(one) for one in retained_documents(db, person)]}


def read_invoice(db: Connection, number: str) -> InvoiceTo | None:
    """A document with its buyer, or None."""
    found = read_document(db, number)
    return InvoiceTo(found, buyer_on(db, found)) if found else None


def buyer_on(db: Connection, invoice: Invoice, held_too: bool = False) -> Buyer | None:
    """A document's buyer; None if its key is gone or its data is restricted. `held_too`: ignore restrictions, so that
    it can be encrypted again without being shown."""
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
    """Whether the actor may see a document's buyer: by right, or as a seller on the day of the sale. Never if the
    customer was forgotten."""
    if actor.may(INVOICES) or actor.may(MANAGE):
        return True
    fresh = invoice.business_date == business_date
    return fresh and actor.may(SELL) and not (invoice.customer and is_forgotten(db, invoice.customer))


def may_name(actor: Actor, sold_on: str, business_date: str) -> bool:
    """Whether the actor may put a sale's customer on its invoice and thus read their data. The rules are those of
    `may_read`."""
    return actor.may(INVOICES) or actor.may(CUSTOMERS_READ) or (sold_on == business_date and actor.may(SELL))


def numbers_of_papers(db: Connection) -> dict[tuple[str, int], str]:
    """The current document numbers of each paper, by register and number, separated by spaces."""
    found: dict[tuple[str, int], str] = {}
    for register, paper, number in db.execute(_HOLDING):
        found[register, paper] = f"{found[register, paper]} {number}" if (register, paper) in found else number
    return found


def over(db: Connection, business_date: str, limit: int) -> list[str]:
    """Ids of documents past their retention whose keys haven't been destroyed."""
    return [key for (key,) in db.execute(_OVER, (business_date, limit))]


def retention_date(db: Connection, key: str) -> str:
    """The retention date of data under a key; "" if the key isn't a document's, or is gone."""
    row = db.execute(_KEPT, (key,)).fetchone()
    return row[0] if row else ""


def _invoice(row: tuple[Any, ...]) -> Invoice:
    fields = dict(zip(Invoice.__struct_fields__, row, strict=True))
    fields["taxes"] = msgspec.json.decode(fields["taxes"], type=tuple[Taxed, ...])
    fields["changes"] = msgspec.json.decode(fields["changes"], type=tuple[str, ...])
    fields["ended"] = bool(fields["ended"])
    return Invoice(**fields)
