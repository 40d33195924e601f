"""Emailed receipts, as letters of the outbox."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import Number
from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.foundation.outbox.letters import letters_of
from edge.foundation.outbox.messages import Message

PLACE = ("receipt_mail", "address")
"""The field that an address's encryption is bound to."""
WAITING_LIMIT = 200
PER_RECEIPT = 3
SHOWN = 10
MailState = Literal["queued", "sending", "sent", "unknown", "failed"]
_STATE: dict[str, MailState] = {
    "queued": "queued",
    "sending": "sending",
    "sent": "sent",
    "delivered": "sent",
    "unknown": "unknown",
}


class ReceiptLetter(msgspec.Struct, frozen=True):
    """The receipt, by its journal row, and its language."""

    register: str
    number: int
    seq: int
    language: str


class MailedReceipt(msgspec.Struct, frozen=True):
    """The result of a mail, without its recipient. `why`: a key of section `undelivered`."""

    state: MailState
    why: str
    changed_us: int


def key_of(register: str, number: int, person: str = "") -> str:
    """The key of a receipt's letter, or the prefix of all its letters."""
    return f"receipt:{register}:{number}:{person}"


def read_mails(db: Connection, register: str, number: Number) -> list[MailedReceipt]:
    """Results of a receipt's mails, newest first."""
    found = letters_of(db, key_of(register, number))[::-1][:SHOWN]
    return [MailedReceipt(_STATE.get(one.state, "failed"), one.why, one.changed_us) for one in found]


def address_of(db: Connection, mail: Message) -> str | None:
    """The mail's address; None if the mail is done or its key is gone."""
    return Keyring(db).open(mail.person, *PLACE, mail.body) if mail.body else None
