"""Commands of receipts by email, inside the transaction."""

from __future__ import annotations

import secrets
from typing import NoReturn

from edge.accounting.receipt_mail import mails
from edge.accounting.receipt_mail.commands import MailReceipt
from edge.accounting.receipt_mail.mails import ReceiptLetter, key_of
from edge.core.messages import Refusal
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_receipt
from edge.foundation.outbox.letters import count_waiting, letters_of, queue_letter
from edge.foundation.outbox.messages import ONE_MAIL
from edge.people.customers.queries import read_customer

PURPOSE = "messages"
"""The consent required to use a customer's own address."""


def mail_receipt(tx: Transaction, command: MailReceipt) -> None:
    register = tx.actor.register
    receipt = read_receipt(tx.db, register, command.number)
    fact = tx.read(receipt.seq) if receipt else None
    if receipt is None or fact is None or not isinstance(fact.event, SaleCompleted):
        raise Refusal("no_such_receipt", {"number": f"{register}-{command.number:06}"})
    address = command.address or _address_of(tx, fact.event.customer)
    if not address:
        raise Refusal("mail_address_missing")
    before = letters_of(tx.db, key_of(register, command.number))
    if any(mails.address_of(tx.db, mail) == address for mail in before):
        raise Refusal("mail_twice")
    if len(before) >= mails.PER_RECEIPT or count_waiting(tx.db, "receipt") >= mails.WAITING_LIMIT:
        raise Refusal("mail_too_many", {"limit": mails.PER_RECEIPT})
    person = f"{ONE_MAIL}{secrets.token_hex(8)}"
    sealed = Keyring(tx.db).seal(person, *mails.PLACE, address)
    about = ReceiptLetter(register, command.number, receipt.seq, command.language)
    queue_letter(tx.db, "receipt", key_of(register, command.number, person), person, "email", about, tx.at_us, sealed)


def not_set_up(tx: Transaction, command: MailReceipt) -> NoReturn:
    """Refuse, because the shop has no mail server."""
    raise Refusal("mail_not_set_up")


def _address_of(tx: Transaction, customer: str) -> str:
    """The address of the sale's customer if they consented to mail, else ""."""
    found = read_customer(tx.db, customer, tx.at_us) if customer else None
    wanted = found and any(one.purpose == PURPOSE and one.state in ("given", "renew") for one in found.consents)
    return found.email if found and wanted else ""
