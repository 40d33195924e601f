"""What can have happened to invoices."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.accounting.invoices.document import Checked, Day, DocumentNumber, Kind, PaperPart
from edge.core.messages import Ciphertext, Event, PersonId, Sealed
from edge.lib.i18n import Language
from edge.lib.tax.rules import Taxed

NOTHING = Ciphertext("")


class InvoiceIssued(Event, frozen=True):
    """A document was made out for a paper of the till, whose sums it has: below zero where money went back.

    `place` is its count in the row of `year` and of the journal's epoch. `changes`: the documents that it changes;
    `replaces`: the one in whose place it is, "" for none. The person is sealed under `key`, the document's own, and is
    kept through the day `kept_until`; `address` is lines. `customer`: whom it was made out to, where that is known, by
    the id that says nothing. `checked`: whether the tax number's check digit was looked at. It may be of a `part` of
    the paper alone.
    """

    personal: ClassVar[tuple[str, ...]] = ("name", "address", "tax_number", "email")
    person_in: ClassVar[str] = "key"

    number: DocumentNumber
    kind: Kind
    year: int
    place: int
    register: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$(?!\n)")]
    paper: int
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
    net_minor: int
    total_minor: int
    rounding_minor: int
    taxes: tuple[Taxed, ...]
    taxes_included: bool
    key: PersonId
    kept_until: Day
    language: Language
    name: Sealed = NOTHING
    address: Sealed = NOTHING
    tax_number: Sealed = NOTHING
    email: Sealed = NOTHING
    checked: Checked = ""
    customer: Annotated[str, msgspec.Meta(pattern=r"^(c[a-z0-9]{1,20})?$(?!\n)")] = ""
    changes: tuple[DocumentNumber, ...] = ()
    replaces: Annotated[str, msgspec.Meta(pattern=r"^([A-Z0-9][A-Z0-9./-]{0,39})?$(?!\n)")] = ""
    part: PaperPart = ""


class InvoicePrinted(Event, frozen=True):
    """A document was printed or sent, for the `copy`-th time behind the first one, which is 0."""

    number: DocumentNumber
    copy: int


EVENTS: tuple[type[Event], ...] = (InvoiceIssued, InvoicePrinted)
