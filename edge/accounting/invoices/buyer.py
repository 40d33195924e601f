"""The buyer of a document, as typed or from a customer, and the validation of the data. Pure."""

from __future__ import annotations

import re

from edge.accounting.invoices.commands import CorrectInvoice, IssueInvoice
from edge.accounting.invoices.document import (
    ADDRESS_LINES_MOST,
    LINE_CHARS,
    NAME_CHARS,
    Buyer,
    Checked,
)
from edge.core.messages import Refusal
from edge.lib import mail_address
from edge.lib.i18n.unseen import has_control
from edge.lib.regions import tax_numbers
from edge.lib.regions.addresses import show
from edge.people.customers.customer import Customer


def buyer_of(said: IssueInvoice | CorrectInvoice, known: Customer | None, country: str) -> Buyer:
    """The buyer as entered, completed with the customer's data. `country` (ISO 3166): the store's, used by default for
    the tax number's format."""
    name = _collapse_spaces(said.name) or (known.name if known else "")
    if not name:
        raise Refusal("invoice_name_missing")
    if len(name) > NAME_CHARS or has_control(name):
        raise Refusal("invoice_name_wrong", {"limit": NAME_CHARS})
    home = known.addresses[0] if known and known.addresses else None
    lines = _lines(said.address) or (tuple(show(home)) if home else ())
    if len(lines) > ADDRESS_LINES_MOST or any(len(line) > LINE_CHARS or has_control(line) for line in lines):
        raise Refusal("invoice_address_wrong", {"lines": ADDRESS_LINES_MOST, "limit": LINE_CHARS})
    email = said.email.strip() or (known.email if known else "")
    if email and (len(email) > mail_address.CHARS or has_control(email) or not re.fullmatch(mail_address.FORM, email)):
        raise Refusal("invoice_email_wrong")
    number, checked = "", ""
    if said.tax_number.strip():
        of = said.country.upper() or country
        found = tax_numbers.check(said.tax_number.strip(), of)
        if found.state == "wrong" or len(found.number) > tax_numbers.TAX_NUMBER_CHARS:
            raise Refusal("invoice_tax_number_wrong", {"country": of})
        number, checked = found.number, found.state
    return Buyer(name, lines, number, email, _check_result(checked))


def has_buyer(said: IssueInvoice) -> bool:
    """Whether any buyer data was entered."""
    return bool(said.customer or said.name.strip() or said.address.strip() or said.tax_number.strip())


def _check_result(state: str) -> Checked:
    return state if state in ("ok", "unchecked") else ""  # type: ignore[return-value]


def _lines(text: str) -> tuple[str, ...]:
    lines = (_collapse_spaces(line) for line in text.replace("\r\n", "\n").split("\n"))
    return tuple(line for line in lines if line)


def _collapse_spaces(text: str) -> str:
    return re.sub(r" +", " ", text).strip(" ")
