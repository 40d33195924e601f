"""What can be asked of invoices."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.accounting.invoices.document import DocumentNumber
from edge.core.messages import Command, Number
from edge.lib.i18n import LanguageOrNone
from edge.lib.mail_address import MailAddress
from edge.people.customers.commands import CustomerId

Text = Annotated[str, msgspec.Meta(max_length=4_000)]
"""As it was typed: what is too long for its field is refused in words."""
"""In which the paper is; "": the customer's, else the store's."""


class IssueInvoice(Command, frozen=True):
    """Make an invoice out for a sale, by its receipt number and register ("": one's own). The result says which.

    To a `customer` as they are known here, or as `name` and the rest say: what is said goes before what is known.
    `address`: lines. `country` (ISO 3166; "": the store's) says of which form `tax_number` is. Asked for again it is
    the same one, printed as a copy. `print`: on the register's printer.
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
    """A document was made out to a wrong name: the next number says the right one, and names the one that it replaces.
    All of the person is said anew."""

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
    """Print a document: on the register's printer, or (`sheet`) note that a browser prints it on a whole sheet. The
    result is the number of the copy; 0: it is the first."""

    number: DocumentNumber
    sheet: bool = False


class MailInvoice(Command, frozen=True):
    """Send a document by e-mail: to the address that stands on it, or to another one."""

    personal: ClassVar[tuple[str, ...]] = ("address",)

    number: DocumentNumber
    address: MailAddress = ""


class EndInvoiceNames(Command, frozen=True):
    """Destroy the keys of documents whose years are over; the result is of how many, 20 at a time."""
