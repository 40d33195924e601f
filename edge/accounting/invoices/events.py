"""Events of invoices."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.accounting.invoices.document import Checked, Day, DocumentNumber, Kind, PaperPart
from edge.core.messages import Ciphertext, Event, PersonId, Sealed
from edge.lib.i18n import Language
from edge.lib.tax.rules import Taxed

NOTHING = Ciphertext("")


class InvoiceIssued(Event, frozen=True):
    """A document was issued for a till paper or a `part` of it, with its totals: negative for refunds.

    `place` is its number in the series of `year` and the journal's epoch. `changes`: documents it changes; `replaces`:
    the document it replaces, or "". Buyer data is encrypted under the document's own `key` and kept through
    `kept_until`; `address` is in lines. `customer`: the buyer's id, if known, without personal data. `checked`: whether
    the tax number's check digit was verified.
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
    """A document was printed or sent. `copy` counts from 0, the original."""

    number: DocumentNumber
    copy: int


EVENTS: tuple[type[Event], ...] = (InvoiceIssued, InvoicePrinted)
