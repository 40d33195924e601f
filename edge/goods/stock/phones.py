"""Phones with unsent entries, as they report at each contact, and entries that were dropped."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.messages import Refusal
from edge.core.registry import Condition, Transaction
from edge.core.storage.database import Connection
from edge.goods.stock.commands import DropKept, NotePhone
from edge.goods.stock.events import KeptDropped

PHONES_MOST = 500
"""Maximum phones with waiting entries to track."""
SILENT_US = 24 * 3600 * 1_000_000
"""Time without contact after which a phone causes an alert."""
_NOTE = """
    INSERT INTO stock_phone (phone, waiting, heard_us) VALUES (?, ?, ?)
    ON CONFLICT (phone) DO UPDATE SET waiting = excluded.waiting, heard_us = excluded.heard_us
"""
_SILENT = "SELECT phone, waiting, heard_us FROM stock_phone WHERE heard_us < ? ORDER BY heard_us, phone"


def note_phone(tx: Transaction, command: NotePhone) -> None:
    if not command.waiting:
        tx.db.execute("DELETE FROM stock_phone WHERE phone = ?", (command.phone,))
        return
    (there,) = tx.db.execute("SELECT count(*) FROM stock_phone WHERE phone <> ?", (command.phone,)).fetchone()
    if there >= PHONES_MOST:
        raise Refusal("too_many_phones", {"limit": PHONES_MOST})
    tx.db.execute(_NOTE, (command.phone, command.waiting, tx.at_us))


def drop_kept(tx: Transaction, command: DropKept) -> None:
    tx.append(KeptDropped(command.kind, command.sku, command.said_us, command.why))


def silent(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Phones that had unsent entries and haven't reported for a day."""
    for phone, waiting, _ in db.execute(_SILENT, (now_us - SILENT_US,)):
        yield Condition(phone, {"waiting": waiting})
