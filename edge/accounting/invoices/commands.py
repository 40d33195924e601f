"""Commands of invoices."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.accounting.invoices.document import DocumentNumber
from edge.core.messages import Command, Number
from edge.lib.i18n import LanguageOrNone
from edge.lib.mail_address import MailAddress
from edge.people.customers.commands import CustomerId

Text = Annotated[str, msgspec.Meta(max_length=4_000)]
"""Text as typed; if it's too long, the command is refused with an explanation."""


class IssueInvoice(Command, frozen=True):
    """Issue an invoice for a sale, by its receipt number and register ("": the actor's). Returns the document.

    The buyer is a `customer`, or given by `name` and similar fields, which take precedence over the customer's data.
    `address`: lines. `country` (ISO 3166; "": the store's) determines the format of `tax_number`. A repeat returns the
    same invoice, printed as a copy. `print`: on the register's printer.
    """

    personal: ClassVar[tuple[str, ...]] = ("name", "address", "tax_number", "email")

    receipt: Number
    register: Annotated[str, msgspec.Meta(max_length=63)] = ""
    customer: CustomerId | None = None
    name: Text = ""
    address: Text = ""
    country: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z]{2})?$(?!\n)")] = ""
    tax_number: Text = ""
    email: Text = ""
    language: LanguageOrNone = ""
    print: bool = True


class CorrectInvoice(Command, frozen=True):
    """Replace a document issued to a wrong name with a new one that refers to it and has the next number. All buyer
    data must be given."""

    personal: ClassVar[tuple[str, ...]] = ("name", "address", "tax_number", "email")

    number: DocumentNumber
    name: Text
    address: Text = ""
    country: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z]{2})?$(?!\n)")] = ""
    tax_number: Text = ""
    email: Text = ""
    language: LanguageOrNone = ""
    print: bool = True


class PrintInvoice(Command, frozen=True):
    """Print a document on the register's printer, or (`sheet`) record that a browser prints it. Returns the copy's
    number; 0 for the original."""

    number: DocumentNumber
    sheet: bool = False


class MailInvoice(Command, frozen=True):
    """Send a document by email, to the address on it or another one."""

    personal: ClassVar[tuple[str, ...]] = ("address",)

    number: DocumentNumber
    address: MailAddress = ""


class EndInvoiceNames(Command, frozen=True):
    """Destroy the keys of documents past their retention, 20 at a time. Returns how many were destroyed."""
