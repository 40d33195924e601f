"""Phone numbers that may write to the shop, and their unanswered messages. Local state.

A number is linked to a person by a code shown on their page and sent from the number within ten minutes. Messages from
unlinked numbers aren't stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from typing import Literal

import msgspec

from edge.analytics.notify.recipients import TEXT_PLACE
from edge.analytics.notify.written_messages import Kind, WrittenMessage
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.outbox import messages as outbox
from edge.foundation.outbox.messages import New

CODE_DIGITS = 8
CODE_US = 10 * 60_000_000
TRIES = 5
"""Wrong codes allowed per number; after that, its messages aren't read as codes for ten minutes (`CODE_US`)."""
TRIES_OF_ALL = 1_000
"""Wrong codes allowed over all numbers; after that, all current codes are void.

This many guesses hit a code once in 100,000 times.
"""
WAITING = 50
"""Maximum unanswered messages per person; senders are notified that further messages weren't accepted."""
KEPT_US = 7 * 86_400_000_000
"""How long the service's message ids are remembered, to recognise repeats."""
NUMBER_PLACE, WORDS_PLACE = ("notify_chat_number", "body"), ("notify_written", "body")
STOPS = frozenset({"stop", "arret", "arrêt", "הפסק", "עצור"})
STARTS = frozenset({"start", "debut", "début", "התחל"})
_UNANSWERED = """
    SELECT id, person, body, session, said_us, at_us FROM notify_written WHERE body <> '' ORDER BY at_us, said_us, id
"""
_CODE = re.compile(rf"\b(\d{{{CODE_DIGITS}}})\b")

Told = Literal["bound", "stopped", "started", "not_taken"]
"""Automatic replies: `notify.chat_...`."""


class ChatNumber(msgspec.Struct, frozen=True):
    """A linked number. `silent`: its user sent STOP and receives no messages."""

    person: str
    number: str
    silent: bool


class Written(msgspec.Struct, frozen=True):
    """An unanswered message, its `kind` and `text` (see `WrittenMessage`), and the times it was sent and received.

    `session`: its conversation, "" if not known yet.
    """

    id: str
    person: str
    kind: Kind
    text: str
    session: str
    said_us: int
    at_us: int


def offer_code(tx: Transaction, person: str) -> str:
    """Create a code to link a number; it replaces the person's previous code."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    row = (person, _digest(code), tx.at_us)
    tx.db.execute("INSERT OR REPLACE INTO notify_chat_code (person, digest, made_us) VALUES (?, ?, ?)", row)
    return code


def read_numbers(db: Connection) -> list[ChatNumber]:
    """All linked numbers."""
    ring = Keyring(db)
    rows = db.execute("SELECT person, body, silent FROM notify_chat_number").fetchall()
    found = ((person, ring.open(person, *NUMBER_PLACE, body), silent) for person, body, silent in rows)
    return [ChatNumber(person, number, bool(silent)) for person, number, silent in found if number]


def number_of(db: Connection, person: str) -> ChatNumber | None:
    """A person's linked number, or None."""
    return next((one for one in read_numbers(db) if one.person == person), None)


def drop_number(db: Connection, person: str) -> None:
    """Unlink a person's number and delete its waiting messages."""
    for table in ("notify_chat_number", "notify_chat_code", "notify_written"):
        db.execute(f"DELETE FROM {table} WHERE person = ?", (person,))


def take_written(tx: Transaction, messages: Sequence[WrittenMessage]) -> int:
    """Store messages from the service, each once; returns the number of messages the assistant must answer."""
    tx.db.execute("DELETE FROM notify_written WHERE at_us < ?", (tx.at_us - KEPT_US,))
    tx.db.execute("DELETE FROM notify_chat_code WHERE made_us < ?", (tx.at_us - CODE_US,))
    tx.db.execute("DELETE FROM notify_chat_try WHERE last_us < ?", (tx.at_us - CODE_US,))
    return sum(_take_message(tx, one) for one in messages)


def unanswered_messages(db: Connection) -> list[Written]:
    """Messages waiting for an answer."""
    ring = Keyring(db)
    found = []
    for id, person, body, session, said_us, at_us in db.execute(_UNANSWERED).fetchall():
        kind, text = msgspec.json.decode(ring.open(person, *WORDS_PLACE, body) or '["other", ""]')
        found.append(Written(id, person, kind, text, session, said_us, at_us))
    return found


def begin_answer(db: Connection, id: str, session: str) -> None:
    """Set the conversation of a message, so that retries use the same one."""
    db.execute("UPDATE notify_written SET session = ? WHERE id = ?", (session, id))


