"""Documents sent by email through the outbox."""

from __future__ import annotations

import msgspec

from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.foundation.outbox.messages import Message

PLACE = ("invoice_mail", "address")
"""The field that an address's encryption is bound to."""
WAITING_LIMIT = 200
PER_DOCUMENT = 3


class InvoiceLetter(msgspec.Struct, frozen=True):
    """A document to send, and its copy number (0: the original)."""

    number: str
    copy: int


def key_of(number: str, person: str = "") -> str:
    """The key of a document's letter, or the prefix of all its letters."""
    return f"invoice:{number}:{person}"


def address_of(db: Connection, mail: Message) -> str | None:
    """The mail's address; None if the mail is done or its key is gone."""
    return Keyring(db).open(mail.person, *PLACE, mail.body) if mail.body else None
