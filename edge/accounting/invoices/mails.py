"""Documents by e-mail as letters of the outbox."""

from __future__ import annotations

import msgspec

from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.foundation.outbox.messages import Message

PLACE = ("invoice_mail", "address")
"""What an address is sealed for."""
WAITING_LIMIT = 200
PER_DOCUMENT = 3


class InvoiceLetter(msgspec.Struct, frozen=True):
    """Which document, and which copy of it (0: the first)."""

    number: str
    copy: int


def key_of(number: str, person: str = "") -> str:
    """How a letter of a document is known, or how those of one document begin."""
    return f"invoice:{number}:{person}"


def address_of(db: Connection, mail: Message) -> str | None:
    """Where it goes; None: it is over, or its key is gone."""
    return Keyring(db).open(mail.person, *PLACE, mail.body) if mail.body else None
