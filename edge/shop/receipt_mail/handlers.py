"""Commands of receipts by e-mail, inside the transaction."""

from __future__ import annotations

import secrets

from edge.core.messages import Refused
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.shop.customers.queries import read_customer
from edge.shop.receipt_mail import outbox
from edge.shop.receipt_mail.commands import MailReceipt
from edge.shop.till.events import SaleCompleted
from edge.shop.till.queries import read_receipt

PURPOSE = "messages"
"""What a customer consents to whose own address is used without being said."""
_INSERT = """
    INSERT INTO receipt_mail (register, number, seq, person, address, language, state, made_us, next_us, changed_us)
    VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?)
"""


def mail_receipt(tx: Transaction, command: MailReceipt) -> Refused | None:
    register = tx.actor.register
    receipt = read_receipt(tx.db, register, command.number)
    fact = tx.read(receipt.seq) if receipt else None
    if receipt is None or fact is None or not isinstance(fact.event, SaleCompleted):
        return Refused("no_such_receipt", {"number": f"{register}-{command.number:06}"})
    address = command.address or _address_of(tx, fact.event.customer)
    if not address:
        return Refused("mail_address_missing")
    before = outbox.mails_of(tx.db, register, command.number)
    if any(mail.address and outbox.address_of(tx.db, mail) == address for mail in before):
        return Refused("mail_twice")
    if len(before) >= outbox.PER_RECEIPT or outbox.count_waiting(tx.db) >= outbox.WAITING_LIMIT:
        return Refused("mail_too_many", {"limit": outbox.PER_RECEIPT})
    person = f"mail-{secrets.token_hex(8)}"
    sealed = Keyring(tx.db).seal(person, outbox.TABLE, "address", address)
    row = (register, command.number, receipt.seq, person, sealed, command.language, tx.at_us, tx.at_us, tx.at_us)
    tx.db.execute(_INSERT, row)
    return None


def not_set_up(tx: Transaction, command: MailReceipt) -> Refused:
    """The shop has no server that takes its mail."""
    return Refused("mail_not_set_up")


def forget_recipient(tx: Transaction, person: str) -> bool:
    """What goes with a person (`people.forgetting.Forgetter`)."""
    return outbox.forget_person(tx.db, person)


def _address_of(tx: Transaction, customer: str) -> str:
    """That of the sale's customer, where they want receipts by mail; empty: there is none."""
    found = read_customer(tx.db, customer, tx.at_us) if customer else None
    wanted = found and any(one.purpose == PURPOSE and one.state in ("given", "renew") for one in found.consents)
    return found.email if found and wanted else ""
