"""Handlers of invoice commands, inside the transaction: load, apply the rules, save. They also react to the till's
commands."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any

from edge.accounting.invoices import follow, papers, queries
from edge.accounting.invoices.buyer import buyer_of, has_buyer
from edge.accounting.invoices.commands import (
    CorrectInvoice,
    EndInvoiceNames,
    IssueInvoice,
    MailInvoice,
    PrintInvoice,
)
from edge.accounting.invoices.document import BOUGHT, Buyer, IssuedInvoice, PaperPart
from edge.accounting.invoices.events import InvoiceIssued, InvoicePrinted
from edge.accounting.invoices.mails import PER_DOCUMENT, PLACE, WAITING_LIMIT, InvoiceLetter, address_of, key_of
from edge.accounting.invoices.queries import Invoice
from edge.accounting.invoices.rules import kept_until, key_id, kind_of, shown_document
from edge.accounting.invoices.settings import InvoiceSettings
from edge.core.journal.rows import read_head
from edge.core.messages import Command, RecordedEvent, Refusal
from edge.core.people.forgetting import ForgetPerson, is_repeated
from edge.core.people.sealing import Keyring, is_forgotten
from edge.core.registry import Transaction
from edge.counter.till.after_sale.corrections import with_corrected_tenders
from edge.counter.till.commands import CorrectTender
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_receipt
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import INVOICES
from edge.foundation.outbox.letters import count_waiting, letters_of, queue_letter
from edge.foundation.outbox.messages import ONE_MAIL
from edge.foundation.printing.commands import CopyPrint, QueuePrint
from edge.foundation.printing.personal import seal_fields
from edge.foundation.printing.queries import read_print_job
from edge.lib.i18n import ENGLISH, LANGUAGES, Language, LanguageOrNone
from edge.lib.units.receipt_number import shown_number
from edge.people.customers.commands import ForgetCustomer, StillKept
from edge.people.customers.customer import Customer
from edge.people.customers.queries import read_customer, resolve

AT_ONCE = 20
"""Names erased per transaction."""
_LAST = "SELECT coalesce(max(place), 0) FROM invoice WHERE year = ? AND epoch = ?"


class Invoices:
    """Handles a store's invoices. `country`: the store's country (ISO 3166); `mails`: whether it can send mail."""

    def __init__(self, shop: TillSettings, settings: InvoiceSettings, country: str, mails: bool) -> None:
        self._shop = shop
        self._settings = settings
        self._country = country
        self._mails = mails

    def issue_invoice(self, tx: Transaction, command: IssueInvoice) -> IssuedInvoice:
        register = command.register or tx.actor.register
        receipt, shown = read_receipt(tx.db, register, command.receipt), shown_number(register, command.receipt)
        if receipt is None:
            raise Refusal("no_such_receipt", {"number": shown})
        if receipt.kind != "sale":
            raise Refusal("invoice_not_a_sale", {"number": shown})
        if receipt.voided_by is not None:
            raise Refusal("sale_is_void", {"number": shown})
        sale = tx.read(receipt.seq).event
        assert isinstance(sale, SaleCompleted)
        if any(line.kind == "advance" for line in sale.lines):
            raise Refusal("invoice_paid_ahead", {"number": shown})
        before = queries.document_of(tx.db, register, command.receipt)
        if before and not queries.may_read(tx.db, tx.actor, before, tx.business_date):
            raise Refusal("invoice_exists", {"number": before.number})
        if before and not has_buyer(command):
            return self._again(tx, before, command.print)
        asked = command.customer or ("" if command.name.strip() else sale.customer)
        if asked and not _may_name(tx, asked, sale.customer, receipt.business_date):
            raise Refusal("right_denied", {"command": "IssueInvoice", "right": INVOICES})
        known = _customer(tx, asked) if asked else None
        buyer = buyer_of(command, known, self._country)
        if before:
            same = queries.buyer_on(tx.db, before) == buyer
            if not same:
                raise _other_name(before)
            return self._again(tx, before, command.print)
        customer = known.id if known else (sale.customer and resolve(tx.db, sale.customer)) or ""
        language = _paper_language(command.language, known.language if known else "", self._shop.language)
        part = BOUGHT if queries.documents_of(tx.db, register, command.receipt) else ""
        issued = self._make_out(tx, register, command.receipt, buyer, customer, language, part=part)
        if command.print:
            self._print(tx, issued.number)
        self._follow(tx, issued)
        return IssuedInvoice(issued.number)

    def correct_invoice(self, tx: Transaction, command: CorrectInvoice) -> IssuedInvoice:
        before = _holding(tx, command.number)
        buyer = buyer_of(command, None, self._country)
        if queries.buyer_on(tx.db, before) == buyer and command.language in ("", before.language):
            raise Refusal("invoice_same_name", {"number": before.number})
        issued = self._in_place_of(tx, before, buyer, command.language)
        if command.print:
            self._print(tx, issued.number)
        return IssuedInvoice(issued.number)

    def print_invoice(self, tx: Transaction, command: PrintInvoice) -> int:
        found = _readable(tx, command.number)
        if not command.sheet:
            return self._print(tx, found.number)
        tx.append(InvoicePrinted(found.number, found.prints))
        return found.prints

    def mail_invoice(self, tx: Transaction, command: MailInvoice) -> None:
        """Send a document by mail. Its address is encrypted under a key deleted with the mail, like for receipts
        (`receipt_mail`)."""
        if not self._mails:
            raise Refusal("mail_not_set_up")
        found = _readable(tx, command.number)
        buyer = queries.buyer_on(tx.db, found)
        address = command.address or (buyer.email if buyer else "")
        if not address:
            raise Refusal("invoice_no_address")
        before = letters_of(tx.db, key_of(found.number))
        if any(address_of(tx.db, mail) == address for mail in before):
            raise Refusal("invoice_mail_twice")
        if len(before) >= PER_DOCUMENT or count_waiting(tx.db, "invoice") >= WAITING_LIMIT:
            raise Refusal("invoice_mail_too_many", {"limit": PER_DOCUMENT})
        person = f"{ONE_MAIL}{secrets.token_hex(8)}"
        kept = Keyring(tx.db).seal(person, *PLACE, address)
        about = InvoiceLetter(found.number, found.prints)
        queue_letter(tx.db, "invoice", key_of(found.number, person), person, "email", about, tx.at_us, kept)
        tx.append(InvoicePrinted(found.number, found.prints))

    def end_names(self, tx: Transaction, command: EndInvoiceNames) -> int:
        keys = queries.over(tx.db, tx.business_date, AT_ONCE)
        for key in keys:
            with suppress(Refusal):  # one already forgotten mustn't block the others
                tx.do(ForgetPerson(key))
        return len(keys)

    def after_paper(self, tx: Transaction, command: Command, result: Any) -> Any:
        """Issue documents when the till's new paper changes invoiced sales."""
        if newest := follow.newest_paper(tx):
            self._follow_one(tx, *newest)
        return result

    def after_correction(self, tx: Transaction, command: CorrectTender, result: Any) -> Any:
        """Replace the invoice of a sale whose tender was corrected."""
        if before := queries.document_of(tx.db, tx.actor.register, command.number):
            self._print(tx, self._in_place_of(tx, before, _reencrypted_buyer(tx, before)).number)
        return result

    def _again(self, tx: Transaction, before: Invoice, print_it: bool) -> IssuedInvoice:
        return IssuedInvoice(before.number, self._print(tx, before.number) if print_it else before.prints)

    def _make_out(
        self,
        tx: Transaction,
        register: str,
        paper: int,
        buyer: Buyer | None,
        customer: str,
        language: Language,
        changes: tuple[str, ...] = (),
        replaces: str = "",
        part: PaperPart = "",
    ) -> Invoice:
        """Issue the next document for a till paper. `buyer` is None if it can no longer be decrypted."""
        source, undone = papers.source_of(tx.db, partial(_read, tx), register, paper)
        text = papers.text_of(tx.db, partial(_read, tx), register, paper, part)
        year, epoch = int(tx.business_date[:4]), read_head(tx.db).epoch
        place = tx.db.execute(_LAST, (year, epoch)).fetchone()[0] + 1
        settings, ring = self._settings, Keyring(tx.db)
        until = kept_until(date.fromisoformat(tx.business_date), settings.keep_years, settings.year_ends)
        number = shown_document(settings.prefix, year, epoch, place)
        key = key_id(number, secrets.token_hex(8))
        said = _texts(buyer) if buyer else {}
        sums, fields = text.sums, InvoiceIssued.personal
        name, address, tax_number, email = (ring.seal(key, InvoiceIssued, one, said.get(one, "")) for one in fields)
        tx.append(
            InvoiceIssued(
                number,
                kind_of(source, undone, part),
                year,
                place,
                register,
                paper,
                sums.currency,
                sums.net_minor,
                sums.total_minor,
                sums.rounding_minor,
                sums.taxes,
                sums.taxes_included,
                key,
                until.isoformat(),
                language,
                name,
                address,
                tax_number,
                email,
                checked=buyer.checked if buyer else "",
                customer=customer,
                changes=changes,
                replaces=replaces,
                part=part,
            )
        )
        issued = queries.read_document(tx.db, number)
        assert issued is not None
        return issued

    def _in_place_of(
        self, tx: Transaction, before: Invoice, buyer: Buyer | None, language: LanguageOrNone = ""
    ) -> Invoice:
        place = (before.register, before.paper, buyer, before.customer, language or before.language)
        return self._make_out(tx, *place, before.changes, before.number, before.part)

    def _print(self, tx: Transaction, number: str) -> int:
        """Print a document on the register's printer. Returns the copy's number, 0 for the original."""
        found = queries.read_document(tx.db, number)
        assert found is not None
        copy = found.prints
        text = papers.text_of(tx.db, partial(_read, tx), found.register, found.paper, found.part)
        buyer = _reencrypted_buyer(tx, found)
        kept = seal_fields(tx.db, found.key, _texts(buyer)) if buyer else _texts(Buyer(""))
        tx.append(InvoicePrinted(number, copy))
        tx.do(QueuePrint(papers.KIND, papers.paper_of(found, text, kept, self._shop, copy)))
        return copy

    def _follow(self, tx: Transaction, of: Invoice) -> None:
        """Issue documents for later changes of a paper, and for further changes of those."""
        for register, paper in follow.changes_of(tx.db, of):
            self._follow_one(tx, register, paper)

    def _follow_one(self, tx: Transaction, register: str, paper: int) -> None:
        changed = follow.changed_by(tx.db, register, paper)
        there = {one.part for one in queries.documents_of(tx.db, register, paper)} if changed else set()
        if not changed or "" in there:
            return
        source, undone = papers.source_of(tx.db, partial(_read, tx), register, paper)
        for part, of in follow.wanted_of(changed, source, undone, partial(_name_on, tx)):
            if part in there:
                continue
            first, changes = of[0], tuple(one.number for one in of)
            whose = (_reencrypted_buyer(tx, first), first.customer, first.language)
            issued = self._make_out(tx, register, paper, *whose, changes, part=part)
            self._print(tx, issued.number)
            self._follow(tx, issued)


