"""Numbers from which people may write to the shop, and what they wrote there until it is answered. Local state.

A number becomes somebody's by a code that their own page shows and that comes from that number within ten minutes: who
can read neither has neither. What a number says that is nobody's is kept nowhere.
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
"""Wrong codes of one number: what it says then is no code, for as long as a code holds."""
TRIES_OF_ALL = 1_000
"""Wrong codes of all numbers: then the codes that are out are over. So many find one of them once in 100,000 times."""
WAITING = 50
"""Messages of a person that are not answered yet; of the next ones they are told that these were not taken."""
KEPT_US = 7 * 86_400_000_000
"""So long the service's ids are known, so that what it sends again is taken once."""
NUMBER_PLACE, WORDS_PLACE = ("notify_chat_number", "body"), ("notify_written", "body")
STOPS = frozenset({"stop", "arret", "arrêt", "הפסק", "עצור"})
STARTS = frozenset({"start", "debut", "début", "התחל"})
_UNANSWERED = """
    SELECT id, person, body, session, said_us, at_us FROM notify_written WHERE body <> '' ORDER BY at_us, said_us, id
"""
_CODE = re.compile(rf"\b(\d{{{CODE_DIGITS}}})\b")

Told = Literal["bound", "stopped", "started", "not_taken"]
"""Sentences of our own: `notify.chat_...`."""


class ChatNumber(msgspec.Struct, frozen=True):
    """Whose a number is; `silent`: they wrote STOP, and are written nothing."""

    person: str
    number: str
    silent: bool


class Written(msgspec.Struct, frozen=True):
    """What somebody wrote and is not answered: their words or why there are none, when they were said, when they came;
    `session`: in which conversation they are taken, "" where that is not known yet."""

    id: str
    person: str
    kind: Kind
    text: str
    session: str
    said_us: int
    at_us: int


def offer_code(tx: Transaction, person: str) -> str:
    """The code that makes a number theirs; the one before is over."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    row = (person, _digest(code), tx.at_us)
    tx.db.execute("INSERT OR REPLACE INTO notify_chat_code (person, digest, made_us) VALUES (?, ?, ?)", row)
    return code


def read_numbers(db: Connection) -> list[ChatNumber]:
    """All that are somebody's."""
    ring = Keyring(db)
    rows = db.execute("SELECT person, body, silent FROM notify_chat_number").fetchall()
    found = ((person, ring.open(person, *NUMBER_PLACE, body), silent) for person, body, silent in rows)
    return [ChatNumber(person, number, bool(silent)) for person, number, silent in found if number]


def number_of(db: Connection, person: str) -> ChatNumber | None:
    """The number from which somebody may write, or None."""
    return next((one for one in read_numbers(db) if one.person == person), None)


def drop_number(db: Connection, person: str) -> None:
    """Nobody writes for a person any more; what waits to be taken is gone."""
    for table in ("notify_chat_number", "notify_chat_code", "notify_written"):
        db.execute(f"DELETE FROM {table} WHERE person = ?", (person,))


def take_written(tx: Transaction, messages: Sequence[WrittenMessage]) -> int:
    """What came from the service, each once: how many are to be answered by the assistant."""
    tx.db.execute("DELETE FROM notify_written WHERE at_us < ?", (tx.at_us - KEPT_US,))
    tx.db.execute("DELETE FROM notify_chat_code WHERE made_us < ?", (tx.at_us - CODE_US,))
    tx.db.execute("DELETE FROM notify_chat_try WHERE last_us < ?", (tx.at_us - CODE_US,))
    return sum(_take_message(tx, one) for one in messages)


def unanswered_messages(db: Connection) -> list[Written]:
    """What waits for an answer, as it was said."""
    ring = Keyring(db)
    found = []
    for id, person, body, session, said_us, at_us in db.execute(_UNANSWERED).fetchall():
        kind, text = msgspec.json.decode(ring.open(person, *WORDS_PLACE, body) or '["other", ""]')
        found.append(Written(id, person, kind, text, session, said_us, at_us))
    return found


def begin_answer(db: Connection, id: str, session: str) -> None:
    """In which conversation a message is taken: the same, however often that is tried."""
    db.execute("UPDATE notify_written SET session = ? WHERE id = ?", (session, id))


def answer_written(db: Connection, id: str, text: str, now_us: int) -> None:
    """A message is answered, once: the answer waits in the outbox, and the words are gone."""
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
    """A number is whose code it says. Always False: nothing of it is for the assistant."""
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
            drop_number(tx.db, one.person)  # a number is one person's
    drop_number(tx.db, person)
    sealed = Keyring(tx.db).seal(person, *NUMBER_PLACE, message.number)
    tx.db.execute("INSERT INTO notify_chat_number (person, body, made_us) VALUES (?, ?, ?)", (person, sealed, tx.at_us))
    _note(tx, message, person, "")
    _answer(tx.db, person, message.id, "bound", "", tx.at_us)
    return False


def _count_tries(db: Connection, number: str) -> int:
    """How many wrong codes a number said."""
    row = db.execute("SELECT tries FROM notify_chat_try WHERE number = ?", (_digest(number),)).fetchone()
    return row[0] if row else 0


def _wrong_code(tx: Transaction, number: str) -> None:
    """Count it for the number that said it; where very many do, the codes that are out end, and a person asks for
    another."""
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
    """A sentence of our own, in the language of whom it goes to when it goes, or a text."""
    body = Keyring(db).seal(person, *TEXT_PLACE, msgspec.json.encode([told, text]).decode())
    row = New(f"answer:{id}", 0, "answer", "info", person, "whatsapp", body=body, about=person)
    outbox.queue(db, [row], now_us)


def _digest(code: str) -> bytes:
    return hashlib.blake2b(code.encode(), digest_size=16, person=b"chat number").digest()
