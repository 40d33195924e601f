"""Services of head office for boxes without their own mail: it sends their mail and keeps delivery reports until
requested. See `edge/app/head_office/hub_letters.py` for sending."""

from __future__ import annotations

from typing import Any, Literal

from msgspec.structs import astuple

from edge.analytics.notify.head_office_messages import (
    Handed,
    HandLetter,
    LetterStates,
    OfficeLetterState,
    OfficeReport,
    OfficeReports,
    TakeReports,
    encode,
    question_of,
)
from edge.analytics.notify.office_mail import readdress_mail
from sync.hub.model import Key
from sync.hub.table import Column, Index, Table, box

# An email's content and recipient are stored until it's sent or cancelled, at most a day; its result, for a week.
LETTER = Table(
    "office_letter",
    "Emails that boxes passed to head office for sending.",
    *box(device="Box that sent it."),
    Column("key", "text", "The box's id for the email; a repeated id is the same email.", key=True),
    Column("recipient", "text", "Recipient; empty once sent or dropped."),
    Column("body", "bytea", "The email (RFC 5322); null once sent or dropped.", null=True),
    Column("state", "text", "queued, sending, sent, failed or unknown."),
    Column("why", "text", "Reason it wasn't sent.", default="''"),
    Column("detail", "text", "Reply of the mail server.", default="''"),
    Column("tries", "int", "Number of attempts.", default="0"),
    Column("next_at", "timestamptz", "Earliest time of the next attempt."),
    Column("until_at", "timestamptz", "Time after which it is no longer sent."),
    Column("moved_at", "timestamptz", "Time of the last change."),
    indexes=(Index("office_letter_waiting", "next_at", where="state IN ('queued', 'sending')"),),
)
# Reports aren't verified here: only the box can tell which are genuine.
REPORT = Table(
    "delivery_report",
    "Delivery reports for a box's messages, until the box has fetched them.",
    *box(device="Box that sent the messages."),
    Column("id", "bigint", "Sequence number within the box.", key=True),
    Column("channel", "text", "sms or whatsapp."),
    Column("token", "text", "Token from the address; empty: it is in the body."),
    Column("signature", "text", "The service's signature (X-Twilio-Signature, X-Hub-Signature-256)."),
    Column("body", "bytea", "Body as received."),
    Column("at", "timestamptz", "Time of receipt.", default="now()"),
)
LETTERS_WAITING = 500
"""Maximum waiting letters per box; the box keeps further ones until some of these are sent."""
REPORTS_AT_ONCE = 20
REPORTS_BYTES = 64 * 1024
_OF = "(tenant, store, device) = ($1, $2, $3)"
_WAITING = f"SELECT count(*) FROM office_letter WHERE {_OF} AND state IN ('queued', 'sending')"
_HAND = """
    INSERT INTO office_letter AS known (tenant, store, device, key, recipient, body, state, next_at, until_at, moved_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'queued', now(), now() + make_interval(secs => $7), now())
    ON CONFLICT (tenant, store, device, key) DO UPDATE
    SET recipient = excluded.recipient, body = excluded.body, state = 'queued', why = '', detail = '', tries = 0,
        next_at = excluded.next_at, until_at = excluded.until_at, moved_at = excluded.moved_at
    WHERE known.state IN ('failed', 'unknown')
"""
"""Stores a letter, or queues one again that failed or has an unknown outcome; any other with this key is unchanged."""
_STATES = f"SELECT key, state, why, detail FROM office_letter WHERE {_OF} AND key = ANY ($4)"
_FORGET = f"DELETE FROM delivery_report WHERE {_OF} AND id <= $4"
_REPORTS = f"""
    SELECT id, channel, token, signature, body FROM delivery_report WHERE {_OF} AND id > $4
    ORDER BY id LIMIT {REPORTS_AT_ONCE}
"""


async def answer(connection: Any, key: Key, body: bytes, sends: bool = False) -> bytes:
    """Answer a box; see `head_office_messages`. `sends`: whether head office has a mail server."""
    question = question_of(body)
    if isinstance(question, HandLetter):
        return encode(Handed(await _queue_letter(connection, key, question) if sends else "no_office_mail"))
    if isinstance(question, TakeReports):
        return encode(OfficeReports(await _reports(connection, key, question)))
    rows = await connection.fetch(_STATES, *astuple(key), question.keys)
    known = {row["key"]: OfficeLetterState(*row) for row in rows}
    return encode(LetterStates(tuple(known.get(one, OfficeLetterState(one, "gone")) for one in question.keys)))


async def _reports(connection: Any, key: Key, question: TakeReports) -> tuple[OfficeReport, ...]:
    await connection.execute(_FORGET, *astuple(key), question.through)
    found = [OfficeReport(*row) for row in await connection.fetch(_REPORTS, *astuple(key), question.after)]
    while sum(len(one.body) for one in found) > REPORTS_BYTES and len(found) > 1:
        found.pop()
    return tuple(found)


async def _queue_letter(connection: Any, key: Key, letter: HandLetter) -> Literal["", "wrong_mail", "told_to_wait"]:
    try:
        readdress_mail(letter.mail, letter.recipient, "office@example.com")
    except ValueError:
        return "wrong_mail"
    if await connection.fetchval(_WAITING, *astuple(key)) >= LETTERS_WAITING:
        return "told_to_wait"
    values = (letter.key, letter.recipient, letter.mail, letter.life_s)
    await connection.execute(_HAND, *astuple(key), *values)
    return ""