def answer_written(db: Connection, id: str, text: str, now_us: int) -> None:
    """Queue the answer to a message, once, unless it is empty, and delete the message's text."""
    done = "UPDATE notify_written SET body = '' WHERE id = ? AND body <> '' RETURNING person"
    if (found := db.execute(done, (id,)).fetchone()) and text:
        _answer(db, found[0], id, "", text, now_us)


def _take_message(tx: Transaction, message: WrittenMessage) -> bool:
    known = next((one for one in read_numbers(tx.db) if one.number == message.number), None)
    if tx.db.execute("SELECT 1 FROM notify_written WHERE id = ?", (message.id,)).fetchone():
        return False
    written = message.text if message.kind == "text" else ""
    word = written.strip().strip(".!").casefold()
    if known is None or _CODE.search(written):
        return _bind(tx, message)
    if word in STOPS or word in STARTS:
        _note(tx, message, known.person, "")
        _silence(tx, known, word in STOPS, message.id)
        return False
    waiting = "SELECT count(*) FROM notify_written WHERE person = ? AND body <> ''"
    if known.silent:
        return False
    if tx.db.execute(waiting, (known.person,)).fetchone()[0] >= WAITING:
        _note(tx, message, known.person, "")
        _answer(tx.db, known.person, message.id, "not_taken", "", tx.at_us)
        return False
    words = msgspec.json.encode([message.kind, message.text]).decode()
    _note(tx, message, known.person, Keyring(tx.db).seal(known.person, *WORDS_PLACE, words))
    return True


def _note(tx: Transaction, message: WrittenMessage, person: str, body: str) -> None:
    row = (message.id, person, body, message.said_us, tx.at_us)
    tx.db.execute("INSERT INTO notify_written (id, person, body, said_us, at_us) VALUES (?, ?, ?, ?, ?)", row)


def _bind(tx: Transaction, message: WrittenMessage) -> bool:
    """Link a number if it sent a valid code. Always False, as the assistant has nothing to answer."""
    found = _CODE.search(message.text) if message.kind == "text" else None
    rows = tx.db.execute("SELECT person, digest FROM notify_chat_code").fetchall()
    if found is None or not rows or _count_tries(tx.db, message.number) >= TRIES:
        return False
    said = _digest(found[1])
    person = next((person for person, digest in rows if hmac.compare_digest(digest, said)), "")
    if not person:
        _wrong_code(tx, message.number)
        return False
    for one in read_numbers(tx.db):
        if one.number == message.number:
            drop_number(tx.db, one.person)  # a number belongs to one person
    drop_number(tx.db, person)
    sealed = Keyring(tx.db).seal(person, *NUMBER_PLACE, message.number)
    tx.db.execute("INSERT INTO notify_chat_number (person, body, made_us) VALUES (?, ?, ?)", (person, sealed, tx.at_us))
    _note(tx, message, person, "")
    _answer(tx.db, person, message.id, "bound", "", tx.at_us)
    return False


def _count_tries(db: Connection, number: str) -> int:
    """The number of wrong codes from a number."""
    row = db.execute("SELECT tries FROM notify_chat_try WHERE number = ?", (_digest(number),)).fetchone()
    return row[0] if row else 0


def _wrong_code(tx: Transaction, number: str) -> None:
    """Count a wrong code for its number. After very many, all valid codes are voided and must be requested again."""
    tx.db.execute(
        "INSERT INTO notify_chat_try (number, tries, last_us) VALUES (?, 1, ?)"
        " ON CONFLICT (number) DO UPDATE SET tries = tries + 1, last_us = excluded.last_us",
        (_digest(number), tx.at_us),
    )
    if tx.db.execute("SELECT sum(tries) FROM notify_chat_try").fetchone()[0] >= TRIES_OF_ALL:
        tx.db.execute("DELETE FROM notify_chat_code")
        tx.db.execute("DELETE FROM notify_chat_try")


def _silence(tx: Transaction, known: ChatNumber, silent: bool, id: str) -> None:
    tx.db.execute("UPDATE notify_chat_number SET silent = ? WHERE person = ?", (silent, known.person))
    if silent != known.silent:
        _answer(tx.db, known.person, id, "stopped" if silent else "started", "", tx.at_us)


def _answer(db: Connection, person: str, id: str, told: Told | Literal[""], text: str, now_us: int) -> None:
    """Queue a given text, or a standard text in the recipient's language at the time of sending."""
    body = Keyring(db).seal(person, *TEXT_PLACE, msgspec.json.encode([told, text]).decode())
    row = New(f"answer:{id}", 0, "answer", "info", person, "whatsapp", body=body, about=person)
    outbox.queue(db, [row], now_us)


def _digest(code: str) -> bytes:
    return hashlib.blake2b(code.encode(), digest_size=16, person=b"chat number").digest()