def before_copy(tx: Transaction, command: CopyPrint) -> None:
    """Refuse to reprint a document, which contains the buyer, if the actor may not read it."""
    _printed_by(tx, command)


def after_copy(tx: Transaction, command: CopyPrint, result: Any) -> Any:
    """Count the copy."""
    if found := _printed_by(tx, command):
        tx.append(InvoicePrinted(found.number, found.prints))
    return result


def _printed_by(tx: Transaction, command: CopyPrint) -> Invoice | None:
    """The document of a print job. `Refusal`: the actor may not read it."""
    job = read_print_job(tx.db, command.job)
    number = papers.number_on(job.document) if job and job.kind == papers.KIND else ""
    return _readable(tx, number) if number else None


def before_forgetting(tx: Transaction, command: ForgetPerson) -> None:
    """Refuse to erase a document's name before its retention ends, unless an erasure is being repeated
    after a restore."""
    until = queries.retention_date(tx.db, command.person)
    if until and tx.business_date <= until and not is_repeated(tx, command):
        raise Refusal("invoice_kept", {"until": until})


def after_forgetting_customer(tx: Transaction, command: ForgetCustomer, result: Any) -> tuple[StillKept, ...]:
    """Add a customer's documents to the data kept after forgetting them, with reasons and dates."""
    return (*queries.retained_after_forgetting(tx.db, command.id), *(result or ()))


