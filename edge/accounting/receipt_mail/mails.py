"""Receipts by e-mail as letters of the outbox."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import Number
from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.foundation.outbox.letters import letters_of
from edge.foundation.outbox.messages import Message

PLACE = ("receipt_mail", "address")
"""What an address is sealed for."""
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
    """Which receipt: by its row of the journal, in which language."""

    register: str
    number: int
    seq: int
    language: str


class MailedReceipt(msgspec.Struct, frozen=True):
    """What became of a mail, without whom it was for; `why` is a key of section `undelivered`."""

    state: MailState
    why: str
    changed_us: int


def key_of(register: str, number: int, person: str = "") -> str:
    """How a letter of a receipt is known, or how those of one receipt begin."""
    return f"receipt:{register}:{number}:{person}"


def read_mails(db: Connection, register: str, number: Number) -> list[MailedReceipt]:
    """What became of the mails of a receipt, the newest first."""
    found = letters_of(db, key_of(register, number))[::-1][:SHOWN]
    return [MailedReceipt(_STATE.get(one.state, "failed"), one.why, one.changed_us) for one in found]


def address_of(db: Connection, mail: Message) -> str | None:
    """Where it goes; None: it is over, or its key is gone."""
    return Keyring(db).open(mail.person, *PLACE, mail.body) if mail.body else None
