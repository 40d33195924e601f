"""Rows of receipts by e-mail, on any connection."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import Number
from edge.core.people.forgetting import overwriting
from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection

TABLE = "receipt_mail"
WAITING_LIMIT = 200
PER_RECEIPT = 3
LIFE_US = 24 * 3600 * 1_000_000
"""How long one is worth sending."""
KEPT_US = 30 * LIFE_US
MailState = Literal["queued", "sending", "sent", "unknown", "failed"]
_FIELDS = "id, register, number, seq, person, address, language, state, why, tries, made_us, next_us, changed_us"


class ReceiptMail(msgspec.Struct, frozen=True):
    """A row: `why` is a key of section `undelivered` where it did not go well."""

    id: int
    register: str
    number: int
    seq: int
    person: str
    address: str
    language: str
    state: MailState
    why: str
    tries: int
    made_us: int
    next_us: int
    changed_us: int


class MailedReceipt(msgspec.Struct, frozen=True):
    """What became of a mail, without whom it was for."""

    state: MailState
    why: str
    changed_us: int


def read_mails(db: Connection, register: str, number: Number) -> list[MailedReceipt]:
    """What became of the mails of a receipt, the newest first."""
    query = (
        "SELECT state, why, changed_us FROM receipt_mail WHERE register = ? AND number = ? ORDER BY id DESC LIMIT 10"
    )
    return [MailedReceipt(*row) for row in db.execute(query, (register, number))]


def mails_of(db: Connection, register: str, number: int) -> list[ReceiptMail]:
    """The rows of a receipt."""
    query = f"SELECT {_FIELDS} FROM receipt_mail WHERE register = ? AND number = ?"
    return [ReceiptMail(*row) for row in db.execute(query, (register, number))]


def count_waiting(db: Connection) -> int:
    """How many are not out yet."""
    return int(db.execute("SELECT count(*) FROM receipt_mail WHERE state IN ('queued', 'sending')").fetchone()[0])


def due(db: Connection, now_us: int, limit: int = 20) -> list[ReceiptMail]:
    """What is to be sent now, the oldest first."""
    query = f"SELECT {_FIELDS} FROM receipt_mail WHERE state = 'queued' AND next_us <= ? ORDER BY id LIMIT ?"
    return [ReceiptMail(*row) for row in db.execute(query, (now_us, limit))]


def address_of(db: Connection, mail: ReceiptMail) -> str | None:
    """Where it goes; None: its key is gone."""
    return Keyring(db).open(mail.person, TABLE, "address", mail.address) if mail.address else None


def begin(db: Connection, id: int, now_us: int) -> bool:
    """Mark one as on its way, before its first byte; whether it was waiting."""
    update = "UPDATE receipt_mail SET state = 'sending', changed_us = ? WHERE id = ? AND state = 'queued'"
    return bool(db.execute(update, (now_us, id)).rowcount)


def again(db: Connection, mail: ReceiptMail, why: str, next_us: int, now_us: int) -> None:
    """It did not go out: once more, later."""
    db.execute(
        "UPDATE receipt_mail SET state = 'queued', why = ?, tries = tries + 1, next_us = ?, changed_us = ?"
        " WHERE id = ?",
        (why, next_us, now_us, mail.id),
    )


def end(db: Connection, mail: ReceiptMail, state: MailState, why: str, now_us: int) -> None:
    """It is out, given up, or nobody knows: whom it was for is forgotten."""
    with overwriting(db):
        db.execute(
            "UPDATE receipt_mail SET state = ?, why = ?, address = '', changed_us = ? WHERE id = ?",
            (state, why, now_us, mail.id),
        )
        db.execute("DELETE FROM person_key WHERE person = ?", (mail.person,))


def cut_off(db: Connection, now_us: int) -> None:
    """What was on its way when the appliance ended: nobody knows whether it arrived."""
    for row in db.execute(f"SELECT {_FIELDS} FROM receipt_mail WHERE state = 'sending'").fetchall():
        end(db, ReceiptMail(*row), "unknown", "cut_off", now_us)


def forget_old(db: Connection, now_us: int) -> None:
    """What became of those of long ago is of no interest."""
    db.execute("DELETE FROM receipt_mail WHERE changed_us < ? AND address = ''", (now_us - KEPT_US,))


def set_back(db: Connection) -> None:
    """The ledger may be a backup: what waited may have gone out since."""
    waits = "state IN ('queued', 'sending')"
    with overwriting(db):
        db.execute(f"DELETE FROM person_key WHERE person IN (SELECT person FROM receipt_mail WHERE {waits})")
        db.execute(f"UPDATE receipt_mail SET state = 'unknown', why = 'set_back', address = '' WHERE {waits}")


def forget_person(db: Connection, person: str) -> bool:
    """A mail that waits for somebody who is forgotten is not sent; whether there was one."""
    update = "UPDATE receipt_mail SET state = 'failed', why = 'gone', address = '' WHERE person = ? AND address <> ''"
    return bool(db.execute(update, (person,)).rowcount)