def _read(tx: Transaction, seq: int) -> RecordedEvent:
    return with_corrected_tenders(tx.db, tx.read, tx.read(seq))


def _may_name(tx: Transaction, asked: str, of_sale: str, sold_on: str) -> bool:
    """Whether the actor may name the customer `asked` on an invoice. Without special rights, only the sale's own
    customer."""
    theirs = bool(of_sale) and resolve(tx.db, asked) == resolve(tx.db, of_sale)
    return queries.may_name(tx.actor, sold_on if theirs else "", tx.business_date)


def _reencrypted_buyer(tx: Transaction, invoice: Invoice) -> Buyer | None:
    """A document's buyer, to be encrypted again. Works while data is restricted, as the buyer would be lost
    otherwise."""
    return queries.buyer_on(tx.db, invoice, held_too=True)


def _name_on(tx: Transaction, invoice: Invoice) -> object:
    """A key for comparing buyers of documents. A buyer that can't be decrypted gets a unique key."""
    buyer = _reencrypted_buyer(tx, invoice)
    return (buyer.name, buyer.address, buyer.tax_number) if buyer else invoice.number


def _customer(tx: Transaction, id: str) -> Customer:
    found = read_customer(tx.db, id, tx.at_us)
    if found is None:
        if not is_forgotten(tx.db, id):
            raise Refusal("no_such_customer", {"id": id})
        raise Refusal("invoice_name_missing")
    if found.hidden:
        raise Refusal("customer_hidden")
    return found


