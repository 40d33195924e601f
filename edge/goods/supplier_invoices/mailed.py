"""Invoices received by email, as local state: the newest files and the state of the mailbox."""

from __future__ import annotations

import msgspec

from edge.core.messages import Number
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.supplier_invoices.commands import NoteMailboxAsked, NoteMailedFile

KEPT = 200
SHOWN = 20


class MailedFile(msgspec.Struct, frozen=True):
    """An attachment with its invoice number (0: none), or the text key of the reason for having none."""

    at_us: int
    file: str
    number: int
    why: str


class MailboxState(msgspec.Struct, frozen=True):
    """The time of the last mailbox check (0: never), and the text key of its failure ("": it succeeded)."""

    asked_us: int = 0
    why: str = ""
    detail: str = ""


def note_file(tx: Transaction, command: NoteMailedFile) -> None:
    """Record the result for an attachment."""
    values = (tx.at_us, command.file, command.number, command.why)
    tx.db.execute("INSERT INTO supplier_invoice_mail (at_us, file, number, why) VALUES (?, ?, ?, ?)", values)
    tx.db.execute(
        "DELETE FROM supplier_invoice_mail WHERE id <= (SELECT max(id) FROM supplier_invoice_mail) - ?", (KEPT,)
    )


def note_asked(tx: Transaction, command: NoteMailboxAsked) -> None:
    """Record a check of the mailbox."""
    values = (tx.at_us, command.why, command.detail)
    tx.db.execute(
        "INSERT OR REPLACE INTO supplier_invoice_mailbox (one, asked_us, why, detail) VALUES (1, ?, ?, ?)", values
    )


def read_mailbox(db: Connection) -> MailboxState:
    """The state of the mailbox."""
    row = db.execute("SELECT asked_us, why, detail FROM supplier_invoice_mailbox").fetchone()
    return MailboxState(*row) if row else MailboxState()


def read_mailed(db: Connection, limit: Number = SHOWN) -> list[MailedFile]:
    """Attachments, newest first, at most 200."""
    rows = db.execute(
        "SELECT at_us, file, number, why FROM supplier_invoice_mail ORDER BY id DESC LIMIT ?",
        (max(1, min(limit, KEPT)),),
    )
    return [MailedFile(*row) for row in rows]
