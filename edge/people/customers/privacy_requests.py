"""Legal requests of customers, and data breaches: commands, rows and queries."""

from __future__ import annotations

import msgspec

from edge.core.messages import Number, RecordedEvent, Refusal
from edge.core.people.forgetting import PersonForgotten
from edge.core.people.sealing import Keyring
from edge.core.registry import Projector, Transaction
from edge.core.storage.database import Connection
from edge.lib.i18n.unseen import has_control
from edge.people.customers.commands import AnswerRequest, NoteBreach, NoteRequest, NoteRequestOf
from edge.people.customers.customer import ANSWER_WITHIN_US, BREACH_CHARS, WHY_CHARS
from edge.people.customers.events import BreachNoted, PersonalDataRead, RequestAnswered, RequestNoted
from edge.people.customers.lookup import EMAIL, PHONE, by_exactly, resolve
from edge.people.customers.rules import email_of

PAGE_MOST = 100
_OPEN = "SELECT 1 FROM customer_request WHERE customer = ? AND kind = ? AND answered_us IS NULL"
_REQUESTS = """
    SELECT seq, customer, kind, asked_us, answered_us, refused FROM customer_request
    ORDER BY answered_us IS NOT NULL, seq DESC LIMIT ?
"""
_ANSWER = "UPDATE customer_request SET answered_us = ?, refused = ? WHERE seq = ? AND answered_us IS NULL"
_ANSWER_ALL = """
    UPDATE customer_request SET answered_us = ?1 WHERE customer = ?2 AND kind IN (?3, ?4) AND answered_us IS NULL
"""
_BREACHES = "SELECT seq, noted_us, began_us, people, harm, what, told FROM privacy_breach ORDER BY seq DESC LIMIT ?"


class CustomerRequest(msgspec.Struct, frozen=True):
    """A request: `seq` is its journal row, `due_us` the legal deadline."""

    seq: int
    customer: str
    kind: str
    asked_us: int
    answered_us: int | None
    refused: bool

    @property
    def due_us(self) -> int:
        return self.asked_us + ANSWER_WITHIN_US


class Breach(msgspec.Struct, frozen=True):
    """A recorded data breach."""

    seq: int
    noted_us: int
    began_us: int
    people: int
    harm: bool
    what: str
    told: bool


def note_request(tx: Transaction, command: NoteRequest) -> int | None:
    id = resolve(tx.db, command.customer)
    if id is None:
        raise Refusal("no_such_customer", {"id": command.customer})
    if tx.db.execute(_OPEN, (id, command.kind)).fetchone():
        return None
    return tx.append(RequestNoted(id, command.kind)).seq


def note_request_of(tx: Transaction, command: NoteRequestOf) -> int:
    mail = email_of(command.email)
    found = [by_exactly(tx.db, PHONE, command.phone) if command.phone else None]
    found.append(by_exactly(tx.db, EMAIL, mail) if mail else None)
    known = dict.fromkeys(one for one in found if one)
    for customer in known:
        note_request(tx, NoteRequest(customer, command.kind))
    return len(known)


def answer_request(tx: Transaction, command: AnswerRequest) -> None:
    row = tx.db.execute(
        "SELECT customer, answered_us FROM customer_request WHERE seq = ?", (command.request,)
    ).fetchone()
    reason = command.reason.strip()
    if row is None:
        raise Refusal("no_such_request", {"request": command.request})
    if len(reason) > WHY_CHARS or has_control(reason) or (command.refused and not reason):
        raise Refusal("request_reason_wrong", {"limit": WHY_CHARS})
    if row[1] is None:
        sealed = Keyring(tx.db).seal(row[0], RequestAnswered, "reason", reason)
        tx.append(RequestAnswered(command.request, row[0], command.refused, sealed))


def note_breach(tx: Transaction, command: NoteBreach) -> None:
    what = command.what.strip()
    if not what or len(what) > BREACH_CHARS or command.began_us > tx.at_us:
        raise Refusal("breach_wrong", {"limit": BREACH_CHARS})
    tx.append(BreachNoted(command.began_us, command.people, command.harm, what, command.told))


def read_requests(db: Connection, limit: Number = 50) -> list[CustomerRequest]:
    """Requests: the open ones first, then the newest."""
    rows = db.execute(_REQUESTS, (min(limit, PAGE_MOST),)).fetchall()
    return [
        CustomerRequest(seq, customer, kind, asked_us, answered_us, bool(refused))
        for seq, customer, kind, asked_us, answered_us, refused in rows
    ]


def read_breaches(db: Connection, limit: Number = 50) -> list[Breach]:
    """Recorded breaches, the newest first."""
    rows = db.execute(_BREACHES, (min(limit, PAGE_MOST),)).fetchall()
    return [
        Breach(seq, noted_us, began_us, people, bool(harm), what, bool(told))
        for seq, noted_us, began_us, people, harm, what, told in rows
    ]


def asked_before(db: Connection, at_us: int) -> int:
    """Number of open requests made before a moment."""
    wanted = "SELECT count(*) FROM customer_request WHERE answered_us IS NULL AND asked_us <= ?"
    return int(db.execute(wanted, (at_us,)).fetchone()[0])


def _insert_request(db: Connection, fact: RecordedEvent, event: RequestNoted) -> None:
    values = (fact.seq, event.customer, event.kind, fact.at_us)
    db.execute("INSERT INTO customer_request (seq, customer, kind, asked_us) VALUES (?, ?, ?, ?)", values)


def _mark_answered(db: Connection, fact: RecordedEvent, event: RequestAnswered) -> None:
    db.execute(_ANSWER, (fact.at_us, event.refused, event.request))


def _read_out(db: Connection, fact: RecordedEvent, event: PersonalDataRead) -> None:
    db.execute(_ANSWER_ALL, (fact.at_us, event.customer, "access", "access"))


def _close_requests(db: Connection, fact: RecordedEvent, event: PersonForgotten) -> None:
    db.execute(_ANSWER_ALL, (fact.at_us, event.person, "erasure", "correction"))
    db.execute(_ANSWER_ALL, (fact.at_us, event.person, "access", "access"))


def _breach(db: Connection, fact: RecordedEvent, event: BreachNoted) -> None:
    values = (fact.seq, fact.at_us, event.began_us, event.people, event.harm, event.what, event.told)
    db.execute(
        "INSERT INTO privacy_breach (seq, noted_us, began_us, people, harm, what, told) VALUES (?, ?, ?, ?, ?, ?, ?)",
        values,
    )


projector = Projector(
    name="customer_requests",
    version=1,
    tables=("customer_request", "privacy_breach"),
    on={
        RequestNoted: _insert_request,
        RequestAnswered: _mark_answered,
        PersonalDataRead: _read_out,
        PersonForgotten: _close_requests,
        BreachNoted: _breach,
    },
)
