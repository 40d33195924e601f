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

# Content and recipient of a mail are stored until it's sent or given up, a day at most; its result, a week.
LETTER = Table(
    "office_letter",
    "E-mails that boxes handed to head office to send.",
    *box(device="The box that handed it in."),
    Column("key", "text", "What the box calls it: the same again is the same letter.", key=True),
    Column("recipient", "text", "Where it goes; empty once that is over."),
    Column("body", "bytea", "The mail (RFC 5322); NULL once that is over.", null=True),
    Column("state", "text", "queued, sending, sent, failed or unknown."),
    Column("why", "text", "Why it is not sent.", default="''"),
    Column("detail", "text", "What the mail server said.", default="''"),
    Column("tries", "int", "How often it was tried.", default="0"),
    Column("next_at", "timestamptz", "Not before that."),
    Column("until_at", "timestamptz", "Worthless behind that."),
    Column("moved_at", "timestamptz", "When that changed last."),
    indexes=(Index("office_letter_waiting", "next_at", where="state IN ('queued', 'sending')"),),
)
# The box alone can tell which of them are true.
REPORT = Table(
    "delivery_report",
    "What services said of the messages of a box, until it has them.",
    *box(device="The box whose messages these are."),
    Column("id", "bigint", "Its number among those of the box.", key=True),
    Column("channel", "text", "sms or whatsapp."),
    Column("token", "text", "What stood in the address; empty where it is in the body."),
    Column("signature", "text", "How the service signed it (X-Twilio-Signature, X-Hub-Signature-256)."),
    Column("body", "bytea", "As it came."),
    Column("at", "timestamptz", "When it came.", default="now()"),
)
LETTERS_WAITING = 500
"""Per box; it keeps further ones itself until some of these are sent."""
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
"""An identical letter is the same one, unless another try is requested."""
_STATES = f"SELECT key, state, why, detail FROM office_letter WHERE {_OF} AND key = ANY ($4)"
_FORGET = f"DELETE FROM delivery_report WHERE {_OF} AND id <= $4"
_REPORTS = f"""
    SELECT id, channel, token, signature, body FROM delivery_report WHERE {_OF} ORDER BY id LIMIT {REPORTS_AT_ONCE}
"""


async def answer(connection: Any, key: Key, body: bytes, sends: bool = False) -> bytes:
    """Answer a box; see `head_office_messages`. `sends`: whether head office has a mail server."""
    question = question_of(body)
    if isinstance(question, HandLetter):
        return encode(Handed(await _queue_letter(connection, key, question) if sends else "no_office_mail"))
    if isinstance(question, TakeReports):
        return encode(OfficeReports(await _reports(connection, key, question.through)))
    rows = await connection.fetch(_STATES, *astuple(key), question.keys)
    known = {row["key"]: OfficeLetterState(*row) for row in rows}
    return encode(LetterStates(tuple(known.get(one, OfficeLetterState(one, "gone")) for one in question.keys)))


async def _reports(connection: Any, key: Key, through: int) -> tuple[OfficeReport, ...]:
    await connection.execute(_FORGET, *astuple(key), through)
    found = [OfficeReport(*row) for row in await connection.fetch(_REPORTS, *astuple(key))]
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
