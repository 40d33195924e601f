"""Receipts by mail and news of orders that waited in tables of their own go on waiting in the outbox."""

from __future__ import annotations

from pathlib import Path

from edge.core.storage.database import open_scratch
from edge.core.storage.migrate import migrate
from edge.shop.orders.order_news import NewsLetter, is_quiet
from edge.shop.outbox.letters import about_of, letters_of
from edge.shop.receipt_mail.mails import ReceiptLetter, read_mails

BEFORE = Path(__file__).with_name("schema_0049.sql")
RECEIPT = """
    INSERT INTO receipt_mail (register, number, seq, person, address, language, state, why, tries, made_us, next_us,
                              changed_us)
    VALUES ('1', 7, 70, ?, ?, 'he', ?, '', 1, 1000, 2000, 1500)
"""
NEWS = """
    INSERT INTO order_news (order_id, about, state, made_us, next_us, changed_us) VALUES (?, ?, ?, 1000, 2000, 1500)
"""


def test_what_waits_goes_on_waiting() -> None:
    db = open_scratch()
    db.executescript(BEFORE.read_text())
    db.execute(RECEIPT, ("mail-1", "1.sealed", "queued"))
    db.execute(RECEIPT, ("mail-2", "", "unknown"))
    db.execute(NEWS, ("o1", "ready", "queued"))
    db.execute(NEWS, ("o2", "", "stopped"))
    migrate(db)
    assert [one.state for one in read_mails(db, "1", 7)] == ["unknown", "queued"]
    waits = letters_of(db, "receipt:1:7:")[0]
    assert (waits.person, waits.body, waits.tries, waits.next_us) == ("mail-1", "1.sealed", 1, 2000)
    assert about_of(waits, ReceiptLetter) == ReceiptLetter("1", 7, 70, "he")
    (news,) = letters_of(db, "order:")
    assert about_of(news, NewsLetter) == NewsLetter("o1", "ready") and news.channel == ""
    assert is_quiet(db, "o2") and not is_quiet(db, "o1")