def _paper_language(*wishes: str) -> Language:
    """The first of these languages that papers support."""
    return next((wish for wish in wishes if wish in LANGUAGES), ENGLISH)


def _texts(buyer: Buyer) -> dict[str, str]:
    address = "\n".join(buyer.address)
    return {"name": buyer.name, "address": address, "tax_number": buyer.tax_number, "email": buyer.email}


def _other_name(before: Invoice) -> Refusal:
    return Refusal("invoice_other_name", {"number": before.number})


def _holding(tx: Transaction, number: str) -> Invoice:
    """A document that can be replaced. Raises `Refusal` if it's unknown or was already replaced."""
    found = queries.read_document(tx.db, number)
    if found is None:
        raise Refusal("no_such_invoice", {"number": number})
    if found.replaced_by:
        raise Refusal("invoice_replaced", {"number": number, "by": found.replaced_by})
    return found


def _readable(tx: Transaction, number: str) -> Invoice:
    """A document whose buyer the actor may see. Raises `Refusal` otherwise."""
    found = queries.read_document(tx.db, number)
    if found is None:
        raise Refusal("no_such_invoice", {"number": number})
    if not queries.may_read(tx.db, tx.actor, found, tx.business_date):
        raise Refusal("right_denied", {"command": "PrintInvoice", "right": INVOICES})
    if found.ended:
        raise Refusal("invoice_ended", {"number": number, "until": found.kept_until})
    return found
